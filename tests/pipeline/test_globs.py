"""A pattern says which files of a commit are one datum."""

import fnmatch
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_lab.pipeline import BrokenPipeline, glob
from tests.pipeline.committed import committed

FILES = {
    "day=1/clicks.csv": "a", "day=1/ratings.csv": "b", "day=10/clicks.csv": "c", "day=2/deep/er.csv": "d",
    "menu.csv": "e", "day=2x/clicks.csv": "f",
}  # fmt: skip


def cut(pattern, where=None):
    return {
        datum.key: [file.path for files in datum.files.values() for file in files]
        for datum in glob(committed(FILES), pattern).where(where or {})
    }


@pytest.mark.parametrize("pattern, wanted", [
    ("day={day}/clicks.csv", {k: [f"{k}/clicks.csv"] for k in ("day=1", "day=10", "day=2x")}),
    ("/day={day}/clicks.csv", {k: [f"{k}/clicks.csv"] for k in ("day=1", "day=10", "day=2x")}),
    ("day={day}/{table}.csv", {"day=1/clicks": ["day=1/clicks.csv"], "day=1/ratings": ["day=1/ratings.csv"],
                               "day=10/clicks": ["day=10/clicks.csv"], "day=2x/clicks": ["day=2x/clicks.csv"]}),
    ("day=1", {"day=1": ["day=1/clicks.csv", "day=1/ratings.csv"]}),
    ("*", {"day=1": ["day=1/clicks.csv", "day=1/ratings.csv"], "day=10": ["day=10/clicks.csv"],
           "day=2": ["day=2/deep/er.csv"], "day=2x": ["day=2x/clicks.csv"], "menu.csv": ["menu.csv"]}),
    ("*/clicks.csv", {k: [f"{k}/clicks.csv"] for k in ("day=1", "day=10", "day=2x")}),
    ("*.csv", {"menu": ["menu.csv"]}),
    ("day={day}/*/er.csv", {"day=2/deep": ["day=2/deep/er.csv"]}),
    ("menu.csv", {"menu.csv": ["menu.csv"]}),
    ("menu", {}),
    ("day={day}/clicks", {}),
])  # fmt: skip
def test_a_datum_is_a_file_or_a_folder_and_its_key_what_tells_it_apart(pattern, wanted):
    assert cut(pattern) == wanted


@pytest.mark.parametrize("pattern", ["/", ""])
def test_the_root_is_one_datum_of_all_files(pattern):
    assert cut(pattern) == {"all": sorted(FILES)}


def test_where_keeps_the_datums_with_these_captures():
    assert list(cut("day={day}/clicks.csv", {"day": "1"})) == ["day=1"]
    assert list(cut("day={day}", {"day": "2"})) == ["day=2"]
    assert cut("day={day}", {"day": "3"}) == {}


names = st.text("ab1.=", min_size=1, max_size=3).filter(lambda name: name not in (".", ".."))
paths = st.lists(st.tuples(names, names).map("/".join), max_size=8, unique=True)


@given(paths, st.sampled_from(["{x}/{y}", "a*/{y}", "{x}/b{y}", "*/*", "{x}={z}/{y}", "*/{y}.1"]))
def test_files_are_found_as_fnmatch_finds_them(paths, pattern):
    datums = list(glob(committed(dict.fromkeys(paths, "")), pattern))
    # A {name} stands for one character or more, a * for any number.
    shell = re.sub(r"\{\w+\}", "?*", pattern)
    wanted = [p for p in sorted(paths) if all(map(fnmatch.fnmatchcase, p.split("/"), shell.split("/")))]
    assert [file.path for datum in datums for files in datum.files.values() for file in files] == wanted
    assert len({datum.key for datum in datums}) == len(datums)


@given(paths, st.sampled_from(["{x}/{y}", "{x}", "a{x}/*", "{x}/b{y}"]))
def test_a_datum_is_found_again_by_its_captures(paths, pattern):
    cut = glob(committed(dict.fromkeys(paths, "")), pattern)
    for datum in cut:
        assert datum in list(cut.where(datum.captures))


def test_one_day_is_found_without_opening_the_others(monkeypatch):
    commit = committed({f"day={day}/clicks.csv": "x" for day in range(300)})
    opened = []
    load = commit.tree._load
    monkeypatch.setattr(commit.tree, "_load", lambda digest: opened.append(digest) or load(digest))
    for pattern in ("day={day}/clicks.csv", "day={day}"):
        opened.clear()
        assert [datum.key for datum in glob(commit, pattern).where({"day": "3"})] == ["day=3"]
        assert len(set(opened)) <= 4


@pytest.mark.parametrize("pattern", ["{day}/{day}", "{a b}", "day={}/x", "day={day/x", "{1}"])
def test_a_pattern_that_cannot_be_read_is_refused(pattern):
    with pytest.raises(BrokenPipeline, match="cannot be read; write each {name} once"):
        glob("traffic", pattern)


def test_a_branch_has_no_datums_before_a_run_looks_it_up():
    with pytest.raises(BrokenPipeline, match="'traffic' is looked up when a run begins; give a commit"):
        list(glob("traffic", "day={day}"))

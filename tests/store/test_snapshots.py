"""Snapshots: the commit is the folder, whatever was in the store before, and only what was touched is read."""

import json
import os
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_lab.errors import BadInput
from mlops_lab.store import Store, folders, snapshots
from tests.store.test_opened import left

edits = st.tuples(st.sampled_from(["a", "b", "d/e", "d/f/g"]), st.one_of(st.none(), st.binary(max_size=2)))


def put(folder, path, content):
    folder.mkdir(exist_ok=True)
    if content is None:
        (folder / path).unlink(missing_ok=True)
        return
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(content)


def files_of(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def read(monkeypatch):
    """The paths that are read, as they come."""
    paths, real = [], folders._read
    monkeypatch.setattr(
        folders, "_read", lambda place, into: paths.append(os.path.basename(place)) or real(place, into)
    )
    return paths


def rested(folder):
    """Let the clock of the file system tick."""
    mark = folder / "mark"
    while True:
        mark.write_bytes(b"")
        if mark.stat().st_mtime_ns > max(p.stat().st_ctime_ns for p in folder.rglob("*") if p != mark):
            return mark.unlink()


@settings(max_examples=25, deadline=None)
@given(rounds=st.lists(st.lists(edits, max_size=3), min_size=1, max_size=5), strangers=st.lists(edits, max_size=2))
def test_a_snapshot_is_the_folder_however_fast_and_whatever_others_commit(tmp_path_factory, rounds, strangers):
    home = tmp_path_factory.mktemp("law")
    store = Store(home / "store")
    for edited in rounds:  # many in one tick of the clock, with the same sizes: what is racily clean must be seen
        for path, content in edited:
            put(home / "in", path, content)
        (home / "in").mkdir(exist_ok=True)
        commit = store.snapshot("r", home / "in")
        assert {path: store.read(commit, path) for path in commit.tree} == files_of(home / "in")
        if strangers:
            path, content = strangers.pop()
            store.commit("r", {path.replace("/", "-"): content or b"stranger"})
    assert store.verify() == []


def test_what_was_not_touched_is_not_read_again(store, tmp_path, read):
    folder = tmp_path / "in"
    for i in range(20):
        put(folder, f"d/{i}", b"%d" % i)
    rested(tmp_path)
    first = store.snapshot("r", folder)
    read.clear()
    assert (store.snapshot("r", folder), read) == (first, [])
    put(folder, "d/7", b"changed")
    put(folder, "new", b"")
    put(folder, "d/8", None)
    second = Store(store.path).snapshot("r", folder, message="day 2")
    assert read == ["7", "new"]
    diff = store.diff(first, second)
    assert [[f["path"] for f in fs] for fs in (diff.added, diff.removed, diff.changed)] == [["new"], ["d/8"], ["d/7"]]
    assert (second.message, second.parent) == ("day 2", first.id)


def test_a_file_that_changed_in_the_tick_in_which_it_was_read_is_read_again(store, tmp_path, read, monkeypatch):
    put(tmp_path / "in", "x", b"1")
    monkeypatch.setattr(snapshots, "_tick", lambda file: (tmp_path / "in" / "x").stat().st_ctime_ns)
    store.snapshot("r", tmp_path / "in")
    store.snapshot("r", tmp_path / "in")
    assert read == ["x", "x"]
    assert [snapshots._settled(f"1 {second * 10**9} 7", 10 * 10**9) for second in (7, 9)] == [True, False]


def test_a_file_with_its_old_size_and_time_put_back_is_seen(store, tmp_path):
    put(tmp_path / "in", "x", b"1")
    rested(tmp_path)
    store.snapshot("r", tmp_path / "in")
    said = (tmp_path / "in" / "x").stat()
    put(tmp_path / "in", "x", b"2")
    os.utime(tmp_path / "in" / "x", ns=(said.st_atime_ns, said.st_mtime_ns))
    assert store.read(store.snapshot("r", tmp_path / "in"), "x") == b"2"


@pytest.mark.parametrize("spoil", [b"", b"{", b"[]", b'{"tree": 1}', None])
def test_notes_that_are_lost_or_spoilt_cost_time_and_nothing_else(store, tmp_path, read, spoil):
    put(tmp_path / "in", "x", b"1")
    rested(tmp_path)
    first = store.snapshot("r", tmp_path / "in")
    [notes] = (store.path / "stats").iterdir()
    assert json.loads(notes.read_bytes())["tree"] == first.tree.root
    notes.write_bytes(spoil) if spoil is not None else shutil.rmtree(store.path / "stats")
    assert store.snapshot("r", tmp_path / "in") == first
    assert read == ["x", "x"]


def test_notes_about_another_commit_are_not_believed(store, tmp_path):
    put(tmp_path / "in", "x", b"1")
    rested(tmp_path)
    store.snapshot("r", tmp_path / "in")
    store.commit("r", {"x": b"2", "y": b"3"})
    again = store.snapshot("r", tmp_path / "in")
    assert {path: store.read(again, path) for path in again.tree} == {"x": b"1"}
    assert store.paths(store.snapshot("s", tmp_path / "in")) == ["x"]


def test_a_snapshot_that_fails_changes_nothing(store, tmp_path):
    for folder, sentence in ((store.path / "x", "lie one in the other"), (tmp_path, "lie one in the other"),
                             (tmp_path / "no", "is not a folder")):  # fmt: skip
        with pytest.raises(BadInput, match=sentence):
            store.snapshot("r", folder)
    (tmp_path / "in").mkdir()
    with pytest.raises(BadInput, match="'a/b' is not a name"):
        store.snapshot("r", tmp_path / "in", branch="a/b")
    (tmp_path / "in" / "link").symlink_to("x")
    with pytest.raises(BadInput, match="link is no file"):
        store.snapshot("r", tmp_path / "in")
    assert (store.head("r"), left(store)) == (None, [])

"""The store's laws: content names commits, what goes in comes out, nothing else is touched."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_lab.errors import BadInput
from mlops_lab.store import Store, UnknownCommit
from mlops_lab.store.disk import Lock

ROOT = Path(__file__).parents[2]
files = st.dictionaries(st.sampled_from(["a.csv", "b", "c/d", "c/e/f", "g.jsonl"]), st.binary(max_size=20), max_size=5)


@settings(max_examples=25, deadline=None)
@given(content=files)
def test_checking_out_a_commit_gives_back_its_files(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("law")
    Store(folder / "store").commit("r", content)
    Store(folder / "store").checkout("r", folder / "out")
    found = {
        p.relative_to(folder / "out").as_posix(): p.read_bytes() for p in (folder / "out").rglob("*") if p.is_file()
    }
    assert found == content


@settings(max_examples=25, deadline=None)
@given(before=files, after=files)
def test_a_diff_names_exactly_the_files_that_differ_and_turns_round(tmp_path_factory, before, after):
    store = Store(tmp_path_factory.mktemp("law"))
    a = store.commit("r", before, branch="a")
    b = store.commit("r", after, branch="b")
    there, back = store.diff(a, b), store.diff(b, a)
    assert [f["path"] for f in there.added] == sorted(after.keys() - before.keys())
    assert [f["path"] for f in there.removed] == sorted(before.keys() - after.keys())
    assert [f["path"] for f in there.changed] == sorted(p for p in before.keys() & after if before[p] != after[p])
    assert [f["path"] for f in back.added] == [f["path"] for f in there.removed]
    assert store.diff(a, a) == type(there)([], [], [])


@settings(max_examples=25, deadline=None)
@given(content=files, data=st.data())
def test_an_id_depends_on_content_and_not_on_order_or_place(tmp_path_factory, content, data):
    order = data.draw(st.permutations(list(content)))
    one = Store(tmp_path_factory.mktemp("one")).commit("r", content, metadata={"x": 1, "y": [2]})
    other = Store(tmp_path_factory.mktemp("two")).commit(
        "r", {p: content[p] for p in order}, metadata={"y": [2], "x": 1}
    )
    assert one.id == other.id


@settings(max_examples=25, deadline=None)
@given(sources=st.lists(st.sets(st.integers(0, 7), max_size=3), min_size=1, max_size=8))
def test_provenance_answers_both_ways(tmp_path_factory, sources):
    store = Store(tmp_path_factory.mktemp("law"))
    made = []
    for i, wanted in enumerate(sources):
        made.append(store.commit(f"r{i}", {"x": b"%d" % i}, provenance=[made[j].id for j in wanted if j < i]))
    for a in made:
        for b in made:
            assert (a in store.upstream(b)) == (b in store.downstream(a))
        assert a not in store.upstream(a)


def test_provenance_reaches_any_depth(store):
    commits = [store.commit("r0", {"x": b""})]
    for i in range(1, 6):
        commits.append(store.commit(f"r{i}", {"x": b""}, provenance=[commits[-1]]))
    assert store.upstream("r5") == commits[4::-1]
    assert store.downstream("r0") == commits[1:]


def test_a_different_word_is_a_different_commit(store, tmp_path):
    ids = {store.commit("r", {"x": b"1"}, branch=f"b{i}", **words).id for i, words in enumerate(
        [{}, {"message": "m"}, {"metadata": {"k": 1}}, {"provenance": [store.commit("s", {"x": b"1"})]}]
    )}  # fmt: skip
    assert len(ids) == 4


def test_a_commit_keeps_what_it_does_not_change(store):
    store.commit("r", {"a": b"1", "d/b": b"2"})
    commit = store.commit("r", {"d/b": None, "d/c": b"3"})
    assert store.paths("r") == ["a", "d/c"]
    assert (store.read(commit, "a"), store.read("r", "d/c")) == (b"1", b"3")
    assert store.read("r^", "d/b") == b"2"


def test_repeating_the_newest_commit_adds_nothing(store):
    store.commit("r", {"old": b"0"})
    first = store.commit("r", {"a": b"1", "old": None}, message="m", metadata={"t": (1, 2)})
    objects = store.objects()
    assert store.commit("r", {"a": b"1", "old": None}, message="m", metadata={"t": (1, 2)}) == first
    assert store.objects() == objects
    assert store.commit("r", {"a": b"1"}, message="another word") != first


def test_equal_content_is_stored_once(store):
    store.commit("r", {"a": b"same", "b": b"same"})
    assert store.objects() == 3  # a blob, a tree node, a commit


def test_rows_of_tables_are_known_without_reading_them(store):
    store.commit("r", {"t.csv": b"x\n1\n", "note": b"x"})
    commit = store.commit("r", {"t.csv": b"x\n1\n2\n"})
    assert commit.tree["t.csv"].rows == 2
    assert store.diff("r^", "r").changed == [{"path": "t.csv", "rows_before": 1, "rows_after": 2}]
    assert commit.tree["note"].rows is None


def test_revisions_find_commits(store):
    first, second, third = (store.commit("r", {"x": b"%d" % i}) for i in range(3))
    side = store.branch("r", "side", first)
    for rev in (third.id, third.id[:8], "r", "r@main", third, "r~0"):
        assert store.get(rev) == third
    assert [store.get(rev) for rev in ("r^", "r~2", "r^^", third.id[:8] + "^")] == [second, first, first, second]
    assert store.get("r@side") == side == first
    assert store.log("r") == [third, second, first]


@pytest.mark.parametrize(
    "rev, sentence",
    [
        ("trafic", "did you mean 'traffic'"),
        ("traffic@sid", "did you mean 'traffic@side'"),
        ("traffic~9", "beyond the first"),
        ("abc", "No commit answers"),
        ("", "No commit answers"),
        ("../../etc", "No commit answers"),
        ("f" * 64, "No commit answers"),
    ],
)
def test_an_unknown_revision_is_explained(store, rev, sentence):
    store.branch("traffic", "side", store.commit("traffic", {"x": b""}))
    with pytest.raises(UnknownCommit, match=sentence):
        store.get(rev)


def test_an_ambiguous_start_of_an_id_is_refused(store, monkeypatch):
    commits = [store.commit("r", {"x": b"%d" % i}) for i in range(3)]
    monkeypatch.setattr("mlops_lab.store.history.SHORTEST_PREFIX", 0)
    with pytest.raises(UnknownCommit, match="start of 3 commits; give more characters"):
        store.get("")
    assert store.get(commits[0].id[:30]) == commits[0]


def test_a_branch_moves_back_and_loses_no_commit(store):
    good = store.commit("r", {"x": b"good"})
    bad = store.commit("r", {"x": b"bad"})
    store.branch("r", "main", good)
    assert store.read("r", "x") == b"good"
    assert store.read(bad.id, "x") == b"bad"
    with pytest.raises(BadInput, match="belongs to 'r'"):
        store.branch("s", "main", good)


def test_another_process_sees_a_commit_at_once(store):
    store.commit("r", {"x": b"1"})
    code = "import sys; from mlops_lab.store import Store; print(Store(sys.argv[1]).commit('r', {'y': b'2'}).id)"
    done = subprocess.run(
        [sys.executable, "-c", code, store.path], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert store.head("r").id == done.stdout.strip()
    assert store.read("r", "y") == b"2"


def test_asking_creates_nothing(store):
    assert (store.head("r"), store.log("r"), store.repos(), store.objects(), store.verify()) == (None, [], [], 0, [])
    with pytest.raises(UnknownCommit, match="the store is empty"):
        store.get("r")
    assert not store.path.exists()


@pytest.mark.parametrize(
    "repo, changes, more",
    [
        ("r", {"../x": b""}, {}),
        ("r", {"/x": b""}, {}),
        ("r", {"": b""}, {}),
        ("r", {"x": "text"}, {}),
        ("r", {"x": None}, {}),
        ("../r", {"x": b""}, {}),
        ("", {"x": b""}, {}),
        ("r", {"x": b""}, {"branch": "a/b"}),
        ("r", {"x": b""}, {"branch": ".."}),
        ("r", {"x": b""}, {"metadata": {"f": {1}}}),
        ("r", {"x": b""}, {"metadata": {"f": float("nan")}}),
        ("r", {"x": b""}, {"provenance": ["f" * 64]}),
    ],
)
def test_bad_input_is_refused_before_anything_is_written(store, repo, changes, more):
    with pytest.raises(BadInput):
        store.commit(repo, changes, **more)
    assert not store.path.exists()


def test_a_check_out_overwrites_nothing(store, tmp_path):
    store.commit("r", {"x": b"1"})
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("precious")
    with pytest.raises(BadInput, match="not an empty folder"):
        store.checkout("r", tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["mine"]
    (tmp_path / "empty").mkdir()
    store.checkout("r", tmp_path / "empty")
    assert (tmp_path / "empty" / "x").read_bytes() == b"1"


def test_a_missing_file_is_named_with_the_nearest(store):
    store.commit("r", {"day=0001/clicks.csv": b""})
    with pytest.raises(BadInput, match="no file 'day=0001/click.csv'; did you mean 'day=0001/clicks.csv'"):
        store.read("r", "day=0001/click.csv")


def test_single_blobs_are_kept_once_and_given_back(store):
    digest = store.put(b"model")
    assert store.put(b"model") == digest
    assert store.blob(digest) == b"model"
    assert store.objects() == 1
    with pytest.raises(BadInput, match="not a digest"):
        store.blob("../../lock")


def test_a_copied_store_works_elsewhere(store, tmp_path):
    commit = store.commit("r", {"x": b"1"})
    store.path.rename(tmp_path / "moved")
    moved = Store(tmp_path / "moved")
    assert moved.head("r") == commit
    assert (moved.read("r", "x"), moved.verify()) == (b"1", [])


def test_what_lies_on_disk_can_be_read_with_common_tools(store):
    commit = store.commit("r", {"x": b"hello"})
    [index] = (store.path / "packs").glob("*.jsonl")
    lines = [json.loads(line) for line in index.read_text().splitlines()]
    pack = index.with_suffix(".pack").read_bytes()
    objects = {line["kind"]: pack[line["offset"] : line["offset"] + line["size"]] for line in lines}
    assert objects["blob"] == b"hello"
    assert json.loads(objects["commit"])["repo"] == "r"
    assert (store.path / "refs" / "r" / "main").read_text().strip() == commit.id


def test_reprs_fit_one_line(store):
    commit = store.commit("traffic", {"x": b""}, message="day 7")
    assert repr(store) == "Store(store: traffic)"
    assert repr(commit) == f"Commit({commit.id[:12]} traffic: day 7)"
    assert repr(commit.tree) == "Tree(1 files)"


def test_opening_the_store_imports_no_heavy_library():
    code = "import sys, mlops_lab.store; print(sorted({'numpy', 'pandas', 'pyarrow', 'scipy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_subscribers_hear_of_every_move_when_it_is_durable_and_the_lock_is_free(store):
    heard = []

    def hear(commit, branch):
        with Lock(store.path / "lock", patience_seconds=0.02).held():
            heard.append((commit, branch, Store(store.path).head(commit.repo, branch)))

    store.subscribe(hear)
    first = store.commit("r", {"x": b"1"})
    assert store.commit("r", {"x": b"1"}) == first  # a repetition moves nothing
    with store.writing():
        second = store.commit("r", {"x": b"2"})
        store.branch("r", "side", first)
        assert len(heard) == 1
    assert heard == [(first, "main", first), (second, "main", second), (first, "side", first)]


def test_a_subscriber_that_raises_undoes_nothing_and_hides_nothing_from_the_others(store):
    heard = []
    store.subscribe(lambda commit, branch: 1 / 0)
    store.subscribe(lambda commit, branch: heard.append(commit))
    with pytest.raises(ZeroDivisionError):
        store.commit("r", {"x": b"1"})
    assert heard == [store.head("r")] and store.verify() == []


def test_a_subscriber_may_commit(store):
    store.subscribe(lambda commit, branch: commit.repo == "a" and store.commit("b", {"x": b""}, provenance=[commit]))
    assert [commit.repo for commit in store.commit_set(store.commit("a", {"x": b""}))] == ["a", "b"]


@settings(max_examples=25, deadline=None)
@given(commits=st.lists(files, max_size=4))
def test_the_statistics_count_every_commit_as_a_folder_and_every_object_once(tmp_path_factory, commits):
    store = Store(tmp_path_factory.mktemp("law") / "store")
    made = {store.commit("r", content, branch=f"b{i}") for i, content in enumerate(commits)}
    found = store.statistics()
    assert (found.commits, found.objects) == (len(made), store.objects())
    assert found.files == sum(len(commit.tree) for commit in made)
    assert found.file_bytes == sum(entry.size for commit in made for entry in commit.tree.values())
    assert found.stored_bytes == sum(f.stat().st_size for f in store.path.glob("packs/*"))


def test_what_deduplication_saves_is_a_ratio(store):
    assert store.statistics().ratio == 1
    for i in range(20):
        store.commit("r", {"same": bytes(100_000), "other": b"%d" % i})
    store.gc()
    assert 15 < store.statistics().ratio < 20
    assert repr(store.statistics()).startswith("Statistics(20 commits, 40 files of 2,000,030 bytes in 61 objects of ")

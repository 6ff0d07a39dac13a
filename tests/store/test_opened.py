"""Open commits: nothing of them is seen before they are finished, nothing is left of them when they are discarded."""

import os
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_lab.errors import BadInput
from mlops_lab.store import Store
from mlops_lab.store.folders import BATCH_BYTES

content = st.one_of(st.none(), st.binary(max_size=5))
steps = st.lists(st.tuples(st.sampled_from(["a", "b.csv", "d/e", "d/f"]), content), max_size=8)


def left(store):
    return os.listdir(store.path / "tmp")


@settings(max_examples=25, deadline=None)
@given(before=steps, after=steps)
def test_an_open_commit_becomes_the_commit_of_the_same_changes(tmp_path_factory, before, after):
    one, other = (Store(tmp_path_factory.mktemp("law")) for _ in range(2))
    base = {path: made for path, made in before if made is not None}
    for store in (one, other):
        store.commit("r", base)
    changes = {path: made for path, made in dict(after).items() if made is not None or path in base}
    with one.start("r", message="m") as opened:
        for path, made in after:
            if path in changes:
                opened.delete(path) if made is None else opened.put(path, made)
    assert one.head("r") == other.commit("r", changes, message="m")
    assert {p: one.read("r", p) for p in one.paths("r")} == {p: other.read("r", p) for p in other.paths("r")}
    assert (opened.state, one.verify(), left(one)) == ("finished", [], [])


def test_nothing_of_an_open_commit_is_seen_by_anybody(store):
    base = store.commit("r", {"x": b"1"})
    opened = store.start("r")
    opened.put("x", b"2")
    opened.put("large", bytes(3 * BATCH_BYTES))
    for reader in (store, Store(store.path)):
        assert (reader.head("r"), reader.objects(), reader.verify()) == (base, 3, [])
    for use in (lambda: store.commit("s", {"y": b""}, provenance=[opened]), lambda: store.get(opened)):
        with pytest.raises(BadInput, match=r"OpenCommit\(r@main: 2 changes, open\) is no revision; expected a fin"):
            use()
    assert store.read(opened.finish(), "x") == b"2"


def test_an_open_commit_survives_the_commits_of_others_and_their_cleaning(store):
    opened = store.start("r", branch="side")
    opened.put("large", bytes(3 * BATCH_BYTES))
    assert len(left(store)) == 1
    Store(store.path).commit("r", {"x": b"1"})
    Store(store.path).gc()
    assert store.read(opened.finish(), "large") == bytes(3 * BATCH_BYTES)
    assert (store.branches("r"), store.verify(), left(store)) == (["main", "side"], [], [])


def test_what_a_dead_process_left_open_is_cleaned_away(store):
    store.commit("r", {"x": b"1"})
    child = os.fork()
    if not child:
        store.start("r").put("large", bytes(3 * BATCH_BYTES))
        os._exit(0)
    os.waitpid(child, 0)
    assert len(left(store)) == 1
    store.commit("r", {"x": b"2"})
    assert left(store) == []


def test_a_branch_that_moved_meanwhile_is_not_overwritten(store):
    opened = store.start("r")
    opened.put("x", b"mine")
    theirs = store.commit("r", {"x": b"theirs"})
    with pytest.raises(BadInput, match="'main' of 'r' has moved since; start again"):
        opened.finish()
    assert (store.head("r"), opened.state, store.verify(), left(store)) == (theirs, "discarded", [], [])


def test_of_two_open_commits_on_one_branch_one_wins(store):
    opened = [store.start("r") for _ in range(2)]
    told = []

    def work(one, name):
        one.put(name, b"1")
        try:
            one.finish()
        except BadInput as error:
            told.append(str(error))

    threads = [threading.Thread(target=work, args=(one, name)) for one, name in zip(opened, "ab", strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.paths("r")) == len(store.log("r")) == len(told) == 1
    assert sorted(one.state for one in opened) == ["discarded", "finished"]


def test_what_raises_in_the_block_discards_everything(store):
    store.commit("r", {"x": b"1"})
    with pytest.raises(ZeroDivisionError), store.start("r") as opened:
        opened.put("y", bytes(3 * BATCH_BYTES))
        raise ZeroDivisionError
    assert (store.paths("r"), opened.state, left(store)) == (["x"], "discarded", [])
    for late in (lambda: opened.put("z", b""), opened.finish, lambda: opened.delete("x")):
        with pytest.raises(BadInput, match="discarded.* is no longer open; start another"):
            late()


def test_a_folder_goes_in_as_it_is(store, tmp_path):
    files = {"a.csv": b"x\n1\n", "d/e": b"", "d/f": b"same", "g": b"same", "large.csv": b"x,y\n" + b"1,2\n" * (1 << 20)}
    for path, made in files.items():
        (tmp_path / "in" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / path).write_bytes(made)
    (tmp_path / "in" / "empty").mkdir()
    with store.start("r") as opened:
        opened.add(tmp_path / "in")
        opened.add(tmp_path / "in", "again/")
    assert {p: store.read("r", p) for p in store.paths("r")} == files | {f"again/{p}": c for p, c in files.items()}
    assert [store.get("r").tree[p].rows for p in ("a.csv", "d/e", "large.csv")] == [1, None, 1 << 20]
    assert store.commit("s", files).tree.root == store._node(store.get("r").tree.root).folders["again"]
    assert (store.objects(), store.verify()) == (4 + 3 + 2, [])  # contents, folders, commits: each once


def test_what_cannot_be_committed_from_a_folder_is_named(store, tmp_path):
    (tmp_path / "in").mkdir()
    with pytest.raises(BadInput, match="nothing is not a folder"):
        store.start("r").add(tmp_path / "nothing")
    (tmp_path / "in" / "link").symlink_to(tmp_path)
    with pytest.raises(BadInput, match="link is no file and no folder"):
        store.start("r").add(tmp_path / "in")
    (tmp_path / "in" / "link").rename(tmp_path / "link")
    (tmp_path / "in" / "a:b").write_bytes(b"")
    with pytest.raises(BadInput, match="'a:b' cannot be stored"):
        store.start("r").add(tmp_path / "in")
    assert not store.path.exists()

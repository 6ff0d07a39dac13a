"""What a name reaches is safe from collection, whoever writes, reads or dies meanwhile; the rest goes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_lab.errors import BadInput
from mlops_lab.store import Damaged, Erased, Store, collection
from tests.store import actions, faults
from tests.store.test_disk import ROOT, killed
from tests.store.test_verification import damage, flip

contents = st.binary(max_size=3)  # small, so that the same content comes again in other places
paths = st.sampled_from(["a", "b", "d/e", "d/f"])
repos = st.sampled_from(["r", "s"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("commit"), repos, st.dictionaries(paths, contents, min_size=1), st.integers(0, 9)),
        st.tuples(st.just("back"), repos),
        st.tuples(st.just("branch"), repos, st.integers(0, 9)),
        st.tuples(st.just("tag"), repos, st.integers(0, 9)),
        st.tuples(st.just("put"), contents),
        st.tuples(st.just("gc")),
    ),
    max_size=12,
)


def lived(folder, steps):
    """A store with a history: commits with provenance, branches moved back, tags, single blobs, collections."""
    store, made = Store(folder), []
    for at, (what, *words) in enumerate(steps):
        made = [commit for commit in made if store.has(commit.id)]
        if what == "commit":
            repo, files, source = words
            provenance = [made[source % len(made)]] if made else []
            made.append(store.commit(repo, files, message=str(at), provenance=provenance))
        elif what == "put":
            store.put(*words)
        elif what == "gc":
            store.gc()
        elif own := [commit for commit in made if commit.repo == words[0]]:
            if what == "back":
                store.branch(words[0], "main", store.head(words[0]).parent or own[0])
            elif what == "branch":
                store.branch(words[0], f"side{at}", own[words[1] % len(own)])
            else:
                store.tag(words[0], f"tag{at}", own[words[1] % len(own)])
    return store


def everything_named(store):
    """All that names lead to: commits with all their words and files, at any depth."""
    waiting, found = list(store._pointers().values()), {}
    for id in waiting:
        commit = store.get(id)
        found[id] = (repr(commit), commit.global_id, {path: read(store, commit, path) for path in commit.tree})
        waiting += [near for near in (commit.parent, *commit.provenance) if near and near not in found]
    return store._pointers(), found


def read(store, commit, path):
    """What a file holds; why it is gone where it was erased."""
    try:
        return store.read(commit, path)
    except Erased as erased:
        return str(erased)


def needed(store, keep=()):
    """What an independent walk finds: the digests that a name or `keep` needs."""
    found, waiting = set(keep), list(store._pointers().values())
    for id in waiting:
        found.add(id)
        commit = store.get(id)
        nodes = [commit.tree.root]
        for digest in nodes:
            node = store._node(digest)
            nodes += node.folders.values()
            found |= {digest, *(entry.digest for entry in node.files.values())}
        waiting += [near for near in (commit.parent, *commit.provenance) if near and near not in found]
    return found


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, small=st.booleans())
def test_after_a_collection_names_read_the_same_and_nothing_else_is_left(tmp_path_factory, steps, small):
    store = lived(tmp_path_factory.mktemp("law") / "store", steps)
    before = everything_named(store)
    limit = pytest.MonkeyPatch()
    with limit.context() as patch:
        patch.setattr(collection, "PACK_BYTES", 300 if small else 1 << 28)
        collected = store.gc()
        for sight in (store, Store(store.path)):
            assert everything_named(sight) == before
            assert sight._packs.digests() == needed(sight)
            assert sight.verify() == []
        assert small or collected.packs <= 1
        packs = store._packs
        assert sorted(digest for name in packs.names() for digest in packs.index(name)) == sorted(packs.places)
        assert store.gc().objects == 0


def test_what_is_to_be_kept_stays_with_all_it_needs(store):
    store.commit("r", {"x": b"1"})
    lost, kept = store.commit("r", {"x": b"2"}), store.commit("r", {"x": b"3"})
    store.branch("r", "main", "r~2")
    blob = store.put(b"artifact")
    store.put(b"waste")
    collected = store.gc(keep=[kept.id, blob, "f" * 64])
    assert collected.objects == 1
    assert (store.read(kept, "x"), store.read(lost.id, "x"), store.blob(blob)) == (b"3", b"2", b"artifact")
    assert store.gc(keep=[blob]).objects == 6  # two commits, each with a tree and a file
    with pytest.raises(BadInput):
        store.get(kept.id)
    assert (store.read("r", "x"), store.blob(blob), store.verify()) == (b"1", b"artifact", [])


def test_a_single_blob_that_a_commit_uses_stays(store):
    store.put(b"shared")
    commit = store.commit("r", {"x": b"shared"})
    store.gc()
    assert (store.read(commit, "x"), store.verify()) == (b"shared", [])


def test_many_small_packs_become_one_and_a_large_sound_one_is_left_alone(store, monkeypatch):
    monkeypatch.setattr(collection, "PACK_BYTES", 20_000)
    store.commit("r", {"big": os.urandom(15_000)})
    [big] = store._packs.names()
    for i in range(20):
        store.commit("r", {"x": b"%d" % i})
    assert store.gc().packs == 2
    assert big in store._packs.names()
    assert (store.read("r", "x"), store.read("r~19", "x")) == (b"19", b"0")


def test_a_store_that_is_not_there_has_nothing_to_collect(store):
    assert store.gc() == collection.Collected(0, 0, 0)
    assert not store.path.exists()


@pytest.mark.parametrize("harm", ["blob", "index", "pack"])
def test_nothing_is_taken_away_while_something_needed_is_damaged(store, harm):
    commit = store.commit("r", {"x": b"precious"})
    store.put(b"waste")
    [name] = store._packs.names()
    if harm == "blob":
        damage(store, commit.tree["x"].digest)
        store.commit("r", {"y": b"another pack, so that both would be merged"})
    elif harm == "index":
        flip(store.path / "packs" / f"{name}.jsonl", 20)
    else:
        (store.path / "packs" / f"{name}.jsonl").rename(store.path / "aside")
    before = sorted(os.listdir(store.path / "packs")), os.listdir(store.path / "blobs")
    with pytest.raises(Damaged, match="store verify"):
        Store(store.path).gc()
    assert (sorted(os.listdir(store.path / "packs")), os.listdir(store.path / "blobs")) == before


# Others at work


def test_who_had_the_store_open_reads_on_after_a_collection_by_another(store):
    commits = [store.commit("r", {"x": b"%d" % i}) for i in range(5)]
    store.branch("r", "side", commits[1])
    Store(store.path).gc()
    assert [store.read(commit, "x") for commit in commits] == [b"0", b"1", b"2", b"3", b"4"]
    store.commit("r", {"y": b"new"})
    assert (store.read("r", "x"), store.verify()) == (b"4", [])


def test_a_writer_stores_again_what_another_has_collected(store):
    store.commit("r", {"x": b"1"})
    store.commit("r", {"x": b"2"})
    digest = store.put(b"artifact")
    store.branch("r", "main", "r^")
    Store(store.path).gc()
    assert not store.has(digest)
    assert store.blob(store.put(b"artifact")) == b"artifact"
    assert store.read(store.commit("r", {"x": b"2", "y": b"artifact"}), "x") == b"2"
    assert (store.read("r", "y"), store.verify()) == (b"artifact", [])


def test_nothing_can_be_built_on_a_commit_that_another_has_collected(store):
    base = store.commit("r", {"x": b"1"})
    lost = store.commit("r", {"x": b"2"})
    store.branch("r", "main", base)
    Store(store.path).gc()
    for build in (
        lambda: store.branch("r", "side", lost),
        lambda: store.tag("r", "v1", lost),
        lambda: store.commit("s", {"y": b""}, provenance=[lost]),
    ):
        with pytest.raises(BadInput, match="collected meanwhile"):
            build()
    assert (store.head("r"), store.head("s"), store.verify()) == (base, None, [])


def test_an_open_commit_outlives_a_collection_by_another(store):
    store.commit("r", {"x": b"1"})
    with store.start("r") as opened:
        opened.put("y", b"new")
        opened.put("z", b"1")
        Store(store.path).gc()
    assert (store.read("r", "y"), store.read("r", "z"), store.verify()) == (b"new", b"1", [])


@pytest.mark.parametrize("stored", [lambda store: store.put(b"x"), lambda store: store.put_all([b"x", b"y"])])
def test_an_open_commit_that_counted_on_what_was_collected_is_refused(store, stored):
    head = store.commit("r", {"x": b"1"})
    stored(store)
    opened = store.start("r")
    opened.put("y", b"x")
    Store(store.path).gc()
    with pytest.raises(BadInput, match="collected meanwhile"):
        opened.finish()
    assert (opened.state, store.head("r"), store.verify()) == ("discarded", head, [])
    assert store.read(store.commit("r", {"y": b"x"}), "y") == b"x"


@pytest.mark.slow
def test_writers_readers_and_collectors_at_once_lose_nothing(tmp_path):
    def work(code, *words):
        lines = f"import pathlib, sys, tests.store.actions as a; {code}"
        return subprocess.Popen([sys.executable, "-c", lines, tmp_path, *words], cwd=ROOT)

    writers = [work("a.many(pathlib.Path(sys.argv[1]), *sys.argv[2:])", name, "25") for name in "ab"]
    collectors = [work("a.collect(pathlib.Path(sys.argv[1]), *sys.argv[2:])", "15")]
    store, seen = Store(tmp_path / "store"), 0
    while any(process.poll() is None for process in writers + collectors):
        if head := store.head("shared"):
            seen = max(seen, len([store.read(head, path) for path in head.tree]))
        assert Store(store.path).verify() == []
    assert [process.returncode for process in writers + collectors] == [0, 0, 0]
    assert store.paths("shared") == [f"{w}/{i:03}" for w in "ab" for i in range(25)]
    store.gc()
    assert (store.verify(), len(store.log("shared")), len(os.listdir(store.path / "packs"))) == ([], 50, 2)


# Faults


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["killed_before", "killed_within"])
def test_a_collection_killed_at_any_call_has_lost_nothing_and_can_be_repeated(tmp_path, fault):
    template = tmp_path / "template"
    actions.prepare_waste(template)
    shutil.copytree(template, tmp_path / "whole")
    actions.gc(tmp_path / "whole")
    before = everything_named(Store(template / "store"))
    copies = killed("gc", fault, template, tmp_path / "out")
    assert len(copies) > 10
    for copy in copies:
        store = Store(copy / "store")
        assert (everything_named(store), store.verify()) == (before, [])
        actions.gc(copy)
        assert files_of(copy) == files_of(tmp_path / "whole")


def test_a_collection_on_a_full_disk_loses_nothing_and_says_so(tmp_path):
    template = tmp_path / "template"
    actions.prepare_waste(template)
    before = everything_named(Store(template / "store"))
    for copy in faults.full(template, tmp_path, actions.gc):
        store = Store(copy / "store")
        assert (everything_named(store), store.verify()) == (before, [])
        actions.gc(copy)
        assert store._packs.digests() == needed(Store(store.path))


def files_of(folder: Path):
    """What lies in a store, but for the generation, which only ever differs from the one before."""
    store = folder / "store"
    return {
        path.relative_to(store).as_posix(): path.read_bytes() for path in store.rglob("*")
        if path.is_file() and path.name != "generation"
    }  # fmt: skip

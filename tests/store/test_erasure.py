"""What is forgotten is nowhere, says so wherever it was, and nothing else changes."""

import json
import os
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_lab.errors import BadInput
from mlops_lab.store import Damaged, Erased, Store
from mlops_lab.store.trees import digest_of
from tests.store import actions, faults
from tests.store.test_disk import killed
from tests.store.test_verification import damage, flip

contents = st.sampled_from([b"<content %d, long enough to be found>" % i for i in range(6)])
files = st.dictionaries(st.sampled_from(["a", "b", "d/e"]), contents, min_size=1)
uploads = st.lists(st.tuples(st.sampled_from(["r", "s"]), st.sampled_from(["main", "side"]), files), max_size=8)


def lie_in(folder, content):
    """The files below a folder that hold these bytes."""
    return [path.name for path in folder.rglob("*") if path.is_file() and content in path.read_bytes()]


@settings(max_examples=60, deadline=None)
@given(uploads=uploads, path=st.sampled_from(["a", "d/e"]), new=st.none() | contents, collected=st.booleans())
def test_what_is_forgotten_is_nowhere_and_all_else_is_as_it_was(tmp_path_factory, uploads, path, new, collected):
    store, made = Store(tmp_path_factory.mktemp("law") / "store"), []
    for at, (repo, branch, changes) in enumerate([*uploads, ("r", "main", {path: b"<what must go>"})]):
        made.append(store.commit(repo, changes, branch=branch, message=str(at), provenance=made[-1:]))
    if collected:
        store.gc()
    before = {c: {p: store.read(c, p) for p in c.tree} for c in made}
    heads = {(r, b): store.head(r, b) for r in store.repos() for b in store.branches(r)}
    done = store.forget("r", {path: new}, "asked for")
    ever = {before[c][path] for c in made if c.repo == "r" and path in c.tree} - {new}
    gone = {content for content in ever if digest_of(content) not in done.spared}
    assert sorted(done.erased) == sorted(map(digest_of, gone))
    assert not [name for content in gone for name in lie_in(store.path, content)]
    for sight in (store, Store(store.path)):
        assert sight.verify() == []
        for commit, content in before.items():
            for at, was in content.items():
                if was in gone:
                    with pytest.raises(Erased, match="was erased: asked for"):
                        sight.read(commit.id, at)
                else:
                    assert sight.read(commit.id, at) == was
        for (repo, branch), head in heads.items():
            wanted = dict(before[head])
            if repo == "r" and path in wanted:
                wanted = {**wanted, path: new} if new is not None else {p: c for p, c in wanted.items() if p != path}
            now = sight.head(repo, branch)
            assert {p: sight.read(now, p) for p in now.tree} == wanted
            assert now.metadata == head.metadata
    assert store.forget("r", {path: new}, "again").erased == done.erased


@pytest.fixture
def history(store):
    """Two uploads of which the second repeats a file, a model and a report made from the first, and a stranger."""
    one = store.commit("raw", {"a": b"person", "b": b"bb"}, metadata={"day": 1})
    two = store.commit("raw", {"c": b"cc"}, metadata={"day": 2})
    model = store.commit("model", {"m": b"mm"}, provenance=[one])
    report = store.commit("report", {"r": b"rr"}, provenance=[model])
    store.commit("other", {"o": b"oo"})
    return {"one": one, "two": two, "model": model, "report": report}


def test_dependents_at_any_depth_and_holders_are_named(store, history):
    done = store.forget("raw", {"a": None}, "cook 7 asked for it")
    assert done.dependents == [history["model"], history["report"]]
    assert done.holders == [history["one"], history["two"]]
    assert done.commit == store.head("raw")
    assert (store.paths("raw"), store.read("raw", "b"), store.head("raw").metadata) == (["b", "c"], b"bb", {"day": 2})


def test_the_cleaned_file_takes_the_place_of_the_old_one(store, history):
    store.forget("raw", {"a": b"nobody"}, "cook 7 asked for it")
    assert store.read("raw", "a") == b"nobody"
    with pytest.raises(Erased):
        store.checkout(history["one"], store.path.parent / "out")
    assert store.diff("raw^", "raw").changed == [{"path": "a", "rows_before": None, "rows_after": None}]


def test_what_another_branch_or_repo_still_holds_is_spared_and_said(store, history):
    store.commit("copy", {"d/a": b"person"})
    done = store.forget("raw", {"a": None}, "cook 7 asked for it")
    assert (done.erased, done.spared) == ([], {digest_of(b"person"): "copy@main:d/a"})
    assert store.read("copy", "d/a") == b"person"
    store.forget("copy", {"d/a": None}, "cook 7 asked for it")
    assert not lie_in(store.path, b"person")


def test_erased_content_does_not_come_back_by_any_door(store, history):
    store.forget("raw", {"a": None}, "cook 7 asked for it")
    head = store.head("raw")
    for door in (
        lambda: store.commit("raw", {"again": b"person"}),
        lambda: store.put(b"person"),
        lambda: store.put_all([b"x", b"person"]),
        lambda: store.commit("raw", {"again": history["one"].tree["a"]}),
    ):
        with pytest.raises(Erased, match="cook 7 asked for it"):
            door()
    assert (store.head("raw"), store.verify(), lie_in(store.path, b"person")) == (head, [], [])


def test_an_open_commit_cannot_bring_back_what_is_erased_meanwhile(store, history):
    opened = store.start("other")
    opened.put("new", b"not stored yet")
    store.commit("raw", {"new": b"not stored yet"})
    store.forget("raw", {"new": None}, "cook 7 asked for it")
    with pytest.raises(Erased):
        opened.finish()
    assert (opened.state, store.verify(), lie_in(store.path, b"not stored yet")) == ("discarded", [], [])


def test_a_tombstone_can_be_read_with_common_tools(store, history):
    [digest] = store.forget("raw", {"a": None}, "cook 7 asked for it").erased
    said = json.loads((store.path / "tombstones" / digest).read_text())
    assert said == {"digest": digest, "why": "cook 7 asked for it"}
    (store.path / "tombstones" / digest).write_text("{}")
    [problem] = store.verify()
    assert problem.object == f"tombstones/{digest}"
    with pytest.raises(Erased, match="cannot be read"):
        store.blob(digest)


def test_single_blobs_are_erased_by_digest(store):
    digest = store.put(b"person")
    store.erase([digest], "cook 7 asked for it")
    assert not store.has(digest) and not lie_in(store.path, b"person")
    with pytest.raises(Erased):
        store.blob(digest)
    store.erase([digest], "again")
    store.gc()
    assert (store.verify(), store.objects()) == ([], 0)


@pytest.mark.parametrize(
    "repo, files, why, sentence",
    [
        ("raw", {"a": None}, " ", "needs a reason"),
        ("raw", {"missing": None}, "x", "No commit of 'raw' ever held 'missing'"),
        ("rav", {"a": None}, "x", "name one of model, other, raw, report"),
        ("raw", {"../a": None}, "x", "cannot be stored"),
        ("raw", {}, "x", "and its files"),
    ],
)
def test_an_erasure_that_makes_no_sense_changes_nothing(store, history, repo, files, why, sentence):
    before = store._pointers(), store.objects()
    with pytest.raises(BadInput, match=sentence):
        store.forget(repo, files, why)
    assert (store._pointers(), store.objects()) == before


def test_history_itself_cannot_be_erased(store, history):
    for digest, sentence in (
        (history["one"].id, "is a commit"),
        (history["one"].tree.root, "is a tree"),
        ("f" * 64, "No blob"),
        ("../lock", "No blob"),
    ):
        with pytest.raises(BadInput, match=sentence):
            store.erase([digest], "why not")
    assert store.verify() == []


def test_damage_elsewhere_does_not_stop_an_erasure_and_stays_named(store, history):
    damaged = history["one"].tree["b"].digest
    damage(store, damaged)
    fresh = Store(store.path)
    fresh.forget("raw", {"a": None}, "cook 7 asked for it")
    assert not lie_in(store.path, b"person")
    assert [problem.object for problem in fresh.verify()] == [damaged]
    assert fresh.read("raw", "c") == b"cc"


def test_a_file_that_is_lost_already_is_forgotten_all_the_same(store, history):
    digest = store.put(b"single")
    store.commit("raw", {"lost": b"single"})
    (store.path / "blobs" / digest).unlink()
    assert store.forget("raw", {"lost": None}, "cook 7 asked for it").erased == [digest]
    assert store.verify() == []


def test_an_erasure_is_refused_while_nobody_can_tell_what_lies_in_a_pack(store, history):
    flip(next((store.path / "packs").glob("*.jsonl")), 20)
    with pytest.raises(Damaged):
        Store(store.path).forget("other", {"o": None}, "why not")


def test_who_had_the_store_open_hears_of_an_erasure_by_another(store, history):
    other = Store(store.path)
    assert other.read("raw", "a") == b"person"
    store.forget("raw", {"a": None}, "cook 7 asked for it")
    with pytest.raises(Erased):
        other.read(history["one"], "a")
    with pytest.raises(Erased):
        other.put(b"person")
    assert other.read(history["one"], "b") == b"bb"


# Faults


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["killed_before", "killed_within"])
@pytest.mark.parametrize("action", ["forget", "erase"])
def test_an_erasure_killed_at_any_call_can_be_repeated_and_hides_what_it_has_buried(tmp_path, action, fault):
    template = tmp_path / "template"
    actions.prepare_waste(template)
    shutil.copytree(template, tmp_path / "whole")
    getattr(actions, action)(tmp_path / "whole")
    copies = killed(action, fault, template, tmp_path / "out")
    assert len(copies) > 10
    for copy in copies:
        store = Store(copy / "store")
        assert store.verify() == []
        if erased := (store.path / "tombstones").exists() and os.listdir(store.path / "tombstones"):
            with pytest.raises(Erased):
                store.blob(erased[0])
        getattr(actions, action)(copy)
        assert not lie_in(store.path, actions.SECRET)
        assert Store(store.path).verify() == []
        assert Store(store.path)._pointers() == Store(tmp_path / "whole" / "store")._pointers()


@pytest.mark.slow
@pytest.mark.parametrize("action", ["forget", "erase"])
def test_an_erasure_on_a_full_disk_says_so_and_can_be_repeated(tmp_path, action):
    template = tmp_path / "template"
    actions.prepare_waste(template)
    for copy in faults.full(template, tmp_path, getattr(actions, action)):
        assert Store(copy / "store").verify() == []
        getattr(actions, action)(copy)
        assert not lie_in(copy / "store", actions.SECRET)
        assert Store(copy / "store").verify() == []

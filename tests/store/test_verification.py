"""Damage on disk is found, named with what it affects, and never served."""

import pytest

from mlops_lab.errors import BadInput
from mlops_lab.store import Damaged, Store


@pytest.fixture
def history(store):
    """raw: two commits; model: made from the first; report: made from the model; other: touched by nothing."""
    one = store.commit("raw", {"a": b"aaaa", "d/b": b"bbbb"})
    two = store.commit("raw", {"a": b"AAAA"})
    model = store.commit("model", {"m": b"mmmm"}, provenance=[one])
    report = store.commit("report", {"r": b"rrrr"}, provenance=[model])
    other = store.commit("other", {"o": b"oooo"})
    return {"one": one, "two": two, "model": model, "report": report, "other": other}


def flip(path, at):
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def place_of(store, digest):
    store.objects()
    return store._packs.places[digest]


def damage(store, digest):
    place = place_of(store, digest)
    flip(store.path / "packs" / f"{place.pack}.pack", place.offset + place.size // 2)


def test_a_sound_store_has_no_problems(store, history):
    assert store.verify() == []


def test_every_flipped_byte_of_a_pack_is_found(store):
    commit = store.commit("r", {"a": b"12", "d/b": b"34"})
    [pack] = (store.path / "packs").glob("*.pack")
    for at in range(pack.stat().st_size):
        flip(pack, at)
        [problem] = Store(store.path).verify()[:1]
        assert "have changed" in problem.problem
        flip(pack, at)
    assert store.verify() == []
    assert store.read(commit, "a") == b"12"


def test_a_damaged_blob_is_named_with_all_that_depends_on_it(store, history):
    digest = history["one"].tree["a"].digest
    damage(store, digest)
    [problem] = Store(store.path).verify()
    assert problem.object == digest
    assert set(problem.affects) == {history[name].id for name in ("one", "two", "model", "report")}
    assert problem.affects[0] == history["one"].id


def test_a_damaged_blob_is_not_served_and_the_others_are(store, history, tmp_path):
    damage(store, history["one"].tree["a"].digest)
    fresh = Store(store.path)
    with pytest.raises(Damaged, match="damaged in packs/.*store verify"):
        fresh.read("raw^", "a")
    with pytest.raises(Damaged):
        fresh.checkout("raw^", tmp_path / "out")
    assert list(tmp_path.glob("*out*")) == []
    assert (fresh.read("raw", "a"), fresh.read("raw^", "d/b")) == (b"AAAA", b"bbbb")


def test_a_damaged_tree_node_affects_the_commits_that_share_it(store, history):
    node = store._node(history["two"].tree.root).folders["d"]
    damage(store, node)
    [problem] = Store(store.path).verify()
    assert problem.object == node
    assert {history["one"].id, history["two"].id} <= set(problem.affects)
    with pytest.raises(Damaged):
        Store(store.path).read("raw", "d/b")


def test_a_damaged_commit_affects_what_follows_it(store, history):
    damage(store, history["model"].id)
    [problem] = [p for p in Store(store.path).verify() if p.object == history["model"].id]
    assert problem.affects == [history["report"].id]
    with pytest.raises(Damaged):
        Store(store.path).head("model")


def test_a_pack_cut_off_is_found_and_not_served(store, history):
    place = place_of(store, history["other"].tree["o"].digest)
    pack = store.path / "packs" / f"{place.pack}.pack"
    pack.write_bytes(pack.read_bytes()[: place.offset + 2])
    objects = {p.object for p in Store(store.path).verify() if "cut off" in p.problem}
    assert {history["other"].tree["o"].digest, history["other"].id} <= objects
    with pytest.raises(Damaged):
        Store(store.path).read(history["other"], "o")


def test_a_lost_pack_is_found(store, history):
    place = place_of(store, history["other"].id)
    (store.path / "packs" / f"{place.pack}.pack").unlink()
    assert history["other"].id in {p.object for p in Store(store.path).verify()}
    with pytest.raises(Damaged, match="missing"):
        Store(store.path).head("other")


def test_a_flipped_or_lost_index_is_found_with_what_it_hides(store, history):
    digest = history["one"].tree["d/b"].digest
    index = store.path / "packs" / f"{place_of(store, digest).pack}.jsonl"
    flip(index, 20)
    problems = Store(store.path).verify()
    assert f"packs/{index.name}" in {p.object for p in problems}
    hidden = {p.object: p.affects for p in problems if p.problem == "is missing"}
    assert history["two"].id in hidden[history["one"].id]
    index.unlink()
    assert history["one"].id in {p.object for p in Store(store.path).verify()}
    with pytest.raises(Damaged):
        Store(store.path).read("raw", "d/b")


@pytest.mark.parametrize("content", ["", "f" * 64, "nonsense"])
def test_a_spoilt_ref_is_found_and_not_followed(store, history, content):
    (store.path / "refs" / "other" / "main").write_text(content)
    assert [p.object for p in Store(store.path).verify()] == ["refs/other/main"]
    with pytest.raises(Damaged):
        Store(store.path).head("other")


def test_a_ref_to_a_commit_of_another_repo_is_found(store, history):
    (store.path / "refs" / "other" / "main").write_text(history["one"].id)
    assert [p.object for p in Store(store.path).verify()] == ["refs/other/main"]


def test_a_damaged_single_blob_is_found_not_served_and_healed_by_putting_it_again(store):
    digest = store.put(b"model")
    flip(store.path / "blobs" / digest, 0)
    assert [p.object for p in store.verify()] == [digest]
    with pytest.raises(Damaged):
        store.blob(digest)
    assert store.put(b"model") == digest
    assert (store.blob(digest), store.verify()) == (b"model", [])


def test_damage_is_said_in_one_sentence_on_the_command_line():
    assert issubclass(Damaged, BadInput)

"""What is pushed can be pulled as it was; whatever stops, lies or refuses on the way, no name moves too early."""

import os
import shutil
import tracemalloc

import fsspec
import pytest
from hypothesis import given, settings

from mlops_lab.errors import BadInput
from mlops_lab.store import Damaged, Erased, Store, remote, transfer
from mlops_lab.store.tombstones import inscribed
from tests.store import actions, faults
from tests.store.s3server import KEY, serving
from tests.store.test_collection import STEPS, everything_named, lived, needed
from tests.store.test_disk import killed
from tests.store.test_erasure import lie_in


class Far:
    """A folder at a URL, as the test sees it: path -> bytes."""

    def __init__(self, url):
        self.url = url
        self.files, root = fsspec.core.url_to_fs(url)
        self.root = root.rstrip("/")

    def paths(self):
        self.files.invalidate_cache()
        return [path[len(self.root) + 1 :] for path in self.files.find(self.root)]

    def __getitem__(self, path):
        return self.files.cat_file(f"{self.root}/{path}")

    def __setitem__(self, path, content):
        if "file" in self.files.protocol:
            self.files.makedirs(f"{self.root}/{path}".rpartition("/")[0], exist_ok=True)
        self.files.pipe_file(f"{self.root}/{path}", content)

    def holding(self, content):
        return [path for path in self.paths() if content in self[path]]


@pytest.fixture
def s3(monkeypatch):
    with serving() as server:
        for name, value in {
            "AWS_ENDPOINT_URL": server.url, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        yield server
        fsspec.get_filesystem_class("s3").clear_instance_cache()


@pytest.fixture(params=["file", "memory", pytest.param("s3", marks=pytest.mark.slow)])
def far(request, tmp_path):
    if request.param == "s3":
        request.getfixturevalue("s3")
    yield Far({"file": f"file://{tmp_path}/far", "memory": "memory://far", "s3": "s3://lab/a/far"}[request.param])
    if request.param == "memory":
        fsspec.filesystem("memory").store.clear()


@pytest.fixture
def there(tmp_path):
    """Another store, still empty."""
    return Store(tmp_path / "there")


def fill(store):
    one = store.commit("raw", {"a": b"aaa", "d/b": b"", "secret": b"what must go"}, metadata={"day": 1})
    store.commit("raw", {"a": b"AAA"})
    store.put(b"alone")
    store.commit("model", {"m": b"alone"}, provenance=[one])
    store.tag("raw", "v1", one)
    store.put(b"nobody needs this")


@settings(max_examples=25, deadline=None)
@given(steps=STEPS, more=STEPS)
def test_what_is_pushed_is_pulled_as_it_was_and_nothing_else(tmp_path_factory, steps, more):
    folder = tmp_path_factory.mktemp("law")
    store, there = lived(folder / "here", [("commit", "r", {"a": b"1"}, 0), *steps]), Store(folder / "there")
    store.push(str(folder / "far"))
    assert there.pull(str(folder / "far")).objects == len(needed(store))
    assert everything_named(there) == everything_named(store)
    assert there._packs.digests() == Store(folder / "far")._packs.digests() == needed(store)
    assert there.verify() == Store(folder / "far").verify() == []
    old = store._packs.digests()
    for at, (_, repo, files, _) in enumerate(step for step in more if step[0] == "commit"):
        store.commit(repo, files, message=f"more {at}")
    new = needed(store) - old
    if not set(there._pointers().items()) - set(store._pointers().items()):
        assert store.push(str(folder / "far")).objects >= len(new)
        there.pull(str(folder / "far"))
        assert everything_named(there) == everything_named(store)


def test_any_place_holds_a_store(store, there, far):
    fill(store)
    moved = store.push(far.url)
    assert (moved.objects, moved.packs) == (len(needed(store)), 1)
    assert store.push(far.url) == transfer.Moved(0, 0, 0)
    assert there.pull(far.url) == moved
    assert there.pull(far.url) == transfer.Moved(0, 0, 0)
    assert (everything_named(there), there.verify()) == (everything_named(store), [])
    assert there.objects() == moved.objects


def test_only_what_is_lacking_travels(store, there, far):
    fill(store)
    store.push(far.url)
    there.pull(far.url)
    store.commit("raw", {"new": b"n"})
    assert store.push(far.url).objects == there.pull(far.url).objects == 3  # a file, a tree node, a commit
    there.gc()
    there.commit("raw", {"newer": b"n"})
    assert there.push(far.url).objects == store.pull(far.url).objects == 2
    assert store.head("raw") == there.head("raw")


def test_packs_that_travel_have_a_bounded_size(store, there, far, monkeypatch):
    monkeypatch.setattr(transfer, "PACK_BYTES", 1000)
    store.commit("r", {f"f{i}": os.urandom(300) for i in range(20)} | {"big": os.urandom(3000)})
    store.push(far.url)
    sizes = [len(far[path]) for path in far.paths() if path.endswith(".pack")]
    assert len(sizes) > 6 and sorted(sizes)[-2] <= max(1000, 21 * 90)
    assert there.pull(far.url).packs == len(sizes)
    assert everything_named(there) == everything_named(store)


def test_memory_is_bounded_by_the_packs_that_travel(store, there, monkeypatch, tmp_path):
    monkeypatch.setattr(transfer, "PACK_BYTES", 1 << 20)
    for i in range(10):
        store.commit("r", {f"{i}/{j}": os.urandom(500_000) for j in range(6)})
    tracemalloc.start()
    store.push(str(tmp_path / "far"))
    there.pull(str(tmp_path / "far"))
    assert tracemalloc.get_traced_memory()[1] < 8 << 20  # of 30 MB that travelled twice
    tracemalloc.stop()
    assert there.verify() == []


# Names


def test_a_branch_there_moves_forward_only(store, there, far):
    fill(store)
    store.push(far.url)
    there.pull(far.url)
    there.commit("raw", {"theirs": b"1"})
    there.push(far.url)
    with pytest.raises(BadInput, match=r"refs/raw/main at .* is not in refs/raw/main here; pull first\.$"):
        store.push(far.url)
    store.pull(far.url)
    store.commit("raw", {"ours": b"2"})
    store.push(far.url)
    assert there.head("raw") != store.head("raw") and there.pull(far.url).objects == 3
    assert there.head("raw") == store.head("raw")


def test_a_pull_takes_nothing_back_and_refuses_two_ways_at_once(store, there, far):
    fill(store)
    store.push(far.url)
    there.pull(far.url)
    newest = there.commit("raw", {"mine": b"1"})
    there.pull(far.url)
    assert there.head("raw") == newest  # further on than there
    store.commit("raw", {"other": b"2"})
    store.commit("model", {"other": b"2"})
    store.push(far.url)
    before = there._pointers()
    with pytest.raises(BadInput, match="refs/raw/main here and at .* different ways, and nothing was moved"):
        there.pull(far.url)
    assert (there._pointers(), there.verify()) == (before, [])


def test_tags_never_move(store, there, far):
    fill(store)
    store.push(far.url)
    there.commit("raw", {"a": b"of another world"})
    there.tag("raw", "v1", "raw")
    for call in (there.push, there.pull):
        with pytest.raises(BadInput):
            call(far.url)
    assert there.tags("raw") == ["v1"] and there.read("raw@v1", "a") == b"of another world"


def test_the_names_that_were_there_stay_there(store, there, far):
    fill(store)
    store.push(far.url)
    there.commit("elsewhere", {"x": b"1"})
    there.push(far.url)
    store.pull(far.url)
    assert store.repos() == ["elsewhere", "model", "raw"]


def test_subscribers_hear_of_what_was_pulled(store, there, far):
    fill(store)
    store.push(far.url)
    heard = []
    there.subscribe(lambda commit, branch: heard.append((commit.repo, branch)))
    there.pull(far.url)
    assert sorted(heard) == [("model", "main"), ("raw", "main")]


# Erasure


def test_an_erasure_travels_both_ways_and_takes_the_bytes_along(store, there, far):
    fill(store)
    store.push(far.url)
    there.pull(far.url)
    store.forget("raw", {"secret": None}, "asked for")
    store.push(far.url)
    assert far.holding(b"what must go") == []
    there.pull(far.url)
    assert lie_in(there.path, b"what must go") == []
    with pytest.raises(Erased, match="asked for"):
        there.read("raw@v1", "secret")
    assert (there.read("raw@v1", "a"), there.verify()) == (b"aaa", [])
    assert there.push(far.url).objects == store.push(far.url).objects == 0
    fresh = Store(there.path.parent / "fresh")
    fresh.pull(far.url)
    assert (fresh.verify(), fresh._pointers(), lie_in(fresh.path, b"what must go")) == ([], store._pointers(), [])


def test_what_was_erased_there_is_not_sent_again(store, there, far):
    fill(store)
    store.push(far.url)
    there.pull(far.url)
    there.erase([there.get("raw").tree["secret"].digest], "asked for")
    there.push(far.url)
    store.commit("raw", {"more": b"x"})
    store.push(far.url)
    assert far.holding(b"what must go") == []
    store.pull(far.url)
    assert lie_in(store.path, b"what must go") == []


def test_a_tombstone_there_for_history_itself_is_refused(store, there, far):
    fill(store)
    store.push(far.url)
    there.pull(far.url)
    commit = store.head("raw")
    far[f"tombstones/{commit.tree.root}"] = inscribed(commit.tree.root, "a lie")
    with pytest.raises(BadInput, match="is a tree"):
        there.pull(far.url)
    assert (everything_named(there), there.verify()) == (everything_named(store), [])


# What lies, stops or refuses


def test_whatever_is_damaged_there_is_named_and_not_taken_over(store, there, far):
    fill(store)
    store.push(far.url)
    paths = [path for path in far.paths() if path != "lock"]
    assert len(paths) > 4
    for path in paths:
        whole = far[path]
        far[path] = bytes([*whole[:20], whole[20] ^ 1, *whole[21:]])
        with pytest.raises(Damaged) as error:
            there.pull(far.url)
        assert str(error.value).count("\n") == 0
        assert there._pointers() == {}
        far[path] = whole
    there.pull(far.url)
    assert (everything_named(there), there.verify()) == (everything_named(store), [])


def test_a_lost_pack_or_index_there_is_missed(store, there, far):
    fill(store)
    store.push(far.url)
    for path in [path for path in far.paths() if path.startswith("packs/")]:
        whole = far[path]
        far.files.rm_file(f"{far.root}/{path}")
        with pytest.raises(BadInput):
            there.pull(far.url)
        assert there._pointers() == {}
        far[path] = whole


def test_an_index_that_lies_about_kinds_is_not_believed(store, there, far):
    fill(store)
    store.push(far.url)
    index = next(path for path in far.paths() if path.endswith(".jsonl"))
    lie = far[index].replace(b'"blob"', b'"evil"', 1)
    name = f"packs/{remote.digest_of(lie)}"
    far[f"{name}.pack"], far[f"{name}.jsonl"] = far[index.replace(".jsonl", ".pack")], lie
    far.files.rm_file(f"{far.root}/{index}")
    with pytest.raises(Damaged):
        there.pull(far.url)


def test_a_pack_that_did_not_arrive_as_it_was_sent_does_not_count(store, far, monkeypatch):
    fill(store)
    write = remote.Remote.write

    def spoilt(self, path, content):
        write(self, path, content[:-1] + b"!" if path.endswith(".pack") else content)

    with monkeypatch.context() as patch:
        patch.setattr(remote.Remote, "write", spoilt)
        with pytest.raises(Damaged, match="did not arrive"):
            store.push(far.url)
    assert not [path for path in far.paths() if path.startswith("refs/") or path.endswith(".jsonl")]
    assert store.push(far.url).objects == len(needed(store))


@pytest.mark.slow
def test_a_push_that_stops_at_any_request_is_gone_on_with(store, tmp_path, s3, monkeypatch):
    monkeypatch.setattr(transfer, "PACK_BYTES", 400)
    fill(store)
    left = []
    while not left or left[-1]:
        s3.objects.clear()
        s3.writes = 2 * len(left)  # a pack and its index
        with pytest.raises(BadInput, match="QuotaExceeded|Forbidden"):
            store.push("s3://lab/far")
        s3.writes = 1_000
        arrived = sum(name.endswith(".jsonl") for name in s3.objects)
        with pytest.raises(BadInput, match="There is no store"):
            Store(tmp_path / "nothing").pull("s3://lab/far")
        left.append(store.push("s3://lab/far").packs)
        assert arrived == len(left) - 1 == left[0] - left[-1]
    there = Store(tmp_path / "there")
    there.pull("s3://lab/far")
    assert everything_named(there) == everything_named(store) and len(left) > 3


BAD = {
    "foo://x": "Protocol not known",
    "gs://bucket/x": "gcsfs",
    "": "no place",
    "/proc/x/y": "Cannot",
    "http://user:secret@127.0.0.1:9/x": "127.0.0.1",
}


@pytest.mark.parametrize("url", BAD)
def test_a_place_that_cannot_be_used_is_one_sentence_and_leaves_nothing(store, there, url):
    with pytest.raises(BadInput):
        there.pull(url)
    fill(store)
    with pytest.raises(BadInput, match=BAD[url]) as error:
        store.push(url)
    assert "\n" not in str(error.value) and "secret" not in str(error.value)
    assert not there.path.exists()


@pytest.mark.slow
@pytest.mark.parametrize("url, key", [("s3://nowhere/x", KEY), ("s3://lab/x", "a wrong key")])
def test_a_bucket_that_refuses_is_one_sentence(store, there, s3, monkeypatch, url, key):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    fill(store)
    for call in (store.push, there.pull):
        with pytest.raises(BadInput, match=r"^Cannot use 's3://.*repeat the command\.$"):
            call(url)
    assert not there.path.exists()


def test_nothing_is_pushed_over_something_else_or_onto_itself(store, tmp_path):
    (tmp_path / "photos" / "2026").mkdir(parents=True)
    with pytest.raises(BadInput, match="empty"):
        store.push(str(tmp_path / "far"))
    fill(store)
    with pytest.raises(BadInput, match="holds '2026' and no store"):
        store.push(str(tmp_path / "photos"))
    assert os.listdir(tmp_path / "photos") == ["2026"]
    for call in (store.push, store.pull):
        with pytest.raises(BadInput, match="no place for another copy"):
            call(f"file://{store.path}")


def test_where_nothing_was_pushed_nothing_is_pulled(there, far):
    with pytest.raises(BadInput, match="There is no store at"):
        there.pull(far.url)
    assert not there.path.exists()


# Faults on this machine


@pytest.fixture
def template(tmp_path):
    """Two stores that have something to tell each other, an erasure among it, and the folder between them."""
    folder = tmp_path / "template"
    actions.prepare_waste(folder)
    Store(folder / "store").push(str(folder / "far"))
    shutil.copytree(folder / "store", folder / "other")
    Store(folder / "other").commit("made", {"m": b"newer"})
    actions.forget(folder)
    Store(folder / "store").commit("raw", {"day=9/x": b"new"})
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["killed_before", "killed_within", None])
@pytest.mark.parametrize("action, changed", [("push", "far"), ("pull", "other")])
def test_a_transfer_stopped_at_any_call_leaves_sound_stores_and_can_be_repeated(
    template, tmp_path, action, changed, fault
):
    if action == "pull":
        actions.push(template)
    whole = tmp_path / "whole"
    shutil.copytree(template, whole)
    getattr(actions, action)(whole)
    before, after = (Store(folder / changed) for folder in (template, whole))
    named, seen = everything_named(after), 0
    stops = killed(action, fault, template, tmp_path / "out") if fault else None
    for copy in stops or faults.full(template, tmp_path, getattr(actions, action)):
        store, seen = Store(copy / changed), seen + 1
        assert store.verify() == []
        assert all(
            id in (before._pointers().get(name), after._pointers()[name]) for name, id in store._pointers().items()
        )
        getattr(actions, action)(copy)
        assert (everything_named(store), Store(store.path).verify()) == (named, [])
        assert lie_in(store.path, actions.SECRET) == []
    assert seen > 20

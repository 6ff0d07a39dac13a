"""Kill -9, a full disk, two writers: the store is as it was or as it should be, never in between."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mlops_lab.errors import BadInput
from mlops_lab.store import Store
from mlops_lab.store.disk import Lock
from tests.store import actions, faults

ROOT = Path(__file__).parents[2]


@pytest.fixture
def template(tmp_path):
    folder = tmp_path / "template"
    folder.mkdir()
    return folder


def killed(action, fault, template, out):
    command = [
        sys.executable,
        "-m",
        "tests.store.faults",
        "tests.store.actions",
        action,
        fault,
        str(template),
        str(out),
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    return [out / str(at) for at in range(1, int(done.stdout) + 1)]


@pytest.mark.parametrize("fault", ["killed_before", "killed_within"])
@pytest.mark.parametrize("action", ["first", "another", "opened", "snapshot"])
def test_a_commit_killed_at_any_call_is_there_or_not_and_its_repetition_is_equal(template, tmp_path, action, fault):
    if action != "first":
        actions.prepare_upload(template)
    old = Store(template / "store").head("raw")
    shutil.copytree(template, tmp_path / "whole")
    wanted = getattr(actions, action)(tmp_path / "whole")
    copies = killed(action, fault, template, tmp_path / "out")
    assert len(copies) > 10
    seen = set()
    for copy in copies:
        store = Store(copy / "store")
        assert store.verify() == []
        assert store.head("raw") in (old, wanted)
        seen.add(store.head("raw"))
        assert getattr(actions, action)(copy) == wanted
        again = Store(copy / "store")
        assert {p: again.read("raw", p) for p in again.paths("raw")} == {p: again.read(wanted, p) for p in wanted.tree}
        assert (again.log("raw"), again.verify()) == (Store(tmp_path / "whole" / "store").log("raw"), [])
        assert os.listdir(copy / "store" / "tmp") == []
    assert seen == {old, wanted}


@pytest.mark.parametrize("fault", ["killed_before", "killed_within"])
def test_a_blob_killed_at_any_call_is_whole_or_not_there(template, tmp_path, fault):
    actions.prepare(template)
    for copy in killed("put", fault, template, tmp_path / "out"):
        assert Store(copy / "store").verify() == []
        assert Store(copy / "store").blob(actions.put(copy)) == b"model" * 100


@pytest.mark.parametrize("action", ["first", "another", "opened", "snapshot", "put"])
def test_a_full_disk_at_any_call_changes_nothing_and_says_so(template, tmp_path, monkeypatch, action):
    if action != "first":
        actions.prepare_upload(template)
    old = Store(template / "store").head("raw")
    shutil.copytree(template, tmp_path / "whole")
    wanted = getattr(actions, action)(tmp_path / "whole")
    for at in range(1, 1_000):
        copy = tmp_path / f"full{at}"
        shutil.copytree(template, copy)
        with monkeypatch.context() as patch:
            for name in faults.CALLS:
                patch.setattr(os, name, getattr(os, name))  # so that they are put back
            count = faults.arm(faults.disk_full, at)
            try:
                assert getattr(actions, action)(copy) == wanted
            except BadInput as error:
                assert "No space left on device" in str(error) and "repeat the command" in str(error)
        if count() < at:
            break
        store = Store(copy / "store")
        assert store.verify() == []
        assert store.head("raw") in (old, wanted)
        assert getattr(actions, action)(copy) == wanted
    assert at > 5


def test_the_same_open_store_goes_on_after_a_full_disk(store, monkeypatch):
    old = store.commit("r", {"x": b"1"})

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        with pytest.raises(BadInput, match="Cannot write to .* No space left"):
            store.commit("r", {"x": b"2"})
    assert store.head("r") == old
    assert store.read(store.commit("r", {"x": b"2"}), "x") == b"2"
    assert store.verify() == []


@pytest.mark.parametrize("way", ["commit", "start", "snapshot"])
def test_the_number_of_fsyncs_does_not_grow_with_the_files(store, tmp_path, monkeypatch, way):
    def fsyncs(files):
        contents = {f"f{i}": b"%d-%d" % (files, i) for i in range(files)}
        (tmp_path / "in").mkdir(exist_ok=True)
        for path, content in contents.items():
            (tmp_path / "in" / path).write_bytes(content)
        calls = []
        with monkeypatch.context() as patch:
            real = os.fsync
            patch.setattr(os, "fsync", lambda handle: calls.append(handle) or real(handle))
            if way == "commit":
                store.commit("r", contents)
            elif way == "start":
                with store.start("r") as opened:
                    opened.add(tmp_path / "in")
            else:
                store.snapshot("r", tmp_path / "in")
        return len(calls)

    store.commit("r", {"x": b""})
    assert fsyncs(1) == fsyncs(50) == 5


def test_two_processes_that_commit_at_once_lose_nothing(tmp_path):
    code = "import pathlib, sys, tests.store.actions as a; a.many(pathlib.Path(sys.argv[1]), *sys.argv[2:])"
    writers = [subprocess.Popen([sys.executable, "-c", code, tmp_path, w, "15"], cwd=ROOT) for w in "ab"]
    store, lengths = Store(tmp_path / "store"), [0]
    while any(writer.poll() is None for writer in writers):
        if head := store.head("shared"):
            lengths.append(len(head.tree))  # a reader never meets half a commit
        assert Store(store.path).verify() == []  # nor does who verifies meanwhile
    assert [writer.returncode for writer in writers] == [0, 0]
    assert store.paths("shared") == [f"{w}/{i:03}" for w in "ab" for i in range(15)]
    assert (len(store.log("shared")), store.verify(), lengths) == (30, [], sorted(lengths))


def test_threads_that_share_a_store_lose_nothing(store):
    def work(writer):
        for i in range(10):
            store.commit("shared", {f"{writer}{i}": b""})

    threads = [threading.Thread(target=work, args=(w,)) for w in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.paths("shared")) == len(store.log("shared")) == 20


def test_a_writer_that_waits_too_long_says_so(tmp_path):
    with Lock(tmp_path / "lock").held(), pytest.raises(BadInput, match="Another process has been writing"):
        with Lock(tmp_path / "lock", patience_seconds=0.02).held():
            raise AssertionError("two writers at once")


def test_the_holder_may_read_decide_and_commit_without_another_in_between(store):
    with store.writing():
        store.commit("r", {"x": b"1"})
        with pytest.raises(BadInput, match="Another process"):
            with Lock(store.path / "lock", patience_seconds=0.02).held():
                raise AssertionError("two writers at once")
        assert store.commit("r", {"y": b"2"}).parent is not None


def test_a_store_where_a_file_is_in_the_way_is_explained(tmp_path):
    (tmp_path / "store").write_text("not a folder")
    assert Store(tmp_path / "store").head("r") is None
    with pytest.raises(BadInput, match="Cannot write"):
        Store(tmp_path / "store").commit("r", {"x": b""})

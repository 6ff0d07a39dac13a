"""Checking out: every byte is compared on its way, wherever it lies and however large it is."""

import subprocess
import sys
from pathlib import Path

import pytest

from mlops_lab.errors import BadInput
from mlops_lab.store import Damaged, Erased, Store, checkouts
from mlops_lab.store.folders import BATCH_BYTES
from tests.store.test_verification import damage

ROOT = Path(__file__).parents[2]
LARGE = b"large" * (BATCH_BYTES // 2)


@pytest.fixture
def files(store):
    """In three packs, one alone, one larger than what is read at once."""
    store.put(b"alone")
    store.commit("r", {f"d{i % 3}/{i}": b"%d" % i for i in range(700)})
    store.commit("r", {"large": LARGE, "empty": b"", "d0/alone": b"alone", "again/large": LARGE})
    store.commit("r", {"d1/1": b"changed"})
    return {path: store.read("r", path) for path in store.paths("r")}


def found_in(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_files_come_back_wherever_they_lie(store, files, tmp_path):
    store.checkout("r", tmp_path / "out")
    assert found_in(tmp_path / "out") == files


def test_files_that_another_process_moves_meanwhile_come_back(store, files, tmp_path, monkeypatch):
    real = checkouts._write
    monkeypatch.setattr(checkouts, "_write", lambda *words: Store(store.path).gc() and real(*words))
    store.checkout("r", tmp_path / "out")
    assert found_in(tmp_path / "out") == files


@pytest.mark.parametrize("path", ["large", "d2/500", "d0/alone"])
def test_damage_is_found_and_nothing_is_left_of_the_check_out(store, files, tmp_path, path):
    digest = store.get("r").tree[path].digest
    if path == "d0/alone":
        (store.path / "blobs" / digest).write_bytes(b"Alone")
    else:
        damage(store, digest)
    with pytest.raises(Damaged, match=digest):
        Store(store.path).checkout("r", tmp_path / "out")
    assert [p.name for p in tmp_path.iterdir()] == ["store"]


def test_what_was_erased_is_not_checked_out(store, files, tmp_path):
    store.erase([store.get("r").tree["large"].digest], "asked for")
    with pytest.raises(Erased, match="asked for"):
        store.checkout("r", tmp_path / "out")
    assert [p.name for p in tmp_path.iterdir()] == ["store"]


def test_a_full_disk_is_explained(store, files, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkouts, "write_all", full)
    with pytest.raises(BadInput, match="Cannot write to .*out: No space left"):
        store.checkout("r", tmp_path / "out")
    assert [p.name for p in tmp_path.iterdir()] == ["store"]


@pytest.mark.slow
def test_a_large_file_needs_no_large_memory(tmp_path):
    code = """if True:
        import resource, sys
        from mlops_lab.store import Store
        with open("in/large.csv", "wb") as file:
            for i in range(200):
                file.write((b"%d," % i + b"2" * 1_000 + b"\\n") * 1_000)
        store, before = Store("store"), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        store.snapshot("r", "in")
        store.checkout("r", "out")
        print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1000)
    """
    (tmp_path / "in").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert int(done.stdout) < 30, done.stderr  # MB, for a file of 200
    assert (tmp_path / "out" / "large.csv").stat().st_size == (tmp_path / "in" / "large.csv").stat().st_size

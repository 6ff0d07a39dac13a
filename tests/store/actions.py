"""What the fault tests do to a store; nothing here imports a test library."""

from pathlib import Path

from mlops_lab.store import Commit, Store
from mlops_lab.store.trees import digest_of

SECRET = b"what a person wants forgotten"


def prepare(folder: Path) -> None:
    """A store with a history, as the template of the copies."""
    store = Store(folder / "store")
    store.commit("raw", {"day=1/a.csv": b"x\n1\n", "day=1/b": b"keep"})
    store.commit("raw", {"day=2/a.csv": b"x\n2\n"})
    store.commit("source", {"x": b""})


def prepare_upload(folder: Path) -> None:
    """A folder beside the store, with a file that goes chunk by chunk."""
    prepare(folder)
    (folder / "upload" / "d").mkdir(parents=True)
    for name, content in {"d/x.csv": b"x\n1\n", "y": b"2", "large": b"large" * 300_000}.items():
        (folder / "upload" / name).write_bytes(content)


def first(folder: Path) -> Commit:
    """The first commit of a store."""
    return Store(folder / "store").commit("raw", {"a": b"1", "d/b": b"2" * 1000})


def another(folder: Path) -> Commit:
    """A commit on a history: adds, replaces and deletes, with provenance."""
    store = Store(folder / "store")
    changes = {"day=1/a.csv": b"x\n9\n", "day=1/b": None, "day=3/c": b"3" * 1000}
    return store.commit("raw", changes, message="day 3", provenance=["source"])


def opened(folder: Path) -> Commit:
    """An open commit: single files, a file to delete, and a folder, twice."""
    upload = folder / "upload"
    with Store(folder / "store").start("raw", message="day 4", provenance=["source"]) as commit:
        commit.put("day=4/a.csv", b"x\n4\n")
        commit.delete("day=1/b")
        commit.add(upload, "day=4")
        commit.add(upload, "copy")
        return commit.finish()


def snapshot(folder: Path) -> Commit:
    """A folder as it is, on a history that held other files."""
    return Store(folder / "store").snapshot("raw", folder / "upload", message="all")


def put(folder: Path) -> str:
    """A single blob."""
    return Store(folder / "store").put(b"model" * 100)


def many(folder: Path, writer: str, times: str) -> None:
    """Many commits in a row to one branch."""
    store = Store(folder / "store")
    for i in range(int(times)):
        store.commit("shared", {f"{writer}/{i:03}": f"{writer}{i}".encode()}, message=f"{writer} {i}")


def prepare_waste(folder: Path) -> None:
    """A store of which something must go and something must stay."""
    prepare(folder)
    store = Store(folder / "store")
    store.commit("made", {"m": b"model"}, provenance=["raw"])
    store.commit("raw", {"day=2/a.csv": b"bad"})
    store.branch("raw", "main", "raw^")
    store.tag("raw", "first", "raw^")
    store.put(b"waste")
    store.put(b"model")
    store.put(b"used")
    store.commit("source", {"x": b"used"})
    store.put(SECRET)
    store.commit("raw", {"day=2/secret": SECRET, "day=2/b": b"public"})


def gc(folder: Path) -> object:
    """A collection."""
    return Store(folder / "store").gc()


def forget(folder: Path) -> None:
    """The erasure of a file that the newest commit holds."""
    Store(folder / "store").forget("raw", {"day=2/secret": b"nothing"}, "asked for")


def erase(folder: Path) -> None:
    """The erasure of a content by its digest."""
    Store(folder / "store").erase([digest_of(SECRET)], "asked for")


def push(folder: Path) -> object:
    """A push to a folder beside the store."""
    return Store(folder / "store").push(f"file://{folder}/far")


def pull(folder: Path) -> object:
    """A pull from that folder into another store."""
    return Store(folder / "other").pull(f"file://{folder}/far")


def collect(folder: Path, times: str) -> None:
    """Collections one after the other, each of a store that is opened only once."""
    store = Store(folder / "store")
    for i in range(int(times)):
        store.put(b"waste %d" % i)
        store.gc()

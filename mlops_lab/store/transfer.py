"""Push and pull: what the other side lacks, object by object, as between two Git repositories.

Objects travel first, in packs of bounded size, and names move last, forward only. Whatever stops in between is gone on
with by repeating it: a pack that arrived counts. Tombstones travel as well: what one side erased, the other erases.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlops_lab.errors import BadInput
from mlops_lab.store.collection import parts_of, reachable
from mlops_lab.store.disk import explained
from mlops_lab.store.erasure import bury
from mlops_lab.store.objects import Damaged, Place
from mlops_lab.store.remote import PACK_BYTES, Remote

if TYPE_CHECKING:
    from mlops_lab.store.store import Store


@dataclass(frozen=True)
class Moved:
    """What travelled: objects, their bytes, and in how many packs."""

    objects: int
    bytes: int
    packs: int


def push(store: "Store", url: str) -> Moved:
    """Make the store at a URL hold all branches and tags of this one, with all they need; a new folder is made.

    Raises BadInput, with no name moved there, when it cannot be reached or written, and when a branch there has
    commits that are not in the branch here: pull first.
    """
    pointers, remote = store._pointers(), Remote(url, store)
    if not pointers:
        raise BadInput("There is nothing to push; the store is empty.")
    with remote.writing():
        theirs = remote.pointers()
        for name, id in theirs.items():
            if name in pointers and not _follows(store, name, pointers[name], id):
                raise BadInput(f"{name} at {remote.url} is at {id[:12]}, which is not in {name} here; pull first.")
        erased, here = remote.tombstones(), store._packs.tombstones
        new = {digest: (here.folder / digest).read_bytes() for digest in here.digests() - erased.keys()}
        if new or erased:
            remote.erase(new, {*new, *erased})
        moved = _send(store, remote, reachable(store, pointers.values()) - erased.keys())
        for name, id in pointers.items():
            if theirs.get(name) != id:
                remote.write(name, f"{id}\n".encode())
    return moved


def pull(store: "Store", url: str, ready: Callable[[], object] = lambda: None) -> Moved:
    """Take over all branches and tags of the store at a URL, with all they need; every object is checked on arrival.

    ready: called before anything is written. Raises BadInput, with no name moved here, when there is no store, when
    something there is damaged (then it is Damaged and says what), and for a branch that went on at both sides.
    """
    remote = Remote(url, store)
    theirs, tombstones = remote.pointers(), remote.tombstones()
    if not theirs:
        raise BadInput(f"There is no store at {remote.url}; push one there first, or check the address.")
    new = {digest: file for digest, file in tombstones.items() if digest not in store._packs.tombstones}
    moved = _fetch(store, remote, new.keys(), ready) if _lacks(store, theirs.values()) else Moved(0, 0, 0)
    ready()
    with store.writing(), explained(store.path):
        bury(store._packs, new, tombstones.keys())
        reachable(store, theirs.values())  # raises for what the other side lacks, too
        ours = store._pointers()
        for name in [name for name, id in theirs.items() if _moves(store, remote, name, ours.get(name), id)]:
            kind, repo, label = name.split("/")
            (store.branch if kind == "refs" else store.tag)(repo, label, theirs[name])
    return moved


def _moves(store: "Store", remote: Remote, name: str, ours: str | None, theirs: str) -> bool:
    """Does a name here have to move? Not where it is further on than there."""
    if ours is None:
        return True
    if _follows(store, name, ours, theirs):
        return False
    if not _follows(store, name, theirs, ours):
        raise BadInput(
            f"{name} here and at {remote.url} went on in different ways, and nothing was moved; pull into another "
            "workspace and commit there what is missing."
        )
    return True


def _follows(store: "Store", name: str, newer: str, older: str) -> bool:
    """Can a name go from the older commit to the newer one? A branch goes forward, a tag stays."""
    if name.startswith("tags/"):
        return newer == older
    return any(commit.id == older for commit in store._history(store._commit(newer)))


def _lacks(store: "Store", ids: Iterable[str]) -> bool:
    try:
        reachable(store, ids)
    except Damaged:
        return True
    return False


def _send(store: "Store", remote: Remote, wanted: set[str]) -> Moved:
    """Send what is not there, in an order that does not change when it has to be repeated."""
    there = {digest for objects in remote.indexes().values() for digest in objects}
    places = {digest: _place(store, digest) for digest in wanted - there}
    lacking = dict(sorted(places.items(), key=lambda known: (known[1], known[0])))
    parts = list(parts_of(lacking, PACK_BYTES))
    for part in parts:
        remote.send(part, map(store._packs.read, part))
    return Moved(len(lacking), sum(place.size for place in lacking.values()), len(parts))


def _place(store: "Store", digest: str) -> Place:
    """Where an object lies; a single blob is described like a pack of its own."""
    found = store._packs.places.get(digest)
    return found or Place("", 0, (store._packs.blobs / digest).stat().st_size, "blob")


def _fetch(store: "Store", remote: Remote, unwanted: Iterable[str], ready: Callable[[], object]) -> Moved:
    known = store._packs.digests() | store._packs.tombstones.digests() | set(unwanted)
    objects = size = packs = 0
    for held in remote.indexes().values():
        for part in parts_of({d: place for d, place in held.items() if d not in known}, PACK_BYTES):
            contents = remote.fetch(part)
            ready()
            with store.writing(), explained(store.path):
                store._packs.write(part, contents)
            known |= part.keys()
            objects, size, packs = objects + len(part), size + sum(map(len, contents)), packs + 1
    return Moved(objects, size, packs)

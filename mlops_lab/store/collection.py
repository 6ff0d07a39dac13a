"""Garbage collection: what a name reaches stays, the rest goes, and small packs become few large ones.

Branches, tags and the digests one asks to keep are the roots, as in `git gc`. What stays is written and named before
anything is taken away, so a process that is killed on the way leaves too much, never too little.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlops_lab.store.disk import explained
from mlops_lab.store.history import History
from mlops_lab.store.objects import Damaged, Place
from mlops_lab.store.packs import Packs

if TYPE_CHECKING:
    from mlops_lab.store.store import Store

PACK_BYTES = 256 << 20  # a merged pack; one that holds half of it and no garbage is left alone


@dataclass(frozen=True)
class Collected:
    """What a collection did: objects and bytes that went, and the number of packs there are now."""

    objects: int
    bytes: int
    packs: int


def gc(store: "Store", keep: Iterable[str] = ()) -> Collected:
    """Take away every object that no branch, no tag and nothing in `keep` needs, and merge small packs.

    keep: digests of commits, tree nodes or blobs to keep with all they need; unknown ones are no matter.
    Raises Damaged, with nothing taken away, when something needed is missing or damaged: it may still be found.
    """
    if not store.path.exists():
        return Collected(0, 0, 0)
    with store.writing(), explained(store.path):
        packs = store._packs
        packs.refuse_damaged()
        wanted = reachable(store, [*roots(store), *filter(packs.has, keep)])
        objects, size = len(packs.digests()), packs.stored_bytes()
        old, live = _plan(packs, wanted)
        made = {packs.write(part, map(packs.read, part)) for part in parts_of(live, PACK_BYTES)}
        packs.retire(set(old) - made, set(packs.singles()) - wanted)
        store._commits.clear()
        return Collected(objects - len(packs.digests()), max(size - packs.stored_bytes(), 0), len(packs.names()))


def roots(history: History) -> list[str]:
    """The commits that branches and tags name. Raises Damaged for a name that leads nowhere."""
    return [history._commit(id).id for id in history._pointers().values()]


def reachable(history: History, start: Iterable[str]) -> set[str]:
    """The digests of all that these objects need, themselves included: parents, provenance, trees and files.

    What was erased is not among them. Raises Damaged when something is missing.
    """
    history._packs.refresh()
    singles, erased = set(history._packs.singles()), history._packs.tombstones.digests()
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        digest = waiting.pop()
        if digest not in found and digest not in erased:
            found.add(digest)
            waiting += _needs(history, digest, singles)
    return found


def _needs(history: History, digest: str, singles: set[str]) -> list[str]:
    place = history._packs.places.get(digest)
    if place is None and digest not in singles:
        raise Damaged(f"Object {digest} is missing; `mlops-lab store verify` lists what it affects.")
    if place and place.kind == "commit":
        commit = history._commit(digest)
        return [commit.tree.root, *commit.provenance, *([commit.parent] if commit.parent else [])]
    if place and place.kind == "tree":
        node = history._node(digest)
        return [*node.folders.values(), *(entry.digest for entry in node.files.values())]
    return []


def _plan(packs: Packs, wanted: set[str]) -> tuple[list[str], dict[str, Place]]:
    """The packs to take away, and what is needed of them."""
    held = {name: packs.index(name) for name in packs.names()}
    old, live, seen = [], dict[str, Place](), set[str]()
    for name, objects in sorted(held.items(), key=lambda pack: (-_size(pack[1]), pack[0])):
        needed = {d: place for d, place in objects.items() if d in wanted and d not in seen}
        seen |= needed.keys()
        if len(needed) < len(objects) or _size(needed) < PACK_BYTES // 2:
            old.append(name)
            live |= needed
    alone = len(old) == 1 and len(live) == len(held[old[0]])
    return ([], {}) if alone else (old, live)


def parts_of(objects: Mapping[str, Place], limit: int) -> Iterator[dict[str, Place]]:
    """The objects in their order, cut into parts of at most so many bytes (a larger object is a part of its own)."""
    part, size = dict[str, Place](), 0
    for digest, place in objects.items():
        if part and size + place.size > limit:
            yield part
            part, size = {}, 0
        part[digest] = place
        size += place.size
    if part:
        yield part


def _size(objects: Mapping[str, Place]) -> int:
    return sum(place.size for place in objects.values())

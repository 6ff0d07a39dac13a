"""Verify: read every object again, follow every reference, and name what is damaged and what depends on it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mlops_lab.store.commits import Commit, decoded
from mlops_lab.store.packs import Packs, Place
from mlops_lab.store.trees import Node, digest_of

Pointers = Mapping[str, str]  # "refs/REPO/BRANCH" or "tags/REPO/TAG" -> the id of a commit, as the file says
Inside = dict[str, frozenset[str]]  # digest of a tree node -> the damaged objects below it


@dataclass(frozen=True)
class Problem:
    """A damaged object (its digest, or the path of a file of the store), what is wrong, and the commits it affects.

    affects: ids of the commits that hold it, then of those that follow them or were made from them.
    """

    object: str
    problem: str
    affects: list[str]


def problems(folder: Path, pointers: Callable[[], Pointers]) -> list[Problem]:
    """Everything wrong with the store in a folder, sorted by object; empty when all is well."""
    packs, found = Packs(folder), list[Problem]()
    new = True
    while new:  # what another process writes or collects meanwhile is no problem: look again
        named = pointers()  # before the packs, for what these commits need was stored before they were named
        packs.refresh()
        found = sorted(_found(packs, named), key=lambda problem: problem.object)
        new = bool(found) and packs.refresh()
    return found


def _found(packs: Packs, pointers: Pointers) -> Iterator[Problem]:
    good: dict[str, bytes] = {}  # tree nodes and commits that can be read; they are small
    erased = packs.tombstones.digests()
    wrong = {digest: problem for digest, problem in _unreadable(packs, good) if digest not in erased}
    nodes = {d: Node.from_bytes(content) for d, content in good.items() if packs.places[d].kind == "tree"}
    commits = {id: decoded(good[id], nodes.__getitem__) for id in packs.commits if id in good}
    known = {*packs.places, *packs.singles(), *erased}
    wrong |= {digest: "is missing" for digest in _wanted(nodes, commits) if digest not in known}
    affected = _affected(wrong, nodes, commits) if wrong else {}
    yield from (Problem(digest, problem, affected[digest]) for digest, problem in wrong.items())
    for name in packs.damaged:
        yield Problem(f"packs/{name}.jsonl", "index has changed: it does not match its name", [])
    for digest in erased:
        if packs.tombstones.why(digest) is None:
            yield Problem(f"tombstones/{digest}", "cannot be read: it says neither what was erased nor why", [])
    yield from _bad_pointers(pointers, commits)


def _unreadable(packs: Packs, good: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """Objects whose bytes are not what their name says; the others, where they are not blobs, go into `good`."""
    by_pack: dict[str, list[tuple[str, Place]]] = {}
    for digest, place in packs.places.items():
        by_pack.setdefault(place.pack, []).append((digest, place))
    for name, members in by_pack.items():
        yield from _unreadable_in(packs.packs / f"{name}.pack", members, good)
    for digest in packs.singles():
        content = packs.single(digest)  # None: taken away since it was listed
        if content is not None and digest_of(content) != digest:
            yield digest, f"bytes of blobs/{digest} have changed"


def _unreadable_in(path: Path, members: list[tuple[str, Place]], good: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    try:
        pack = open(path, "rb")
    except FileNotFoundError:
        yield from ((digest, f"is missing with packs/{path.name}") for digest, _ in members)
        return
    with pack:
        for digest, place in members:
            pack.seek(place.offset)
            content = pack.read(place.size)
            if len(content) < place.size:
                yield digest, f"packs/{path.name} is cut off before it ends"
            elif digest_of(content) != digest:
                yield digest, f"bytes in packs/{path.name} have changed"
            elif place.kind != "blob":
                good[digest] = content


def _wanted(nodes: Mapping[str, Node], commits: Mapping[str, Commit]) -> Iterator[str]:
    """Every digest that a readable tree node or commit refers to."""
    for node in nodes.values():
        yield from node.folders.values()
        yield from (entry.digest for entry in node.files.values())
    for commit in commits.values():
        yield from (commit.tree.root, *_sources(commit))


def _affected(wrong: Iterable[str], nodes: Mapping[str, Node], commits: Mapping[str, Commit]) -> dict[str, list[str]]:
    """For each damaged object the commits that hold it, then all that follow those or were made from them."""
    bad = frozenset(wrong)
    holders: dict[str, list[str]] = {digest: [] for digest in bad}
    after: dict[str, set[str]] = {}
    inside: Inside = {}
    for commit in commits.values():
        for digest in _damage(commit.tree.root, bad, nodes, inside):
            holders[digest].append(commit.id)
        for source in _sources(commit):
            after.setdefault(source, set()).add(commit.id)
    return {digest: followers([*held, *sorted(after.get(digest, ()))], after) for digest, held in holders.items()}


def _damage(digest: str, bad: frozenset[str], nodes: Mapping[str, Node], known: Inside) -> frozenset[str]:
    """The damaged objects among a tree node and all below it."""
    if digest not in known:
        node = nodes.get(digest, Node())
        here = bad.intersection({digest, *(entry.digest for entry in node.files.values())})
        known[digest] = here.union(*(_damage(folder, bad, nodes, known) for folder in node.folders.values()))
    return known[digest]


def followers(start: list[str], after: Mapping[str, set[str]]) -> list[str]:
    """The start, then everything that comes after it at any depth."""
    found = dict.fromkeys(start)
    waiting = list(found)
    for id in waiting:  # grows while it is walked
        new = [follower for follower in sorted(after.get(id, ())) if follower not in found]
        found.update(dict.fromkeys(new))
        waiting += new
    return waiting


def _sources(commit: Commit) -> list[str]:
    return [source for source in (commit.parent, *commit.provenance) if source]


def _bad_pointers(pointers: Pointers, commits: Mapping[str, Commit]) -> Iterator[Problem]:
    for name, id in pointers.items():
        if id not in commits or commits[id].repo != name.split("/")[1]:
            yield Problem(name, "does not name a readable commit of its repo", [id])

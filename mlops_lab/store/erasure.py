"""Erasure: a content goes for good, from every pack, and a tombstone says why (a deletion asked for by a person).

History is not rewritten: commits and trees hold digests, so all ids stay and only the bytes are gone. Erased content
stays out: to commit or put it again is refused with the reason, by whatever door it comes (an old export, a backup, a
pull), until someone takes the tombstone away on purpose.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlops_lab.errors import BadInput
from mlops_lab.store.commits import Commit, in_order
from mlops_lab.store.disk import ensure_folder, explained, publish
from mlops_lab.store.history import MAIN, is_id
from mlops_lab.store.objects import Place
from mlops_lab.store.packs import Packs
from mlops_lab.store.tombstones import inscribed
from mlops_lab.store.trees import digest_of, parts
from mlops_lab.store.verification import followers

if TYPE_CHECKING:
    from mlops_lab.store.store import Store

Files = Mapping[str, bytes | None]  # path -> what replaces it, None to leave it out


@dataclass(frozen=True)
class Forgotten:
    """What an erasure did.

    commit: the newest commit of main after it. erased: digests. holders: the commits that held one of them.
    dependents: commits of other repos that were made from holders, at any depth; make these again.
    spared: digest -> "REPO@BRANCH:PATH" where a branch still holds the content, which is therefore not erased.
    """

    commit: Commit
    erased: list[str]
    dependents: list[Commit]
    holders: list[Commit] = field(repr=False)
    spared: dict[str, str] = field(repr=False)


def forget(store: "Store", repo: str, files: Files, why: str) -> Forgotten:
    """Clean the files on every branch that holds them, then erase all that any commit ever held at these paths.

    Raises BadInput, with nothing changed, without a reason or for a path that no commit ever held. Repeating it after
    a crash finishes it.
    """
    _said(why)
    if not files or repo not in store.repos():
        raise BadInput(f"Nothing of {repo!r} can be forgotten; name one of {', '.join(store.repos())} and its files.")
    with store.writing(), explained(store.path):
        store._packs.refuse_damaged()
        held = _ever(store, repo, files)
        heads = {branch: _cleaned(store, repo, branch, files, why) for branch in store.branches(repo)}
        spared = _held_now(store, held.keys())
        erased = sorted(held.keys() - spared.keys())
        _bury(store._packs, erased, why)
    holders = in_order({commit for digest in erased for commit in held[digest]})
    dependents = [commit for commit in _made_from(store, holders) if commit.repo != repo]
    return Forgotten(heads.get(MAIN) or heads[min(heads)], erased, dependents, holders, spared)


def erase(store: "Store", digests: Iterable[str], why: str) -> None:
    """Take contents away for good: a durable tombstone for each, then the bytes from every pack.

    Raises BadInput, with nothing changed, without a reason and for what is no stored blob.
    """
    wanted, packs = sorted(set(digests)), store._packs
    _said(why)
    for digest in wanted:
        if not is_id(digest) or not (digest in packs.tombstones or packs.has(digest)):
            raise BadInput(f"No blob {digest!r} is stored here; give the digests of stored contents.")
    with store.writing(), explained(store.path):
        _bury(packs, wanted, why)


def _bury(packs: Packs, digests: list[str], why: str) -> None:
    bury(packs, {digest: inscribed(digest, why) for digest in digests if digest not in packs.tombstones}, digests)


def bury(packs: Packs, new: Mapping[str, bytes], erased: Collection[str]) -> None:
    """Put up new tombstones, durably, then take away the bytes of all erased contents; only with the lock in hand.

    Packs that hold some are written again without them. What else is damaged there is carried over as it is.
    Raises BadInput, with nothing changed, for a commit or a tree: history stays.
    """
    packs.refuse_damaged()
    for digest in erased:
        if digest in packs.places and packs.places[digest].kind != "blob":
            raise BadInput(f"Object {digest} is a {packs.places[digest].kind}; erase the contents of files instead.")
    for digest, tombstone in new.items():
        ensure_folder(packs.tombstones.folder)
        publish(packs.tombstones.folder / digest, tombstone, packs.tmp / digest)
    gone = set(erased)
    if new or not gone.isdisjoint(packs.digests()):
        _strip(packs, gone)


def _strip(packs: Packs, gone: set[str]) -> None:
    old = {name: objects for name in packs.names() if not gone.isdisjoint(objects := packs.index(name))}
    made = set()
    for name, objects in old.items():
        rest = {d: place for d, place in objects.items() if d not in gone and packs.places[d].pack == name}
        if rest:
            made.add(packs.write(rest, (_as_it_is(packs, place) for place in rest.values())))
    packs.retire(old.keys() - made, gone)


def _said(why: str) -> None:
    if not isinstance(why, str) or not why.strip():
        raise BadInput("An erasure needs a reason, which its tombstone keeps; say why.")


def _as_it_is(packs: Packs, place: Place) -> bytes:
    return (packs.packed(place) or b"").ljust(place.size, b"\0")  # a pack that is cut off keeps the places of the rest


def _ever(store: "Store", repo: str, files: Files) -> dict[str, list[Commit]]:
    """What the commits of a repo ever held at these paths (except what replaces it): digest -> the holders."""
    new = {digest_of(content) for content in files.values() if content is not None}
    held, found = dict[str, list[Commit]](), set[str]()
    for commit in in_order(commit for commit in store._all() if commit.repo == repo):
        for path in files:
            entry = commit.tree.get("/".join(parts(path)))
            if entry:
                found.add(path)
            if entry and entry.digest not in new:
                held.setdefault(entry.digest, []).append(commit)
    if missing := sorted(files.keys() - found):
        raise BadInput(f"No commit of {repo!r} ever held {missing[0]!r}; look at the paths of its commits.")
    return held


def _cleaned(store: "Store", repo: str, branch: str, files: Files, why: str) -> Commit:
    """The head of a branch without these contents; says the same as the head before, but for the message."""
    head = store.get(f"{repo}@{branch}")
    there = {path: head.tree[path].digest for path in files if path in head.tree}
    changes = {p: new for p, new in files.items() if p in there and (new is None or digest_of(new) != there[p])}
    if not changes:
        return head
    message, sources = f"forget: {why}", head.provenance
    return store.commit(repo, changes, branch=branch, message=message, provenance=sources, metadata=head.metadata)


def _held_now(store: "Store", digests: Iterable[str]) -> dict[str, str]:
    wanted = set(digests)
    heads = [(repo, branch) for repo in store.repos() for branch in store.branches(repo)]
    return {entry.digest: f"{repo}@{branch}:{path}" for repo, branch in heads
            for path, entry in store.get(f"{repo}@{branch}").tree.walk() if entry.digest in wanted}  # fmt: skip


def _made_from(store: "Store", holders: list[Commit]) -> list[Commit]:
    made: dict[str, set[str]] = {}
    for commit in store._all():
        for source in commit.provenance:
            made.setdefault(source, set()).add(commit.id)
    return in_order(map(store.get, followers([commit.id for commit in holders], made)))

"""Commits: one state of a repo, what it came from and what was said about it."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

from mlops_lab.errors import BadInput
from mlops_lab.store.trees import Load, Tree, canonical, digest_of

ID_LENGTH = 64
SHORTEST_PREFIX = 4
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


class UnknownCommit(BadInput):
    """No commit answers to this name, or more than one does."""


@dataclass(frozen=True, eq=False)
class Commit:
    """A commit; equal when the id is. id: sha256 of the JSON that `encoded` gives, so it names content and history.

    parent: id of the commit before it, None for the first. provenance: ids of the commits it was made from.
    tree: path -> Entry(digest, size, rows). global_id: the id of the upload that caused it, its own if it is one.
    """

    id: str
    repo: str
    parent: str | None
    message: str
    provenance: tuple[str, ...]
    metadata: Mapping[str, Any]
    tree: Tree
    global_id: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Commit) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"Commit({self.id[:12]} {self.repo}: {self.message or 'no message'})"


@dataclass(frozen=True)
class Words:
    """What is said about a commit besides its content; global_id None for an upload, which starts a set of its own."""

    repo: str
    message: str
    provenance: tuple[str, ...]
    metadata: Mapping[str, Any]
    global_id: str | None

    def encoded(self, parent: str | None, root: str) -> bytes:
        """A commit as canonical JSON. No clock: the same content on the same parent is the same commit.

        Raises BadInput when the metadata cannot be said in JSON.
        """
        try:
            return canonical({**vars(self), "metadata": dict(self.metadata), "parent": parent, "tree": root})
        except (TypeError, ValueError) as error:
            raise BadInput(f"Metadata of a commit to {self.repo!r} must be JSON, found: {error}.") from error

    def said_by(self, commit: Commit) -> bool:
        """Are these the very words of the commit?"""
        return digest_of(self.encoded(commit.parent, commit.tree.root)) == commit.id


def decoded(content: bytes, load: Load) -> Commit:
    """The commit written as these bytes; its tree reads its nodes through `load`."""
    raw = json.loads(content)
    id = digest_of(content)
    words = (raw["repo"], raw["parent"], raw["message"], tuple(raw["provenance"]), raw["metadata"])
    return Commit(id, *words, Tree(raw["tree"], load), raw.get("global_id") or id)


def in_order(commits: Iterable[Commit]) -> list[Commit]:
    """The commits so that each comes after its parent and after what it was made from; otherwise by repo and id."""
    known = {commit.id: commit for commit in sorted(commits, key=lambda commit: (commit.repo, commit.id))}
    sources = {id: [s for s in (c.parent, *c.provenance) if s in known] for id, c in known.items()}
    return [known[id] for id in TopologicalSorter(sources).static_order()]


def checked_name(kind: str, name: str) -> str:
    """The name of a repo, branch or tag. Raises BadInput for one that is not a plain word."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise BadInput(f"{kind} {name!r} is not a name; expected letters, digits, '_', '-' and '.', at most 100.")
    return name


def steps_back(rev: str) -> tuple[str, int]:
    """A revision without its suffixes, and how many parents they go back: "main^" one, "main~3" three."""
    found = re.fullmatch(r"(?s)(.*?)((?:\^|~\d{1,9})*)", rev)
    base, suffixes = found.groups() if found else (rev, "")
    return base, sum(1 if s == "^" else int(s[1:]) for s in re.findall(r"\^|~\d+", suffixes))

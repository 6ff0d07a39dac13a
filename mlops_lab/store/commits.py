"""Commits: one state of a repo, what it came from and what was said about it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
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
    tree: path -> Entry(digest, size, rows).
    """

    id: str
    repo: str
    parent: str | None
    message: str
    provenance: tuple[str, ...]
    metadata: Mapping[str, Any]
    tree: Tree

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Commit) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"Commit({self.id[:12]} {self.repo}: {self.message or 'no message'})"


def encoded(
    repo: str, parent: str | None, message: str, provenance: tuple[str, ...], metadata: Mapping[str, Any], root: str
) -> bytes:
    """A commit as canonical JSON. No clock: the same content on the same parent is the same commit.

    Raises BadInput when the metadata cannot be said in JSON.
    """
    record = {"message": message, "parent": parent, "provenance": provenance, "repo": repo, "tree": root}
    try:
        return canonical({**record, "metadata": dict(metadata)})
    except (TypeError, ValueError) as error:
        raise BadInput(f"Metadata of a commit to {repo!r} must be JSON, found: {error}.") from error


def decoded(content: bytes, load: Load) -> Commit:
    """The commit written as these bytes; its tree reads its nodes through `load`."""
    raw = json.loads(content)
    tree = Tree(raw["tree"], load)
    words = (raw["repo"], raw["parent"], raw["message"], tuple(raw["provenance"]), raw["metadata"])
    return Commit(digest_of(content), *words, tree)


def checked_name(kind: str, name: str) -> str:
    """The name of a repo or branch. Raises BadInput for one that is not a plain word."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise BadInput(f"{kind} {name!r} is not a name; expected letters, digits, '_', '-' and '.', at most 100.")
    return name


def steps_back(rev: str) -> tuple[str, int]:
    """A revision without its suffixes, and how many parents they go back: "main^" one, "main~3" three."""
    found = re.fullmatch(r"(?s)(.*?)((?:\^|~\d{1,9})*)", rev)
    base, suffixes = found.groups() if found else (rev, "")
    return base, sum(1 if s == "^" else int(s[1:]) for s in re.findall(r"\^|~\d+", suffixes))

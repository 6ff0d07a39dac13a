"""Commits by name: branches, ancestry, provenance. The reading half of the store."""

import difflib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from mlops_lab.store.commits import (
    ID_LENGTH,
    SHORTEST_PREFIX,
    Commit,
    UnknownCommit,
    checked_name,
    decoded,
    steps_back,
)  # fmt: skip
from mlops_lab.store.packs import Damaged, Packs
from mlops_lab.store.trees import Node

MAIN = "main"
NODE_ENTRIES_KEPT = 200_000  # names in tree nodes held in memory, a few dozen MB
Rev = str | Commit


class History:
    """The commits of a store and the names by which they are found.

    A revision is a commit or its id, a unique start of the id (4 or more), "repo" or "repo@branch"; ^ and ~N go back.
    """

    def __init__(self, path: str | Path):
        self.path = Path(path)
        self._packs = Packs(self.path)
        self._commits: dict[str, Commit] = {}
        self._nodes: dict[str, Node] = {}
        self._entries_kept = 0

    def repos(self) -> list[str]:
        """Names of the repos, sorted."""
        return names_in(self.path / "refs")

    def branches(self, repo: str) -> list[str]:
        """Names of the branches of a repo, sorted."""
        return names_in(self.path / "refs" / checked_name("Repo", repo))

    def head(self, repo: str, branch: str = MAIN) -> Commit | None:
        """The newest commit of a branch as it is on disk now; None when there is no such branch yet."""
        try:
            id = self._named_by(repo, branch)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return self._commit(id)

    def get(self, rev: Rev) -> Commit:
        """The commit of a revision. Raises UnknownCommit when there is none or more than one."""
        if isinstance(rev, Commit):
            return rev
        base, back = steps_back(rev)
        commit = self._named(base)
        for _ in range(back):
            if commit.parent is None:
                raise UnknownCommit(f"{rev!r} goes back beyond the first commit of {commit.repo!r}; use fewer steps.")
            commit = self._commit(commit.parent)
        return commit

    def log(self, repo: str, branch: str = MAIN) -> list[Commit]:
        """The commits of a branch, newest first; empty when there is no such branch yet."""
        head = self.head(repo, branch)
        return list(self._history(head)) if head else []

    def upstream(self, rev: Rev) -> list[Commit]:
        """The commits this one was made from, at any depth (provenance), nearest first."""
        return self._reached(self.get(rev), lambda commit: commit.provenance)

    def downstream(self, rev: Rev) -> list[Commit]:
        """The commits that were made from this one, at any depth (subvenance), nearest first."""
        self._packs.refresh()
        made: dict[str, list[str]] = {}
        for commit in map(self._commit, self._packs.commits):
            for source in commit.provenance:
                made.setdefault(source, []).append(commit.id)
        return self._reached(self.get(rev), lambda commit: sorted(made.get(commit.id, [])))

    # Inside

    def _ref(self, repo: str, branch: str) -> Path:
        return self.path / "refs" / checked_name("Repo", repo) / checked_name("Branch", branch)

    def _named_by(self, repo: str, branch: str) -> str:
        return self._ref(repo, branch).read_bytes().decode(errors="replace").strip()

    def _named(self, base: str) -> Commit:
        repo, _, branch = base.partition("@")
        if repo in self.repos() and (branch or MAIN) in self.branches(repo):
            return self._commit(self._named_by(repo, branch or MAIN))
        if is_id(base) and self._packs.find(base):
            return self._commit(base)
        self._packs.refresh()
        found = [id for id in self._packs.commits if len(base) >= SHORTEST_PREFIX and id.startswith(base)]
        if len(found) > 1:
            raise UnknownCommit(f"{base!r} is the start of {len(found)} commits; give more characters of the id.")
        if not found:
            raise UnknownCommit(f"No commit answers to {base!r}; {self._hint(base)}")
        return self._commit(found[0])

    def _hint(self, base: str) -> str:
        names = [f"{repo}@{branch}" for repo in self.repos() for branch in self.branches(repo)]
        names = [name.removesuffix(f"@{MAIN}") for name in names]
        near = difflib.get_close_matches(base, names, n=1)
        if near:
            return f"did you mean {near[0]!r}?"
        return f"expected an id or one of {', '.join(names)}." if names else "the store is empty; commit first."

    def _commit(self, id: str) -> Commit:
        if id not in self._commits:
            place = self._packs.find(id)
            if place is None or place.kind != "commit":
                raise Damaged(f"Commit {id[:ID_LENGTH]!r} is missing; `mlops-lab store verify` lists what it affects.")
            self._commits[id] = decoded(self._packs.read(id), self._node)
        return self._commits[id]

    def _node(self, digest: str) -> Node:
        node = self._nodes.get(digest)
        if node is None:
            node = Node.from_bytes(self._packs.read(digest))
            self._entries_kept += len(node.files) + len(node.folders)
            if self._entries_kept > NODE_ENTRIES_KEPT:
                self._nodes, self._entries_kept = {}, len(node.files) + len(node.folders)
            self._nodes[digest] = node
        return node

    def _history(self, commit: Commit) -> Iterator[Commit]:
        yield commit
        while commit.parent is not None:
            commit = self._commit(commit.parent)
            yield commit

    def _reached(self, start: Commit, step: Callable[[Commit], Iterable[str]]) -> list[Commit]:
        found: dict[str, Commit] = {}
        edge = [start]
        while edge:
            near = sorted({id for commit in edge for id in step(commit)} - found.keys() - {start.id})
            edge = [self._commit(id) for id in near]
            found.update(zip(near, edge, strict=True))
        return list(found.values())


def is_id(text: str) -> bool:
    """Does the text look like a whole digest?"""
    return len(text) == ID_LENGTH and set(text) <= set("0123456789abcdef")


def names_in(folder: Path) -> list[str]:
    """Names in a folder, sorted; none when it is not there."""
    try:
        return sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []

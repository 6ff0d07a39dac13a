"""Commits by name: branches, ancestry, provenance. The reading half of the store."""

import difflib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from mlops_lab.errors import BadInput
from mlops_lab.store.commits import (
    ID_LENGTH,
    SHORTEST_PREFIX,
    Commit,
    UnknownCommit,
    checked_name,
    decoded,
    in_order,
    steps_back,
)  # fmt: skip
from mlops_lab.store.packs import Damaged, Packs
from mlops_lab.store.trees import Entry, Node

MAIN = "main"
NODE_ENTRIES_KEPT = 200_000  # names in tree nodes held in memory, a few dozen MB
Rev = str | Commit


class History:
    """The commits of a store and the names by which they are found.

    A revision is a commit or its id, a unique start of the id (4 or more), "repo", "repo@branch" or "repo@tag";
    ^ and ~N go back.
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

    def tags(self, repo: str) -> list[str]:
        """Names of the tags of a repo, sorted."""
        return names_in(self.path / "tags" / checked_name("Repo", repo))

    def head(self, repo: str, branch: str = MAIN) -> Commit | None:
        """The newest commit of a branch as it is on disk now; None when there is no such branch yet."""
        try:
            id = _id_in(self._ref(repo, branch))
        except (FileNotFoundError, NotADirectoryError):
            return None
        return self._commit(id)

    def get(self, rev: Rev) -> Commit:
        """The commit of a revision. Raises UnknownCommit when there is none or more than one."""
        if isinstance(rev, Commit):
            return rev
        if not isinstance(rev, str):
            raise BadInput(f"{rev!r} is no revision; expected a finished commit, an id, 'repo' or 'repo@branch'.")
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
        made: dict[str, list[str]] = {}
        for commit in self._all():
            for source in commit.provenance:
                made.setdefault(source, []).append(commit.id)
        return self._reached(self.get(rev), lambda commit: sorted(made.get(commit.id, [])))

    def commit_set(self, rev: Rev) -> list[Commit]:
        """Everything that one upload caused, in every repo (Pachyderm's global id): the upload, then what follows."""
        wanted = self.get(rev).global_id
        return [commit for commit in in_order(self._all()) if commit.global_id == wanted]

    def holding(self, rev: Rev, path: str) -> list[Commit]:
        """The commits of the repo that have the very same content at this path, oldest first."""
        repo, digest = self.get(rev).repo, self._entry(rev, path).digest
        commits = in_order(commit for commit in self._all() if commit.repo == repo)
        return [commit for commit in commits if (entry := commit.tree.get(path)) and entry.digest == digest]

    # Inside

    def _ref(self, repo: str, branch: str) -> Path:
        return self.path / "refs" / checked_name("Repo", repo) / checked_name("Branch", branch)

    def _tag(self, repo: str, name: str) -> Path:
        return self.path / "tags" / checked_name("Repo", repo) / checked_name("Tag", name)

    def _pointers(self) -> dict[str, str]:
        """Everything that has a name: "refs/REPO/BRANCH" or "tags/REPO/TAG" -> the id it holds on disk now."""
        names = [f"refs/{repo}/{branch}" for repo in self.repos() for branch in self.branches(repo)]
        names += [f"tags/{repo}/{tag}" for repo in self.repos() for tag in self.tags(repo)]
        return {name: _id_in(self.path / name) for name in names}

    def _all(self) -> Iterator[Commit]:
        """Every commit that is stored, on a branch or not."""
        self._packs.refresh()
        return map(self._commit, list(self._packs.commits))

    def _entry(self, rev: Rev, path: str) -> Entry:
        commit = self.get(rev)
        entry = commit.tree.get(path)
        if entry is None:
            near = difflib.get_close_matches(path, list(commit.tree), n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"it has {len(commit.tree)} files."
            raise BadInput(f"Commit {commit.id[:12]} of {commit.repo!r} has no file {path!r}; {hint}")
        return entry

    def _named(self, base: str) -> Commit:
        repo, _, name = base.partition("@")
        if repo in self.repos():
            for kind, names in (("refs", self.branches(repo)), ("tags", self.tags(repo))):
                if (name or MAIN) in names:
                    return self._commit(_id_in(self.path / kind / repo / (name or MAIN)))
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
        names = [f"{repo}@{n}" for repo in self.repos() for n in self.branches(repo) + self.tags(repo)]
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
            self._keep({digest: node})
        return node

    def _keep(self, nodes: Mapping[str, Node]) -> None:
        self._entries_kept += sum(len(node.files) + len(node.folders) for node in nodes.values())
        if self._entries_kept > NODE_ENTRIES_KEPT:
            self._nodes, self._entries_kept = {}, 0
        self._nodes.update(nodes)

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


def _id_in(pointer: Path) -> str:
    return pointer.read_bytes().decode(errors="replace").strip()


def names_in(folder: Path) -> list[str]:
    """Names in a folder, sorted; none when it is not there."""
    try:
        return sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []

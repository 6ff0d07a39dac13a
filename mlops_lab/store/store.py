"""The store: files of commits read, compared, checked out, verified and written."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlops_lab.errors import BadInput
from mlops_lab.store import collection, erasure, snapshots, statistics, transfer, trees
from mlops_lab.store.checkouts import write_out
from mlops_lab.store.commits import ID_LENGTH, Commit, Words
from mlops_lab.store.disk import Lock, ensure_folder, explained, publish
from mlops_lab.store.history import MAIN, History, Rev, is_id
from mlops_lab.store.opened import OpenCommit, entry_of
from mlops_lab.store.packs import Object
from mlops_lab.store.trees import Entry, digest_of, parts
from mlops_lab.store.verification import Problem, problems


@dataclass(frozen=True)
class Diff:
    """Files that differ between two commits, by path: {"path", "rows_before", "rows_after"}, None where unknown."""

    added: list[dict[str, Any]]
    removed: list[dict[str, Any]]
    changed: list[dict[str, Any]]


class Store(History):
    """Versioned files in a folder. Nothing is created before the first write; many processes may use it at once."""

    def __init__(self, path: str | Path):
        super().__init__(path)
        self._lock = Lock(self.path / "lock")
        self._subscribers: list[Callable[[Commit, str], Any]] = []
        self._moves: list[tuple[Commit, str]] = []

    def __repr__(self) -> str:
        return f"Store({self.path.name}: {', '.join(self.repos()) or 'empty'})"

    # Reading

    def read(self, rev: Rev, path: str) -> bytes:
        """The bytes of a file of a commit. Raises BadInput for no such file, Damaged rather than wrong bytes."""
        return self._packs.read(self._entry(rev, path).digest)

    def paths(self, rev: Rev, prefix: str = "") -> list[str]:
        """Paths of a commit that start with the prefix, sorted; folders outside the prefix are not read."""
        return [path for path, _ in self.get(rev).tree.walk(prefix)]

    def diff(self, a: Rev, b: Rev) -> Diff:
        """What changed from commit a to commit b."""
        pairs = trees.differences(self.get(a).tree.root, self.get(b).tree.root, self._node)
        diff = Diff([], [], [])
        for path, old, new in pairs:
            kind = diff.added if old is None else diff.removed if new is None else diff.changed
            kind.append({"path": path, "rows_before": old and old.rows, "rows_after": new and new.rows})
        return diff

    def checkout(self, rev: Rev, folder: str | Path) -> None:
        """Write the files of a commit into a folder that is empty or not there; all of them or none.

        Raises BadInput when the folder holds something, Damaged when a file cannot be given back as it was.
        """
        commit, folder = self.get(rev), Path(folder).resolve()
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise BadInput(f"{folder} is not an empty folder; check out into a new one.")
        unfinished = folder.with_name(f".{folder.name}.{commit.id[:12]}.{os.getpid()}")
        try:
            with explained(folder):
                write_out(self._packs, commit.tree.walk(), str(unfinished))
                unfinished.rename(folder)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise

    def blob(self, digest: str) -> bytes:
        """The bytes of a single blob. Raises Damaged when they are missing or not what was put."""
        if not is_id(digest):
            raise BadInput(f"{digest!r} is not a digest; expected {ID_LENGTH} hexadecimal characters.")
        return self._packs.read(digest)

    def has(self, digest: str) -> bool:
        """Is there an object with this digest, not erased? (Whether it is sound is seen when it is read.)"""
        return self._packs.has(digest)

    def objects(self) -> int:
        """How many distinct objects are stored: blobs, tree nodes, commits."""
        return len(self._packs.digests())

    def verify(self) -> list[Problem]:
        """Read everything again, compare with the hashes, follow all references; empty when all is well."""
        return problems(self.path, self._pointers)

    statistics = statistics.statistics

    # Writing

    def subscribe(self, call: Callable[[Commit, str], Any]) -> None:
        """From now on call(commit, branch) after each move of a branch through this object, when the lock is free.

        What a subscriber raises does not undo the commit; it reaches the writer after all subscribers were called.
        """
        self._subscribers.append(call)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the store's lock, for a caller that must read, decide and commit without another writer in between."""
        with ExitStack() as after, ExitStack() as held:
            with explained(self.path):
                for folder in (self._packs.packs, self._packs.blobs, self._packs.tmp):
                    ensure_folder(folder)
                if outermost := held.enter_context(self._lock.held()):
                    self._packs.clean()
            try:
                yield
            finally:
                while outermost and self._moves:  # an exit stack calls the last first
                    commit, branch = self._moves.pop()
                    for call in reversed(self._subscribers):
                        after.callback(call, commit, branch)

    def commit(
        self, repo: str, changes: Mapping[str, bytes | Entry | None], *, branch: str = MAIN, message: str = "",
        provenance: Iterable[Rev] = (), metadata: Mapping[str, Any] | None = None,
    ) -> Commit:  # fmt: skip
        """Commit changes on top of a branch, durably and at once: bytes add or replace a file, None deletes it.

        An Entry stands for a content that is stored already (`put_all`).

        A commit that would only repeat the newest one is that one, so a command repeated after a crash adds nothing.
        Raises BadInput for bad names, paths or metadata and UnknownCommit for unknown provenance; then nothing changes.
        """
        opened = self.start(repo, branch=branch, message=message, provenance=provenance, metadata=metadata)
        made = [(parts(path), entry_of(path, content), content) for path, content in changes.items()]
        if opened.base is None and (missing := [path for path, content in changes.items() if content is None]):
            raise BadInput(f"There is no file {missing[0]!r} to delete; {repo!r} has no commit on {branch!r} yet.")
        with self.writing(), opened:
            opened.base = self.head(repo, branch)
            for change in made:
                opened.change(*change)
            return opened.finish()

    def start(
        self, repo: str, *, branch: str = MAIN, message: str = "",
        provenance: Iterable[Rev] = (), metadata: Mapping[str, Any] | None = None,
    ) -> OpenCommit:  # fmt: skip
        """An open commit on top of a branch, which nobody sees before it is finished. Raises as `commit` does."""
        self._free_for_branch(repo, branch)
        words = self._words(repo, message, provenance, metadata)
        return OpenCommit(self, words, branch, self.head(repo, branch))

    def branch(self, repo: str, branch: str, rev: Rev) -> Commit:
        """Point a branch at a commit of its repo: makes the branch, or moves it (back too; no commit is lost)."""
        commit = self._of(repo, rev)
        self._free_for_branch(repo, branch)
        with self.writing(), explained(self.path):
            self._move(repo, branch, commit)
        return commit

    def tag(self, repo: str, name: str, rev: Rev) -> Commit:
        """Give a commit of the repo a name that never moves. Raises BadInput when the name is taken."""
        commit, place = self._of(repo, rev), self._tag(repo, name)
        with self.writing(), explained(self.path):
            if name in self.branches(repo):
                raise BadInput(f"{name!r} is a branch of {repo!r}; a tag never moves and needs another name.")
            if name in self.tags(repo) and self.get(f"{repo}@{name}") != commit:
                raise BadInput(f"{repo!r} has a tag {name!r} for another commit; tags never move, use another name.")
            self._point(place, commit)
        return commit

    def put(self, content: bytes) -> str:
        """Store one blob durably, outside any repo; returns its digest. Putting it again changes nothing."""
        with self.writing(), explained(self.path):
            return self._packs.add_single(content)

    def put_all(self, contents: Iterable[bytes]) -> list[str]:
        """Store many blobs durably as one pack, outside any repo; their digests in the same order."""
        objects = [Object("blob", digest_of(content), content) for content in contents]
        with self.writing(), explained(self.path):
            self._packs.add(objects)
        return [one.digest for one in objects]

    snapshot = snapshots.snapshot
    gc = collection.gc
    forget = erasure.forget
    erase = erasure.erase
    push = transfer.push
    pull = transfer.pull

    # Inside

    def _words(
        self, repo: str, message: str, provenance: Iterable[Rev], metadata: Mapping[str, Any] | None
    ) -> Words:  # fmt: skip
        sources = [self.get(rev) for rev in provenance]
        cause = sources[0].global_id if sources else None
        words = Words(repo, message, tuple(sorted({commit.id for commit in sources})), metadata or {}, cause)
        words.encoded(None, "")  # raises for what JSON cannot say
        return words

    def _of(self, repo: str, rev: Rev) -> Commit:
        commit = self.get(rev)
        if commit.repo != repo:
            raise BadInput(f"Commit {commit.id[:12]} belongs to {commit.repo!r}; no name in {repo!r} may use it.")
        return commit

    def _free_for_branch(self, repo: str, branch: str) -> Path:
        if self._tag(repo, branch).exists():
            raise BadInput(f"{branch!r} is a tag of {repo!r} and never moves; use another name for the branch.")
        return self._ref(repo, branch)

    def _move(self, repo: str, branch: str, commit: Commit) -> None:
        self._point(self._free_for_branch(repo, branch), commit)
        self._moves.append((commit, branch))

    def _point(self, pointer: Path, commit: Commit) -> None:
        self._packs.still([commit.id])  # another process may have collected what nothing named
        ensure_folder(pointer.parent)
        publish(pointer, f"{commit.id}\n".encode(), self._packs.tmp / "ref")
        self._commits[commit.id] = commit

"""An open commit: content goes in as it comes, and nobody sees any of it before it is finished."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from mlops_lab.errors import BadInput
from mlops_lab.store import trees
from mlops_lab.store.commits import Commit, Words, decoded
from mlops_lab.store.disk import explained
from mlops_lab.store.folders import THREADS, Batch, File, chunks_of, files_in, hashed, rows_of, stamps_in
from mlops_lab.store.rows import count_rows
from mlops_lab.store.trees import Entry, Node, digest_of, parts
from mlops_lab.store.unfinished import Unfinished

if TYPE_CHECKING:
    from mlops_lab.store.store import Store


class OpenCommit:
    """A commit in the making on a branch (Pachyderm's open commit), for one thread; finishes at the end of a `with`.

    state: "open", "finished" or "discarded". Its content lies in an unfinished pack, in which nobody looks.
    """

    def __init__(self, store: "Store", words: Words, branch: str, base: Commit | None):
        self.words, self.branch, self.base, self.state = words, branch, base, "open"
        self._store, self._packs = store, store._packs
        self._changes: dict[tuple[str, ...], Entry | None] = {}
        self._singles = set(self._packs.singles())
        if not self._packs.places:
            self._packs.refresh()
        self._reused: set[str] = set()  # contents that were stored already
        self._pack: Unfinished | None = None

    def __repr__(self) -> str:
        return f"OpenCommit({self.words.repo}@{self.branch}: {len(self._changes)} changes, {self.state})"

    def __enter__(self) -> "OpenCommit":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind:
            self.discard()
        elif self.state == "open":
            self.finish()

    def put(self, path: str, content: bytes | Entry) -> None:
        """Add or replace a file; an Entry stands for a content that is stored already. Raises BadInput."""
        self.change(parts(path), entry_of(path, content), content)

    def delete(self, path: str) -> None:
        """Delete a file; whether it is there is seen at the end."""
        self.change(parts(path), None, None)

    def change(self, names: tuple[str, ...], entry: Entry | None, content: bytes | Entry | None) -> None:
        """Put or delete, with the path checked and the content hashed already."""
        with self._at_work():
            if isinstance(content, Entry):
                self._reused.add(content.digest)
            elif entry and content is not None and not self._has(entry.digest):
                self._begun().add("blob", entry.digest, content)
            self._changes[names] = entry

    def add(self, folder: str | Path, prefix: str = "") -> None:
        """Add every file of a folder, below the folder `prefix` of the commit. Memory stays at a few MiB.

        Raises BadInput, and is discarded, for what cannot be read and what is neither a file nor a folder.
        """
        files = files_in(folder, stamps_in(folder).items())
        self.add_files(files, f"{prefix.rstrip('/')}/" if prefix else "")

    def add_files(self, files: Iterable[File], before: str = "") -> None:
        """Add these files of a folder, each path after `before`."""
        with self._at_work(), ThreadPoolExecutor(THREADS) as threads:
            named = {parts(before + file.path): file for file in files}
            small = {names: file for names, file in named.items() if not file.is_large}
            added = iter(small)
            for batch in hashed(small.values(), threads):
                self._add_batch(batch)
                self._changes.update(zip(islice(added, len(batch.entries)), batch.entries, strict=True))
            for names in sorted(named.keys() - small.keys()):
                digest, size = self._begun().stream(chunks_of(named[names]), threads, self._has)
                self._changes[names] = Entry(digest, size, rows_of(named[names]))

    def finish(self) -> Commit:
        """Store the commit and move the branch to it, durably and at once; a repetition of the newest commit is that.

        Raises BadInput when the branch moved meanwhile, for a file to delete that is not there, for what was collected
        or erased meanwhile; then nothing changes, and the open commit is discarded.
        """
        with self._store.writing(), self._at_work():
            commit = self._finished()
            self._close("finished")
        return commit

    def discard(self) -> None:
        """Throw it away; does nothing when it is finished."""
        if self.state == "open":
            self._close("discarded")

    # Inside

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        if self.state != "open":
            raise BadInput(f"{self!r} is no longer open; start another.")
        try:
            with explained(self._store.path):
                yield
        except BaseException:
            self.discard()
            raise

    def _close(self, state: str) -> None:
        self.state = state
        if self._pack:
            self._pack.discard()  # nothing is left of a pack that was sealed

    def _begun(self) -> Unfinished:
        if self._pack is None:
            with self._store.writing():
                self._pack = self._packs.begin()
        return self._pack

    def _has(self, digest: str) -> bool:
        """Need this content not be written?"""
        if self._pack and digest in self._pack.objects:
            return True
        if known := digest in self._packs.places or digest in self._singles and self._packs.knows(digest):
            self._reused.add(digest)
        return known

    def _add_batch(self, batch: Batch) -> None:
        new = {entry.digest: entry.size for entry in batch.entries if not self._has(entry.digest)}
        if len(new) == len(batch.entries):
            return self._begun().add_blobs(new, batch.content)
        start = 0
        for entry in batch.entries:
            if entry.digest in new:
                self._begun().add("blob", entry.digest, bytes(batch.content[start : start + entry.size]))
            start += entry.size

    def _finished(self) -> Commit:
        repo, base = self.words.repo, self.base
        if self._store.head(repo, self.branch) != base:
            raise BadInput(f"Branch {self.branch!r} of {repo!r} has moved since; start again from its newest commit.")
        if base and self.words.said_by(base) and self._changes_nothing(base):
            return base
        self._packs.still({*self._reused, *self.words.provenance})
        nodes: dict[str, Node] = {}
        root = trees.changed(base.tree.root if base else None, self._changes, self._store._node, nodes)
        record = self.words.encoded(base.id if base else None, root)
        commit = decoded(record, self._store._node)
        objects = [*((digest, "tree", node.content) for digest, node in nodes.items()), (commit.id, "commit", record)]
        for digest, kind, content in objects:
            if digest not in self._packs.places:
                self._begun().add(kind, digest, content)
        if self._pack:
            self._packs.tombstones.refuse(self._pack.objects)
            self._packs.adopt(self._pack)
        self._store._keep(nodes)
        self._store._move(repo, self.branch, commit)
        return commit

    def _changes_nothing(self, base: Commit) -> bool:
        return all(base.tree.get("/".join(names)) == entry for names, entry in self._changes.items())


def entry_of(path: str, content: bytes | Entry | None) -> Entry | None:
    """What a file would be in a tree, None for one to delete. Raises BadInput for what is no content."""
    if content is None or isinstance(content, Entry):
        return content
    if not isinstance(content, bytes):
        raise BadInput(f"The content of {path!r} must be bytes or None, found {type(content).__name__}.")
    return Entry(digest_of(content), len(content), count_rows(path, content))

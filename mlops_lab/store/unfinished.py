"""A pack in the making: objects end to end in a file that nobody reads before it has its name."""

import fcntl
import hashlib
import itertools
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, Future
from pathlib import Path

from mlops_lab.store.disk import sync_folder, write_all, write_file
from mlops_lab.store.objects import Place, index_of
from mlops_lab.store.trees import digest_of

WRITE_BYTES = 1 << 20  # small objects travel together: one system call a MiB


class Unfinished:
    """Objects on their way into one new pack. Made by a holder of the store's lock; filled with or without it.

    Its file is locked as long as its process lives, so who cleans up can tell it from one that a crash left behind.
    """

    def __init__(self, tmp: Path):
        self.tmp = tmp
        self.path, self._handle = _own_file(tmp)
        self.objects: dict[str, Place] = {}
        self._waiting: list[bytes] = []
        self._size = self._written = 0

    def add(self, kind: str, digest: str, content: bytes) -> None:
        """Append an object unless it is here already."""
        if digest not in self.objects:
            self._enter(kind, digest, len(content))
            self._waiting.append(content)
            if self._size - self._written >= WRITE_BYTES:
                self._flush()

    def add_blobs(self, sizes: Mapping[str, int], together: memoryview) -> None:
        """Append new blobs (digest -> size) that lie end to end in a view; it may be used again afterwards."""
        self._flush()
        for digest, size in sizes.items():
            self._enter("blob", digest, size)
        self._write(together)

    def stream(self, chunks: Iterable[memoryview], threads: Executor, known: Callable[[str], bool]) -> tuple[str, int]:
        """Append a blob chunk by chunk while a thread hashes it; taken back when known. Gives digest and size.

        A chunk may be used again when the next but one is asked for.
        """
        self._flush()
        start, sha = self._written, hashlib.sha256()
        hashing: Future[None] | None = None
        for chunk in chunks:
            if hashing:
                hashing.result()
            hashing = threads.submit(sha.update, chunk)
            self._write(chunk)
        if hashing:
            hashing.result()
        digest, size = sha.hexdigest(), self._written - start
        if digest in self.objects or known(digest):
            os.ftruncate(self._handle, start)
            self._written = os.lseek(self._handle, start, os.SEEK_SET)
        else:
            self._enter("blob", digest, size)
        return digest, size

    def seal(self, packs: Path) -> str:
        """Make the pack durable and give it its name, which is the sha256 of its index."""
        self._flush()
        os.fsync(self._handle)
        index = index_of(self.objects)
        name = digest_of(index)
        write_file(self.tmp / f"{name}.jsonl", index)
        # An index without its pack would promise what is not there, so the pack is named first.
        os.replace(self.path, packs / f"{name}.pack")
        os.replace(self.tmp / f"{name}.jsonl", packs / f"{name}.jsonl")
        sync_folder(packs)
        self._close()
        return name

    def discard(self) -> None:
        """Throw everything away; does nothing to a sealed pack."""
        if self._handle >= 0:
            self.path.unlink(missing_ok=True)
            self._close()

    def _enter(self, kind: str, digest: str, size: int) -> None:
        self.objects[digest] = Place("", self._size, size, kind)
        self._size += size

    def _flush(self) -> None:
        if self._waiting:
            self._write(memoryview(b"".join(self._waiting)))
            self._waiting = []

    def _write(self, content: memoryview) -> None:
        write_all(self._handle, content)
        if hasattr(os, "posix_fadvise"):  # the disk starts now and not at the fsync; nothing is thrown away unwritten
            os.posix_fadvise(self._handle, self._written, len(content), os.POSIX_FADV_DONTNEED)
        self._written += len(content)

    def _close(self) -> None:
        os.close(self._handle)
        self._handle = -1


def _own_file(tmp: Path) -> tuple[Path, int]:
    """A new file in a folder, open and locked."""
    for number in itertools.count():
        path = tmp / f"{os.getpid()}.{number}.pack"
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644)
        except FileExistsError:
            continue
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return path, handle
    raise AssertionError("numbers do not end")

"""Folders of files on their way in: few system calls a file, hashed by two threads, never more than a few MiB."""

import os
import stat
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from mlops_lab.errors import BadInput
from mlops_lab.store.rows import count_rows
from mlops_lab.store.trees import Entry

BATCH_BYTES = 1 << 20  # files travel in batches of this size; a larger file goes alone, chunk by chunk
BATCH_FILES = 1 << 9
CHUNK_BYTES = 1 << 18  # of a large file: a thread hashes one chunk while the other writes it
THREADS = 2  # hashing, reading and writing let go of Python's lock
BINARY = getattr(os, "O_BINARY", 0)


class File(NamedTuple):
    """A file of a folder: its path below it, where it lies, and its size in bytes when it was found."""

    path: str
    place: str
    size: int

    @property
    def is_large(self) -> bool:
        """Does it go alone?"""
        return self.size > BATCH_BYTES


def stamps_in(folder: str | Path) -> dict[str, str]:
    """Every file below a folder: its path -> "size ctime_ns inode", which changes when the file does.

    Whatever changes content or mtime moves the ctime, and nobody can set that back. Raises BadInput for links, pipes
    and the like.
    """
    if not os.path.isdir(folder):
        raise BadInput(f"{folder} is not a folder; give one with the files to commit.")
    found: dict[str, str] = {}
    try:
        _look_into(str(folder), "", found)
    except OSError as error:
        raise _unreadable(error.filename or folder, error) from error
    return found


def files_in(folder: str | Path, stamps: Iterable[tuple[str, str]]) -> list[File]:
    """Files of a folder by their paths and stamps, sorted."""
    return [File(path, f"{folder}/{path}", int(stamp.partition(" ")[0])) for path, stamp in sorted(stamps)]


def _look_into(place: str, at: str, found: dict[str, str]) -> None:
    handle = os.open(place, os.O_RDONLY)  # the system looks names up faster from an open folder than along a path
    try:
        with os.scandir(handle) as entries:
            for entry in entries:
                name, said = entry.name, entry.stat(follow_symlinks=False)
                if stat.S_ISREG(said.st_mode):
                    found[at + name] = f"{said.st_size} {said.st_ctime_ns} {said.st_ino}"
                elif stat.S_ISDIR(said.st_mode):
                    _look_into(f"{place}/{name}", f"{at}{name}/", found)
                else:
                    raise BadInput(f"{place}/{name} is no file and no folder; copy what a link names, or leave it out.")
    finally:
        os.close(handle)


class Batch(NamedTuple):
    """Files that lie end to end in a buffer, and what each would be in a tree."""

    content: memoryview
    entries: Sequence[Entry]


def hashed(files: Iterable[File], threads: ThreadPoolExecutor) -> Iterator[Batch]:
    """Read and hash files of at most BATCH_BYTES in their order. A batch is good until the next one is asked for.

    A file that is longer by now is cut where it ended when it was listed, so a growing log is a log.
    """
    free: list[memoryview] = []
    waiting: deque[tuple[memoryview, Future[Batch]]] = deque()
    for batch in _batches(files):
        if len(waiting) > THREADS:
            buffer, done = waiting.popleft()
            yield done.result()
            free.append(buffer)
        buffer = free.pop() if free else memoryview(bytearray(BATCH_BYTES))
        waiting.append((buffer, threads.submit(_hashed, batch, buffer)))
    while waiting:
        yield waiting.popleft()[1].result()


def _batches(files: Iterable[File]) -> Iterator[list[File]]:
    batch, size = list[File](), 0
    for file in files:
        if batch and (size + file.size > BATCH_BYTES or len(batch) == BATCH_FILES):
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += file.size
    if batch:
        yield batch


def _hashed(batch: list[File], buffer: memoryview) -> Batch:
    entries, end = [], 0
    for file in batch:
        content = buffer[end : end + file.size]
        content = content[: _read(file.place, content)]
        entries.append(Entry(sha256(content).hexdigest(), len(content), count_rows(file.path, content)))
        end += len(content)
    return Batch(buffer[:end], entries)


def _read(place: str, into: memoryview) -> int:
    try:
        handle = os.open(place, os.O_RDONLY | BINARY)
        try:
            return os.readv(handle, [into])
        finally:
            os.close(handle)
    except OSError as error:
        raise _unreadable(place, error) from error


def chunks_of(file: File) -> Iterator[memoryview]:
    """A large file chunk by chunk, in two buffers that take turns."""
    buffers, left = [memoryview(bytearray(CHUNK_BYTES)) for _ in range(2)], file.size
    try:
        with open(file.place, "rb", buffering=0) as stream:
            while left and (size := stream.readinto(buffers[0][:left])):
                yield buffers[0][:size]
                left -= size
                buffers.reverse()
    except OSError as error:
        raise _unreadable(file.place, error) from error


def rows_of(file: File) -> int | None:
    """The rows of a large file that is a table."""
    with open(file.place, "rb") as stream:
        return count_rows(file.path, stream)


def _unreadable(place: str | Path, error: OSError) -> BadInput:
    return BadInput(f"Cannot read {place}: {error.strerror or error}; let the folder rest and give read access.")

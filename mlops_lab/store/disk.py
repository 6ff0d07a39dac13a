"""Writing so that a file is whole or not there, and so that one writer is at work at a time."""

import errno
import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mlops_lab.errors import BadInput

POLL_SECONDS = 0.005


def sync_folder(folder: Path) -> None:
    """Make renames and new names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def ensure_folder(folder: Path) -> None:
    """Make a folder and its parents, durably; costs one stat when it is there already."""
    if folder.is_dir():
        return
    ensure_folder(folder.parent)
    try:
        os.mkdir(folder)
    except FileExistsError:
        if not folder.is_dir():
            raise
    sync_folder(folder.parent)


def write_file(path: Path, content: bytes) -> None:
    """Write a new file and make its content durable. A half-written file is removed."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o644)
    try:
        write_all(handle, memoryview(content))
        os.fsync(handle)
    except OSError:
        os.unlink(path)
        raise
    finally:
        os.close(handle)


def publish(path: Path, content: bytes, unfinished: Path) -> None:
    """Put a small file in its place at once: a reader sees the old content or the new, also after a crash."""
    write_file(unfinished, content)
    os.replace(unfinished, path)
    sync_folder(path.parent)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """A full or read-only disk as one sentence."""
    try:
        yield
    except OSError as error:
        raise BadInput(
            f"Cannot write to {path}: {error.strerror or error}. What was committed before is whole; "
            "make room or give write access, then repeat the command."
        ) from error


def write_all(handle: int, content: memoryview) -> None:
    """Write all of it, however little the system takes at once."""
    while content:
        content = content[os.write(handle, content) :]


def abandoned(path: Path) -> bool:
    """Has the process that made this file (and held it locked) ended? To be asked by the holder of the store's lock."""
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False
    finally:
        os.close(handle)


class Lock:
    """One writer at a time, among threads and processes; the same thread may take it again (flock on a file)."""

    def __init__(self, path: Path, patience_seconds: float = 60.0):
        self.path, self.patience_seconds = path, patience_seconds
        self._threads = threading.RLock()
        self._depth = 0
        self._handle = -1

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Hold the lock inside the block; gives True to the outermost holder. Raises BadInput after the patience."""
        with self._threads:
            if self._depth == 0:
                self._handle = self._take()
            self._depth += 1
            try:
                yield self._depth == 1
            finally:
                self._depth -= 1
                if self._depth == 0:
                    os.close(self._handle)

    def _take(self) -> int:
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        for _ in range(max(1, round(self.patience_seconds / POLL_SECONDS))):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return handle
            except OSError as error:
                if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                    os.close(handle)
                    raise
                time.sleep(POLL_SECONDS)
        os.close(handle)
        raise BadInput(
            f"Another process has been writing to {self.path.parent} for {self.patience_seconds:g} seconds; "
            "wait until it has finished, then repeat the command."
        )

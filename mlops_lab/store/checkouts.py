"""Checking out: files of packs written into a folder, each compared with its digest on the way."""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from hashlib import sha256
from io import FileIO
from queue import SimpleQueue
from typing import NamedTuple

from mlops_lab.store.disk import write_all
from mlops_lab.store.folders import BATCH_BYTES, BINARY, THREADS
from mlops_lab.store.packs import Packs, Place
from mlops_lab.store.trees import Entry, parts

ALONE = Place("", 0, 0, "blob")  # the place of what lies in no pack


class Wanted(NamedTuple):
    """A file to write, the digest of its content and where that lies."""

    target: str
    digest: str
    place: Place


def write_out(packs: Packs, files: Iterable[tuple[str, Entry]], folder: str) -> None:
    """Write files (path, entry) into a folder that is not there yet, by two threads, in the order of the packs.

    Raises Erased, or Damaged before a file with another content than its digest says is taken for done.
    """
    digests = {path: entry.digest for path, entry in files}
    packs.tombstones.refuse(digests.values())
    packs.refresh()
    for name in sorted({"", *("/".join(parts(path)[:-1]) for path in digests)}):  # a tree may come from anywhere
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    wanted = [Wanted(f"{folder}/{path}", digest, packs.places.get(digest, ALONE)) for path, digest in digests.items()]
    buffers = SimpleQueue[memoryview]()
    for _ in range(THREADS):
        buffers.put(memoryview(bytearray(BATCH_BYTES)))
    with ThreadPoolExecutor(THREADS) as threads:
        for _ in threads.map(partial(_write, packs, buffers), _runs(sorted(wanted, key=_by_place))):
            pass


def _by_place(file: Wanted) -> tuple[str, int]:
    return file.place[:2]


def _runs(files: Iterable[Wanted]) -> Iterator[list[Wanted]]:
    """Files that can be read together: near each other in one pack."""
    run = list[Wanted]()
    for file in files:
        first = run[0].place if run else ALONE
        if run and (file.place.pack != first.pack or _end(file) - first.offset > BATCH_BYTES):
            yield run
            run = []
        run.append(file)
    if run:
        yield run


def _end(file: Wanted) -> int:
    return file.place.offset + file.place.size


def _write(packs: Packs, buffers: "SimpleQueue[memoryview]", run: list[Wanted]) -> None:
    buffer = buffers.get()
    try:
        if run[0].place.size > len(buffer):
            _write_large(packs, run[0], buffer)
        else:
            _write_small(packs, run, buffer)
    finally:
        buffers.put(buffer)


def _write_small(packs: Packs, run: list[Wanted], buffer: memoryview) -> None:
    start = run[0].place.offset
    with suppress(FileNotFoundError), _opened(packs, run[0]) as pack:
        pack.readinto(buffer[: _end(run[-1]) - start])
    for file in run:
        at = file.place.offset - start
        content = buffer[at : at + file.place.size]
        if sha256(content).hexdigest() != file.digest:
            content = memoryview(packs.read(file.digest))  # lies alone, or elsewhere by now; raises when damaged
        handle = os.open(file.target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, 0o666)
        try:
            write_all(handle, content)
        finally:
            os.close(handle)


def _write_large(packs: Packs, file: Wanted, buffer: memoryview) -> None:
    sha, left = sha256(), file.place.size
    with open(file.target, "xb", buffering=0) as out:
        with suppress(FileNotFoundError), _opened(packs, file) as pack:
            while left and (size := pack.readinto(buffer[:left])):
                sha.update(buffer[:size])
                write_all(out.fileno(), buffer[:size])
                left -= size
        if sha.hexdigest() != file.digest:
            out.seek(0)
            write_all(out.fileno(), memoryview(packs.read(file.digest)))


def _opened(packs: Packs, file: Wanted) -> FileIO:
    pack = open(packs.packs / f"{file.place.pack}.pack", "rb", buffering=0)
    pack.seek(file.place.offset)
    return pack

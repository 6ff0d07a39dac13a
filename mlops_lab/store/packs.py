"""Objects on disk: packs with their indexes, and single blobs. Everything read is compared with its name."""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mlops_lab.errors import BadInput
from mlops_lab.store.disk import publish, sync_folder, write_file
from mlops_lab.store.trees import digest_of


class Damaged(BadInput):
    """An object is missing or its bytes are not those that were stored; it is never served."""


@dataclass(frozen=True)
class Place:
    """Where an object lies: the pack's name, the first byte and how many; kind is blob, tree or commit."""

    pack: str
    offset: int
    size: int
    kind: str


@dataclass(frozen=True)
class Object:
    """Something to store: its kind (blob, tree, commit), its digest and its bytes."""

    kind: str
    digest: str
    content: bytes


class Packs:
    """The objects of one store. Indexes are read once and kept; packs of other processes are found when needed."""

    def __init__(self, folder: Path):
        self.packs, self.blobs, self.tmp = folder / "packs", folder / "blobs", folder / "tmp"
        self.places: dict[str, Place] = {}
        self.commits: list[str] = []
        self.damaged: list[str] = []
        self._seen: set[str] = set()

    def refresh(self) -> None:
        """Read the indexes that are new since the last look."""
        for name in sorted(set(_names(self.packs, ".jsonl")) - self._seen):
            self._seen.add(name)
            content = (self.packs / f"{name}.jsonl").read_bytes()
            if digest_of(content) == name:
                self._learn(name, content)
            else:
                self.damaged.append(name)

    def find(self, digest: str) -> Place | None:
        """Where an object lies in a pack, also when another process has just written it; None when in no pack."""
        if digest not in self.places:
            self.refresh()
        return self.places.get(digest)

    def knows(self, digest: str) -> bool:
        """Is the object stored, as far as this process has seen? (A blob stored twice costs space, nothing else.)"""
        return digest in self.places or (self.blobs / digest).exists()

    def read(self, digest: str) -> bytes:
        """The bytes of an object. Raises Damaged when they are missing or do not have this digest."""
        place = self.places.get(digest)
        content = self._packed(place) if place else self._read_single(digest)
        if content is None and place is None and (place := self.find(digest)):
            content = self._packed(place)
        if content is None:
            raise Damaged(f"Object {digest} is missing{_where(place)}; `mlops-lab store verify` lists what it affects.")
        if digest_of(content) != digest:
            raise Damaged(f"Object {digest} is damaged{_where(place)}; `mlops-lab store verify` lists what it affects.")
        return content

    def add(self, objects: Iterable[Object]) -> None:
        """Store objects durably in one new pack: pack and index are whole before either gets its name."""
        new = {o.digest: o for o in objects if not self.knows(o.digest)}
        if not new:
            return
        index = b"".join(_lines(new.values()))
        name = digest_of(index)
        write_file(self.tmp / f"{name}.pack", (o.content for o in new.values()))
        write_file(self.tmp / f"{name}.jsonl", [index])
        # An index without its pack would promise what is not there, so the pack is named first.
        os.replace(self.tmp / f"{name}.pack", self.packs / f"{name}.pack")
        os.replace(self.tmp / f"{name}.jsonl", self.packs / f"{name}.jsonl")
        sync_folder(self.packs)
        self._seen.add(name)
        self._learn(name, index)

    def add_single(self, content: bytes) -> str:
        """Store one blob durably under its digest; a damaged copy is replaced."""
        digest = digest_of(content)
        if digest not in self.places and self._read_single(digest) != content:
            publish(self.blobs / digest, content, self.tmp / digest)
        return digest

    def singles(self) -> list[str]:
        """Digests of the blobs that lie alone."""
        return sorted(_names(self.blobs, ""))

    def clean(self) -> None:
        """Remove what a crashed writer left unfinished; only for the holder of the lock."""
        for name in _names(self.tmp, ""):
            (self.tmp / name).unlink(missing_ok=True)

    def _learn(self, name: str, index: bytes) -> None:
        for line in json.loads(b"[" + b",".join(index.splitlines()) + b"]"):
            digest, kind = line["digest"], line["kind"]
            if digest not in self.places and kind == "commit":
                self.commits.append(digest)
            self.places.setdefault(digest, Place(name, line["offset"], line["size"], kind))

    def _packed(self, place: Place) -> bytes | None:
        try:
            with open(self.packs / f"{place.pack}.pack", "rb") as pack:
                pack.seek(place.offset)
                return pack.read(place.size)
        except FileNotFoundError:
            return None

    def _read_single(self, digest: str) -> bytes | None:
        try:
            return (self.blobs / digest).read_bytes()
        except FileNotFoundError:
            return None


def _lines(objects: Iterable[Object]) -> Iterator[bytes]:
    offset = 0
    for o in objects:
        line = {"digest": o.digest, "kind": o.kind, "offset": offset, "size": len(o.content)}
        yield json.dumps(line).encode() + b"\n"
        offset += len(o.content)


def _names(folder: Path, suffix: str) -> list[str]:
    """Names in a folder that end with the suffix, without it; none when there is no folder."""
    try:
        return [name.removesuffix(suffix) for name in os.listdir(folder) if name.endswith(suffix)]
    except FileNotFoundError:
        return []


def _where(place: Place | None) -> str:
    return f" in packs/{place.pack}.pack" if place else ""

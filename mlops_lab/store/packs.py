"""Objects on disk: packs with their indexes, and single blobs. Everything read is compared with its name."""

import os
import threading
from collections.abc import Collection, Iterable, Mapping
from io import FileIO
from pathlib import Path

from mlops_lab.errors import BadInput
from mlops_lab.store.disk import abandoned, publish, sync_folder
from mlops_lab.store.generation import Generation
from mlops_lab.store.objects import Damaged, Object, Place, read_index
from mlops_lab.store.tombstones import Tombstones
from mlops_lab.store.trees import digest_of
from mlops_lab.store.unfinished import Unfinished

__all__ = ["Damaged", "Object", "Packs", "Place"]


class Packs:
    """The objects of one store. Indexes are read once and kept; packs of other processes are found when needed."""

    def __init__(self, folder: Path):
        self.packs, self.blobs, self.tmp = folder / "packs", folder / "blobs", folder / "tmp"
        self.tombstones, self.generation = Tombstones(folder / "tombstones"), Generation(folder)
        self._prefix = f"{self.packs}{os.sep}"  # there may be thousands: texts are joined faster than paths
        self.places: dict[str, Place] = {}
        self.commits: list[str] = []
        self.damaged: list[str] = []
        self._seen: set[str] = set()
        self._known_generation = [""]
        self._refreshing = threading.Lock()

    def refresh(self) -> bool:
        """Read the indexes that are new since the last look, or all when packs were taken away; was anything new?"""
        with self._refreshing:
            new = self._outdated()
            while True:
                for name in sorted(set(self.names()) - self._seen):
                    new = self._learn(name) or new
                if not self._outdated():
                    return new

    def current(self) -> None:
        """Look again when packs were taken away since; the first thing to do with the lock in hand."""
        if self.generation.now() != self._known_generation:
            self.refresh()

    def find(self, digest: str) -> Place | None:
        """Where an object lies in a pack, also when another process has just written it; None when in no pack."""
        if digest not in self.places:
            self.refresh()
        return self.places.get(digest)

    def knows(self, digest: str) -> bool:
        """Is the object stored, as far as this process has seen? (A blob stored twice costs space, nothing else.)"""
        return digest in self.places or (self.blobs / digest).exists()

    def has(self, digest: str) -> bool:
        """Is the object stored now, and not erased?"""
        self.current()
        return digest not in self.tombstones and (self.knows(digest) or self.find(digest) is not None)

    def refuse_damaged(self) -> None:
        """Raise Damaged when an index has changed: nobody can tell what lies in its pack."""
        self.refresh()
        if self.damaged:
            raise Damaged(f"The index packs/{self.damaged[0]}.jsonl has changed; run `mlops-lab store verify` first.")

    def still(self, digests: Collection[str]) -> None:
        """Raise BadInput unless all of these are stored now: for who holds the lock and knew them before that."""
        self.tombstones.refuse(digests)
        for digest in digests:
            if not self.knows(digest) and not self.find(digest):
                raise BadInput(f"Object {digest} has been collected meanwhile (`store gc`); start again from the data.")

    def read(self, digest: str) -> bytes:
        """The bytes of an object. Raises Erased, or Damaged when they are missing or do not have this digest."""
        if digest in self.tombstones:  # also when a crash left the bytes where they were
            raise self.tombstones.erased(digest)
        content, new = self._stored(digest), True
        while content is None and new:  # written by another process, or moved to another pack by it
            new = self.refresh()
            content = self._stored(digest)
        place = self.places.get(digest)
        if content is None:
            raise Damaged(f"Object {digest} is missing{_where(place)}; `mlops-lab store verify` lists what it affects.")
        if digest_of(content) != digest:
            raise Damaged(f"Object {digest} is damaged{_where(place)}; `mlops-lab store verify` lists what it affects.")
        return content

    def add(self, objects: Iterable[Object]) -> None:
        """Store the objects that are not there yet durably in one new pack. Raises Erased for an erased content."""
        given = {o.digest: o for o in objects}
        self.tombstones.refuse(given)
        new = [o for o in given.values() if not self.knows(o.digest)]
        if new:
            self.write({o.digest: Place("", 0, len(o.content), o.kind) for o in new}, (o.content for o in new))

    def write(self, objects: Mapping[str, Place], contents: Iterable[bytes]) -> str:
        """Store objects durably in one new pack, contents in the same order; gives its name. (Offsets mean nothing.)"""
        pack = self.begin()
        try:
            for (digest, place), content in zip(objects.items(), contents, strict=True):
                pack.add(place.kind, digest, content)
            return self.adopt(pack)
        finally:
            pack.discard()

    def begin(self) -> Unfinished:
        """A new pack to fill; only for the holder of the lock."""
        return Unfinished(self.tmp)

    def adopt(self, pack: Unfinished) -> str:
        """Make a filled pack durable and its objects known; gives its name. Only for the holder of the lock."""
        name = pack.seal(self.packs)
        with self._refreshing:
            self._know(name, {digest: place._replace(pack=name) for digest, place in pack.objects.items()})
        return name

    def retire(self, names: Iterable[str], singles: Iterable[str]) -> None:
        """Take packs and single blobs away, also packs without an index; what is needed of them lies elsewhere."""
        self.generation.change(set(names))
        self._unlink_retired()
        for digest in singles:
            (self.blobs / digest).unlink(missing_ok=True)
        sync_folder(self.blobs)
        self.refresh()

    def add_single(self, content: bytes) -> str:
        """Store one blob durably under its digest; a damaged copy is replaced."""
        digest = digest_of(content)
        self.tombstones.refuse([digest])
        if digest not in self.places and self.single(digest) != content:
            publish(self.blobs / digest, content, self.tmp / digest)
        return digest

    def names(self) -> list[str]:
        """Names of the packs, sorted."""
        return sorted(set(_names(self.packs, ".jsonl")) - set(self._known_generation[1:]))

    def singles(self) -> list[str]:
        """Digests of the blobs that lie alone."""
        return sorted(_names(self.blobs, ""))

    def digests(self) -> set[str]:
        """Every object that is stored now."""
        self.refresh()
        return self.places.keys() | set(self.singles())

    def stored_bytes(self) -> int:
        """What packs, their indexes and single blobs take on disk."""
        return sum(file.stat().st_size for folder in (self.packs, self.blobs) for file in folder.glob("*"))

    def clean(self) -> None:
        """Remove what a crashed writer left unfinished, forget what is outdated; only for the holder of the lock."""
        self.current()
        for name in _names(self.tmp, ""):
            if abandoned(self.tmp / name):
                (self.tmp / name).unlink()
        if self._known_generation[1:]:
            self._unlink_retired()

    def index(self, name: str) -> dict[str, Place]:
        """The objects of one pack, in its order. Raises Damaged when the index does not match its name."""
        with FileIO(f"{self._prefix}{name}.jsonl") as file:
            return read_index(name, file.readall())

    def packed(self, place: Place) -> bytes | None:
        """The bytes at a place, whatever they are; None when the pack is not there (any more)."""
        try:
            with open(f"{self._prefix}{place.pack}.pack", "rb") as pack:
                pack.seek(place.offset)
                return pack.read(place.size)
        except FileNotFoundError:
            return None

    def single(self, digest: str) -> bytes | None:
        """The bytes of a blob that lies alone, whatever they are; None when there is none."""
        try:
            return (self.blobs / digest).read_bytes()
        except FileNotFoundError:
            return None

    # Inside

    def _learn(self, name: str) -> bool:
        try:
            objects = self.index(name)
        except FileNotFoundError:  # taken away since it was listed
            return False
        except Damaged:
            self.damaged.append(name)
            objects = {}
        self._know(name, objects)
        return True

    def _know(self, name: str, objects: Mapping[str, Place]) -> None:
        self.commits += [d for d, place in objects.items() if place.kind == "commit" and d not in self.places]
        for digest, place in objects.items():
            self.places.setdefault(digest, place)
        self._seen.add(name)

    def _outdated(self) -> bool:
        now = self.generation.now()
        if now == self._known_generation:
            return False
        self.places, self.commits, self.damaged, self._seen = {}, [], [], set()
        self._known_generation = now
        return True

    def _unlink_retired(self) -> None:
        retired = self.generation.retired()
        whole = set(_names(self.packs, ".jsonl")) - retired
        for file in self.packs.iterdir():
            if file.stem not in whole:
                file.unlink()
        if retired:  # a new pack may have such a name again
            sync_folder(self.packs)
            self.generation.change(set())

    def _stored(self, digest: str) -> bytes | None:
        place = self.places.get(digest)
        return self.packed(place) if place else self.single(digest)


def _names(folder: Path, suffix: str) -> list[str]:
    """Names in a folder that end with the suffix, without it; none when there is no folder."""
    try:
        return [name.removesuffix(suffix) for name in os.listdir(folder) if name.endswith(suffix)]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _where(place: Place | None) -> str:
    return f" in packs/{place.pack}.pack" if place else ""

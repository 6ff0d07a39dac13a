"""The folder of a store at any URL that fsspec knows. It has the layout of a local one.

Where that is a folder of this machine, it is a store like any other: its lock is held, its files appear whole and
durable. An object store has no lock, but a file appears whole there by itself: let one push at a time.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

from mlops_lab.errors import BadInput
from mlops_lab.store.collection import parts_of
from mlops_lab.store.commits import NAME
from mlops_lab.store.disk import ensure_folder, publish
from mlops_lab.store.erasure import bury
from mlops_lab.store.history import is_id
from mlops_lab.store.objects import Damaged, Place, index_of, read_index
from mlops_lab.store.tombstones import epitaph
from mlops_lab.store.trees import digest_of

if TYPE_CHECKING:
    from mlops_lab.store.store import Store

PACK_BYTES = 32 << 20  # what travels at once; a few times this much is held in memory
REQUESTS = 8  # for small files, underway at once
LAYOUT = {"packs", "blobs", "refs", "tags", "tombstones", "generation", "lock", "tmp"}
POINTER = re.compile(f"(refs|tags)/{NAME.pattern}/{NAME.pattern}")


class Remote:
    """A store's folder at a URL, from the point of view of a store. What goes wrong there is BadInput in a sentence."""

    def __init__(self, url: str, store: "Store"):
        self.url = re.sub(r"//[^/@]*@", "//", str(url))  # without a password
        with self._reached():
            from fsspec.core import url_to_fs
            from fsspec.implementations.local import LocalFileSystem

            self._files, root = url_to_fs(url)
            self._files.invalidate_cache()
        self._root = root.rstrip("/")
        self.local = type(store)(self._root) if isinstance(self._files, LocalFileSystem) else None
        if not url or self.local and self.local.path.resolve() == store.path.resolve():
            raise BadInput(f"{self.url!r} is no place for another copy of this store; give another folder or URL.")

    def writing(self) -> AbstractContextManager[None]:
        """Hold the lock there, where there can be one. Raises BadInput for a folder of something else."""
        with self._reached():
            found = self._files.ls(self._root, detail=False) if self._files.exists(self._root) else []
        strangers = {path.rstrip("/").rpartition("/")[2] for path in found} - LAYOUT
        if strangers and not self.pointers():
            raise BadInput(
                f"{self.url} holds {min(strangers)!r} and no store; give an empty folder, or one to be made."
            )
        return self.local.writing() if self.local else nullcontext()

    # What lies there

    def pointers(self) -> dict[str, str]:
        """ "refs/REPO/BRANCH" or "tags/REPO/TAG" -> the id it holds. Raises Damaged for what is no id."""
        names = [name for kind in ("refs", "tags") for name in self._names(kind) if POINTER.fullmatch(name)]
        ids = {name: text.decode(errors="replace").strip() for name, text in self._read_all(names).items()}
        for name in (name for name, id in ids.items() if not is_id(id)):
            raise Damaged(f"{name} at {self.url} names no commit; delete it there and push again from a whole store.")
        return ids

    def tombstones(self) -> dict[str, bytes]:
        """Digest -> its tombstone. Raises BadInput for one that cannot be read."""
        found = self._read_all([name for name in self._names("tombstones") if is_id(name[11:])])
        for name, content in found.items():
            epitaph(name[11:], content)
        return {name[11:]: content for name, content in found.items()}

    def indexes(self) -> dict[str, dict[str, Place]]:
        """Pack -> its objects, for every pack that is whole. Raises Damaged for an index that has changed."""
        found = self._read_all([name for name in self._names("packs") if name.endswith(".jsonl") and is_id(name[6:-6])])
        try:
            return {name[6:-6]: read_index(name[6:-6], content) for name, content in found.items()}
        except Damaged as wrong:
            raise Damaged(
                f"{wrong} It lies at {self.url}; delete it there and push again from a whole store."
            ) from None

    def fetch(self, objects: Mapping[str, Place]) -> list[bytes]:
        """The bytes of objects of one pack, neighbours in one request. Raises Damaged for what is not what it says."""
        contents = []
        for run in _runs(objects):
            first, last = run[0][1], run[-1][1]
            together = self._read(f"packs/{first.pack}.pack", first.offset, last.offset + last.size)
            for digest, place in run:
                start = place.offset - first.offset
                content = together[start : start + place.size]
                if digest_of(content) != digest or place.kind not in ("blob", "tree", "commit"):
                    raise Damaged(
                        f"Object {digest} is damaged in packs/{place.pack}.pack at {self.url}; push it again."
                    )
                contents.append(content)
        return contents

    # What changes there

    def send(self, objects: Mapping[str, Place], contents: Iterable[bytes]) -> None:
        """Store objects as one pack, which is read back and compared before its index says that it is there."""
        index, together = index_of(objects), b"".join(contents)
        name = digest_of(index)
        self.write(f"packs/{name}.pack", together)
        if self._read(f"packs/{name}.pack") != together:
            raise Damaged(f"packs/{name}.pack did not arrive at {self.url} as it was sent; push again.")
        self.write(f"packs/{name}.jsonl", index)

    def write(self, path: str, content: bytes) -> None:
        """Write a small file, whole."""
        with self._reached():
            if self.local:
                ensure_folder((self.local.path / path).parent)
                publish(self.local.path / path, content, self.local.path / "tmp" / "arriving")
                return
            try:
                self._files.pipe_file(f"{self._root}/{path}", content)
            except FileNotFoundError:  # where a file cannot be before its folder is
                self._files.makedirs(f"{self._root}/{path}".rpartition("/")[0], exist_ok=True)
                self._files.pipe_file(f"{self._root}/{path}", content)

    def erase(self, new: Mapping[str, bytes], erased: set[str]) -> None:
        """Put up new tombstones, then take the bytes of all that was ever erased away, as far as they lie there."""
        if self.local:
            with self._reached():
                bury(self.local._packs, new, erased)
            return
        for digest, tombstone in new.items():
            self.write(f"tombstones/{digest}", tombstone)
        for name, objects in self.indexes().items():
            rest = {digest: place for digest, place in objects.items() if digest not in erased}
            if len(rest) < len(objects):
                for part in parts_of(rest, PACK_BYTES):
                    self.send(part, self.fetch(part))
                self._remove(f"packs/{name}.jsonl", f"packs/{name}.pack")
        packs = set(self._names("packs"))  # one without an index is what an interrupted push left
        self._remove(*(name for name in packs if name.endswith(".pack") and f"{name[:-5]}.jsonl" not in packs))
        self._remove(*(name for name in self._names("blobs") if name[6:] in erased))

    # Inside

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except BadInput:
            raise
        except Exception as error:  # each file system has errors of its own
            said = " ".join(str(error).split()) or type(error).__name__
            raise BadInput(
                f"Cannot use {self.url!r}: {said.rstrip('.')}; check the address, the network, and your rights and the "
                "room there, then repeat the command."
            ) from error

    def _names(self, folder: str) -> list[str]:
        """Paths of the files at any depth of a folder; none when there is no folder."""
        at = f"{self._root}/"
        with self._reached():
            return sorted(
                path[len(at) :] for path in self._files.find(at + folder) if path.startswith(f"{at}{folder}/")
            )

    def _read(self, path: str, start: int | None = None, end: int | None = None) -> bytes:
        if start is not None and start == end:
            return b""
        with self._reached():
            return bytes(self._files.cat_file(f"{self._root}/{path}", start=start, end=end))

    def _read_all(self, paths: list[str]) -> dict[str, bytes]:
        with ThreadPoolExecutor(REQUESTS) as threads:
            return dict(zip(paths, threads.map(self._read, paths), strict=True))

    def _remove(self, *paths: str) -> None:
        with self._reached():
            for path in paths:
                self._files.rm_file(f"{self._root}/{path}")


def _runs(objects: Mapping[str, Place]) -> Iterator[list[tuple[str, Place]]]:
    """Objects that lie end to end."""
    run: list[tuple[str, Place]] = []
    for digest, place in objects.items():
        if run and place.offset != run[-1][1].offset + run[-1][1].size:
            yield run
            run = []
        run.append((digest, place))
    if run:
        yield run

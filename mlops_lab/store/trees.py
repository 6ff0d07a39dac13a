"""Trees: which blob lies at which path. One JSON node per folder, named by its hash, as in Git.

A commit that touches one folder writes the nodes from there to the root and shares all the others, so two trees are
compared by walking only where their digests differ.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlops_lab.errors import BadInput


@dataclass(frozen=True)
class Entry:
    """A file in a tree: the sha256 of its bytes, its size in bytes, and its rows where the file is a table."""

    digest: str
    size: int
    rows: int | None = None


@dataclass(frozen=True)
class Node:
    """One folder: its files, and its folders by the digest of their node."""

    files: Mapping[str, Entry] = field(default_factory=dict)
    folders: Mapping[str, str] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Canonical JSON: the same folder has the same bytes whatever the order in which it was filled."""
        files = {name: [e.digest, e.size, e.rows] for name, e in self.files.items()}
        return canonical({"files": files, "folders": dict(self.folders)})

    @classmethod
    def from_bytes(cls, content: bytes) -> "Node":
        """The node that to_bytes wrote."""
        raw = json.loads(content)
        return cls({name: Entry(*entry) for name, entry in raw["files"].items()}, raw["folders"])


Load = Callable[[str], Node]  # digest -> node
EMPTY = Node()


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces. Raises TypeError or ValueError for what JSON cannot say."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest_of(content: bytes) -> str:
    """The sha256 of the bytes, in hex: the name of an object."""
    return hashlib.sha256(content).hexdigest()


def parts(path: str) -> tuple[str, ...]:
    """The names along a path. Raises BadInput for a path that is empty, absolute or leaves its folder."""
    names = tuple(path.split("/")) if isinstance(path, str) else ()
    if not names or any(name in ("", ".", "..") or len(name.encode(errors="replace")) > 255 for name in names):
        raise BadInput(f"Path {path!r} cannot be stored; expected names joined by '/', none empty, '.' or '..'.")
    if any(character in "\\:" or ord(character) < 32 or 0xD800 <= ord(character) < 0xE000 for character in path):
        raise BadInput(f"Path {path!r} cannot be stored; leave out backslashes, colons and control characters.")
    return names


class Tree(Mapping[str, Entry]):
    """The files of a commit as a mapping from path to entry, read folder by folder as it is asked."""

    def __init__(self, root: str, load: Load):
        self.root, self._load = root, load

    def __getitem__(self, path: str) -> Entry:
        *folders, name = path.split("/")
        node = self._load(self.root)
        for folder in folders:
            node = self._load(node.folders[folder])
        return node.files[name]

    def __iter__(self) -> Iterator[str]:
        return (path for path, _ in self.walk())

    def __len__(self) -> int:
        return sum(1 for _ in self.walk())

    def __repr__(self) -> str:
        return f"Tree({len(self)} files)"

    def walk(self, prefix: str = "") -> Iterator[tuple[str, Entry]]:
        """Paths that start with the prefix, with their entries, in path order; other folders are not opened."""
        return _walk(self._load, self.root, "", prefix)


def _walk(load: Load, digest: str, at: str, prefix: str) -> Iterator[tuple[str, Entry]]:
    node = load(digest)
    # A folder sorts by its name with the slash, as it does inside a path.
    for name in sorted([*node.files, *(f"{folder}/" for folder in node.folders)]):
        path = at + name
        if path.startswith(prefix) or prefix.startswith(path) and name.endswith("/"):
            if name.endswith("/"):
                yield from _walk(load, node.folders[name[:-1]], path, prefix)
            else:
                yield path, node.files[name]


Changes = Mapping[tuple[str, ...], Entry | None]  # names along a path -> its new entry, None to delete it


def changed(root: str | None, changes: Changes, load: Load, made: dict[str, bytes]) -> str:
    """The digest of the tree after the changes (None deletes); the bytes of new nodes are added to `made`.

    Raises BadInput when a file to delete is not there or when a name would be a file and a folder at once.
    """
    return _changed(load(root) if root else EMPTY, changes, load, made, "") or _made(EMPTY, made)


def _changed(node: Node, changes: Changes, load: Load, made: dict[str, bytes], at: str) -> str | None:
    files, folders = dict(node.files), dict(node.folders)
    below: dict[str, dict[tuple[str, ...], Entry | None]] = {}
    for names, entry in changes.items():
        if len(names) > 1:
            below.setdefault(names[0], {})[names[1:]] = entry
        elif entry is not None:
            files[names[0]] = entry
        elif files.pop(names[0], None) is None:
            raise BadInput(f"There is no file {at + names[0]!r} to delete; look at the paths of the newest commit.")
    for name, inside in below.items():
        old = folders.pop(name, None)
        digest = _changed(load(old) if old else EMPTY, inside, load, made, f"{at}{name}/")
        if digest:
            folders[name] = digest
    if both := files.keys() & folders.keys():
        raise BadInput(f"{at + min(both)!r} would be a file and a folder at once; rename one of them.")
    return _made(Node(files, folders), made) if files or folders else None


def _made(node: Node, made: dict[str, bytes]) -> str:
    content = node.to_bytes()
    digest = digest_of(content)
    made[digest] = content
    return digest


Pair = tuple[str, Entry | None, Entry | None]


def differences(before: str | None, after: str | None, load: Load, at: str = "") -> Iterator[Pair]:
    """(path, entry before, entry after) of every file that is not the same in both trees, in path order."""
    if before == after:
        return
    old, new = (load(digest) if digest else EMPTY for digest in (before, after))
    names = {*old.files, *new.files, *(f"{name}/" for name in {*old.folders, *new.folders})}
    for name in sorted(names):
        if name.endswith("/"):
            yield from differences(old.folders.get(name[:-1]), new.folders.get(name[:-1]), load, at + name)
        elif old.files.get(name) != new.files.get(name):
            yield at + name, old.files.get(name), new.files.get(name)

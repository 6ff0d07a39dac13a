"""Trees: which blob lies at which path. One JSON node per folder, named by its hash, as in Git.

A commit that touches one folder writes the nodes from there to the root and shares all the others, so two trees are
compared by walking only where their digests differ. A wide folder is cut into pages, which are nodes too: among ten
years of days one edited day writes one page and the list of pages. Where a page begins depends on the names alone, so
the same files have the same digest whatever was there before.
"""

import hashlib
import json
import re
from binascii import crc32
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from mlops_lab.errors import BadInput


class Entry(NamedTuple):  # trees hold many: a named tuple is made, read and written faster than a frozen dataclass
    """A file in a tree: the sha256 of its bytes, its size in bytes, and its rows where the file is a table."""

    digest: str
    size: int
    rows: int | None = None


@dataclass(frozen=True)
class Node:
    """One folder: its files, and its folders by the digest of their node.

    Of a wide folder, only its pages: ":" and the name at which a page begins, which is no name of a folder.
    """

    files: Mapping[str, Entry] = field(default_factory=dict)
    folders: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_wide(self) -> bool:
        """Is it cut into pages?"""
        return next(iter(self.folders), "").startswith(":")

    @cached_property
    def content(self) -> bytes:
        """Canonical JSON: the same folder has the same bytes whatever the order in which it was filled."""
        return canonical({"files": dict(self.files), "folders": dict(self.folders)})

    @classmethod
    def from_bytes(cls, content: bytes) -> "Node":
        """The node with this content."""
        raw = json.loads(content)
        return cls({name: Entry(*entry) for name, entry in raw["files"].items()}, raw["folders"])


PLAIN = re.compile(r"[A-Za-z0-9_=][A-Za-z0-9_=.-]{0,99}(/[A-Za-z0-9_=][A-Za-z0-9_=.-]{0,99})*")  # most paths
Load = Callable[[str], Node]  # digest -> node
EMPTY = Node()
PAGE_NAMES = 64  # names in a page on average
FEWEST_PAGES = 8  # a folder with fewer stays one node


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces. Raises TypeError or ValueError for what JSON cannot say."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest_of(content: bytes) -> str:
    """The sha256 of the bytes, in hex: the name of an object."""
    return hashlib.sha256(content).hexdigest()


def parts(path: str) -> tuple[str, ...]:
    """The names along a path. Raises BadInput for a path that is empty, absolute or leaves its folder."""
    names = tuple(path.split("/")) if isinstance(path, str) else ()
    if names and PLAIN.fullmatch(path):
        return names
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
            node = self._load(opened(node, self._load, folder).folders[folder])
        return opened(node, self._load, name).files[name]

    def __iter__(self) -> Iterator[str]:
        return (path for path, _ in self.walk())

    def __len__(self) -> int:
        return sum(1 for _ in self.walk())

    def __repr__(self) -> str:
        return f"Tree({len(self)} files)"

    def walk(self, prefix: str = "") -> Iterator[tuple[str, Entry]]:
        """Paths that start with the prefix, with their entries, in path order; other folders are not opened."""
        return _walk(self._load, self.root, "", prefix)


def opened(node: Node, load: Load, start: str = "", but: Collection[str] = ()) -> Node:
    """A folder as one node: of a wide one the pages where names begin with `start`, without those named in `but`."""
    if not node.is_wide:
        return node
    firsts = sorted(node.folders)
    pages = [
        load(node.folders[first])
        for first, after in zip(firsts, [*firsts[1:], None], strict=True)
        if (after is None or start < after[1:]) and (first[1:] <= start or first[1:].startswith(start))
        if node.folders[first] not in but
    ]
    return _joined(pages)


def _joined(pages: Collection[Node]) -> Node:
    files = {name: entry for page in pages for name, entry in page.files.items()}
    return Node(files, {name: digest for page in pages for name, digest in page.folders.items()})


def _walk(load: Load, digest: str, at: str, rest: str) -> Iterator[tuple[str, Entry]]:
    """The files of a folder at a path; rest: what their paths below it must start with."""
    node = opened(load(digest), load, rest.partition("/")[0])
    # A folder sorts by its name with the slash, as it does inside a path.
    names = [*node.files, *(f"{folder}/" for folder in node.folders)]
    for name in sorted(n for n in names if n.startswith(rest) or n.endswith("/") and rest.startswith(n)):
        if name.endswith("/"):
            yield from _walk(load, node.folders[name[:-1]], at + name, rest[len(name) :])
        else:
            yield at + name, node.files[name]


Changes = Mapping[tuple[str, ...], Entry | None]  # names along a path -> its new entry, None to delete it


def changed(root: str | None, changes: Changes, load: Load, made: dict[str, Node]) -> str:
    """The digest of the tree after the changes (None deletes); new nodes are added to `made`, by digest.

    Raises BadInput when a file to delete is not there or when a name would be a file and a folder at once.
    """
    return _changed(load(root) if root else EMPTY, changes, load, made, "") or _made(EMPTY, made)


def _changed(node: Node, changes: Changes, load: Load, made: dict[str, Node], at: str) -> str | None:
    node, kept = _touched(node, {names[0] for names in changes}, load)
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
    node, firsts = Node(files, folders), _firsts({*files, *folders})
    if len(kept) + len(firsts) < FEWEST_PAGES:
        whole = _joined([node, *map(load, kept.values())]) if kept else node
        return _made(whole, made) if whole.files or whole.folders else None
    pages = {first: _made(page, made) for first, page in _paged(node, firsts).items()}
    return _made(Node({}, {**kept, **pages}), made)


def _touched(node: Node, names: Collection[str], load: Load) -> tuple[Node, Mapping[str, str]]:
    """What changes of these names touch, as one node; and the pages of a wide folder that stay as they are.

    Without the name at which it begins a page belongs to the one before, so that one is touched as well.
    """
    if not node.is_wide:
        return node, {}
    firsts = sorted(node.folders)
    touched = {max(bisect_right(firsts, f":{name}") - 1, 0) for name in names}
    touched |= {at - 1 for at in touched if at and firsts[at][1:] in names}
    pages = [load(node.folders[firsts[at]]) for at in sorted(touched)]
    return _joined(pages), {first: node.folders[first] for at, first in enumerate(firsts) if at not in touched}


def _firsts(names: Collection[str]) -> list[str]:
    """The names at which a page begins, sorted; before all of them "" where other names come first."""
    firsts = sorted(name for name in names if crc32(name.encode()) % PAGE_NAMES == 0)
    return firsts if not names or firsts[:1] == [min(names)] else ["", *firsts]


def _paged(node: Node, firsts: list[str]) -> dict[str, Node]:
    """The pages of a folder: ":" and the name at which a page begins -> its files and folders."""
    pages: dict[str, list[str]] = {f":{first}": [] for first in firsts}
    for name in (*node.files, *node.folders):
        pages[f":{firsts[bisect_right(firsts, name) - 1]}"].append(name)
    files, folders = node.files, node.folders
    return {
        first: Node({n: files[n] for n in names if n in files}, {n: folders[n] for n in names if n in folders})
        for first, names in pages.items()
    }


def _made(node: Node, made: dict[str, Node]) -> str:
    digest = digest_of(node.content)
    made[digest] = node
    return digest


Pair = tuple[str, Entry | None, Entry | None]


def differences(before: str | None, after: str | None, load: Load, at: str = "") -> Iterator[Pair]:
    """(path, entry before, entry after) of every file that is not the same in both trees, in path order."""
    if before == after:
        return
    old, new = (load(digest) if digest else EMPTY for digest in (before, after))
    same = {*old.folders.values()}.intersection(new.folders.values()) if old.is_wide and new.is_wide else ()
    old, new = opened(old, load, but=same), opened(new, load, but=same)
    names = {*old.files, *new.files, *(f"{name}/" for name in {*old.folders, *new.folders})}
    for name in sorted(names):
        if name.endswith("/"):
            yield from differences(old.folders.get(name[:-1]), new.folders.get(name[:-1]), load, at + name)
        elif old.files.get(name) != new.files.get(name):
            yield at + name, old.files.get(name), new.files.get(name)

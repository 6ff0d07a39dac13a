"""Globs: which files of a commit belong together, by the pattern of their paths."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mlops_lab.pipeline.steps import BrokenPipeline
from mlops_lab.store import Commit, Entry

Where = Mapping[str, str]  # captures that a datum must have
ALL = "all"  # the key of the one datum that is everything
_WILD = re.compile(r"\{([^\W\d]\w*)\}|\*")


@dataclass(frozen=True)
class File:
    """A file of a datum: its path, what lies there, and the commit that holds it."""

    path: str
    entry: Entry
    commit: Commit


@dataclass(frozen=True)
class Datum:
    """One piece of work. files: member -> its files. many: members that are folders or merged, not single files."""

    key: str
    captures: Where
    files: Mapping[str, tuple[File, ...]]
    many: frozenset[str] = frozenset()

    @property
    def identity(self) -> list[Any]:
        """What the work may depend on: captures, paths and contents; not the commit in which they lie."""
        files = {name: [(file.path, file.entry.digest) for file in files] for name, files in self.files.items()}
        return [dict(self.captures), files]


@dataclass(frozen=True)
class Glob:
    """Files of a commit by a pattern: {name} and * stand for some characters of one name in a path.

    made: what a fan-out made; then the ending of a path is its format and no part of the key.
    commit: a commit, or a revision that is looked up when a run begins. Raises BrokenPipeline for a bad pattern.
    """

    commit: Commit | str
    pattern: str
    made: bool = False

    def __post_init__(self) -> None:
        names = [name for name in _WILD.findall(self.pattern) if name]
        if len(set(names)) < len(names) or "{" in _WILD.sub("", self.pattern):
            raise BrokenPipeline(f"Pattern {self.pattern!r} cannot be read; write each {{name}} once, letters only.")

    def datums(self, member: str, where: Where) -> Iterator[Datum]:
        """The datums with these captures, in the order of paths."""
        found: dict[str, list[File]] = {}
        for file in self._files(where):
            if match := self.match(file.path, where):
                found.setdefault(match[0], []).append(file)
        for matched, files in found.items():
            folder = frozenset({member}) if files[0].path != matched else frozenset[str]()
            yield Datum(self._key(matched), self.captures(files[0].path), {member: tuple(files)}, folder)

    def match(self, path: str, where: Where) -> re.Match[str] | None:
        """How the pattern matches the beginning of a path up to the end of a name in it, with these captures."""
        match = self._regex.match(path)
        known = match.groupdict() if match else {}
        return None if any(known.get(name, text) != text for name, text in where.items()) else match

    def captures(self, path: str) -> Where:
        """What the names in the pattern stand for in a path that it matches."""
        match = self._regex.match(path)
        return match.groupdict() if match else {}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names that the pattern captures, in its order."""
        return tuple(name for name in _WILD.findall(self.pattern) if name)

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        plain, wild = self._parts
        some = [f"(?P<{name}>[^/]+)" if name else "[^/]*" for name in wild]
        body = "".join(text for pair in zip(map(re.escape, plain), [*some, ""], strict=True) for text in pair)
        end = "$" if self.made else "(?=/|$)"
        return re.compile(f"{body}{end}" if body else "")

    @cached_property
    def _parts(self) -> tuple[list[str], list[str]]:
        """The plain texts of the pattern and the names between them ("" for *)."""
        parts = _WILD.split(self.pattern.strip("/"))
        return parts[::2], [name or "" for name in parts[1::2]]

    def _files(self, where: Where) -> Iterator[File]:
        """The files that may be in datums with these captures; other folders are not opened."""
        if isinstance(self.commit, str):
            raise BrokenPipeline(f"{self.commit!r} is looked up when a run begins; give a commit to see its datums.")
        tree, filled = self.commit.tree, _WILD.sub(lambda wild: where.get(wild[1] or "", "*"), self.pattern.strip("/"))
        start, wild, _ = filled.partition("*")
        if start and not wild and start in tree:
            yield File(start, tree[start], self.commit)
        for path, entry in tree.walk(start if wild or not start else f"{start}/"):
            yield File(path, entry, self.commit)

    @property
    def key_pattern(self) -> str:
        """The pattern without the tail that all its datums share: "day={day}" of "day={day}/clicks.parquet"."""
        plain, wild = self._parts
        return (self.pattern.strip("/").removesuffix(plain[-1]) if wild else self.pattern.strip("/")) or ALL

    def _key(self, matched: str) -> str:
        """The part of a matched path that tells it from the others."""
        plain, wild = self._parts
        if self.made:
            return matched.rpartition(".")[0]
        return (matched.removesuffix(plain[-1]) if wild else matched) or ALL

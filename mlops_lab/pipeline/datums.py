"""Datums: an input cut into the smallest pieces that are worked on by themselves (Pachyderm PPS).

    glob(commit, "day={day}/clicks.parquet")             one datum a file; {day} is captured and can be asked for
    glob(commit, "day={day}"), glob(commit, "/")         one datum a folder; all files as one datum
    cross(a=glob(...), b=glob(...))                      every pair
    join(on="day", a=glob(...), b=glob(...))             pairs with the same capture; outer=True: also without partner
    group(by="month", a=glob(...))                       one datum for all files with the same capture
    union(glob(...), glob(...))                          one after the other

They are one thing, a product of keyed pieces: cross is a product on no key, join on a key, and group merges what join
would pair. A commit may be named ("traffic", "traffic@ready"): then the newest one is meant whenever a run begins.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import Any

from mlops_lab.pipeline.globs import ALL, Datum, File, Glob, Where
from mlops_lab.pipeline.steps import BrokenPipeline
from mlops_lab.store import Commit, Store

SEPARATE, PAIRED, MERGED = "separate", "paired", "merged"


class DatumsFailed(Exception):
    """Some datums of a step raised an error; nothing was committed. counts: state -> datums."""

    def __init__(self, failed: int, of: int, first: str, counts: dict[str, int]):
        super().__init__(
            f"{failed} of {of} datums failed, the first is {first}; "
            "nothing was committed, what succeeded is kept for the next try."
        )
        self.counts = counts


@dataclass(frozen=True)
class Datums:
    """Globs by member, and how their pieces are put together: separate, paired on captures, or merged by them."""

    globs: tuple[tuple[str, Glob], ...]
    how: str = SEPARATE
    on: tuple[str, ...] = ()
    outer: bool = False

    def __repr__(self) -> str:
        said = ", ".join(f"{g.pattern} of {getattr(g.commit, 'repo', g.commit)}" for _, g in self.globs)
        return f"Datums({said}{f'; {self.how} on ' + ' '.join(self.on) if self.on else ''})"

    def __iter__(self) -> Iterator[Datum]:
        return self.where({})

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def preview(self) -> list[dict[str, Any]]:
        """What would be worked on, without working: {"datum", "files"} in order."""
        return [{"datum": d.key, "files": [f.path for files in d.files.values() for f in files]} for d in self]

    def where(self, captures: Where) -> Iterator[Datum]:
        """The datums with these captures."""
        sides = [(name, glob.datums(name, captures)) for name, glob in self.globs]
        if self.how == SEPARATE:
            for _, side in sides:
                yield from side
            return
        buckets: dict[tuple[str, ...], dict[str, list[Datum]]] = {}
        for name, side in sides:
            for datum in side:
                value = tuple(datum.captures[one] for one in self.on)
                buckets.setdefault(value, {}).setdefault(name, []).append(datum)
        for _, bucket in sorted(buckets.items()):
            yield from [self._merged(bucket)] if self.how == MERGED else self._paired(bucket)

    def _paired(self, bucket: Mapping[str, list[Datum]]) -> Iterator[Datum]:
        sides: list[list[Datum | None]] = [[*bucket.get(name, [None] if self.outer else [])] for name, _ in self.globs]
        for some in product(*sides):
            datums = [datum for datum in some if datum is not None]
            captures = {name: text for datum in datums for name, text in datum.captures.items()}
            files = {name: files for datum in datums for name, files in datum.files.items()}
            many = frozenset[str]().union(*(datum.many for datum in datums))
            yield Datum(_key(captures, captures.values()), captures, files, many)

    def _merged(self, bucket: Mapping[str, list[Datum]]) -> Datum:
        files = {name: tuple(f for d in bucket.get(name, []) for f in d.files[name]) for name, _ in self.globs}
        first = next(iter(bucket.values()))[0]
        captures = {name: first.captures[name] for name in self.on}
        return Datum(_key(captures, captures.values()), captures, files, frozenset(files))

    @property
    def keys(self) -> list[str]:
        """Patterns of the keys, by which what was made of the datums can be cut again."""
        if self.how == SEPARATE:
            return list(dict.fromkeys(glob.key_pattern for _, glob in self.globs))
        globs = [glob for _, glob in self.globs]
        there = [globs] if not self.outer else [some for n in range(len(globs)) for some in combinations(globs, n + 1)]
        named = [self.on] if self.how == MERGED else [dict.fromkeys(n for g in some for n in g.names) for some in there]
        return [_key(names, (f"{{{name}}}" for name in names)) for names in named]

    @property
    def commits(self) -> list[Commit]:
        """The commits that are cut, one a glob."""
        return [glob.commit for _, glob in self.globs if isinstance(glob.commit, Commit)]

    @property
    def captures(self) -> frozenset[str]:
        """Names that a datum captures."""
        return frozenset(self.on if self.how == MERGED else (name for _, glob in self.globs for name in glob.names))

    @property
    def brings(self) -> frozenset[str]:
        """Names that a datum brings to a step: members and captures."""
        return self.captures.union(name for name, _ in self.globs)

    @property
    def shape(self) -> list[Any]:
        """All that identifies the cut, without the commits."""
        return [self.how, list(self.on), self.outer, [[name, glob.pattern] for name, glob in self.globs]]

    def bound(self, store: Store, member: str) -> "Datums":
        """The same with revisions replaced by their commits; `member` is the name of what has none."""
        return replace(self, globs=tuple((n or member, replace(g, commit=store.get(g.commit))) for n, g in self.globs))

    def at(self, commits: list[Commit]) -> "Datums":
        """The same cut of other commits."""
        return replace(
            self, globs=tuple((n, replace(g, commit=c)) for (n, g), c in zip(self.globs, commits, strict=True))
        )

    def touched(self, before: "Datums", store: Store) -> list[Where]:
        """Captures of all datums that may not be what they were in an earlier cut; [{}] when it may be any of them."""
        found: dict[tuple[tuple[str, str], ...], Where] = {}
        for (_, glob), old, new in zip(self.globs, before.commits, self.commits, strict=True):
            diff = store.diff(old, new)
            for row in (*diff.added, *diff.removed, *diff.changed):
                if glob.match(row["path"], {}):
                    captures = glob.captures(row["path"])
                    where = {name: captures[name] for name in (captures if self.how == SEPARATE else self.on)}
                    found[tuple(sorted(where.items()))] = where
        return [{}] if () in found else list(found.values())


def glob(commit: Commit | str, pattern: str) -> Datums:
    """One datum for each file or folder of a commit that the pattern matches."""
    return Datums((("", Glob(commit, pattern)),))


def cross(**parts: Datums) -> Datums:
    """Every combination of the datums of the parts."""
    return Datums(_apart(_named(parts)), PAIRED)


def join(*, on: str, outer: bool = False, **parts: Datums) -> Datums:
    """Combinations whose capture `on` is the same; with outer also those where a part has none."""
    return Datums(_apart(_named(parts, on), on), PAIRED, (on,), outer)


def group(*, by: str, **parts: Datums) -> Datums:
    """One datum for each value of the capture `by`, with all the files that have it."""
    return Datums(_named(parts, by), MERGED, (by,))


def union(*parts: Datums) -> Datums:
    """The datums of one part after those of the other."""
    return Datums(tuple(_single("", part) for part in parts))


def _key(names: Iterable[str], texts: Iterable[str]) -> str:
    """ "day=3/cook=7": captures as a path, which can be cut again."""
    return "/".join(f"{name}={text}" for name, text in zip(names, texts, strict=True)) or ALL


def _named(parts: Mapping[str, Datums], on: str | None = None) -> tuple[tuple[str, Glob], ...]:
    found = tuple(_single(name, part) for name, part in parts.items())
    for name, one in found:
        if on and on not in one.names:
            raise BrokenPipeline(f"Part {name!r} has no capture {on!r}; write {{{on}}} into {one.pattern!r}.")
    if not found:
        raise BrokenPipeline("There is nothing to combine; give parts by name, for example clicks=glob(...).")
    return found


def _apart(globs: tuple[tuple[str, Glob], ...], on: str = "") -> tuple[tuple[str, Glob], ...]:
    """The parts, when no two capture the same name other than the one they are joined on."""
    seen = {on: ""}
    for part, one in globs:
        for name in one.names:
            if seen.setdefault(name, part) not in ("", part):
                raise BrokenPipeline(
                    f"Parts {seen[name]!r} and {part!r} both capture {name!r}; rename it in one of them."
                )
    return globs


def _single(name: str, part: Datums) -> tuple[str, Glob]:
    if not isinstance(part, Datums) or len(part.globs) != 1 or part.how != SEPARATE:
        raise BrokenPipeline(f"{part!r} cannot be combined; give a glob(commit, pattern) for each part.")
    return name, part.globs[0][1]


__all__ = ["Datum", "Datums", "File", "cross", "glob", "group", "join", "union"]

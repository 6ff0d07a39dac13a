"""Fan-out: a step once for each datum or item, worked on in parallel, skipped where nothing is new.

What it makes is a commit in the repo "<pipeline>.<step>", one file a datum, made from the commits that were cut. The
newest of these commits says of which inputs it was made, so the next run looks only where they differ: one edited day
costs among ten years what it costs among ten days.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from mlops_lab.errors import BadInput
from mlops_lab.pipeline.book import Book, Worked
from mlops_lab.pipeline.codecs import KINDS, Unkept, class_of, decode, encode, kind_of_path
from mlops_lab.pipeline.datums import Datums, DatumsFailed
from mlops_lab.pipeline.globs import Datum, File, Glob, Where
from mlops_lab.pipeline.kinds import annotation
from mlops_lab.pipeline.sources import identified
from mlops_lab.pipeline.steps import Step
from mlops_lab.store import Commit, Entry, Store
from mlops_lab.store.rows import count_rows

SUCCESS, SKIPPED, FAILED, RECOVERED = STATES = ("SUCCESS", "SKIPPED", "FAILED", "RECOVERED")
BATCH = 64  # datums that are made durable together: what a kill can cost
Values = Callable[[], dict[str, Any]]


@dataclass(frozen=True)
class Piece:
    """One datum or item: its key, what identifies it, its values for the step, and how to find it again."""

    key: str
    identity: Any
    values: Values
    where: Where


@dataclass(frozen=True)
class FanOut:
    """A step over datums in one run. call: runs the step on values; shared: what identifies its other parameters."""

    pipeline: str
    execution: str
    step: Step
    fingerprint: str
    shared: Any
    call: Callable[[Values], Any]
    store: Store
    book: Book

    @property
    def repo(self) -> str:
        """Where what it makes is committed."""
        return f"{self.pipeline}.{self.step.name}"

    def commit(self, over: Datums | list, sources: tuple[Commit, ...], force: bool) -> tuple[Commit, dict[str, int]]:
        """Work on what is new and commit; how many datums ended in each state. sources: the cause first.

        Raises DatumsFailed; then what succeeded is kept for the next try, and nothing is committed.
        """
        while True:
            head = self.store.head(self.repo)
            cut = self._cut(over)
            before = None if force else self._before(over, cut, head)
            pieces = self._pieces(over, before.wheres if before else [{}])
            untouched = before.untouched if before else 0
            made, counts, recovered = self._worked(pieces, untouched, force)
            total = len(pieces) + untouched
            there = before.paths if before else self.store.paths(head) if head else []
            changes = {**dict.fromkeys(set(there) - made.keys()), **made}
            about = {**cut, "datums": total, "recovered": recovered, "commits": self._commits(over)}
            with self.store.writing():
                if self.store.head(self.repo) == head:  # else another run was here: look again, all is known by now
                    said = f"{self.step.name} of {total} datums"
                    done = self.store.commit(self.repo, changes, message=said, provenance=sources, metadata=about)
                    return done, dict(counts)

    def _cut(self, over: Datums | list) -> dict[str, Any]:
        """What has to be the same for the newest commit to be built upon."""
        shape, keys = _shape(over), over.keys if isinstance(over, Datums) else ["*"]
        known = identified([over.shape if isinstance(over, Datums) else None, self.fingerprint, self.shared])
        return {"shape": shape, "keys": keys, "cut": known}

    def _before(self, over: Datums | list, cut: Mapping[str, Any], head: Commit | None) -> "_Before | None":
        """What the newest commit was made of and where that differs from now; None when it is no ground to build on."""
        if head is None or not isinstance(over, Datums) or head.metadata["cut"] != cut["cut"]:
            return None
        old = over.at([self.store.get(id) for id in head.metadata["commits"]])
        wheres = [*over.touched(old, self.store), *head.metadata["recovered"]]
        keys = self._pieces(old, wheres)
        paths = [path for key in keys for kind in KINDS if (path := f"{key}.{kind}") in head.tree]
        return _Before(wheres, paths, head.metadata["datums"] - len(keys))

    def _commits(self, over: Datums | list) -> list[str]:
        return [commit.id for commit in over.commits] if isinstance(over, Datums) else []

    def _pieces(self, over: Datums | list, wheres: list[Where]) -> dict[str, Piece]:
        """The pieces at some places by key. Raises BadInput when two would be filed under the same key."""
        found: dict[str, Piece] = {}
        for piece in self._all(over, wheres):
            if found.setdefault(piece.key, piece).identity != piece.identity:
                raise BadInput(
                    f"Two datums have the key {piece.key!r}, and what one makes would replace what the other made; "
                    "tell them apart by a {name} in the pattern."
                )
        return found

    def _all(self, over: Datums | list, wheres: list[Where]) -> Iterator[Piece]:
        if not isinstance(over, Datums):
            asked = {str(self.step.over)}.intersection((*self.step.needs, *self.step.options))
            for number, item in enumerate(over):
                key = f"{number:0{len(str(len(over)))}}"
                yield Piece(key, item, lambda item=item: dict.fromkeys(asked, item), {})  # type: ignore[misc]
            return
        for datum in (datum for where in wheres for datum in over.where(where)):
            yield Piece(datum.key, datum.identity, lambda datum=datum: self._values(datum, over), datum.captures)  # type: ignore[misc]

    def _values(self, datum: Datum, over: Datums) -> dict[str, Any]:
        """What a datum brings, as far as the step asks for it."""
        wanted = {*self.step.needs, *self.step.options}
        values: dict[str, Any] = {name: datum.captures.get(name) for name in wanted.intersection(over.brings)}
        for name in wanted.intersection(name for name, _ in over.globs):
            files, said = datum.files.get(name, ()), annotation(self.step.function, name)
            many = {file.path: self._read(file, said) for file in files}
            values[name] = many if name in datum.many else next(iter(many.values()), None)
        return values

    def _read(self, file: File, said: Any) -> Any:
        return decode(kind_of_path(file.path), self.store.read(file.commit, file.path), said)

    def _worked(
        self, pieces: Mapping[str, Piece], untouched: int, force: bool
    ) -> tuple[dict[str, Entry], Counter, list[Where]]:
        """The files that are made of all pieces, the count of states, and where to try again next time.

        untouched: how many other datums there are, without news. Raises DatumsFailed.
        """
        made: dict[str, Entry] = {}
        counts: Counter[str] = Counter({**dict.fromkeys(STATES, 0), SKIPPED: untouched})
        recovered, failed = list[Where](), list[Worked]()
        waiting = list(pieces.values())
        for start in range(0, len(waiting), BATCH):
            for piece, one in self._batch(waiting[start : start + BATCH], force):
                counts[one.state] += 1
                if one.made:
                    made[f"{piece.key}.{one.made[3]}"] = Entry(*one.made[:3])
                elif one.state == RECOVERED:
                    recovered.append(dict(piece.where))
                else:
                    failed.append(one)
        if failed:
            first = f"{failed[0].datum!r} ({failed[0].error})"
            raise DatumsFailed(len(failed), untouched + len(waiting), first, dict(counts))
        return made, counts, recovered

    def _batch(self, pieces: list[Piece], force: bool) -> list[tuple[Piece, Worked]]:
        """Some pieces worked on and recorded, durably."""
        keys = [identified([self.step.name, self.fingerprint, self.shared, piece.identity]) for piece in pieces]
        known = {} if force else {k: m for k, m in self.book.worked(keys).items() if self.store.has(m[0])}
        new = [piece for piece, key in zip(pieces, keys, strict=True) if key not in known]
        outcomes = dict(zip((piece.key for piece in new), self._outcomes(new), strict=True))
        digests = iter(self.store.put_all([out.content for out in outcomes.values() if out.content is not None]))
        done = list[Worked]()
        for piece, key in zip(pieces, keys, strict=True):
            out = outcomes.get(piece.key)
            if out is None:
                done.append(Worked(piece.key, SKIPPED, key, known[key]))
            else:
                done.append(Worked(piece.key, out.state, key, out.made(digests, piece.key), out.error))
        self.book.record_datums(self.execution, done)
        return list(zip(pieces, done, strict=True))

    def _outcomes(self, pieces: list[Piece]) -> list["_Outcome"]:
        if self.step.workers == 1:
            return [self._outcome(piece) for piece in pieces]
        with ThreadPoolExecutor(self.step.workers) as pool:
            return list(pool.map(self._outcome, pieces))

    def _outcome(self, piece: Piece) -> "_Outcome":
        try:
            kind, content = encode(self.call(piece.values))
            if kind == "object":
                class_of(annotation(self.step.function, "return"))
            return _Outcome(SUCCESS, kind, content)
        except Exception as error:  # noqa: BLE001 - one datum that fails must not stop the others
            text = str(error) if isinstance(error, BadInput) else f"{type(error).__name__}: {error}"
            if self.step.recover is None or isinstance(error, Unkept):
                return _Outcome(FAILED, error=text)
            return self._recovered(text)

    def _recovered(self, text: str) -> "_Outcome":
        assert self.step.recover is not None
        try:
            self.step.recover(text)
        except Exception as error:  # noqa: BLE001 - as above
            return _Outcome(FAILED, error=f"{text}; and recovering raised {type(error).__name__}: {error}")
        return _Outcome(RECOVERED, error=text)


@dataclass(frozen=True)
class _Before:
    """Where to look again, the files that lie there, and how many datums lie elsewhere."""

    wheres: list[Where]
    paths: list[str]
    untouched: int


@dataclass(frozen=True)
class _Outcome:
    state: str
    kind: str = ""
    content: bytes | None = None
    error: str | None = None

    def made(self, digests: Iterator[str], key: str) -> list[Any] | None:
        if self.content is None:
            return None
        rows = count_rows(f"{key}.{self.kind}", self.content)
        return [next(digests), len(self.content), rows, self.kind]


def made_over(name: str, commit: Commit) -> Datums:
    """What a fan-out made, to be gone over again, datum by datum."""
    return Datums(tuple((name, Glob(commit, f"{pattern}.*", made=True)) for pattern in commit.metadata["keys"]))


def _shape(over: Datums | list) -> str:
    """What downstream sees: a list of what went over a list, also by way of another fan-out; else datums."""
    globs = over.globs if isinstance(over, Datums) else ()
    made = {glob.commit.metadata.get("shape") for _, glob in globs if isinstance(glob.commit, Commit)}
    return "list" if not globs or made == {"list"} else "datums"

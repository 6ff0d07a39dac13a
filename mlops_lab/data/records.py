"""Records of a CSV file that may hold anything.

A record may run over several lines, when a quoted field holds line ends. A stray quote makes a reader take everything
up to the next quote for one field, which may be the rest of the file. So reading is strict: as soon as quotes do not
add up, the span from the record's first line to the next line that looks like a record is given up as one unparsable
record, raw, and reading goes on there. What is valid CSV is taken at its word, even if a field looks like records.

One careful way for all files; it reads about 300,000 records a second, so there is no second, faster one to disagree.
"""

import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from pathlib import Path

import pandas as pd

from mlops_lab.errors import BadInput

CHUNK = 50_000  # records turned into columns at a time, to keep memory near the size of the wanted fields


@dataclass(frozen=True)
class Records:
    """frame: the wanted columns as text, one row a record, "" where a field is empty. unparsable: raw spans."""

    frame: pd.DataFrame
    unparsable: list[str]

    def __len__(self) -> int:
        return len(self.frame) + len(self.unparsable)


class _Tape:
    """Lines that remember the record they belong to and can be given back."""

    def __init__(self, lines: Iterable[str]):
        self._lines = iter(lines)
        self._back: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._lines)
        self.taken.append(line)
        return line

    def cut(self, at: int) -> str:
        """End the record before its line number `at`; the lines from there on are given back."""
        self._back.extendleft(reversed(self.taken[at:]))
        raw, self.taken = "".join(self.taken[:at]), []
        return raw


def records(lines: Iterable[str], width: int, looks_whole: Callable[[str], bool]) -> Iterator[list[str] | str]:
    """Fields of each record; a raw text instead where there is no record of `width` fields. Blank lines are no records.

    looks_whole says of a line by itself whether a record may begin there.
    """
    tape = _Tape(lines)
    while True:
        try:
            for fields in csv.reader(tape, strict=True):
                if len(fields) == width:
                    yield fields
                elif fields:
                    yield tape.cut(_next_start(tape.taken, looks_whole))
                tape.taken.clear()
            return
        except csv.Error:  # quotes that do not add up, or a field of more than 131,072 characters
            yield _resumed(tape, width, looks_whole)


def _next_start(lines: list[str], looks_whole: Callable[[str], bool]) -> int:
    return next((at for at, line in enumerate(lines) if at and looks_whole(line)), len(lines))


def _resumed(tape: _Tape, width: int, looks_whole: Callable[[str], bool]) -> list[str] | str:
    """The broken record as one raw span; its fields where a single line is badly quoted, but there is no doubt."""
    if len(tape.taken) == 1:
        fields = fields_of(tape.taken[0])
        if len(fields) == width and looks_whole(tape.taken[0]) and not _open(tape.taken[0]):
            tape.cut(1)
            return fields
    at = _next_start(tape.taken, looks_whole)
    while at == len(tape.taken) and next(tape, None) is not None:
        at += not looks_whole(tape.taken[-1])
    return tape.cut(at)


def fields_of(line: str) -> list[str]:
    """The fields of a line read by itself, forgivingly; none where even that fails."""
    try:
        return next(csv.reader([line]), [])
    except csv.Error:
        return []


def _open(line: str) -> bool:
    """Whether a line ends inside quotes: a reader would then take the next line, too."""
    try:
        return len(list(csv.reader([line.rstrip("\r\n") + "\n", "\n"]))) < 2
    except csv.Error:
        return True


def read_records(path: Path, wanted: Iterable[str], looks: Mapping[str, str]) -> Records:
    """The wanted columns of a CSV file with a header. Other columns are ignored, bytes that are no UTF-8 become U+FFFD.

    looks: for some columns the regular expression that their fields match in a line that begins a record.
    Raises BadInput when the file cannot be read, is empty, or lacks a column.
    """
    wanted = list(wanted)
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            header = _header(path, file, wanted)
            places = {name: header.index(name) for name in wanted}
            patterns = [(places[name], re.compile(look)) for name, look in looks.items()]
            found = records(file, len(header), lambda line: _fits(fields_of(line), patterns))
            return _collected(found, places)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}; expected a CSV file.") from None


def _header(path: Path, lines: Iterable[str], wanted: list[str]) -> list[str]:
    try:
        header = next((fields for fields in csv.reader(lines) if fields), [])
    except csv.Error:
        header = ["no CSV at all"]
    header = [name.strip() for name in header]
    if not header:
        raise BadInput(f"{path} is empty; expected a CSV file with the columns {', '.join(wanted)}.")
    if lacking := [name for name in wanted if name not in header]:
        shown = "".join(c if c.isprintable() else "?" for c in ", ".join(header))
        shown = shown if len(shown) <= 160 else f"{shown[:160]} ..."
        raise BadInput(
            f"{path} has the columns {shown}; expected {', '.join(wanted)} (missing: {', '.join(lacking)}). "
            "Name the folder that holds the original files."
        )
    return header


def _fits(fields: list[str], patterns: list[tuple[int, re.Pattern[str]]]) -> bool:
    return all(at < len(fields) and pattern.fullmatch(fields[at]) for at, pattern in patterns)


def _collected(found: Iterator[list[str] | str], places: Mapping[str, int]) -> Records:
    import pyarrow as pa

    unparsable: list[str] = []
    pick = itemgetter(*places.values(), next(iter(places.values())))  # one more, so that it is always a tuple
    schema = pa.schema([(name, pa.large_string()) for name in places])
    parts = [schema.empty_table()]
    while batch := list(islice(found, CHUNK)):
        rows = [pick(record) for record in batch if not isinstance(record, str)]
        unparsable += [record for record in batch if isinstance(record, str)]
        columns = list(zip(*rows, strict=True))[: len(places)] if rows else [()] * len(places)
        parts.append(pa.table([pa.array(column, pa.large_string()) for column in columns], schema=schema))
    return Records(pa.concat_tables(parts).to_pandas(), unparsable)

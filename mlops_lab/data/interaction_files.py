"""Interactions in the files that public data sets come in: CSV or TSV, ids under `user` and `item`."""

import csv
from array import array
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mlops_lab.data.interactions import Interactions
from mlops_lab.errors import BadInput

SECONDS_A_DAY = 86_400
CHUNK_ROWS = 100_000
LATEST_EPOCH = 1e11  # the year 5138: what lies beyond was counted in milliseconds
LAYOUT = "user,item[,rating][,timestamp], separated by commas or tabs"


class _Codes(dict):
    """A code for each text, in the order of first sight."""

    def __missing__(self, text: str) -> int:
        return self.setdefault(text, len(self))


def read_interactions(path: str | Path) -> Interactions:
    """Read a CSV or TSV with the header user,item[,rating][,timestamp] in any order; other columns are ignored.

    Timestamps are epoch seconds or ISO dates and become days since 1970. Raises BadInput when the file cannot be read
    as such, with the first line that is wrong.
    """
    path = Path(path)
    if path.is_dir():
        raise BadInput(f"{path} is a folder; expected a file with the columns {LAYOUT}.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read(path, file)
    except FileNotFoundError:
        raise BadInput(f"{path} does not exist; expected a file with the columns {LAYOUT}.") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path} is not text in UTF-8; expected a file with the columns {LAYOUT}.") from None
    except csv.Error as wrong:
        raise BadInput(f"{path} cannot be read as CSV or TSV ({wrong}); check its quotes.") from None
    except OSError as wrong:
        raise BadInput(
            f"{path} cannot be read ({wrong.strerror}); expected a file with the columns {LAYOUT}."
        ) from None


def _read(path: Path, file: Any) -> Interactions:
    first = file.readline()
    if not first.strip():
        raise BadInput(f"{path} is empty; expected a header {LAYOUT}, and rows.")
    separator = "\t" if "\t" in first else ","
    header = [name.strip().lower() for name in next(csv.reader([first], delimiter=separator))]
    for name in ("user", "item", "timestamp"):
        if header.count(name) > 1 or (name != "timestamp" and name not in header):
            shown = ",".join(header)[:80].encode("ascii", "backslashreplace").decode().replace("\x00", "\\x00")
            raise BadInput(f"{path} has the columns {shown!r}; expected {LAYOUT}.")
    users, items, user, item, days = _Codes(), _Codes(), array("q"), array("q"), array("d")
    for lines, columns in _chunks(path, csv.reader(file, delimiter=separator, strict=True), header):
        for name, index, codes in (("user", users, user), ("item", items, item)):
            texts = [text.strip() for text in columns[header.index(name)]]
            if "" in texts:
                raise BadInput(f"{path} line {lines[texts.index('')]}: the {name} is empty; every row needs an id.")
            codes.extend(map(index.__getitem__, texts))
        if "timestamp" in header:
            days.extend(_days(path, lines, columns[header.index("timestamp")]))
    if not len(user):
        raise BadInput(f"{path} has a header and no rows; expected at least one row of {LAYOUT}.")
    if any("\x00" in text for text in (*users, *items)):
        raise BadInput(f"{path} holds binary data; expected text with the columns {LAYOUT}.")
    return Interactions.coded(list(users), user, list(items), item, np.array(days) if "timestamp" in header else None)


def _chunks(path: Path, reader: Any, header: list[str]) -> Iterator[tuple[list[int], list[tuple[str, ...]]]]:
    """Line numbers and columns of many rows at a time; blank lines are passed over."""
    numbered = ((reader.line_num + 1, row) for row in reader if row)
    while chunk := list(islice(numbered, CHUNK_ROWS)):
        for line, row in chunk:
            if len(row) != len(header):
                raise BadInput(f"{path} line {line} has {len(row)} fields where the header has {len(header)}.")
        yield [line for line, _ in chunk], list(zip(*(row for _, row in chunk), strict=True))


def _days(path: Path, lines: list[int], texts: tuple[str, ...]) -> np.ndarray:
    """Days since 1970 of timestamps as they stand in the file."""
    try:
        seconds = np.array(texts, dtype=np.str_).astype(np.float64)
    except ValueError:
        moments = pd.to_datetime(
            pd.Series(texts, dtype=object).str.strip(), format="ISO8601", utc=True, errors="coerce"
        )
        numbers = pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce").to_numpy(dtype=np.float64)
        iso = (moments - pd.Timestamp(0, tz="UTC")).dt.total_seconds().to_numpy(dtype=np.float64)
        seconds = np.where(np.isnan(numbers), iso, numbers)
    wrong = np.flatnonzero(~(np.abs(seconds) < LATEST_EPOCH))
    if len(wrong):
        line, text = lines[wrong[0]], texts[wrong[0]][:40]
        raise BadInput(f"{path} line {line}: the timestamp {text!r} is neither epoch seconds nor an ISO date.")
    return seconds / SECONDS_A_DAY

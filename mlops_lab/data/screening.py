"""Sort raw rows into those that keep the contract and those that go to quarantine, each with one reason.

The reasons, in the order in which they are looked for; the first that fits is the row's:

    unparsable                no record could be read at all; kept as raw text
    missing <column>          no value, or no such column
    wrong type <column>       something that is no number, no text, not whole, or an id of several words
    out of range <column>     a number beyond its bounds, or a day that has not come yet
    unknown value <column>    a text outside a closed list
    duplicate                 the keys of an earlier usable row
    orphan                    about a cook or a recipe that is not known

Example: a clean day goes through untouched.

    >>> found = screen("requests", pd.DataFrame({"request": ["a", "a"], "day": [0, 0], "cook": ["c1", "c1"]}))
    >>> found
    Screened(requests: 2 read, 1 kept, 1 quarantined)
    >>> found.reasons
    {'duplicate': 1}
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from mlops_lab.data.columns import Typed, absent, typed
from mlops_lab.data.contracts import Rule, no_word, promised
from mlops_lab.data.formats import KEYS, empty
from mlops_lab.data.privacy import marked, scrubbed, without_identities

_NOTHING = pd.DataFrame({"row": pd.Series(dtype="str"), "reason": pd.Series(dtype="str")})
_CARDS = 10**12  # a number as long as that of a card is looked at as text
CLOCKS = ("day", "arrived")  # columns that cannot lie after the day of the ingest


@dataclass(frozen=True)
class Screened:
    """One table after screening; read = len(kept) + len(quarantined).

    kept: typed as TABLES. quarantined: row (JSON text of the row as it came, without identities), reason. missing:
    share of rows without a value, by column, before screening.
    """

    table: str
    kept: pd.DataFrame
    quarantined: pd.DataFrame
    read: int
    missing: dict[str, float]

    @property
    def reasons(self) -> dict[str, int]:
        """How many rows were refused for each reason."""
        return dict(sorted(Counter(self.quarantined["reason"].tolist()).items()))

    @property
    def counts(self) -> dict[str, int]:
        """read, kept and quarantined."""
        return {"read": self.read, "kept": len(self.kept), "quarantined": len(self.quarantined)}

    def __repr__(self) -> str:
        return f"Screened({self.table}: {', '.join(f'{n} {what}' for what, n in self.counts.items())})"


def merged(parts: Sequence[Screened]) -> Screened:
    """The same table of several days as one."""
    rows = sum(part.read for part in parts)
    names = sorted({name for part in parts for name in part.missing})
    missing = {name: sum(part.missing.get(name, 0.0) * part.read for part in parts) / max(rows, 1) for name in names}
    kept, quarantined = (
        pd.concat([f for f in frames if len(f)] or frames[:1], ignore_index=True)
        for frames in ([part.kept for part in parts], [part.quarantined for part in parts])
    )
    return Screened(parts[0].table, kept, quarantined, rows, missing)


def screen(
    table: str,
    raw: pd.DataFrame,
    *,
    known: Mapping[str, Collection[str]] | None = None,
    today: int | None = None,
    wrong: Mapping[str, np.ndarray] | None = None,
    source: pd.DataFrame | None = None,
    unparsable: Sequence[str] = (),
) -> Screened:
    """Screen the rows of one table. Columns the table does not have are ignored.

    known: ids by column ("cook", "recipe"); a column not given is not asked for orphans. today: the newest day that
    may occur. wrong: rows (n,) bool of which the reader knows that a column is of the wrong type. source: what to keep
    of a refused row instead of `raw`. unparsable: raw texts of records that could not be read.
    """
    if not len(raw):
        return Screened(table, empty(table), _quarantined(raw, np.zeros(0), unparsable), len(unparsable), {})
    raw = raw.loc[:, ~raw.columns.duplicated()] if raw.columns.has_duplicates else raw
    rules = promised()[table]
    columns = {name: typed(raw[name], rule) if name in raw else absent(len(raw), rule) for name, rule in rules.items()}
    columns = {name: _scrubbed(column, rules[name], name in (known or {})) for name, column in columns.items()}
    frame = pd.DataFrame({name: column.values for name, column in columns.items()})
    breaches = [(name, mask) for name, mask in _breaches(table, columns, today, wrong or {}) if mask.any()]
    refused, reason = np.zeros(len(raw), dtype=bool), np.full(len(raw), "", dtype=object)
    for name, mask in [*breaches, ("duplicate", None), ("orphan", None)]:
        if mask is None:
            mask = (
                _repeated(frame, KEYS[table], refused) if name == "duplicate" else _orphans(table, frame, known or {})
            )
        reason[mask & ~refused] = name
        refused |= mask
    missing = {name: 0.0 if c.missing is None else float(c.missing.mean()) for name, c in columns.items()}
    kept = frame[~refused].reset_index(drop=True) if refused.any() else frame
    lost = (raw if source is None else source)[refused] if refused.any() else raw[:0]
    return Screened(table, kept, _quarantined(lost, reason[refused], unparsable), len(raw) + len(unparsable), missing)


def _scrubbed(column: Typed, rule: Rule, known: bool) -> Typed:
    """A text without identities. An id that was one is now several words, or nobody's; known ids were clean before."""
    if rule.kind != "text" or (rule.known and known):
        return column
    texts = pd.Series(column.values, copy=False)
    clean = without_identities(texts, free=rule.free)
    return column if clean is texts else replace(column, values=clean.array)


def _breaches(
    table: str, columns: Mapping[str, Typed], today: int | None, wrong: Mapping[str, np.ndarray]
) -> Iterator[tuple[str, np.ndarray]]:
    """Where which column's rule is broken, gravest kind first."""
    rules = promised()[table]
    values = {name: column.values for name, column in columns.items()}
    yield from ((f"missing {name}", column.missing) for name, column in columns.items() if column.missing is not None)
    yield from ((f"wrong type {name}", column.wrong) for name, column in columns.items() if column.wrong is not None)
    yield from ((f"wrong type {name}", mask) for name, mask in wrong.items())
    yield from ((f"wrong type {name}", no_word(values[name])) for name, rule in rules.items() if rule.word)
    for name, rule in rules.items():
        if rule.kind in ("int", "float"):
            yield f"out of range {name}", _outside(values, name, rule, today)
    for name, rule in rules.items():
        if rule.values:
            yield f"unknown value {name}", _strangers(values[name], rule.values)


def _outside(values: Mapping[str, Any], name: str, rule: Rule, today: int | None) -> np.ndarray:
    high = min(rule.high, today) if today is not None and name in CLOCKS else rule.high
    outside = ~((values[name] >= rule.low) & (values[name] <= high))
    return outside | (values[name] < values[rule.not_before]) if rule.not_before else outside


def _repeated(frame: pd.DataFrame, key: list[str], refused: np.ndarray) -> np.ndarray:
    """Which rows repeat the key of an earlier row that was not refused; (n,) bool."""
    if not refused.any():
        return frame.duplicated(key).to_numpy()
    repeated = np.zeros(len(frame), dtype=bool)
    repeated[~refused] = frame.loc[~refused, key].duplicated().to_numpy()
    return repeated


def _orphans(table: str, frame: pd.DataFrame, known: Mapping[str, Collection[str]]) -> np.ndarray:
    orphan = np.zeros(len(frame), dtype=bool)
    for column, rule in promised()[table].items():
        if rule.known and column in known:
            orphan |= _strangers(frame[column].array, known[column])
    return orphan


def _strangers(texts: Any, known: Collection[str]) -> np.ndarray:
    """Where a text is not among the known; each distinct text is looked up once. (n,) bool."""
    codes, distinct = pd.factorize(texts)
    return np.array([text not in known for text in distinct.tolist()], dtype=bool)[codes]


def _quarantined(rows: pd.DataFrame, reasons: np.ndarray, unparsable: Sequence[str]) -> pd.DataFrame:
    if not len(rows) and not unparsable:
        return _NOTHING
    texts = [json.dumps(scrubbed(text)) for text in unparsable] + (as_json(rows) if len(rows) else [])
    labels = ["unparsable"] * len(unparsable) + reasons.tolist()
    return pd.DataFrame({"row": pd.Series(texts, dtype="str"), "reason": pd.Series(labels, dtype="str")})


def as_json(rows: pd.DataFrame) -> list[str]:
    """Each row as one JSON object, as it came, without identities; what JSON cannot say becomes text, missing null."""
    columns = [_plain(rows[name]) for name in rows.columns]
    names = [scrubbed(str(name)) for name in rows.columns]
    cells = zip(*columns, strict=True) if columns else [()] * len(rows)
    return [json.dumps(dict(zip(names, row, strict=True))) for row in cells]


def _plain(column: pd.Series) -> list:
    values = column.astype(object).where(column.notna(), None).tolist()
    said = [value if value is None or isinstance(value, str) else _sayable(value) for value in values]
    texts = "\n".join(value for value in said if isinstance(value, str)).encode("utf-8", "surrogatepass")
    if not marked(texts, free=True):
        return said
    return [scrubbed(value) if isinstance(value, str) else value for value in said]


def _sayable(value: Any) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    number = isinstance(value, int) or (isinstance(value, float) and abs(value) < float("inf"))
    return value if number and abs(value) < _CARDS else str(value)

"""What is wrong with a span of data, in TFX's words (ExampleValidator): each anomaly is a record with a sentence.

type        a value of the wrong kind, or a record that cannot be read
domain      a word that is not on the list, or was never seen before
range       a number beyond its bounds, or where none has been
presence    no value, or no such column
uniqueness  a key twice, or a column that says the same in every row
reference   about a cook, recipe, request or place in a slate that nobody has heard of
settled     a fact of a known row that is another one now
drift, skew values are spread otherwise than in the spans before, or than in training
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mlops_lab.data.contracts import Rules, promised
from mlops_lab.data.formats import KEYS
from mlops_lab.data.screening import Screened

_KINDS = {
    "missing": "presence", "wrong type": "type", "out of range": "range", "unknown value": "domain",
    "duplicate": "uniqueness", "orphan": "reference", "unparsable": "type",
}  # fmt: skip


@dataclass(frozen=True)
class Anomaly:
    """One thing that is wrong. column: "" where the whole row or table is meant. kind: see this module."""

    table: str
    column: str
    kind: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def refused(found: Screened) -> Iterator[Anomaly]:
    """Rows that break the contract: one anomaly for each reason."""
    for reason, rows in found.reasons.items():
        what = next(what for what in _KINDS if reason.startswith(what))
        sentence = f"{rows} of {found.read} rows of {found.table} are refused: {reason}."
        yield Anomaly(found.table, reason.removeprefix(what).strip(), _KINDS[what], sentence)


def unsettled(table: str, before: pd.DataFrame, now: pd.DataFrame) -> Iterator[Anomaly]:
    """Known rows of a snapshot that are gone, or whose settled facts have changed; both frames keep the contract."""
    key = KEYS[table][0]
    places = pd.Index(before[key]).get_indexer(pd.Index(now[key]))
    if gone := len(before) - int(np.sum(places >= 0)):
        yield Anomaly(table, "", "presence", f"{gone} of {len(before)} known {table} are not there any more.")
    old, new = before.take(places[places >= 0]), now[places >= 0]
    for column, rule in promised()[table].items():
        if rule.settled and len(new):
            changed = int(np.sum(old[column].to_numpy() != new[column].to_numpy()))
            if changed:
                told = f"{changed} of {len(new)} known {table} have another {column} than before; it was settled."
                yield Anomaly(table, column, "settled", told)


def astray(tables: Mapping[str, pd.DataFrame]) -> Iterator[Anomaly]:
    """Rows that belong to a row of another table which is not there, by the contract's `of`."""
    for table, rules in promised().items():
        for parent in {rule.of for rule in rules.values() if rule.of}:
            columns = [column for column, rule in rules.items() if rule.of == parent]
            if table in tables and parent in tables and len(tables[table]):
                there = pd.MultiIndex.from_frame(tables[parent][columns])
                lost = int((there.unique().get_indexer(pd.MultiIndex.from_frame(tables[table][columns])) < 0).sum())
                if lost:
                    told = (
                        f"{lost} of {len(tables[table])} {table} belong to no row of {parent}, by {', '.join(columns)}."
                    )
                    yield Anomaly(table, "", "reference", told)


def twice(tables: Mapping[str, pd.DataFrame]) -> Iterator[Anomaly]:
    """Values that stand twice where the contract's `once_in` lets them stand once: a recipe in one slate."""
    for table, rules in promised().items():
        for column, rule in rules.items() if table in tables else ():
            if rule.once_in and (rows := int(tables[table].duplicated([rule.once_in, column]).sum())):
                told = f"{rows} of {len(tables[table])} {table} repeat a {column} of the same {rule.once_in}."
                yield Anomaly(table, column, "uniqueness", told)


def broken(table: str, told: Mapping[str, Mapping[str, Any]], rules: Rules) -> Iterator[Anomaly]:
    """How the statistics of a table break its rules: absent columns, missing values, strange words, numbers too far."""
    for name, rule in rules.items():
        column = told.get(name)
        if column is None:
            yield Anomaly(table, name, "presence", f"{table} have no {name}")
            continue
        words = column.get("words", column.get("top", ())) if rule.values else ()
        for word in [word for word in words if word not in rule.values]:
            yield Anomaly(table, name, "domain", f"{word!r} is no {name}; allowed are {', '.join(rule.values)}")
        if column["missing"]:
            yield Anomaly(table, name, "presence", f"{column['missing']} of {column['count']} {name} are missing")
        if "min" in column and not rule.low <= column["min"] <= column["max"] <= rule.high:
            spread = f"{name} goes from {column['min']:g} to {column['max']:g}"
            yield Anomaly(table, name, "range", f"{spread}, allowed are {rule.low} to {rule.high}")

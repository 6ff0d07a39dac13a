"""What every table promises, said once and used twice: by the fast screen, and as pandera schemas for people.

Cuisines and markets are open lists (any text); diets and seasons are closed, because features count on their words.
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mlops_lab.data.formats import KEYS, SEASONS, TABLES
from mlops_lab.errors import BadInput

DIETS = ("any", "vegetarian", "vegan")
LAST_DAY = 1_000_000  # far beyond every calendar, near enough for the arithmetic of features
_WORD = re.compile(r"[^\s\x00-\x1f\x7f]+")
DTYPES = {"text": "str", "int": "int64", "float": "float64", "bool": "bool"}


@dataclass(frozen=True)
class Rule:
    """What one column may hold.

    low, high: inclusive bounds of a number. values: the only texts allowed. word: one word, because ids of
    cooks and recipes stand in lists joined by spaces.
    may_be_empty: whether "" is a value; elsewhere empty text counts as missing. not_before: a column of the same row
    that this one must not be smaller than. Missing values are never allowed.
    """

    kind: str
    low: float = -LAST_DAY
    high: float = LAST_DAY
    values: tuple[str, ...] = ()
    word: bool = False
    may_be_empty: bool = False
    not_before: str = ""


DAY = Rule("int", low=0)
WORDS = Rule("text", word=True)
EMPTY = Rule("text", may_be_empty=True)

# Columns not named here may hold any value of their kind, text at least one character.
_SPECIAL: dict[str, dict[str, Rule]] = {
    "cooks": {"cook": WORDS, "diet": Rule("text", values=DIETS)},
    "recipes": {
        "recipe": WORDS,
        "minutes": Rule("float", low=0, high=525_600),  # a year: some things ripen, nothing cooks longer
        "n_steps": Rule("float", low=0),
        "n_ingredients": Rule("float", low=0),
        "kcal": Rule("float", low=0, high=100_000),
        "diet": Rule("text", values=DIETS),
        "season": Rule("text", values=(*SEASONS, "any")),
        "ingredients": EMPTY,
    },
    "requests": {"day": DAY},
    "impressions": {"day": DAY, "position": Rule("int", low=0)},
    "clicks": {"day": DAY},
    "cooked": {"day": DAY, "arrived": Rule("int", low=0, not_before="day")},
    "ratings": {
        "day": DAY, "arrived": Rule("int", low=0, not_before="day"), "stars": Rule("int", low=0, high=5),
    },
    "predictions": {
        "day": DAY, "version": Rule("int", low=0), "snapshot": EMPTY, "recipes": EMPTY, "scores": EMPTY,
        "propensities": EMPTY,
    },
}  # fmt: skip

CONTRACTS: dict[str, dict[str, Rule]] = {
    table: {column: _SPECIAL[table].get(column, Rule(kind)) for column, kind in columns.items()}
    for table, columns in TABLES.items()
}

# Columns that must name something known. Predictions are not among them: every answer leaves its row, even one
# given to a cook nobody knows.
REFERENCES: dict[str, tuple[str, ...]] = {
    "requests": ("cook",),
    "impressions": ("cook", "recipe"),
    "clicks": ("cook", "recipe"),
    "cooked": ("cook", "recipe"),
    "ratings": ("cook", "recipe"),
}


def contract(table: str) -> Any:
    """The contract of a table as a pandera DataFrameSchema; validate(frame, lazy=True) lists every breach.

    It judges one table by itself: whether cooks and recipes are known is asked by the screen. Raises BadInput for an
    unknown table.
    """
    import pandera.pandas as pa

    if table not in CONTRACTS:
        raise BadInput(f"No table is called {table!r}; the tables are {', '.join(CONTRACTS)}.")
    rules = CONTRACTS[table]
    across = [
        pa.Check(lambda frame, c=c, b=rule.not_before: frame[c] >= frame[b], name=f"{c} not before {rule.not_before}")
        for c, rule in rules.items()
        if rule.not_before
    ]
    return pa.DataFrameSchema(
        {column: pa.Column(DTYPES[rule.kind], _checks(pa.Check, rule)) for column, rule in rules.items()},
        checks=across,
        unique=KEYS[table],
        report_duplicates="exclude_first",
        name=table,
    )


def _checks(check: Any, rule: Rule) -> list:
    if rule.kind in ("int", "float"):
        return [check.in_range(rule.low, rule.high)]
    if rule.kind == "bool" or rule.may_be_empty:
        return []
    if rule.values:
        return [check.isin(rule.values)]
    return [
        check(lambda ids: pd.Series(~no_word(ids), index=ids.index), name="one word")
        if rule.word
        else check.str_length(min_value=1)
    ]


def no_word(ids: Any) -> np.ndarray:
    """Where an id is not one word; (n,) bool. The usual answer, nowhere, is found without looking at each id."""
    texts = ids.tolist()
    together = " ".join(texts)
    # An empty id and one of two words would make up for each other in the count.
    if all(texts) and together.isprintable() and len(together.split()) == len(texts):
        return np.zeros(len(texts), dtype=bool)
    return np.array([_WORD.fullmatch(text) is None for text in texts], dtype=bool)

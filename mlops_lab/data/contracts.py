"""What every table promises: read from contracts.toml, used by the fast screen and, as pandera schemas, by people."""

import re
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from mlops_lab.data.formats import KEYS
from mlops_lab.errors import BadInput

LAST_DAY = 1_000_000  # far beyond every calendar, near enough for the arithmetic of features
ENVIRONMENTS = ("training", "serving")
DTYPES = {"text": "str", "int": "int64", "float": "float64", "bool": "bool"}
_WORD = re.compile(r"[^\s\x00-\x1f\x7f]+")


@dataclass(frozen=True)
class Rule:
    """What one column may hold; contracts.toml says what each field means. Missing values are never allowed."""

    kind: str
    low: float = -LAST_DAY
    high: float = LAST_DAY
    values: tuple[str, ...] = ()
    word: bool = False
    may_be_empty: bool = False
    not_before: str = ""
    clock: bool = False
    known: bool = False
    of: str = ""
    once_in: str = ""
    settled: bool = False
    free: bool = False
    not_in: tuple[str, ...] = ()


Rules = dict[str, Rule]


@cache
def promised(environment: str = "training") -> dict[str, Rules]:
    """Table -> column -> rule, of the columns that exist in an environment; tables without columns there are left out.

    Raises BadInput for an environment nobody knows.
    """
    if environment not in ENVIRONMENTS:
        raise BadInput(f"No environment is called {environment!r}; use one of {', '.join(ENVIRONMENTS)}.")
    every = parsed(files("mlops_lab.data").joinpath("contracts.toml").read_text(encoding="utf-8"))
    there = {t: {c: rule for c, rule in rules.items() if environment not in rule.not_in} for t, rules in every.items()}
    return {table: rules for table, rules in there.items() if rules}


def parsed(text: str) -> dict[str, Rules]:
    """The rules of a contract file. Raises BadInput, naming table and column, for what is no rule."""
    known = {field.name for field in fields(Rule)}
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"The contracts are not TOML ({error}); mend that line.") from None
    for table, columns in tables.items():
        for column, rule in columns.items():
            if not isinstance(rule, dict) or rule.get("kind") not in DTYPES or rule.keys() - known:
                wrong = ", ".join(sorted(rule.keys() - known)) if isinstance(rule, dict) else repr(rule)
                raise BadInput(
                    f"{table}.{column} is no rule ({wrong or 'its kind'}); it needs a kind ({', '.join(DTYPES)}), and "
                    f"may have {', '.join(sorted(known - {'kind'}))}."
                )
    return {table: {column: _rule(rule) for column, rule in columns.items()} for table, columns in tables.items()}


def _rule(told: dict[str, Any]) -> Rule:
    fields_given: dict[str, Any] = {k: tuple(value) if isinstance(value, list) else value for k, value in told.items()}
    return Rule(**fields_given)


def contract(table: str, environment: str = "training") -> Any:
    """The contract of a table as a pandera DataFrameSchema; validate(frame, lazy=True) lists every breach.

    It judges one table by itself: whether cooks and recipes are known is asked by the screen. Raises BadInput for an
    unknown table, or one that does not exist in the environment.
    """
    import pandera.pandas as pa

    if table not in promised(environment):
        raise BadInput(f"No table is called {table!r} in {environment}; there are {', '.join(promised(environment))}.")
    rules = promised(environment)[table]
    across = [
        pa.Check(lambda frame, c=c, b=rule.not_before: frame[c] >= frame[b], name=f"{c} not before {rule.not_before}")
        for c, rule in rules.items()
        if rule.not_before
    ]
    return pa.DataFrameSchema(
        {column: pa.Column(DTYPES[rule.kind], _checks(pa.Check, rule)) for column, rule in rules.items()},
        checks=across,
        unique=KEYS.get(table),
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

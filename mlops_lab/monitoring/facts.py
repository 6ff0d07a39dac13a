"""What a day leaves behind for monitoring: counts that can be added, a few kilobytes however large the day was."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

import numpy as np
import pandas as pd

NUMBERS = ("minutes", "n_steps", "n_ingredients", "kcal")
WORDS = ("cuisine", "season", "diet")
Coded = dict[str, tuple[np.ndarray, Any]]  # column -> code of each row, and the values
# Edges grow by a factor of the square root of 2, from 1/2 to about a million. The same on every day: counts add up.
EDGES = 2.0 ** (np.arange(-2, 41) / 2)


@dataclass(frozen=True)
class Facts:
    """One day in counts; JSON-able.

    rows, read: table -> kept and read rows. quarantined: table -> reason -> rows. missing: "table.column" -> share.
    numbers: "recipes.column" -> histogram on EDGES (below, between, above). words: "recipes.column" -> value -> rows.
    shown, clicked: recipe attribute -> value -> impressions and clicks of answers by the champion.
    served: "variant/version" -> [requests, clicks, answers by the fallback]. not_finite: scores that are no number.
    failing: names of the checks that failed on this day; their subject is no reference for later days.
    """

    day: int
    champion: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)
    quarantined: dict[str, dict[str, int]] = field(default_factory=dict)
    missing: dict[str, float] = field(default_factory=dict)
    numbers: dict[str, list[int]] = field(default_factory=dict)
    words: dict[str, dict[str, int]] = field(default_factory=dict)
    shown: dict[str, dict[str, int]] = field(default_factory=dict)
    clicked: dict[str, dict[str, int]] = field(default_factory=dict)
    served: dict[str, list[int]] = field(default_factory=dict)
    not_finite: int = 0
    failing: tuple[str, ...] = ()

    def __repr__(self) -> str:
        rows = ", ".join(f"{count} {name}" for name, count in self.rows.items())
        return f"Facts(day {self.day}: {rows or 'nothing'})"

    def to_json(self) -> dict[str, Any]:
        """Plain dictionaries and lists."""
        return {**asdict(self), "failing": list(self.failing)}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "Facts":
        """The facts that to_json gave; keys of later versions are left out."""
        known = {f.name: record[f.name] for f in fields(cls) if f.name in record}
        return cls(**{**known, "failing": tuple(known.get("failing", ()))})

    def with_failing(self, names: tuple[str, ...]) -> "Facts":
        """The same day, remembering which of its checks failed."""
        return replace(self, failing=tuple(sorted(names)))

    def champion_arm(self) -> list[int]:
        """[requests, clicks, fallback answers] of the champion as champion."""
        return self.served.get(f"champion/{self.champion}", [0, 0, 0])


def facts(
    day: int, tables: Mapping[str, pd.DataFrame], read: Mapping[str, int], quarantined: Mapping[str, Mapping[str, int]],
    missing: Mapping[str, float], predictions: pd.DataFrame | None, recipes: pd.DataFrame, champion: int | None,
) -> Facts:  # fmt: skip
    """The record of a day. tables: kept rows by name; recipes: the newest snapshot, for what was shown and clicked.

    The catalogue's own histograms come from tables["recipes"] alone: a day without a snapshot has none.
    """
    coded = {name: pd.factorize(recipes[name], sort=True) for name in WORDS if name in recipes}
    catalogue = tables.get("recipes")
    numbers, words = _catalogue(catalogue, coded if catalogue is recipes else None)
    shown, clicked = _behaviour(tables, recipes, coded, _answered(predictions, champion))
    return Facts(
        day=day, champion=champion or 0, rows={name: len(table) for name, table in tables.items()},
        read=dict(read), quarantined={name: dict(reasons) for name, reasons in quarantined.items() if reasons},
        missing={name: float(share) for name, share in missing.items()}, numbers=numbers, words=words,
        shown=shown, clicked=clicked, served=_served(predictions, tables.get("clicks")), not_finite=_wild(predictions),
    )  # fmt: skip


def histogram(values: np.ndarray) -> list[int]:
    """Counts on EDGES: one bin below, one above, values that are missing left out."""
    present = values[~np.isnan(values)]
    return np.bincount(np.searchsorted(EDGES, present, side="right"), minlength=len(EDGES) + 1).tolist()


def _catalogue(
    recipes: pd.DataFrame | None, coded: Coded | None
) -> tuple[dict[str, list[int]], dict[str, dict[str, int]]]:
    """Histograms and value counts of the recipes' columns."""
    if recipes is None or not len(recipes):
        return {}, {}
    columns = {name: recipes[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in NUMBERS if name in recipes}
    coded = coded or {name: pd.factorize(recipes[name], sort=True) for name in WORDS if name in recipes}
    numbers = {f"recipes.{name}": histogram(values) for name, values in columns.items()}
    return numbers, {f"recipes.{name}": _tally(*found) for name, found in coded.items()}


def _answered(predictions: pd.DataFrame | None, champion: int | None) -> pd.Index | None:
    """Requests that the champion itself answered; None when no predictions are known: then all count."""
    if predictions is None or not len(predictions):
        return None
    own = (
        (predictions["variant"] == "champion") & (predictions["version"] == (champion or 0)) & ~predictions["fallback"]
    )
    return pd.Index(predictions["request"][own.to_numpy()])


def _behaviour(
    tables: Mapping[str, pd.DataFrame], recipes: pd.DataFrame, coded: Coded, answered: pd.Index | None
) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    """Impressions and clicks by attribute of the recipe: two dictionaries attribute -> value -> rows."""
    ids = pd.Index(recipes["recipe"])
    counts = []
    for table in (tables.get("impressions"), tables.get("clicks")):
        at = _places(table, ids, answered)
        counts.append({name: _tally(codes[at], values) for name, (codes, values) in coded.items()})
    return counts[0], counts[1]


def _places(table: pd.DataFrame | None, ids: pd.Index, answered: pd.Index | None) -> np.ndarray:
    """Place of each row's recipe in the snapshot, for rows that count."""
    if table is None or not len(table) or not len(ids):
        return np.zeros(0, dtype=np.int64)
    at = ids.get_indexer(pd.Index(table["recipe"]))
    counts = at >= 0
    if answered is not None:
        counts &= answered.get_indexer(pd.Index(table["request"])) >= 0
    return at[counts]


def _tally(codes: np.ndarray, values: Any) -> dict[str, int]:
    """Rows by value, values without rows left out."""
    found = np.bincount(codes[codes >= 0], minlength=len(values))
    return {str(value): int(count) for value, count in zip(values, found, strict=True) if count}


def _served(predictions: pd.DataFrame | None, clicks: pd.DataFrame | None) -> dict[str, list[int]]:
    """Requests, clicks and fallback answers by "variant/version"."""
    if predictions is None or not len(predictions):
        return {}
    n = len(predictions)
    by_request = np.zeros(n, dtype=np.int64)
    if clicks is not None and len(clicks):
        at = pd.Index(predictions["request"]).get_indexer(pd.Index(clicks["request"]))
        by_request = np.bincount(at[at >= 0], minlength=n)
    variants, names = pd.factorize(predictions["variant"], sort=True)
    versions, numbers = pd.factorize(predictions["version"], sort=True)
    arm = variants * len(numbers) + versions
    size = len(names) * len(numbers)
    columns = [np.bincount(arm, weights=w, minlength=size) for w in (np.ones(n), by_request, predictions["fallback"])]
    table = np.stack(columns, axis=1).astype(np.int64)
    arms = [f"{name}/{number}" for name in names for number in numbers]
    return {name: row.tolist() for name, row in zip(arms, table, strict=True) if row[0]}


def _wild(predictions: pd.DataFrame | None) -> int:
    """Scores in the log that are not finite numbers."""
    if predictions is None or not len(predictions):
        return 0
    text = " ".join(predictions["scores"].tolist())
    return text.count("nan") + text.count("inf")

"""What a day leaves behind for monitoring: counts that can be added, a few kilobytes however large the day was."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import pandas as pd

NUMBERS = ("minutes", "n_steps", "n_ingredients", "kcal")
WORDS = ("cuisine", "season", "diet")
HEADS, HEAD = (("requests", "cook"), ("ratings", "recipe")), 30  # who asks most and what is rated most
NEWS_DAYS = 28  # a recipe as young as this may be on everybody's lips: no ring is needed for its ratings
BUSIEST = 24  # answers a day: once an hour around the clock; who asks more is a machine, and no witness for a model
HARDLY = 1.0  # exposure: once in the first place, or three times in the last
# Edges grow by a factor of the square root of 2, from 1/2 to about a million. The same on every day: counts add up.
EDGES = 2.0 ** (np.arange(-2, 41) / 2)


@dataclass(frozen=True)
class Facts:
    """One day in counts; JSON-able.

    rows, read: table -> kept and read rows. quarantined: table -> reason -> rows. missing: "table.column" -> share.
    numbers: "recipes.column" -> histogram on EDGES (below, between, above). words: "table.column" -> value -> rows.
    heads: "table.column" -> the most frequent values -> rows. shown: distinct recipes shown; seconds: in which 95 % of
    answers came. lockstep: cooks who rated in lockstep in the week that ends on this day.
    choices: recipe -> [exposure, clicks, cuisine, season, diet] in answers by the champion itself; see `exposure`.
    served: "variant/version" -> [requests, clicks, answers by the fallback]. Of both, who asks more than BUSIEST times
    is left out: a machine that met one version would decide a release. not_finite: scores that are no number.
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
    choices: dict[str, list[Any]] = field(default_factory=dict)
    served: dict[str, list[int]] = field(default_factory=dict)
    heads: dict[str, dict[str, int]] = field(default_factory=dict)
    shown: int = 0
    seconds: float = 0.0
    lockstep: int = 0
    not_finite: int = 0
    failing: tuple[str, ...] = ()

    def __repr__(self) -> str:
        rows = ", ".join(f"{count} {name}" for name, count in self.rows.items())
        return f"Facts(day {self.day}: {rows or 'nothing'})"

    def to_json(self) -> dict[str, Any]:
        """Plain dictionaries and lists."""
        return {**{f.name: getattr(self, f.name) for f in fields(self)}, "failing": list(self.failing)}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "Facts":
        """The facts that to_json gave; keys of later versions are left out."""
        known = {f.name: record[f.name] for f in fields(cls) if f.name in record}
        return cls(**{**known, "failing": tuple(known.get("failing", ()))})

    def with_failing(self, names: tuple[str, ...]) -> "Facts":
        """The same day, remembering which of its checks failed."""
        return replace(self, failing=tuple(sorted(names)))

    def by(self, attribute: str) -> dict[str, tuple[float, int]]:
        """Exposure and clicks by value of "cuisine", "season" or "diet"."""
        place, found = 2 + WORDS.index(attribute), dict[str, tuple[float, int]]()
        for row in self.choices.values():
            shown, clicked = found.get(row[place], (0.0, 0))
            found[row[place]] = (shown + row[0], clicked + row[1])
        return found

    def champion_arm(self) -> list[int]:
        """[requests, clicks, fallback answers] of the champion as champion."""
        return self.served.get(f"champion/{self.champion}", [0, 0, 0])


def facts(
    day: int, tables: Mapping[str, pd.DataFrame], read: Mapping[str, int], quarantined: Mapping[str, Mapping[str, int]],
    missing: Mapping[str, float], predictions: pd.DataFrame | None, recipes: pd.DataFrame, champion: int | None,
    markets: np.ndarray | None = None, lockstep: int = 0,
) -> Facts:  # fmt: skip
    """The record of a day. tables: kept rows by name; recipes: the newest snapshot, for what was shown and clicked.

    The catalogue's own histograms come from tables["recipes"] alone: a day without a snapshot has none. markets: of
    the cooks of tables["requests"], row by row. lockstep: what a day alone cannot tell, see `Facts`.
    """
    people, (numbers, words) = _people(predictions), _catalogue(tables.get("recipes"))
    return Facts(
        day=day, champion=champion or 0, rows={name: len(table) for name, table in tables.items()},
        read=dict(read), quarantined={name: dict(reasons) for name, reasons in quarantined.items() if reasons},
        missing={name: float(share) for name, share in missing.items()}, numbers=numbers,
        words={**words, **_asking_and_telling(markets, tables.get("cooked"))}, heads=_heads(tables, recipes, day),
        choices=_choices(tables, recipes, _answered(people, champion)),
        served=_served(people, tables.get("clicks")), not_finite=_wild(predictions),
        shown=_distinct(tables.get("impressions")), seconds=_slow(predictions), lockstep=lockstep,
    )  # fmt: skip


def histogram(values: np.ndarray) -> list[int]:
    """Counts on EDGES: one bin below, one above, values that are missing left out."""
    present = values[~np.isnan(values)]
    return np.bincount(np.searchsorted(EDGES, present, side="right"), minlength=len(EDGES) + 1).tolist()


def _catalogue(recipes: pd.DataFrame | None) -> tuple[dict[str, list[int]], dict[str, dict[str, int]]]:
    """Histograms and value counts of the recipes' columns."""
    if recipes is None or not len(recipes):
        return {}, {}
    columns = {name: recipes[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in NUMBERS if name in recipes}
    coded = {name: pd.factorize(recipes[name], sort=True) for name in WORDS if name in recipes}
    numbers = {f"recipes.{name}": histogram(values) for name, values in columns.items()}
    return numbers, {f"recipes.{name}": _tally(*found) for name, found in coded.items()}


def _tally(codes: np.ndarray, values: Any) -> dict[str, int]:
    """Rows by value."""
    found = np.bincount(codes[codes >= 0], minlength=len(values))
    return {str(value): int(count) for value, count in zip(values, found, strict=True)}


def _asking_and_telling(markets: np.ndarray | None, cooked: pd.DataFrame | None) -> dict[str, dict[str, int]]:
    """Requests by market, and reports by how many weeks late they are."""
    found = {} if markets is None else {"cooks.market": _tally(*pd.factorize(markets, sort=True))}
    if cooked is not None and len(cooked):
        found["cooked.arrived"] = _tally(*pd.factorize((cooked["arrived"] - cooked["day"]) // 7, sort=True))
    return found


def _heads(tables: Mapping[str, pd.DataFrame], recipes: pd.DataFrame, day: int) -> dict[str, dict[str, int]]:
    """The HEAD most frequent values of HEADS, without recipes that are news."""
    found = {}
    news = set(recipes["recipe"][recipes["published_day"] > day - NEWS_DAYS]) if "published_day" in recipes else set()
    for table, column in HEADS:
        if table in tables and len(tables[table]):
            counted = Counter(value for value in tables[table][column].tolist() if value not in news)
            found[f"{table}.{column}"] = dict(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:HEAD])
    return found


def _distinct(impressions: pd.DataFrame | None) -> int:
    """How many recipes were shown."""
    return 0 if impressions is None else int(impressions["recipe"].nunique())


def _slow(predictions: pd.DataFrame | None) -> float:
    """The seconds in which 95 % of the answers came; 0 where none were written down."""
    if predictions is None or not len(predictions) or "seconds" not in predictions:
        return 0.0
    return round(float(np.quantile(predictions["seconds"].to_numpy(), 0.95)), 6)


def _people(predictions: pd.DataFrame | None) -> pd.DataFrame | None:
    """The answers to cooks who asked as often as people do."""
    if predictions is None or not len(predictions) or "cook" not in predictions:
        return predictions
    codes, _ = pd.factorize(predictions["cook"])
    often = np.bincount(codes)[codes] > BUSIEST
    return predictions[~often] if often.any() else predictions


def _answered(predictions: pd.DataFrame | None, champion: int | None) -> pd.Index | None:
    """Requests that the champion itself answered; None when no predictions are known: then all count."""
    if predictions is None or not len(predictions):
        return None
    own = (
        (predictions["variant"] == "champion") & (predictions["version"] == (champion or 0)) & ~predictions["fallback"]
    )
    return pd.Index(predictions["request"][own.to_numpy()])


def exposure(position: np.ndarray) -> np.ndarray:
    """What an impression counts by its place from 0: 1, .63, .5 ... .29, the discount of DCG (Järvelin 2002)."""
    return 1 / np.log2(position + 2.0)


def _choices(
    tables: Mapping[str, pd.DataFrame], recipes: pd.DataFrame, answered: pd.Index | None
) -> dict[str, list[Any]]:
    """Exposure and clicks by recipe. A recipe hardly shown and never clicked says nothing and is left out."""
    ids, impressions, clicks = pd.Index(recipes["recipe"]), tables.get("impressions"), tables.get("clicks")
    if impressions is None or clicks is None or not len(impressions) or not len(ids):
        return {}
    at, clicked_at = _places(impressions, ids, answered), _places(clicks, ids, answered)
    weight = exposure(impressions["position"].to_numpy()[at >= 0])
    shown = np.bincount(at[at >= 0], weights=weight, minlength=len(ids))
    clicked = np.bincount(clicked_at[clicked_at >= 0], minlength=len(ids))
    kept = np.flatnonzero((clicked > 0) | (shown >= HARDLY))
    words = [recipes[name].take(kept).tolist() if name in recipes else [""] * len(kept) for name in WORDS]
    columns = (np.round(shown[kept], 3).tolist(), clicked[kept].tolist(), *words)
    return {str(id): list(row) for id, row in zip(ids.take(kept), zip(*columns, strict=True), strict=True)}


def _places(table: pd.DataFrame, ids: pd.Index, answered: pd.Index | None) -> np.ndarray:
    """Place of each row's recipe in the snapshot; -1 for rows that do not count."""
    at = ids.get_indexer(pd.Index(table["recipe"]))
    if answered is not None:
        at[answered.get_indexer(pd.Index(table["request"])) < 0] = -1
    return at


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

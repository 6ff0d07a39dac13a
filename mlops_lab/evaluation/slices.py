"""Where a model is good and where it is not: the metric by slice, and the slices in which a candidate fails.

A slice is some of the cooks (a market), or what cooks chose among some of the recipes (a cuisine, the long tail). Many
are looked at together, so each is judged by an interval wide enough for all (Bonferroni): of two equal models, about
one comparison in twenty at most finds any slice to blame. Thresholds are those of TFX's Evaluator: on the value itself,
and on its change against another model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from mlops_lab.evaluation.blessing import LEAST
from mlops_lab.evaluation.intervals import metric, student
from mlops_lab.evaluation.metrics import hits, ndcg
from mlops_lab.features.view import Grid

NEW = 3  # earlier choices below which a cook is new
HEAD = 0.5  # the head: the most chosen recipes that together have this share of all choices


@dataclass(frozen=True, eq=False)
class Slice:
    """Some cooks (n,) bool and some recipes (m,) bool: these cooks' choices among these recipes."""

    name: str
    cooks: np.ndarray
    recipes: np.ndarray

    def __repr__(self) -> str:
        return f"Slice({self.name}: {self.cooks.sum():,} cooks, {self.recipes.sum():,} recipes)"


@dataclass(frozen=True)
class Thresholds:
    """A slice fails beyond doubt below `floor`, or when it lost more than `loss` against the other model.

    A slice of recipes may lose `trade`: a list of ten that shows more of one cuisine shows less of another. Slices of
    fewer than `cooks` cooks are reported and not judged.
    """

    floor: float = 0.0
    loss: float = 0.0
    trade: float = 0.1
    cooks: int = 30


def slices(cooks: Mapping[str, np.ndarray], recipes: Mapping[str, np.ndarray]) -> list[Slice]:
    """A slice for every value of every column: texts by cook (n,) and by recipe (m,); one column of each at least."""
    everybody, everything = (np.ones(len(next(iter(columns.values()))), bool) for columns in (cooks, recipes))
    found = [Slice(f"{name} {v}", column == v, everything) for name, column in cooks.items() for v in np.unique(column)]
    rest = [(f"{name} {v}", column == v) for name, column in recipes.items() for v in np.unique(column)]
    return found + [Slice(name, everybody, inside) for name, inside in rest]


def of_lab(view: Grid) -> list[Slice]:
    """The slices of the lab: market, diet and experience of the cooks; cuisine and popularity of what they chose."""
    log, day = view.morning.log, view.morning.day
    profile = log.profile(view.cook, day)
    earlier = np.asarray(view.history.sum(axis=1)).ravel()
    cooks = {
        "market": log.markets[log.market_of_cook[profile]], "diet": log.diet_of_cook[profile],
        "cook": np.where(earlier < NEW, "new", "known"),
    }  # fmt: skip
    cuisine = log.attributes["cuisine"][log.versions.row(view.morning.codes, day)]
    return slices(cooks, {"cuisine": cuisine, "recipes": head_or_tail(view.morning.popularity)})


def head_or_tail(popularity: np.ndarray) -> np.ndarray:
    """Of every recipe (m,): "head" for the most chosen ones that together have half of all choices, else "tail"."""
    order = np.argsort(-popularity, kind="stable")
    before = np.cumsum(popularity[order]) - popularity[order]
    found = np.empty(len(popularity), dtype="<U4")
    found[order] = np.where(before < HEAD * popularity.sum(), "head", "tail")
    return found


def by_slice(ranked: np.ndarray, truth: sp.csr_array, parts: Sequence[Slice]) -> np.ndarray:
    """NDCG of every cook in every slice (n, s), by the choices inside it alone; NaN where there are none.

    ranked (n, k) and truth (n, m or more) as in `metrics`.
    """
    hit, values = hits(ranked, truth), np.full((len(ranked), len(parts)), np.nan)
    for at, part in enumerate(parts):
        chosen = truth[:, : len(part.recipes)] @ part.recipes.astype(np.float64)
        mine = part.cooks & (chosen > 0)
        inside = hit[mine] & np.append(part.recipes, False)[ranked[mine]]
        values[mine, at] = ndcg(inside, chosen[mine])
    return values


def judged(
    candidate: np.ndarray, rival: np.ndarray, parts: Sequence[Slice], thresholds: Thresholds = Thresholds()
) -> dict[str, dict[str, Any]]:
    """{slice: {cooks, candidate, rival, difference, fails}} of two models' values by slice (n, s).

    candidate and rival have 95 % intervals; the difference has one that is wide enough for all slices judged. fails is
    "" or what is wrong, as a sentence. A slice without any choice is left out.
    """
    size = (~np.isnan(candidate)).sum(axis=0)
    many = max(1, int((size >= thresholds.cooks).sum()))
    told = {}
    for at in np.flatnonzero(size).tolist():
        measured = ~np.isnan(candidate[:, at])
        one, other = candidate[measured, at], rival[measured, at]
        found = {
            "cooks": int(size[at]), "candidate": mean(one), "rival": mean(other),
            "difference": mean(one - other, 1 - 0.05 / many),
        }  # fmt: skip
        told[parts[at].name] = found | {"fails": _failure(parts[at], one, other, many, thresholds)}
    return told


def _failure(part: Slice, one: np.ndarray, other: np.ndarray, many: int, limit: Thresholds) -> str:
    value, change = mean(one, 1 - 0.05 / many), mean(one - other, 1 - 0.05 / many)
    least = 0.0 - (limit.loss if part.recipes.all() else limit.trade)
    where = f"Slice {part.name} ({len(one):,} cooks, {many} slices judged)"
    if len(one) < limit.cooks:
        return ""
    if value["high"] < limit.floor:
        return f"{where}: {value['value']:.4f} and at most {value['high']:.4f}, which is below {limit.floor:g}."
    if change["high"] < least and (one != other).sum() >= LEAST:
        span = f"{change['value']:+.4f}, interval {change['low']:+.4f} to {change['high']:+.4f}"
        return f"{where} got worse: {span}, which is below {least:g}."
    return ""


def mean(values: np.ndarray, level: float = 0.95) -> dict[str, float]:
    """The mean of values (n,) between -1 and 1, with Student's interval; of a single one nothing is known."""
    if len(values) < 2:
        return metric(values[0], -1.0, 1.0)
    value, low, high = student(values, level)
    return metric(value, max(low, -1.0), min(high, 1.0))

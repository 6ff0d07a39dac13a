"""Who gets to be seen: exposure of groups of recipes against what they are entitled to, and what a profile changes.

exposure   what the places of a recipe are worth: the sum of 1 / log2(1 + place) (Singh and Joachims, KDD 2018)
entitled   a share to hold it against: of the catalogue, of what cooks chose, of the lists of another model
parity     share of exposure / entitled share: 1 is even, below 4/5 or above 5/4 is not (the four-fifths rule, 1978)
Gini       0 when all recipes are seen alike, near 1 when a few are all that anybody sees
flip       the same cooks and histories on the same morning, known under another market or diet
"""

from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.special import ndtri

from mlops_lab.evaluation.intervals import metric, resampled
from mlops_lab.features.question import Question
from mlops_lab.features.view import Columns, Grid

EVEN = 0.8
LEAST = 30  # cooks who are behind an entitled share; of fewer it is anybody's guess


def exposure(ranked: np.ndarray, m: int) -> sp.csr_array:
    """What each cook's list (n, k) gives to each of m recipes: (n, m)."""
    row, place = np.nonzero(ranked >= 0)
    return sp.csr_array((1 / np.log2(place + 2), (row, ranked[row, place])), shape=(len(ranked), m))


def gini(amounts: np.ndarray) -> float:
    """Inequality of amounts (m,) that are 0 or more."""
    ordered, m = np.sort(amounts), len(amounts)
    total = ordered.sum()
    return float((2 * np.arange(1, m + 1) - m - 1) @ ordered / (m * total)) if total else 0.0


def parity(exposed: sp.csr_array, entitled: sp.csr_array, groups: np.ndarray) -> dict[str, dict[str, Any]]:
    """{group: {exposed, entitled (shares), ratio, fails}} of exposure (n, m), recipes in groups (m,) of text.

    entitled (n, m): weights by the same cooks, as choices or another model's exposure; (1, m): one for all, as the
    catalogue. The bootstrap by cook gives the spread of a ratio; intervals are wide enough for all groups (Bonferroni).
    A group fails when its ratio lies below 4/5 beyond doubt. A group entitled to nothing is left out.
    """
    names, code = np.unique(groups, return_inverse=True)
    member = sp.csr_array((np.ones(len(code)), (np.arange(len(code)), code)))
    given, due = ((each @ member).toarray() for each in (exposed, entitled))
    there = due.sum(axis=0) > 0
    behind = (due > 0).sum(axis=0) if len(due) > 1 else np.full(len(names), len(given))
    table = np.hstack([given, np.broadcast_to(due, given.shape)])
    shares, drawn = _shares(table.mean(axis=0, keepdims=True))[:, 0, there], _shares(resampled(table))[:, :, there]
    ratio = shares[0] / shares[1]
    with np.errstate(divide="ignore", invalid="ignore"):  # a resample may have left a group entitled to nothing
        spread = np.nan_to_num(drawn[0] / drawn[1], nan=1.0, posinf=1.0).std(axis=0)
    reach = -ndtri(0.025 / len(ratio)) * spread
    columns = names[there].tolist(), *shares, ratio, reach, behind[there]
    return {name: _told(name, *numbers) for name, *numbers in zip(*columns, strict=True)}


def _shares(sums: np.ndarray) -> np.ndarray:
    """Exposed and entitled shares (2, r, groups) from sums of both side by side (r, 2 * groups)."""
    both = np.stack(np.split(sums, 2, axis=1))
    return both / both.sum(axis=2, keepdims=True)


def _told(name: str, exposed: float, entitled: float, ratio: float, reach: float, behind: int) -> dict[str, Any]:
    words = f"{name} has {exposed:.1%} of the exposure where {entitled:.1%} would be even: {ratio:.2f} of its share."
    return {
        "exposed": round(float(exposed), 6), "entitled": round(float(entitled), 6),
        "ratio": metric(ratio, max(0.0, ratio - reach), ratio + reach),
        "fails": words if behind >= LEAST and ratio + reach < EVEN else "",
    }  # fmt: skip


class Flipped(Grid):
    """Cooks (codes) with their own histories, known under the market and diet of others (codes)."""

    def __init__(self, view: Grid, profile: np.ndarray):
        super().__init__(view.morning, view.cook)
        self.profile = profile

    @cached_property
    def columns(self) -> Columns:
        """Features by name; those of market and diet are the other's."""
        question = Question(self.morning.log, self.cook[:, None], self.morning.codes[None, :], self.morning.day)
        question.__dict__["profile"] = self.profile[:, None]  # where the cached property looks first
        return Columns(question)

    def take(self, rows: np.ndarray) -> "Flipped":
        """The same for some of the cooks."""
        return Flipped(Grid(self.morning, self.cook[rows]), self.profile[rows])


def flipped(view: Grid, market: str = "", diet: str = "") -> tuple[Grid, Flipped]:
    """The cooks as they are, and the same ones with another market or diet ("" leaves it as it is).

    Their new profile is that of a cook who has it; cooks for whom there is none on this morning are left out of both.
    """
    log, day = view.morning.log, view.morning.day
    known = np.flatnonzero(log.cook_day < day)
    somebody = dict(zip(zip(log.cook_market[known], log.cook_diet[known], strict=True), known, strict=True))
    own = log.profile(view.cook, day)
    pairs = zip(log.markets[log.market_of_cook[own]], log.diet_of_cook[own], strict=True)
    other = np.array([somebody.get((market or m, diet or d), -1) for m, d in pairs], dtype=np.int64)
    rows = np.flatnonzero(other >= 0)
    return view.take(rows), Flipped(view.take(rows), other[rows])

"""What another policy would have earned, from answers already given: off-policy estimates.

Only the last place of a slate is a lot: uniform among the n recipes left, propensity 1/n, written down with the answer.
So one question, and a narrow one, can be put to the log without a bias:

    value    clicks on the last place, a request, if the target had drawn its recipe from the same n, and the places
             above had stayed as they were served
    target   a distribution over the n. A single best recipe is met by the lot in one request of n, the rest tells
             nothing; a uniform draw from the `top` best is met in top/n. A wide target is measured more sharply and
             resembles its model less: that is the bargain
    weight   the target's chance of the recipe that stood there, divided by its propensity: n/top or nothing

    ips      mean(weight * click): unbiased (Horvitz and Thompson 1952)
    snips    sum(weight * click) / sum(weight): hardly biased; a constant added to the reward adds that constant and
             nothing else (Swaminathan and Joachims, NeurIPS 2015)
    dm       what a model of the reward expects of the target: hardly any variance, and the model's bias
    dr       dm + mean(weight * (click - model)): right when either is right (Dudik, Langford and Li, ICML 2011)

Weights are bounded, so nothing is clipped unless asked for, and what clipping did is told. Intervals are percentiles of
the bootstrap by cook: with a handful of clicks they are too narrow, so the number of clicks stands beside them.
"""

from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
import pandas as pd

from mlops_lab.draws import draw, keys
from mlops_lab.errors import BadInput
from mlops_lab.evaluation.intervals import metric, resampled
from mlops_lab.features.view import Morning
from mlops_lab.models.histories import places
from mlops_lab.models.ranking import ROUNDING

ESTIMATORS = ("ips", "snips", "dm", "dr")
FOLDS = 5
PRIOR = 200.0  # imagined lots with the mean rate, in every group of the reward model
Part = TypeVar("Part", "Lots", "Aim")


@dataclass(frozen=True, eq=False)
class Lots:
    """Answers whose last place was a lot: ids (n,), the ids above (n, k - 1), propensity and 1 for a click (n,)."""

    request: np.ndarray
    cook: np.ndarray
    above: np.ndarray
    recipe: np.ndarray
    propensity: np.ndarray
    clicked: np.ndarray

    def __len__(self) -> int:
        return len(self.request)

    def __repr__(self) -> str:
        return f"Lots({len(self):,} answers, {self.clicked.sum():.0f} clicks on their last place)"


@dataclass(frozen=True, eq=False)
class Aim:
    """A target at each lot: its chance (n,) of the recipe that stood there, and its mass (n, g) by group of recipes."""

    chance: np.ndarray
    mass: np.ndarray


def joined(parts: list[Part]) -> Part:
    """All rows of some Lots, or of some Aims, in their order."""
    columns = ([getattr(part, field.name) for part in parts] for field in fields(parts[0]))
    return type(parts[0])(*(np.concatenate(column) for column in columns))


def lots(predictions: pd.DataFrame, clicks: pd.DataFrame) -> Lots:
    """The lots of a table of predictions, with the clicks on them. A last place with propensity 1 was no lot."""
    last = pd.to_numeric(predictions["propensities"].str.rsplit(" ", n=1).str[-1], errors="coerce").to_numpy()
    rows, last = predictions[(last > 0) & (last < 1)], last[(last > 0) & (last < 1)]
    slates = rows["recipes"].str.split(" ").tolist()
    width = max((len(slate) for slate in slates), default=1)
    shown = np.array([[""] * (width - len(slate)) + slate for slate in slates], dtype=np.str_).reshape(-1, width)
    pairs = zip(rows["request"].tolist(), shown[:, -1].tolist(), strict=True)
    opened = set(zip(clicks["request"].tolist(), clicks["recipe"].tolist(), strict=True))
    clicked = np.array([pair in opened for pair in pairs], dtype=np.float64)
    request, cook = (rows[name].to_numpy(dtype=np.str_) for name in ("request", "cook"))
    return Lots(request, cook, shown[:, :-1], shown[:, -1], last, clicked)


def drawable(found: Lots, morning: Morning) -> np.ndarray:
    """What each lot of one day was drawn from: (n, m) bool, neither resting nor already above.

    Raises BadInput where the store counts another number of recipes than the propensity tells.
    """
    free = np.ones((len(found), len(morning.recipes)), dtype=bool)
    resting = morning.resting[morning.view(found.cook).cook].tocoo()
    free[resting.coords[0], resting.coords[1]] = False
    row, place = np.nonzero(found.above != "")
    free[row, places(morning.recipes, found.above[row, place])] = False
    told, known = np.rint(1 / found.propensity), free.sum(axis=1)
    if (told != known).any():
        at = int(np.argmax(told != known))
        raise BadInput(
            f"Request {found.request[at]} was drawn among {told[at]:.0f} recipes and the store knows {known[at]}; "
            "use the morning and the data from which it was answered."
        )
    return free


def target(scores: np.ndarray, free: np.ndarray, top: int) -> np.ndarray:
    """A uniform draw from a model's `top` best recipes among the free ones: chances (n, m); all of them if fewer.

    Scores are rounded to 1e-6 and ties go to the lower column, as in every slate.
    """
    m = free.shape[1]
    whole = np.where(free, np.rint(np.clip(scores, -1e6, 1e6) * ROUNDING), -1e13).astype(np.int64)
    key = whole * m - np.arange(m)  # no two alike, so the top-th largest parts them exactly
    least = np.partition(key, max(m - top, 0), axis=1)[:, max(m - top, 0)]
    inside = (key >= least[:, None]) & free
    return inside / np.maximum(inside.sum(axis=1, keepdims=True), 1)


def aim(chances: np.ndarray, row: np.ndarray, column: np.ndarray, group: np.ndarray, groups: int) -> Aim:
    """What is kept of a target: its chance of what stood there, its mass by group.

    chances (u, m) of u cooks, and the group of each recipe for them (u, m) < groups; row, column (n,): of each lot.
    """
    cell = group + np.arange(len(chances))[:, None] * groups
    mass = np.bincount(cell.ravel(), chances.ravel(), minlength=len(chances) * groups)
    return Aim(chances[row, column], mass.reshape(-1, groups)[row])


def reward_model(found: Lots, group: np.ndarray, groups: int) -> tuple[np.ndarray, np.ndarray]:
    """The click rate of each group of recipes, told by other cooks: (FOLDS, groups), and each lot's fold (n,).

    A rate is pulled towards the mean by PRIOR imagined lots; no cook takes part in a rate that is used for them.
    """
    fold = (draw(0, "fold", keys(found.cook)) * FOLDS).astype(np.int64)
    counts = [np.bincount(fold * groups + group, w, FOLDS * groups) for w in (np.ones(len(fold)), found.clicked)]
    shown, hits = (count.sum(axis=0) - count for count in (count.reshape(FOLDS, groups) for count in counts))
    mean = hits.sum(axis=1, keepdims=True) / np.maximum(shown.sum(axis=1, keepdims=True), 1)
    return (hits + PRIOR * mean) / (shown + PRIOR), fold


def terms(found: Lots, at: Aim, group: np.ndarray, clip: float = np.inf) -> np.ndarray:
    """The sums of these (n, 5) make every estimate: weight * click, weight, dm, weight * (click - model), one.

    group (n,): that of the recipe that stood there.
    """
    rates, fold = reward_model(found, group, at.mass.shape[1])
    weight = np.minimum(at.chance / found.propensity, clip)
    expected = (at.mass * rates[fold]).sum(axis=1)
    residual = weight * (found.clicked - rates[fold, group])
    return np.column_stack([weight * found.clicked, weight, expected, residual, np.ones(len(weight))])


def estimated(sums: np.ndarray) -> np.ndarray:
    """Every estimate, in the order of ESTIMATORS, from sums of terms: (..., 5) -> (..., 4)."""
    hits, weight, expected, residual, n = np.moveaxis(sums, -1, 0)
    own = np.divide(hits, weight, out=np.zeros_like(hits), where=weight > 0)
    return np.stack([hits / n, own, expected / n, (expected + residual) / n], axis=-1)


def bootstrapped(found: Lots, rows: np.ndarray, seed: int = 0) -> np.ndarray:
    """Every estimate with the cooks drawn again, (RESAMPLES, 4): all targets of a log meet the same draws."""
    _, cook = np.unique(found.cook, return_inverse=True)
    return estimated(resampled(np.column_stack([np.bincount(cook, column) for column in rows.T]), seed))


def estimates(found: Lots, at: Aim, group: np.ndarray, clip: float = np.inf) -> dict:
    """{estimator: {value, low, high}} of a target, and what they rest on. Raises BadInput without a lot.

    `clicks` where the target's weight is not 0; `effective`: (sum w)^2 / sum w^2, the lots it is worth (Kong 1992);
    `clipped`: how many weights were cut.
    """
    if not len(found):
        raise BadInput("The log holds no lot; it takes slates of two places or more, and more recipes than places.")
    rows = terms(found, at, group, clip)
    low, high = np.quantile(bootstrapped(found, rows), [0.025, 0.975], axis=0)
    values, weight = estimated(rows.sum(axis=0)), rows[:, 1]
    return {
        **{name: metric(*found) for name, *found in zip(ESTIMATORS, values, low, high, strict=True)},
        "lots": len(found), "clicks": int(found.clicked[weight > 0].sum()),
        "effective": round(float(weight.sum() ** 2 / max((weight**2).sum(), 1e-12)), 1),
        "clipped": int((at.chance / found.propensity > clip).sum()),
    }  # fmt: skip

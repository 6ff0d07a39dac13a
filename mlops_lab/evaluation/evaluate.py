"""Models on held-out choices: full ranking, what a cook already chose masked."""

from collections.abc import Mapping
from typing import Any, Protocol, Self

import numpy as np
import scipy.sparse as sp

from mlops_lab.evaluation.intervals import intervals, metric
from mlops_lab.evaluation.metrics import coverage, measured
from mlops_lab.models.ranking import top_k

CELLS = 4_000_000  # scores held in memory at once


class View(Protocol):
    """What models score, and can be cut into fewer cooks."""

    @property
    def recipes(self) -> np.ndarray:
        """Recipe ids (m,)."""

    @property
    def history(self) -> sp.csr_array:
        """How often each cook chose each recipe before (n, m)."""

    def take(self, rows: np.ndarray) -> Self:
        """The same view for some of the cooks."""


def ranked(model: Any, view: View, k: int = 10, order: np.ndarray | None = None) -> np.ndarray:
    """Columns of the k best unseen recipes of each cook (n, k), best first; ties by `order` (m,), by default by id."""
    n, m = view.history.shape
    step = max(1, CELLS // max(m, 1))
    parts = [np.arange(start, min(start + step, n)) for start in range(0, n, step)]
    return np.concatenate([np.zeros((0, k), np.int64), *(_ranked(model, view.take(p), k, order) for p in parts)])


def _ranked(model: Any, view: View, k: int, order: np.ndarray | None) -> np.ndarray:
    scores = model.score(view)
    cook = np.repeat(np.arange(len(scores)), np.diff(view.history.indptr))
    scores[cook, view.history.indices] = -np.inf
    return top_k(scores, k, order)


def per_cook(
    model: Any, view: View, truth: sp.csr_array, k: int = 10, order: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """Every metric at k of every cook (n,), kept apart so that models can be compared in pairs; NaN without truth."""
    return measured(ranked(model, view, k, order), truth)


def evaluate(
    models: Mapping[str, Any], view: View, truth: sp.csr_array, k: int = 10, order: np.ndarray | None = None
) -> dict[str, dict[str, dict[str, float]]]:
    """{model: {metric: {value, low, high}}}, averaged over the cooks with something in `truth` (n, m).

    precision, recall, ndcg and map at k with a 95 % interval by cook; coverage@k describes these very lists, so its
    interval has no width. {} when no cook has any truth.
    """
    judged = np.flatnonzero(np.diff(truth.indptr))
    if not len(judged):
        return {}
    view, truth = view.take(judged), sp.csr_array(truth[judged])
    lists = {name: ranked(model, view, k, order) for name, model in models.items()}
    return summaries(lists, {name: measured(found, truth) for name, found in lists.items()}, len(view.recipes))


def summaries(
    lists: Mapping[str, np.ndarray], measures: Mapping[str, Mapping[str, np.ndarray]], m: int
) -> dict[str, dict[str, dict[str, float]]]:
    """Of each model's lists (n, k) every metric with its interval, and their coverage of m recipes.

    measures: what `measured` found of the lists. All models meet the same resamples, which are drawn once.
    """
    columns = {(name, each): values for name, found in measures.items() for each, values in found.items()}
    known = intervals(columns)
    return {name: {each: known[name, each] for each in measures[name]} | _covered(lists[name], m) for name in lists}


def _covered(found: np.ndarray, m: int) -> dict[str, dict[str, float]]:
    share = coverage(found, m)
    return {f"coverage@{found.shape[1]}": metric(share, share, share)}

"""From scores to places: the best k - 1 recipes, and one drawn by lot."""

import numpy as np

from mlops_lab.draws import draw, keys
from mlops_lab.models.ranking import top_k


def fill(scores: np.ndarray, requests: np.ndarray, day: int, k: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Columns of the chosen recipes (n, k), -1 where nothing is left, and their propensities (n, k).

    scores (n, m) hold -inf for what must not be shown. The first k - 1 places are the best by score, ties by id; the
    last is a uniform draw by hash among the other eligible recipes. That place is where unbiased data come from.
    """
    n, m = scores.shape
    best = top_k(scores, k - 1) if k > 1 else np.full((n, 0), -1)
    rest = np.isfinite(scores)
    row, place = np.nonzero(best >= 0)
    rest[row, best[row, place]] = False
    left = rest.sum(axis=1)
    wanted = np.floor(draw(seed, "last place", day, keys(requests)) * left).astype(np.int64) + 1
    # Everything that is left, end to end: the wanted-th of a row comes that far after what is left of the rows before.
    every = np.append(np.flatnonzero(rest), 0)
    at = np.minimum(np.cumsum(left) - left + wanted - 1, len(every) - 1)
    last = np.where(left > 0, every[at] % max(m, 1), -1)
    chosen = np.column_stack([best, last])
    propensity = (chosen >= 0).astype(np.float64)
    propensity[:, -1] = np.round(np.where(left > 0, 1.0 / np.maximum(left, 1), 0.0), 9)
    return chosen, propensity


def names(recipes: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """The ids of the chosen columns, "" where nothing was left; same shape."""
    if not len(recipes):
        return np.full(chosen.shape, "", dtype=np.str_)
    return np.where(chosen >= 0, recipes[chosen], "")

"""From scores to places."""

import numpy as np

ROUNDING = 1e6  # scores closer than this are equal, so that another machine's last bits change no slate


def top_k(scores: np.ndarray, k: int, order: np.ndarray | None = None) -> np.ndarray:
    """Columns of the k best scores in each row, best first: (n, m) -> (n, k) int.

    Scores are rounded to 1e-6; ties go to the lower rank in `order` (m,), by default to the lower column. What is -inf
    (or not a number) is never returned; -1 fills the places that are left.
    """
    n, m = scores.shape
    k_filled = min(k, m)
    if not n or not k_filled:
        return np.full((n, k), -1)
    columns = np.arange(m) if order is None else np.argsort(order, kind="stable")
    rounded = np.rint(np.fmax(scores, -np.inf) * ROUNDING)
    rounded = rounded if order is None else rounded[:, columns]
    places = _best(rounded, k_filled)
    kept = np.take_along_axis(rounded, places, axis=1)
    best_first = np.argsort(-kept, axis=1, kind="stable")
    chosen = np.where(np.isneginf(kept), -1, columns[places])
    return np.pad(np.take_along_axis(chosen, best_first, axis=1), ((0, 0), (0, k - k_filled)), constant_values=-1)


def _best(scores: np.ndarray, k: int) -> np.ndarray:
    """Places of the k largest of each row in ascending place; among equals the first places win."""
    n, m = scores.shape
    least = np.partition(scores, m - k, axis=1)[:, m - k, None]
    chosen = scores >= least
    crowded = np.flatnonzero(chosen.sum(axis=1) > k)
    if len(crowded):
        above = scores[crowded] > least[crowded]
        equal = chosen[crowded] & ~above
        room = k - above.sum(axis=1, keepdims=True)
        chosen[crowded] = above | (equal & (np.cumsum(equal, axis=1, dtype=np.int32) <= room))
    return np.nonzero(chosen)[1].reshape(n, k)

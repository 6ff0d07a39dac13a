"""Ranking metrics, one number a cook, from the first k places and the truth.

ranked (n, k): columns, best first, -1 for an empty place. truth (n, m or more): a csr matrix with an entry for every
recipe that the cook chose; columns beyond those that can be ranked hold what no model could have known. A cook without
truth gets NaN: there is nothing to measure.
"""

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp


def hits(ranked: np.ndarray, truth: sp.csr_array) -> np.ndarray:
    """Which places hold something the cook chose (n, k) bool."""
    n, width = truth.shape
    chosen = np.sort(np.repeat(np.arange(n, dtype=np.int64), np.diff(truth.indptr)) * width + truth.indices)
    asked = np.arange(n, dtype=np.int64)[:, None] * width + ranked
    place = np.minimum(np.searchsorted(chosen, asked), max(len(chosen) - 1, 0))
    return (chosen[place] == asked) & (ranked >= 0) if len(chosen) else np.zeros(ranked.shape, dtype=bool)


def relevant(truth: sp.csr_array) -> np.ndarray:
    """How many recipes each cook chose (n,), NaN for none."""
    found = np.diff(truth.indptr).astype(np.float64)
    return np.where(found > 0, found, np.nan)


def precision(hit: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Share of the k places that hold a chosen recipe; an empty place is a miss."""
    return hit.sum(axis=1) / hit.shape[1] + 0 * chosen


def recall(hit: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Share of the chosen recipes that stand in the k places."""
    return hit.sum(axis=1) / chosen


def ndcg(hit: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Discounted gain over that of a perfect list of min(k, chosen) hits (Jarvelin and Kekalainen, TOIS 2002)."""
    discount = 1 / np.log2(np.arange(2, hit.shape[1] + 2))
    ideal = np.cumsum(discount)[_last_place(hit, chosen) - 1]
    return hit @ discount / ideal + 0 * chosen


def average_precision(hit: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Mean over min(k, chosen) of the precision at each place that holds a hit; its mean over cooks is MAP."""
    at_place = np.cumsum(hit, axis=1) / np.arange(1, hit.shape[1] + 1)
    return (at_place * hit).sum(axis=1) / _last_place(hit, chosen) + 0 * chosen


def coverage(ranked: np.ndarray, m: int) -> float:
    """Share of the m recipes that stand in anybody's places."""
    return np.count_nonzero(np.bincount(ranked[ranked >= 0], minlength=m)) / m if m else 0.0


METRICS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "precision": precision, "recall": recall, "ndcg": ndcg, "map": average_precision,
}  # fmt: skip


def measured(ranked: np.ndarray, truth: sp.csr_array) -> dict[str, np.ndarray]:
    """Every metric of every cook: {"ndcg@10": (n,), ...} with k from the width of `ranked`."""
    hit, chosen = hits(ranked, truth), relevant(truth)
    return {f"{name}@{ranked.shape[1]}": metric(hit, chosen) for name, metric in METRICS.items()}


def _last_place(hit: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    return np.minimum(hit.shape[1], np.nan_to_num(chosen, nan=1)).astype(np.int64)

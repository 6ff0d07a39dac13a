"""From scores to places."""

import numpy as np

ROUNDING = 1e6  # scores closer than this are equal, so that another machine's last bits change no slate


def top_k(scores: np.ndarray, k: int, order: np.ndarray | None = None) -> np.ndarray:
    """Columns of the k best scores in each row, best first: (n, m) -> (n, k) int.

    Scores are rounded to 1e-6; ties go to the lower rank in `order` (m,), by default to the lower column. What is -inf
    (or not a number) is never returned; -1 fills the places that are left.
    """
    columns = np.arange(scores.shape[1]) if order is None else np.argsort(order, kind="stable")
    rounded = np.rint(np.fmax(scores, -np.inf) * ROUNDING)
    left = rounded if order is None else rounded[:, columns]
    chosen, rows = np.full((len(left), k), -1), np.arange(len(left))
    # Lists are short: going through a row once for each place costs less than sorting or partitioning it.
    for place in range(min(k, len(columns))):
        at = left.argmax(axis=1)
        chosen[:, place] = np.where(np.isneginf(left[rows, at]), -1, columns[at])
        left[rows, at] = -np.inf
    return chosen

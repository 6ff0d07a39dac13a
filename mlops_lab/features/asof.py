"""How often something had happened before a day: the one primitive under every feature.

Events are sorted once by (key, day); a question is two binary searches. The same code answers a million training
rows and one serving grid, so training and serving cannot disagree about what "before" means.
"""

import numpy as np

_SPAN = np.int64(1 << 24)  # days of one key; keys stay apart as long as days lie within +- 8 million
_ZERO = np.int64(1 << 23)


def _place(key: np.ndarray, day: np.ndarray) -> np.ndarray:
    return np.asarray(key, dtype=np.int64) * _SPAN + np.asarray(day, dtype=np.int64) + _ZERO


class Counts:
    """Events by key and day, ready to be counted as of any day. Keys are codes >= 0."""

    def __init__(self, key: np.ndarray, day: np.ndarray, weight: np.ndarray | None = None):
        place = _place(key, day)
        order = np.argsort(place, kind="stable")
        self._places = place[order]
        steps = np.ones(len(place), dtype=np.int64) if weight is None else np.asarray(weight, dtype=np.int64)[order]
        self._total = np.concatenate([[0], np.cumsum(steps)])

    def __len__(self) -> int:
        return len(self._places)

    def before(self, key: np.ndarray, day: np.ndarray | int, window: int | None = None) -> np.ndarray:
        """Events of each key on days [day - window, day), or on all days before; key and day broadcast."""
        end = np.searchsorted(self._places, _place(key, np.asarray(day)), side="left")
        first = np.asarray(day) - window if window is not None else -_ZERO
        start = np.searchsorted(self._places, _place(key, np.asarray(first)), side="left")
        return self._total[end] - self._total[start]

    def table(
        self, rows: np.ndarray, columns: np.ndarray, width: int, day: int, window: int | None = None
    ) -> np.ndarray:
        """before() for every pair row * width + column, asking each distinct pair once; (rows, columns)."""
        distinct_rows, row = np.unique(rows, return_inverse=True)
        distinct_columns, column = np.unique(columns, return_inverse=True)
        keys = distinct_rows[:, None].astype(np.int64) * width + distinct_columns[None, :]
        return self.before(keys, day, window)[row.ravel()[:, None], column.ravel()[None, :]]


class Latest:
    """The newest of several versions of a thing as of a day."""

    def __init__(self, key: np.ndarray, day: np.ndarray):
        place = _place(key, day)
        self._order = np.argsort(place, kind="stable")
        self._places = place[self._order]
        self._keys = np.asarray(key)[self._order]

    def row(self, key: np.ndarray, day: np.ndarray | int) -> np.ndarray:
        """Index of the version in force on the morning of day (learned before it), -1 where there is none."""
        at = np.searchsorted(self._places, _place(key, np.asarray(day)), side="left") - 1
        if not len(self._places):
            return np.full(np.shape(at), -1)
        found = (at >= 0) & (self._keys[at] == key)
        return np.where(found, self._order[at], -1)

"""Incidents inside the company's data: each changes its own columns or tables and nothing else."""

import numpy as np
import pandas as pd

from mlops_lab.draws import draw
from mlops_lab.world.incidents import Incident, force

_SECONDS = 60.0  # unit-change: what a minute becomes
_LOST = 0.4  # nan-flood: share of recipes that lose their kcal
_RETRIED = 0.3  # duplicate-events: share of slates sent twice


class Troubles:
    """What goes wrong between the company and the lab, by day."""

    def __init__(self, seed: int, incidents: tuple[Incident, ...]):
        self._seed, self._incidents = seed, incidents
        self._last: tuple[tuple[int, float, float], pd.DataFrame] | None = None

    def catalogue(self, day: int, snapshot: pd.DataFrame) -> pd.DataFrame:
        """The snapshot as it is sent; the same object while neither it nor its trouble changes."""
        seconds, lost = (force(self._incidents, kind, day) for kind in ("unit-change", "nan-flood"))
        if not seconds and not lost:
            return snapshot
        key = (len(snapshot), seconds, lost)
        if self._last is None or self._last[0] != key:
            self._last = (key, self._changed(snapshot, seconds, lost))
        return self._last[1]

    def _changed(self, snapshot: pd.DataFrame, seconds: float, lost: float) -> pd.DataFrame:
        number = np.arange(len(snapshot))
        minutes, kcal = snapshot["minutes"].to_numpy(), snapshot["kcal"].to_numpy()
        slow = draw(self._seed, "in seconds", number) < seconds
        gone = draw(self._seed, "kcal lost", number) < lost * _LOST
        return snapshot.assign(minutes=np.where(slow, minutes * _SECONDS, minutes), kcal=np.where(gone, np.nan, kcal))

    def resent(self, day: int, request: np.ndarray) -> np.ndarray:
        """Row numbers that are sent again after all others; request (rows,) holds each row's request number."""
        share = _RETRIED * force(self._incidents, "duplicate-events", day)
        if not share:
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero(draw(self._seed, "retried", day, request) < share)

"""How sure a mean over cooks is: the bootstrap by cook (Efron 1979), with luck from hash draws."""

from collections.abc import Hashable, Iterator, Mapping
from typing import TypeVar

import numpy as np

from mlops_lab.draws import draw

RESAMPLES = 1000
CELLS = 2_000_000  # draws held in memory at once
DIGITS = 9
Name = TypeVar("Name", bound=Hashable)


def resampled(values: np.ndarray, seed: int = 0) -> np.ndarray:
    """Means of (n, c) columns over cooks drawn with replacement: (RESAMPLES, c). All columns meet the same draws."""
    return np.concatenate(list(_blocks(np.asarray(values, dtype=np.float64), seed)))


def _blocks(values: np.ndarray, seed: int) -> Iterator[np.ndarray]:
    n = len(values)
    step = max(1, min(RESAMPLES, CELLS // max(n, 1)))
    for first in range(0, RESAMPLES, step):
        resample = np.arange(first, min(first + step, RESAMPLES))
        drawn = (draw(seed, "bootstrap", resample[:, None], np.arange(n)[None, :]) * n).astype(np.int64)
        cell = (drawn + (resample - first)[:, None] * n).ravel()
        times = np.bincount(cell, minlength=len(resample) * n).reshape(len(resample), n)
        yield times @ values / n


def intervals(columns: Mapping[Name, np.ndarray], level: float = 0.95, seed: int = 0) -> dict[Name, dict[str, float]]:
    """Mean and percentile interval of every column (n,): {name: {"value", "low", "high"}}, level of 0.95 by default.

    Cooks with NaN are left out (they had nothing to measure); a column may not be empty.
    """
    table = np.column_stack(list(columns.values()))
    table = table[~np.isnan(table).any(axis=1)]
    if not len(table):
        raise ValueError("No cook has anything to measure; an interval needs at least one.")
    means, tail = resampled(table, seed), (1 - level) / 2
    low, high = np.quantile(means, [tail, 1 - tail], axis=0)
    found = zip(columns, table.mean(axis=0), low, high, strict=True)
    return {name: metric(value, least, most) for name, value, least, most in found}


def student(values: np.ndarray, level: float = 0.95) -> tuple[float, float, float]:
    """Mean of values (n,), n of 2 or more, and Student's interval: value, low, high.

    For a few units, and far out in the tails, where a thousand resamples say too little.
    """
    from scipy.special import stdtrit  # scipy.stats alone would take longer to import than a training to judge

    middle = float(np.mean(values))
    reach = float(stdtrit(len(values) - 1, (1 + level) / 2) * np.std(values, ddof=1) / np.sqrt(len(values)))
    return middle, middle - reach, middle + reach


def metric(value: float, low: float, high: float) -> dict[str, float]:
    """A number with its interval, rounded so that another machine's last bits do not show."""
    return {"value": round(float(value), DIGITS), "low": round(float(low), DIGITS), "high": round(float(high), DIGITS)}


def interval(values: np.ndarray, level: float = 0.95, seed: int = 0) -> dict[str, float]:
    """Mean and interval of one number a cook (n,)."""
    return intervals({"": values}, level, seed)[""]


def paired(one: np.ndarray, other: np.ndarray, level: float = 0.95, seed: int = 0) -> dict[str, float]:
    """How much better one is than the other on the same cooks (n,): mean difference and interval."""
    return interval(np.asarray(one, dtype=np.float64) - np.asarray(other, dtype=np.float64), level, seed)

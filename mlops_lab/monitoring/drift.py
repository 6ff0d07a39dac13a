"""Which columns of two tables have drifted: all at once, by psi. Numbers are cut at the reference's quantiles."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mlops_lab.data.distances import chi2 as chi2
from mlops_lab.data.distances import expected_psi as expected_psi
from mlops_lab.data.distances import jensen_shannon as jensen_shannon
from mlops_lab.data.distances import ks as ks
from mlops_lab.data.distances import l_infinity as l_infinity
from mlops_lab.data.distances import psi as psi
from mlops_lab.data.distances import shares as shares

GRID = 2_048  # quantiles that stand for a column: a distance on them is exact to 1 / GRID
BINS = 20  # quantiles that psi is taken on
LIMIT = 0.05  # of psi, beyond what luck gives: see `expected_psi`


@dataclass(frozen=True)
class Drift:
    """One column compared. kind: "number" (statistic: ks) or "category" (statistic: l_infinity); psi counts missing."""

    column: str
    kind: str
    psi: float
    statistic: float
    drifted: bool


def compare(reference: pd.DataFrame, current: pd.DataFrame, limit: float = LIMIT) -> list[Drift]:
    """Every column that both tables have, in the order of the reference."""
    return [
        _number(name, reference[name], current[name], limit)
        if pd.api.types.is_numeric_dtype(reference[name]) and pd.api.types.is_numeric_dtype(current[name])
        else _category(name, reference[name], current[name], limit)
        for name in reference.columns
        if name in current.columns
    ]


def _number(name: str, reference: pd.Series, current: pd.Series, limit: float) -> Drift:
    """One sort a column; everything else happens on the quantiles of the reference."""
    before, now = (_sorted(column) for column in (reference, current))
    if not len(before):
        return _category(name, reference.isna(), current.isna(), limit)
    places = np.linspace(0, len(before) - 1, min(GRID, len(before))).astype(np.int64)
    grid = np.unique(before[places])
    at = [np.searchsorted(column, grid, side="right") for column in (before, now)]
    distance = float(np.abs(at[0] / max(len(before), 1) - at[1] / max(len(now), 1)).max(initial=0.0))
    cuts = np.unique(np.linspace(0, len(grid) - 1, BINS + 1).astype(np.int64)[1:])
    counts = [
        np.diff(np.concatenate([[0], found[cuts], [len(column)], [len(raw)]]))
        for found, column, raw in zip(at, (before, now), (reference, current), strict=True)
    ]
    return _verdict(name, "number", counts[0], counts[1], distance, limit)


def _sorted(column: pd.Series) -> np.ndarray:
    """The values that are there, sorted; numpy puts those that are not at the end."""
    values = np.sort(column.to_numpy(dtype=np.float64, na_value=np.nan))
    return values[: np.searchsorted(values, np.nan)]


def _category(name: str, reference: pd.Series, current: pd.Series, limit: float) -> Drift:
    both = pd.concat([column.value_counts(dropna=False) for column in (reference, current)], axis=1).fillna(0)
    before, now = both.iloc[:, 0].to_numpy(), both.iloc[:, 1].to_numpy()
    return _verdict(name, "category", before, now, l_infinity(before, now), limit)


def _verdict(name: str, kind: str, before: np.ndarray, now: np.ndarray, statistic: float, limit: float) -> Drift:
    distance = psi(before, now)
    return Drift(name, kind, distance, statistic, bool(distance > limit + 4 * expected_psi(before, now)))

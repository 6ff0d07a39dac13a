"""How different are two samples? Four distances, a test, and all columns of two tables at once.

    psi              population stability index, sum (q - p) ln(q / p): below .1 stable, above .25 moved (banking)
    ks               largest distance between two cumulative distributions (Kolmogorov, Smirnov)
    l_infinity       largest difference of a share (TFX's drift comparator for categories)
    jensen_shannon   divergence in bits, 0 to 1 (TFX's comparator for numbers)
    chi2             Pearson's statistic of two rows of counts, with its degrees of freedom

All take counts on common bins or values. Numbers are cut at the quantiles of the reference.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

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


def shares(counts: np.ndarray) -> np.ndarray:
    """Counts as shares of their sum; all zero where there is nothing to share."""
    counts = np.asarray(counts, dtype=np.float64)
    return counts / max(counts.sum(), 1.0)


def psi(reference: np.ndarray, current: np.ndarray) -> float:
    """Population stability index of two rows of counts. Half a row stands in for an empty bin."""
    p, q = (shares(np.maximum(counts, 0.5)) for counts in (np.asarray(reference), np.asarray(current)))
    used = (np.asarray(reference) > 0) | (np.asarray(current) > 0)
    return float(np.sum(((q - p) * np.log(q / p))[used]))


def expected_psi(reference: np.ndarray, current: np.ndarray) -> float:
    """The psi that luck alone gives two samples of one distribution: (bins - 1)(1/n + 1/m) (Yurdakul 2018)."""
    used = int(np.sum((np.asarray(reference) > 0) | (np.asarray(current) > 0)))
    return max(used - 1, 0) * (1 / max(np.sum(reference), 1) + 1 / max(np.sum(current), 1))


def ks(reference: np.ndarray, current: np.ndarray) -> float:
    """Largest distance between the cumulative shares of two rows of counts on ordered bins."""
    return float(np.abs(np.cumsum(shares(reference)) - np.cumsum(shares(current))).max(initial=0.0))


def l_infinity(reference: np.ndarray, current: np.ndarray) -> float:
    """Largest difference of a share."""
    return float(np.abs(shares(reference) - shares(current)).max(initial=0.0))


def jensen_shannon(reference: np.ndarray, current: np.ndarray) -> float:
    """Jensen-Shannon divergence in bits: 0 for equal shares, 1 when nothing is shared."""
    p, q = shares(reference), shares(current)
    middle = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [np.where(side > 0, side * np.log2(side / middle), 0.0).sum() for side in (p, q)]
    return float(sum(parts) / 2)


def chi2(reference: np.ndarray, current: np.ndarray) -> tuple[float, int]:
    """Pearson's chi-square of the 2 x k table of counts, and its degrees of freedom; values never seen are left out."""
    table = np.array([reference, current], dtype=np.float64)
    table = table[:, table.sum(axis=0) > 0]
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / max(table.sum(), 1.0)
    return float(np.sum((table - expected) ** 2 / np.maximum(expected, 1e-12))), max(table.shape[1] - 1, 0)


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

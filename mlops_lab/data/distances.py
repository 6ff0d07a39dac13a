"""How different are two rows of counts? Distances, a test, and what luck alone gives.

    psi              population stability index, sum (q - p) ln(q / p): below .1 stable, above .25 moved (banking)
    ks               largest distance between two cumulative distributions (Kolmogorov, Smirnov)
    l_infinity       largest difference of a share (TFX's comparator for categories)
    jensen_shannon   divergence in bits, 0 to 1 (TFX's comparator for numbers)
    chi2             Pearson's statistic of two rows of counts, with its degrees of freedom

All take counts on common bins or values.
"""

import numpy as np


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

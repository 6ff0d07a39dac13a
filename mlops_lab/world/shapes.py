"""Draws of other shapes than flat: each function turns uniform numbers in (0, 1) into something else."""

from collections.abc import Sequence

import numpy as np

from mlops_lab.draws import draw


def normal(seed: int, purpose: str, *question: np.ndarray | int) -> np.ndarray:
    """Standard normal numbers, one for each question (Box and Muller 1958)."""
    radius = np.sqrt(-2.0 * np.log(draw(seed, purpose + "/radius", *question)))
    return radius * np.cos(2.0 * np.pi * draw(seed, purpose + "/angle", *question))


def pick(u: np.ndarray, weights: Sequence[float] | np.ndarray) -> np.ndarray:
    """Index of the weight whose share of the total holds u; same shape as u."""
    return under(np.cumsum(np.asarray(weights, dtype=np.float64)), u)


def under(edges: np.ndarray, u: np.ndarray) -> np.ndarray:
    """pick() from weights that are summed up already."""
    return np.minimum(np.searchsorted(edges, u * edges[-1], side="right"), len(edges) - 1)


def under_rows(edges: np.ndarray, row: np.ndarray, u: np.ndarray) -> np.ndarray:
    """under() with a row of edges for each u, in one search: the rows are laid end to end, each one unit long."""
    height, width = edges.shape
    flat = (edges / edges[:, -1:] + np.arange(height)[:, None]).ravel()
    return np.clip(np.searchsorted(flat, row + u, side="right") - row * width, 0, width - 1)


def together(shared: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Uniform numbers that rise with `shared`: the mean of two uniforms, put through its own (triangular) law."""
    mean = (shared + own) / 2
    return np.where(mean < 0.5, 2 * mean**2, 1 - 2 * (1 - mean) ** 2)


def quantile(u: np.ndarray, shares: Sequence[float], values: Sequence[float]) -> np.ndarray:
    """The value below which the share u lies, given some known quantiles; straight in the logarithm between them."""
    return np.exp(np.interp(u, shares, np.log(values)))

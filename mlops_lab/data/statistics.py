"""A table in numbers: what TFX calls statistics, one column at a time, ready to be written as JSON."""

from typing import Any

import numpy as np
import pandas as pd

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
TOP = 10  # most frequent values of a text column


def statistics(frame: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """For each column count, missing, and: of numbers mean, std, min, max, quantiles; of texts distinct and top values.

    Infinite numbers count as missing. std is that of the rows themselves (n in the denominator).
    """
    return {str(name): _of(frame[name]) for name in frame.columns}


def _of(column: pd.Series) -> dict[str, Any]:
    number = pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)
    return _of_numbers(column) if number else _of_values(column)


def _of_numbers(column: pd.Series) -> dict[str, Any]:
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    values = values[np.isfinite(values)]
    counted = {"count": len(column), "missing": len(column) - len(values)}
    if not len(values):
        return counted
    quantiles = dict(zip([str(q) for q in QUANTILES], np.quantile(values, QUANTILES).tolist(), strict=True))
    lowest, highest = float(values.min()), float(values.max())
    return {
        **counted, "mean": float(values.mean()), "std": float(values.std()), "min": lowest, "max": highest,
        "quantiles": quantiles,
    }  # fmt: skip


def _of_values(column: pd.Series) -> dict[str, Any]:
    counts = column.dropna().astype("str").value_counts().sort_index().sort_values(ascending=False, kind="stable")
    top = {str(value): int(n) for value, n in counts.head(TOP).items()}
    return {"count": len(column), "missing": int(column.isna().sum()), "distinct": len(counts), "top": top}

"""Why this recipe for this cook: a score taken apart into parts that sum to it."""

from typing import Any

import numpy as np

from mlops_lab.features.view import Grid


def parts(model: Any, view: Grid, column: int) -> dict[str, float]:
    """The parts of the score of one cook (view of one row) for the recipe in this column; they sum to the score.

    A ranker gives its features; a model of histories gives the recipes the cook chose before, each with what that one
    choice adds; a blend gives the votes of its parts; popularity is one part.
    """
    if not hasattr(model, "contributions"):
        return model.explained(view, column)
    columns = {name: _cell(view.columns[name], column) for name in (*model.numeric, *model.categorical)}
    found = {name: float(np.ravel(value)[0]) for name, value in model.contributions(columns).items()}
    return {**found, "intercept": float(model.intercept_)}


def _cell(values: np.ndarray, column: int) -> np.ndarray:
    """The value of a (1, m), (1, 1) or (m,) feature in one column, as a (1,) array."""
    row = np.atleast_2d(values)
    return row[:1, column if row.shape[1] > 1 else 0]

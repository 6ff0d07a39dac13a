"""Why this recipe for this cook: a score taken apart into parts that sum to it."""

from typing import Any

import numpy as np

from mlops_lab.features.view import Grid


class OneMemory:
    """A view whose cook remembers a single recipe: what a model of histories makes of that one choice."""

    def __init__(self, view: Grid, column: int):
        import scipy.sparse as sp

        self.recipes, self.columns = view.recipes, view.columns
        self.history = sp.csr_array((np.ones(1), (np.zeros(1, int), np.array([column]))), shape=(1, len(view.recipes)))


def parts(model: Any, view: Grid, column: int) -> dict[str, float]:
    """The parts of the score of one cook (view of one row) for the recipe in this column; they sum to the score.

    A ranker gives its features; a model of histories gives the recipes the cook chose before, each with what that one
    choice adds; popularity is one part.
    """
    if hasattr(model, "contributions"):
        columns = {name: _cell(view.columns[name], column) for name in (*model.numeric, *model.categorical)}
        found = {name: float(np.ravel(value)[0]) for name, value in model.contributions(columns).items()}
        return {**found, "intercept": float(model.intercept_)}
    remembered = view.history.indices
    if model.kind in ("item-knn", "ease"):
        # What the model never saw adds nothing; without anything it knows, the cook is answered by popularity.
        remembered = remembered[np.isin(view.recipes[remembered], model.recipes_)]
    if model.kind in ("item-knn", "ease") and len(remembered):
        each = {int(at): float(model.score(OneMemory(view, int(at)))[0, column]) for at in remembered}
        return {f"chose {view.recipes[at]} before": value for at, value in each.items()}
    return {"popularity": float(model.score(view)[0, column])}


def _cell(values: np.ndarray, column: int) -> np.ndarray:
    """The value of a (1, m), (1, 1) or (m,) feature in one column, as a (1,) array."""
    row = np.atleast_2d(values)
    return row[:1, column if row.shape[1] > 1 else 0]

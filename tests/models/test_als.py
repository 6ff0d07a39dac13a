"""Laws of ALS."""

import numpy as np
import pytest
import scipy.sparse as sp

from mlops_lab.errors import BadInput
from mlops_lab.models.als import ALS
from tests.models.kitchens import Seen, kitchen, view


def loss(model: ALS, cooks: np.ndarray, recipes: np.ndarray, chosen: np.ndarray) -> float:
    """The objective, pair by pair."""
    confidence = 1 + model.alpha * chosen
    error = confidence * (chosen - cooks @ recipes.T) ** 2
    return error.sum() + model.l2 * ((cooks**2).sum() + (recipes**2).sum())


def test_a_folded_in_cook_is_the_best_point_there_is():
    found, model = kitchen(), ALS(factors=3, alpha=4, l2=0.5)
    model.fit(found)
    chosen, recipes = found.matrix(), model.factors_.astype(float)
    cooks = model._folded_in(chosen)
    best = loss(model, cooks, recipes, chosen.toarray())
    for axis in range(3):
        for step in (-0.01, 0.01):
            assert best < loss(model, cooks + step * np.eye(3)[axis], recipes, chosen.toarray())


def test_rounds_of_conjugate_gradients_end_where_exact_alternating_solutions_end():
    found, model = kitchen(), ALS(factors=3, alpha=4, l2=0.5, rounds=200)
    model.fit(found)
    chosen = found.matrix().toarray()
    recipes = model.factors_.astype(float)
    for _ in range(3):
        cooks = solved(recipes, chosen, model)
        recipes = solved(cooks, chosen.T, model)
    assert np.allclose(cooks @ recipes.T, model.score(view(found)), atol=1e-3)


def solved(others: np.ndarray, chosen: np.ndarray, model: ALS) -> np.ndarray:
    """Least squares one row at a time."""
    rows = []
    for row in chosen:
        system = others.T @ np.diag(1 + model.alpha * row) @ others + model.l2 * np.eye(model.factors)
        rows.append(np.linalg.solve(system, others.T @ ((1 + model.alpha) * row)))
    return np.array(rows)


def test_a_cook_who_came_after_the_fit_is_scored_by_what_he_chose_and_not_by_who_he_is():
    found, model = kitchen(), ALS(factors=4, l2=1)
    model.fit(found.take(found.cook != 0))
    history = sp.csr_array(found.matrix()[[0]])
    asked = Seen(found.recipes, history)
    scores = model.score(asked)[0]
    liked = history.indices
    assert scores[liked].mean() > np.delete(scores, liked).mean()
    assert not np.allclose(scores, model.popularity_)


@pytest.mark.parametrize("wrong", [{"factors": 0}, {"alpha": 0}, {"l2": -1}, {"rounds": 0}, {"l2": float("nan")}])
def test_impossible_parameters_are_refused_in_words(wrong):
    with pytest.raises(BadInput, match="all must be above 0"):
        ALS(**wrong)

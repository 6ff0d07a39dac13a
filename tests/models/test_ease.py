"""Laws of EASE."""

import numpy as np
import pytest

from mlops_lab.data.interactions import Interactions
from mlops_lab.errors import BadInput
from mlops_lab.models.ease import EASE
from tests.models.kitchens import kitchen, remembers, view


@pytest.mark.parametrize("l2", [1.0, 300.0])
def test_each_column_is_the_ridge_regression_of_a_recipe_on_all_others(l2):
    found = kitchen()
    matrix = found.matrix().toarray()
    weights = EASE(l2).fit(found).weights_
    for j in range(matrix.shape[1]):
        rest = np.delete(matrix, j, axis=1)
        solved = np.linalg.solve(rest.T @ rest + l2 * np.eye(rest.shape[1]), rest.T @ matrix[:, j])
        assert np.allclose(np.delete(weights[:, j], j), solved, atol=1e-6)
        assert weights[j, j] == 0


def test_a_case_solved_by_hand():
    # X'X + 1 = [[3, 1], [1, 2]], its inverse [[2, -1], [-1, 3]] / 5: x speaks for y with 1/3, y for x with 1/2.
    found = Interactions.of(["a", "a", "b"], ["x", "y", "x"])
    scores = EASE(l2=1).fit(found).score(remembers(["x", "y"], ["x"], ["y"], ["x", "y", "y"]))
    assert np.allclose(scores, [[0, 1 / 3], [1 / 2, 0], [1 / 2, 1 / 3]])


def test_scores_are_history_times_weights():
    found = kitchen()
    model = EASE(10).fit(found)
    assert np.allclose(model.score(view(found)), found.matrix().toarray() @ model.weights_, atol=1e-6)


def test_recipes_that_share_no_cook_cost_nothing_and_score_nothing():
    # z was chosen by one cook who chose nothing else, and nobody chose n: the inverse is that of x and y alone.
    found = Interactions(
        np.array(["a", "b", "c"]), np.array(["n", "x", "y", "z"]), np.array([0, 0, 1, 2]), np.array([1, 2, 1, 3])
    )
    model = EASE(l2=1).fit(found)
    assert model.weights_.shape == (2, 2) and model.recipes_[model.linked_].tolist() == ["x", "y"]
    whole = np.linalg.inv(found.common_cooks().toarray() + np.eye(4))
    weights = np.where(np.eye(4), 0, -whole / np.diag(whole))
    assert np.allclose(model._scores(found.matrix()), found.matrix() @ weights, atol=1e-6)


def test_an_impossible_l2_is_refused_in_words():
    with pytest.raises(BadInput, match="l2 of 0"):
        EASE(0)

"""Laws of neighbours."""

import numpy as np
import pytest

from mlops_lab.data.interactions import Interactions
from mlops_lab.errors import BadInput
from mlops_lab.models import neighbours
from mlops_lab.models.neighbours import ItemKNN
from mlops_lab.models.saved import digest
from tests.models.kitchens import kitchen, remembers, view


def naive(found: Interactions, k: int, shrink: float) -> np.ndarray:
    """Scores (n, m) by loops: for each recipe the k most similar others that the cook has."""
    matrix = found.matrix().toarray()
    n, m = matrix.shape
    scores = np.zeros((n, m))
    for i in range(m):
        alike = {}
        for j in range(m):
            common = float(matrix[:, i] @ matrix[:, j])
            if i != j and common:
                alike[j] = common / (np.sqrt(matrix[:, i].sum()) * np.sqrt(matrix[:, j].sum()) + shrink)
        for j in sorted(alike, key=lambda j: (-alike[j], j))[:k]:
            scores[:, i] += matrix[:, j] * alike[j]
    return scores


@pytest.mark.parametrize(("k", "shrink"), [(1, 0.0), (3, 20.0), (100, 5.0)])
def test_scores_are_what_loops_over_the_definition_give(k, shrink):
    found = kitchen(rows=150)
    assert np.allclose(ItemKNN(k, shrink).fit(found).score(view(found)), naive(found, k, shrink), atol=1e-12)


def test_a_case_counted_by_hand():
    # x and y share 1 of 2 and 1 cooks: 1 / (sqrt(2) sqrt(1) + 1); x and z share b only: the same; y and z share nobody.
    found = Interactions.of(["a", "a", "b", "b"], ["x", "y", "x", "z"])
    scores = ItemKNN(k=5, shrink=1).fit(found).score(remembers(["x", "y", "z"], ["x"], ["y"]))
    near = 1 / (np.sqrt(2) + 1)
    assert np.allclose(scores, [[0, near, near], [near, 0, 0]])


def test_a_fit_in_many_small_blocks_is_the_same_fit(monkeypatch):
    found = kitchen()
    one = digest(ItemKNN(5).fit(found))
    monkeypatch.setattr(neighbours, "BLOCK", 50)
    assert digest(ItemKNN(5).fit(kitchen())) == one


def test_sparse_and_dense_scoring_agree_to_the_last_bit(monkeypatch):
    found = kitchen()
    model = ItemKNN(5).fit(found)
    dense = model.score(view(found))
    monkeypatch.setattr(neighbours, "BLOCK", 0)
    assert np.array_equal(model.score(view(found)), dense)


def test_impossible_parameters_are_refused_in_words():
    with pytest.raises(BadInput, match="k=0 neighbours"):
        ItemKNN(k=0)
    with pytest.raises(BadInput, match="shrink=-1"):
        ItemKNN(shrink=-1)

"""Laws of places."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_lab.models.ranking import top_k

score = st.sampled_from([-np.inf, np.nan, -1.0, 0.0, 0.25, 0.25 + 1e-9, 1.0, 7.0])


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 8).flatmap(lambda m: st.tuples(
    st.lists(st.lists(score, min_size=m, max_size=m), max_size=5), st.permutations(range(m)))), st.integers(0, 10),
    st.booleans())  # fmt: skip
def test_places_are_what_a_naive_sort_gives(table, k, by_order):
    rows, order = table
    scores = np.array(rows, dtype=float).reshape(len(rows), len(order))
    rank = order if by_order else list(range(len(order)))
    for found, row in zip(top_k(scores, k, np.array(order) if by_order else None), rows, strict=True):
        left = [j for j, value in enumerate(row) if value > -np.inf]
        best = sorted(left, key=lambda j: (-round(row[j], 6), rank[j]))[:k]
        assert found.tolist() == best + [-1] * (k - len(best))


def test_scores_that_differ_below_the_sixth_decimal_are_ties():
    assert top_k(np.array([[0.5, 0.5 + 4e-7, 0.5 + 2e-6]]), 3).tolist() == [[2, 0, 1]]


def test_the_scores_are_left_as_they_were():
    scores = np.array([[3.0, 1.0, np.nan]])
    top_k(scores, 2, np.array([2, 0, 1]))
    assert scores[0, :2].tolist() == [3.0, 1.0] and np.isnan(scores[0, 2])


def test_no_cooks_and_no_recipes_give_empty_places():
    assert top_k(np.zeros((0, 4)), 3).shape == (0, 3)
    assert top_k(np.zeros((2, 0)), 3).tolist() == [[-1] * 3] * 2

"""Metrics against an independent implementation in plain Python, and a case counted by hand."""

import math

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from mlops_lab.evaluation.metrics import coverage, measured


def naive(places: list[int], chosen: set[int]) -> dict[str, float]:
    k, found, gain, precisions = len(places), 0, 0.0, 0.0
    for place, item in enumerate(places, start=1):
        if item in chosen:
            found += 1
            gain += 1 / math.log2(place + 1)
            precisions += found / place
    most = min(k, len(chosen))
    ideal = sum(1 / math.log2(place + 1) for place in range(1, most + 1))
    values = {"precision": found / k, "recall": found / len(chosen), "ndcg": gain / ideal, "map": precisions / most}
    return {f"{name}@{k}": value for name, value in values.items()}


def matrix(sets: list[set[int]], width: int) -> sp.csr_array:
    return sp.csr_array(np.array([[float(j in chosen) for j in range(width)] for chosen in sets]).reshape(-1, width))


one_cook = st.tuples(st.permutations(range(6)), st.integers(0, 6), st.sets(st.integers(0, 8), min_size=1))
cooks = st.lists(one_cook, min_size=1, max_size=6)


@settings(max_examples=200, deadline=None)
@given(cooks, st.integers(1, 8))
def test_every_metric_is_what_plain_python_finds(people, k):
    # Some places stay empty (-1); some of what was chosen (columns 6 to 8) can be ranked by nobody.
    lists = [(list(order[:filled]) + [-1] * 8)[:k] for order, filled, _ in people]
    found = measured(np.array(lists), matrix([chosen for *_, chosen in people], 9))
    for i, (*_, chosen) in enumerate(people):
        for name, value in naive(lists[i], chosen).items():
            assert math.isclose(found[name][i], value, abs_tol=1e-12)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.permutations(range(6)), st.sets(st.integers(0, 5), min_size=1)), min_size=1, max_size=6),
       st.integers(1, 6))  # fmt: skip
def test_ndcg_is_that_of_scikit_learn(people, k):
    truth, order = matrix([chosen for _, chosen in people], 6), np.array([order for order, _ in people])
    scores = np.zeros(order.shape)
    np.put_along_axis(scores, order, np.arange(6, 0, -1.0), axis=1)
    assert measured(order[:, :k], truth)[f"ndcg@{k}"].mean() == pytest.approx(ndcg_score(truth.toarray(), scores, k=k))


def test_a_case_counted_by_hand():
    found = measured(np.array([[3, 0, 1]]), matrix([{0, 1, 2, 4}], 5))
    gain, ideal = 1 / math.log2(3) + 1 / 2, 1 + 1 / math.log2(3) + 1 / 2
    assert found["precision@3"][0] == 2 / 3 and found["recall@3"][0] == 2 / 4
    assert found["ndcg@3"][0] == pytest.approx(gain / ideal)
    assert found["map@3"][0] == pytest.approx((1 / 2 + 2 / 3) / 3)


def test_a_cook_without_truth_has_no_number():
    found = measured(np.array([[0, 1], [0, 1]]), matrix([set(), {0}], 2))
    assert all(np.isnan(values[0]) and values[1] > 0 for values in found.values())
    assert all(np.isnan(values).all() for values in measured(np.array([[0]]), matrix([set()], 2)).values())


def test_coverage_is_the_share_of_recipes_that_anybody_sees():
    assert coverage(np.array([[0, 2], [2, -1]]), 4) == 0.5
    assert coverage(np.zeros((0, 3), int), 4) == 0

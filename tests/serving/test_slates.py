"""Laws of a slate: the best first, the last by lot, honest propensities."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_lab.serving.slates import fill, names


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 9), st.integers(1, 6), st.integers(0, 9))
def test_places_are_filled_from_the_front_and_never_twice(m, k, masked):
    scores = np.arange(m, dtype=float)[None, :].repeat(3, axis=0)
    scores[:, : min(masked, m)] = -np.inf
    chosen, propensity = fill(scores, np.array(["a", "b", "c"]), 0, k, seed=1)
    open_places = m - min(masked, m)
    for row, chance in zip(chosen, propensity, strict=True):
        filled = row[row >= 0]
        assert len(filled) == min(k, open_places) == len(set(filled.tolist()))
        assert (filled >= masked).all()
        assert ((chance > 0) == (row >= 0)).all()


def test_the_last_place_is_uniform_over_the_rest():
    requests = np.array([f"q{i}" for i in range(20_000)])
    chosen, propensity = fill(np.tile(np.arange(12.0), (20_000, 1)), requests, 5, 3, seed=1)
    assert (chosen[:, :2] == [11, 10]).all() and (propensity[:, 2] == 0.1).all()
    share = np.bincount(chosen[:, 2], minlength=12)[:10] / 20_000
    assert np.abs(share - 0.1).max() < 0.01


def test_the_lot_belongs_to_the_request_not_to_its_place_in_the_batch():
    scores, requests = np.tile(np.arange(9.0), (4, 1)), np.array(["a", "b", "c", "d"])
    forth, _ = fill(scores, requests, 5, 3, seed=1)
    back, _ = fill(scores, requests[::-1], 5, 3, seed=1)
    assert (forth == back[::-1]).all()


def test_an_unfilled_place_has_no_name():
    assert names(np.array(["r1", "r2"]), np.array([[1, 0, -1]])).tolist() == [["r2", "r1", ""]]
    assert names(np.array([], dtype=str), np.array([[-1]])).tolist() == [[""]]

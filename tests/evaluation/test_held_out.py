"""Laws of rows set aside."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_lab.data.interactions import Interactions
from mlops_lab.evaluation.held_out import held_out, latest, of_each_cook

pairs = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=25)


def of(rows, day=None) -> Interactions:
    return Interactions.of([str(c) for c, _ in rows], [f"r{r}" for _, r in rows], day)


@settings(max_examples=150, deadline=None)
@given(pairs, pairs)
def test_truth_is_what_test_adds_to_train_for_every_cook_with_something_new(train, test):
    found = held_out(of(train), of(test))
    new = {c: {r for x, r in test if x == c and (c, r) not in train} for c, _ in test}
    assert found.cooks.tolist() == [str(c) for c in sorted(new) if new[c]]
    recipes = found.view.recipes.tolist()
    assert recipes == sorted({f"r{r}" for _, r in train})
    for i, cook in enumerate(found.cooks.tolist()):
        seen, truth = found.view.history[[i]].indices, found.truth[[i]].indices
        assert {recipes[j] for j in seen} == {f"r{r}" for c, r in train if str(c) == cook}
        assert {recipes[j] for j in truth if j < len(recipes)} == {f"r{r}" for r in new[int(cook)]} & set(recipes)
        assert len(truth) == len(new[int(cook)])
        assert found.warm[i] == any(str(c) == cook for c, _ in train)


def test_the_latest_tenth_is_cut_between_two_moments():
    rows = of([(0, 0)] * 20, day=np.arange(20)[::-1])
    assert np.flatnonzero(latest(rows)).tolist() == [0, 1]
    day = np.repeat([1, 2, 3], [10, 6, 4])
    assert latest(of([(0, 0)] * 20, day)).tolist() == (day == 3).tolist()
    assert latest(of([(0, 0)] * 20, np.repeat([1, 2], [15, 5]))).sum() == 0
    assert latest(of([(0, 0)] * 20, np.repeat([1, 2, 3], [1, 18, 1]))).sum() == 1


def test_rows_of_one_moment_or_without_days_have_no_latest():
    assert not latest(of([(0, 0)] * 9, np.ones(9))).any()
    assert not latest(of([(0, 0)] * 9)).any()


@settings(max_examples=80, deadline=None)
@given(pairs, st.randoms())
def test_the_split_of_each_cook_keeps_pairs_together_whatever_the_order_of_rows(rows, luck):
    held = dict(zip(rows, of_each_cook(of(rows)).tolist(), strict=True))
    shuffled = luck.sample(rows, len(rows))
    assert dict(zip(shuffled, of_each_cook(of(shuffled)).tolist(), strict=True)) == held
    for row, one in zip(rows, of_each_cook(of(rows)).tolist(), strict=True):
        assert held[row] == one
    for cook in {c for c, _ in rows}:
        assert not all(aside for (c, _), aside in held.items() if c == cook)


@pytest.mark.parametrize("each", [2, 5, 40])
def test_about_a_tenth_is_set_aside_however_many_rows_a_cook_has(each):
    rows = [(c, r) for c in range(2000 // each) for r in range(each)]
    held = of_each_cook(of(rows))
    assert held.mean() == pytest.approx(0.1, abs=0.02)
    most = np.bincount([c for c, _ in rows], weights=held)
    assert most.max() <= np.ceil(0.1 * each)


def test_a_cook_with_a_single_recipe_keeps_it():
    assert not of_each_cook(of([(c, c % 7) for c in range(300)])).any()

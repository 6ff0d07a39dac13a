"""Laws of interactions."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_lab.data.interactions import Interactions, distinct

rows = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=30)


def of(pairs) -> Interactions:
    return Interactions.of([f"{c}" for c, _ in pairs], [f"r{r}" for _, r in pairs])


@settings(max_examples=60, deadline=None)
@given(rows, st.randoms())
def test_the_order_of_rows_changes_neither_ids_nor_matrix_nor_counts(pairs, luck):
    one, other = of(pairs), of(luck.sample(pairs, len(pairs)))
    assert one.cooks.tolist() == other.cooks.tolist() and one.recipes.tolist() == other.recipes.tolist()
    assert (one.matrix() != other.matrix()).nnz == 0
    assert one.counts().tolist() == other.counts().tolist()


@settings(max_examples=60, deadline=None)
@given(rows)
def test_the_matrix_says_who_ever_chose_what_and_counts_say_how_often(pairs):
    found = of(pairs)
    dense = found.matrix().toarray()
    for i, cook in enumerate(found.cooks):
        for j, recipe in enumerate(found.recipes):
            assert dense[i, j] == float((int(cook), int(recipe[1:])) in pairs)
    assert dict(zip(found.recipes, found.counts(), strict=True)) == {
        f"r{r}": sum(x == r for _, x in pairs) for _, r in pairs
    }


def test_ids_stand_by_number_when_all_are_numbers():
    found = Interactions.of(["10", "9", "2"], ["b", "10", "9"])
    assert found.cooks.tolist() == ["2", "9", "10"] and found.recipes.tolist() == ["10", "9", "b"]
    assert found.cooks[found.cook].tolist() == ["10", "9", "2"]
    assert found.recipes[found.recipe].tolist() == ["b", "10", "9"]


def test_some_of_the_rows_keep_only_their_own_ids_and_days():
    found = Interactions.of(["a", "b", "c"], ["x", "y", "x"], [1, 2, 3]).take(np.array([False, False, True]))
    assert (found.cooks.tolist(), found.recipes.tolist(), found.day.tolist()) == (["c"], ["x"], [3.0])
    assert found.cook.tolist() == [0] and found.recipe.tolist() == [0]


def test_common_cooks_are_counted_once_each():
    found = Interactions.of(["a", "a", "a", "b", "b"], ["x", "y", "x", "x", "z"])
    assert found.common_cooks().toarray().tolist() == [[2, 1, 1], [1, 1, 0], [1, 0, 1]]


def test_repr_fits_a_notebook_line():
    assert repr(of([(1, 2), (1, 3)])) == "Interactions(2 rows: 1 cooks, 2 recipes)"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-5, 5)))
def test_distinct_is_the_sorted_set(numbers):
    assert distinct(np.array(numbers, dtype=np.int64)).tolist() == sorted(set(numbers))

"""Laws of popularity."""

import numpy as np
import pytest

from mlops_lab.data.interactions import Interactions
from mlops_lab.errors import BadInput
from mlops_lab.models.popularity import Popularity, PopularityRecent
from tests.models.kitchens import remembers

ROWS = Interactions.of(["a", "a", "b", "c"], ["x", "x", "x", "y"], [0, 0, 10, 20])


def test_popularity_counts_every_row_for_every_cook_alike():
    scores = Popularity().fit(ROWS).score(remembers(["x", "y", "z"], [], ["x"]))
    assert scores.tolist() == [[3, 1, 2], [3, 1, 2]]  # z is new: the mean of the others


def test_a_row_counts_half_for_every_half_life():
    model = PopularityRecent(half_life_days=10)
    assert model.fit(ROWS).popularity_.tolist() == [0.25 + 0.25 + 0.5, 1.0]
    assert model.fit(ROWS, as_of_day=30).popularity_.tolist() == [0.125 + 0.125 + 0.25, 0.5]


def test_recent_popularity_without_days_is_refused_in_words():
    with pytest.raises(BadInput, match="needs the day of every row"):
        PopularityRecent().fit(Interactions.of(["a"], ["x"]))
    with pytest.raises(BadInput, match="half-life of 0 days"):
        PopularityRecent(0)


def test_scores_may_be_changed_without_changing_the_model():
    model = Popularity().fit(ROWS)
    model.score(remembers(["x", "y"], ["x"]))[:] = -np.inf
    assert model.popularity_.tolist() == [3, 1]


def test_repr_fits_a_notebook_line():
    assert repr(Popularity()) == "Popularity()"
    assert repr(PopularityRecent()) == "PopularityRecent(half_life_days=28)"

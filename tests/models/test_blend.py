"""Laws of the blend."""

import numpy as np
import pytest

from mlops_lab.errors import BadInput
from mlops_lab.models.als import ALS
from mlops_lab.models.blend import Blend, standardised
from mlops_lab.models.ease import EASE
from mlops_lab.models.popularity import Popularity
from mlops_lab.models.saved import digest
from tests.models.kitchens import kitchen, remembers, view

PARTS = {"ease": {"l2": 5}, "als": {"factors": 4, "l2": 1}}


def test_the_votes_have_mean_0_and_spread_1_and_equal_weight():
    found = kitchen()
    one, other = EASE(5).fit(found), ALS(factors=4, l2=1).fit(found)
    votes = [standardised(model.score(view(found))) for model in (one, other)]
    for vote in votes:
        assert np.allclose(vote.mean(axis=1), 0) and np.allclose(vote.std(axis=1), 1)
    assert np.allclose(Blend(PARTS).fit(found).score(view(found)), (votes[0] + votes[1]) / 2)


def test_a_blend_of_one_ranks_as_that_one_does():
    found = kitchen()
    alone, blend = EASE(5).fit(found).score(view(found)), Blend({"ease": {"l2": 5}}).fit(found).score(view(found))
    assert (np.argsort(alone, axis=1, kind="stable") == np.argsort(blend, axis=1, kind="stable")).all()


def test_parts_that_are_fitted_already_make_the_same_blend_in_any_order():
    found = kitchen()
    whole = Blend(PARTS).fit(found)
    fitted = [EASE(5).fit(found), ALS(factors=4, l2=1).fit(found)]
    assert {digest(Blend(PARTS).of(parts)) for parts in (fitted, fitted[::-1])} == {digest(whole)}
    assert digest(Blend(dict(reversed(PARTS.items()))).fit(found)) == digest(whole)


def test_a_part_without_an_opinion_does_not_vote():
    assert standardised(np.array([[2.0, 2.0], [1.0, 3.0]])).tolist() == [[0, 0], [-1, 1]]


def test_a_new_cook_gets_what_is_popular_lately_where_a_part_knows_it():
    found = kitchen()
    blend = Blend({"als": {}, "popularity-recent": {"half_life_days": 7}}).fit(found)
    assert blend.score(remembers(found.recipes.tolist(), []))[0].tolist() == blend.parts[1].popularity_.tolist()
    assert Popularity().fit(found).popularity_.tolist() == Blend({"als": {}}).fit(found).popularity_.tolist()


@pytest.mark.parametrize(("parts", "word"), [({}, "nothing"), ({"ranker": {}}, "ranker"), ({"blend": {}}, "blend")])
def test_a_blend_of_nothing_or_of_what_has_no_history_is_refused_in_words(parts, word):
    with pytest.raises(BadInput, match=word):
        Blend(parts)


def test_the_one_line_of_a_blend():
    assert repr(Blend(PARTS)) == "Blend(als + ease)"

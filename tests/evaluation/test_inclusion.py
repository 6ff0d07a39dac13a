"""Laws of inclusion."""

import numpy as np
import pytest
import scipy.sparse as sp

from mlops_lab.draws import draw
from mlops_lab.evaluation.evaluate import ranked
from mlops_lab.evaluation.inclusion import exposure, flipped, gini, parity
from mlops_lab.evaluation.metrics import coverage
from mlops_lab.features.view import Grid, Morning
from tests.evaluation.judged_models import choices, of

EVERYTHING = np.array(["greek", "greek", "thai", "thai"])


def lists(weights: list[float], n: int = 300) -> np.ndarray:
    """Two places a cook, filled by lot with these odds."""
    key = draw(0, "list", np.arange(n)[:, None], np.arange(4)[None, :]) ** (1 / np.array(weights))
    return np.argsort(-key, axis=1)[:, :2]


@pytest.fixture(scope="module")
def seen(busy):
    """What the regulars of the busy company are shown by neighbours of what they chose."""
    view = Grid(Morning(busy, busy.days), np.arange(300))
    return view, exposure(ranked(of("item-knn")(busy), view), len(view.recipes))


def test_a_place_is_worth_less_the_lower_it_stands():
    found = exposure(np.array([[2, 0], [2, -1]]), 3).toarray()
    assert found == pytest.approx(np.array([[1 / np.log2(3), 0, 1], [0, 0, 1]]))


def test_gini_is_0_for_equal_amounts_and_1_less_a_share_when_one_has_all():
    assert gini(np.ones(10)) == pytest.approx(0) and gini(np.eye(10)[3]) == pytest.approx(0.9)
    assert gini(np.array([1.0, 3])) == pytest.approx(0.25) and gini(np.zeros(3)) == 0


def test_even_exposure_is_parity_and_a_skewed_one_names_who_is_left_out():
    catalogue = sp.csr_array(np.ones((1, 4)))
    even, skewed = (parity(exposure(lists(odds), 4), catalogue, EVERYTHING) for odds in ([1, 1, 1, 1], [3, 3, 1, 1]))
    assert all(found["fails"] == "" and found["ratio"]["low"] < 1 < found["ratio"]["high"] for found in even.values())
    assert skewed["greek"]["fails"] == "" and skewed["thai"]["fails"].startswith("thai has ")
    assert skewed["thai"]["exposed"] + skewed["greek"]["exposed"] == pytest.approx(1)
    assert parity(exposure(lists([3, 3, 1, 1], 20), 4), catalogue, EVERYTHING)["thai"]["fails"] == ""  # too few to tell


def test_every_group_has_parity_with_itself_and_who_is_entitled_to_nothing_is_left_out(seen):
    view, given = seen
    groups = view.columns["cuisine"].ravel()
    assert all(found["ratio"]["value"] == pytest.approx(1) for found in parity(given, given, groups).values())
    nothing = sp.csr_array(given.toarray() * (groups != "greek"))
    assert "greek" not in parity(given, nothing, groups)


def test_a_popularity_loop_narrows_and_a_skewed_sample_turns_a_group_red(busy, seen):
    view, before = seen
    rank, cuisine = np.argsort(np.argsort(-view.morning.popularity, kind="stable")), view.columns["cuisine"].ravel()
    loop = choices(busy, np.isin(busy.choice_recipe, view.morning.codes[rank < 20]))  # only the famous were ever shown
    after = ranked(of("item-knn")(loop), view)
    assert coverage(after, len(rank)) < 0.7 * np.mean(before.sum(axis=0) > 0)
    shares = {group: found["entitled"] for group, found in parity(before, before, cuisine).items()}
    most = max(shares, key=shares.get)
    sample = choices(busy, ~np.isin(busy.choice_recipe, view.morning.codes[cuisine == most]))
    told = parity(exposure(ranked(of("item-knn")(sample), view), len(rank)), before, cuisine)
    assert most in {group for group, found in told.items() if found["fails"]}


def test_a_flip_changes_what_a_profile_says_and_nothing_else(busy):
    view = Grid(Morning(busy, busy.days), np.arange(40))
    own, vegan = flipped(view, diet="vegan")
    assert len(own.cook) == len(vegan.cook) > 30 and np.array_equal(own.cook, vegan.cook)
    changed = {name for name in own.columns if not np.array_equal(own.columns[name], vegan.columns[name])}
    assert changed == {"fits_diet"} and (vegan.columns["fits_diet"] <= own.columns["fits_diet"]).all()
    assert (own.history != vegan.history).nnz == 0
    same, still = flipped(view.take(np.flatnonzero(busy.cook_market[:40] == "uk")), market="uk")
    assert all(np.array_equal(same.columns[name], still.columns[name]) for name in same.columns)
    assert len(flipped(view, diet="nobody eats this")[0].cook) == 0


def test_models_of_histories_do_not_see_a_flip_and_a_part_of_it_is_the_flip_of_a_part(busy):
    own, other = flipped(Grid(Morning(busy, busy.days), np.arange(40)), market="usa")
    model = of("popularity")(busy)
    assert np.array_equal(model.score(own), model.score(other))
    rows = np.array([3, 1])
    assert np.array_equal(other.take(rows).columns["market_lift"], other.columns["market_lift"][rows])

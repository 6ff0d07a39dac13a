"""Laws of slices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_lab.draws import draw
from mlops_lab.evaluation.evaluate import ranked
from mlops_lab.evaluation.intervals import paired
from mlops_lab.evaluation.metrics import measured
from mlops_lab.evaluation.slices import Slice, Thresholds, by_slice, head_or_tail, judged, of_lab, slices
from mlops_lab.lab.candidates import held_out
from tests.evaluation.judged_models import choices, fit, ladder
from tests.evaluation.test_metrics import matrix, naive

EVERYTHING = np.ones(4, bool)
one_cook = st.tuples(st.permutations(range(5)), st.sets(st.integers(0, 6), min_size=1), st.sampled_from("ab"))


def values(seed: int, n: int = 400) -> np.ndarray:
    """NDCG-like values: two in five are 0, some are 1."""
    u = draw(seed, "ndcg", np.arange(n))
    return np.where(u < 0.4, 0.0, np.minimum(1, (u - 0.4) * 2))


def parts(n: int, many: int) -> list[Slice]:
    return [Slice(f"s{at}", np.ones(n, bool), EVERYTHING) for at in range(many)]


@settings(max_examples=40, deadline=None)
@given(st.lists(one_cook, min_size=1, max_size=6), st.lists(st.sampled_from("xy"), min_size=5, max_size=5))
def test_a_slice_is_measured_by_its_own_cooks_and_choices_alone(people, kinds):
    lists, truth = np.array([order[:3] for order, *_ in people]), matrix([chosen for _, chosen, _ in people], 7)
    found = slices({"market": np.array([market for *_, market in people])}, {"kind": np.array(kinds)})
    table = by_slice(lists, truth, found)
    for at, part in enumerate(found):
        for cook, (_, chosen, market) in enumerate(people):
            inside = {r for r in chosen if r < 5 and (part.recipes.all() or f"kind {kinds[r]}" == part.name)}
            mine = inside and (not part.name.startswith("market") or part.name == f"market {market}")
            places = [r if r in inside else -1 for r in lists[cook].tolist()]
            expected = naive(places, inside)["ndcg@3"] if mine else np.nan
            assert table[cook, at] == pytest.approx(expected, nan_ok=True)


def test_two_equal_models_blame_a_slice_in_about_one_comparison_of_twenty_at_most():
    blamed = 0
    for turn in range(120):
        one, other = (np.column_stack([values(turn * 100 + at + side, 60) for at in range(20)]) for side in (0, 50))
        blamed += any(found["fails"] for found in judged(one, other, parts(60, 20)).values())
    assert blamed <= 11  # 5 % of 120 are 6; 12 or more would be chance in one test of fifty


def test_a_slice_that_got_worse_names_itself():
    one, other = values(1), values(2)
    cooks = {"market": np.array(["uk", "usa"])[np.arange(400) % 2]}
    found = slices(cooks, {"all": np.full(4, "recipes")})[:2]
    table = np.column_stack([np.where(part.cooks, other, np.nan) for part in found])
    worse = np.column_stack(
        [np.where(part.cooks, other - 0.2 * (other > 0.3) * (at == 1), np.nan) for at, part in enumerate(found)]
    )
    told = judged(worse, table, found)
    assert told["market uk"]["fails"] == "" and one.shape == other.shape
    assert told["market usa"]["fails"].startswith("Slice market usa (200 cooks, 2 slices judged) got worse: -0.")
    assert told["market usa"]["difference"]["high"] < 0 < told["market usa"]["rival"]["low"]


def test_thresholds_are_absolute_or_against_another_model_and_spare_what_is_too_small_to_judge():
    low, high, few = values(1)[:, None] * 0.4, values(1)[:, None], Thresholds(cooks=401)
    assert "got worse" in judged(low, high, parts(400, 1))["s0"]["fails"]
    assert judged(low, high, parts(400, 1), few)["s0"]["fails"] == ""
    assert judged(low, high, parts(400, 1), Thresholds(loss=0.5))["s0"]["fails"] == ""
    assert "below 0.5" in judged(low, low, parts(400, 1), Thresholds(floor=0.5))["s0"]["fails"]
    some = [Slice("cuisine thai", np.ones(400, bool), np.arange(4) < 1)]
    assert judged(high - 0.05, high, some)["cuisine thai"]["fails"] == ""  # a trade, within its limit
    assert judged(low, high, some)["cuisine thai"]["fails"]


def test_the_more_slices_are_judged_the_wider_their_intervals():
    table = np.column_stack([values(at) for at in range(10)])
    one, all_of_them = (
        judged(table[:, :many], table[:, ::-1][:, :many], parts(400, many))["s0"]["difference"] for many in (1, 10)
    )
    assert all_of_them["low"] < one["low"] < one["high"] < all_of_them["high"]


def test_the_head_is_the_fewest_recipes_with_half_of_all_choices():
    assert head_or_tail(np.array([1.0, 6, 3, 0])).tolist() == ["tail", "head", "tail", "tail"]
    assert head_or_tail(np.array([1.0, 4, 3, 0])).tolist() == ["tail", "head", "tail", "tail"]
    assert set(head_or_tail(np.ones(10)).tolist()) == {"head", "tail"}


def test_a_market_whose_data_went_missing_is_found_where_the_whole_hardly_moves(company):
    day = 14
    view, truth = held_out(company, day)
    cut, part = choices(company, company.cook_market[company.choice_cook] != "australia"), of_lab(view)
    whole, broken = (ranked(fit(ladder(log)["popularity"], log, None, day), view) for log in (company, cut))
    change = paired(measured(broken, truth)["ndcg@10"], measured(whole, truth)["ndcg@10"])
    told, same = (judged(by_slice(one, truth, part), by_slice(whole, truth, part), part) for one in (broken, whole))
    assert change["value"] > -0.02 and "Slice market australia" in told["market australia"]["fails"]
    assert not any(found["fails"] for found in same.values())

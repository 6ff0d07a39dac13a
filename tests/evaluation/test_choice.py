"""Laws of choosing on rows that were set aside."""

import numpy as np
import pytest

from mlops_lab.data.interactions import Interactions
from mlops_lab.evaluation import choice
from mlops_lab.evaluation.choice import Candidate, by_popularity, choose, slices
from mlops_lab.models.ease import EASE
from mlops_lab.models.neighbours import ItemKNN
from mlops_lab.models.popularity import Popularity, PopularityRecent
from tests.evaluation.people import people

LADDER = {"popularity": Candidate(Popularity), "ease": Candidate(EASE, [{"l2": 100.0}])}


def rows(taste: float, timed: bool = False, **shape) -> Interactions:
    user, item, second = people(**{"users": 300, "items": 100, "each": 20, **shape}, taste=taste)
    return Interactions.of(user, item, second / 86_400 if timed else None)


def test_a_model_of_tastes_is_chosen_where_tastes_are_strong():
    found = choose(rows(taste=2.5), LADDER)
    assert found.chosen == "ease" and found.differences["ease"]["low"] > 0
    assert found.reasons[0] == "Judged on 10 % of each user's train rows."
    assert found.reasons[1].startswith("ease against popularity: +0.") and found.reasons[1].endswith(
        "better beyond doubt."
    )


@pytest.mark.parametrize("seed", range(4))
def test_popularity_stays_where_there_are_no_tastes(seed):
    found = choose(rows(taste=0.0, seed=seed), LADDER)
    assert found.chosen == "popularity" and found.reasons[1].endswith("not better beyond doubt.")


def test_parameters_other_than_the_default_must_be_better_beyond_doubt():
    train = rows(taste=2.5)
    blind, sighted = {"k": 1, "shrink": 1e6}, {"k": 100, "shrink": 20.0}
    for variants, best in (([blind, sighted], sighted), ([sighted, blind], sighted), ([sighted, {**sighted}], sighted)):
        ladder = {"popularity": Candidate(Popularity), "item-knn": Candidate(ItemKNN, variants)}
        assert choose(train, ladder).params["item-knn"] is (best if best is not variants[0] else variants[0])
    ladder = {"popularity": Candidate(Popularity), "item-knn": Candidate(ItemKNN, [blind, sighted])}
    assert choose(train, ladder, search=False).params["item-knn"] is blind


@pytest.mark.parametrize("order", [1, -1])
def test_a_winner_by_a_hair_does_not_replace_the_default(order):
    variants = [{"k": 20}, {"k": 25}][::order]
    ladder = {"popularity": Candidate(Popularity), "item-knn": Candidate(ItemKNN, variants)}
    assert choose(rows(taste=2.5), ladder).params["item-knn"] is variants[0]


def test_the_more_models_take_part_the_wider_their_intervals():
    few, many = (choose(rows(taste=1.0), ladder).differences["ease"] for ladder in (
        LADDER, {**LADDER, "a": Candidate(ItemKNN), "b": Candidate(ItemKNN), "c": Candidate(ItemKNN)}))  # fmt: skip
    assert many["low"] < few["low"] < few["value"] == many["value"] < few["high"] < many["high"]


def test_a_slice_holds_only_known_users_and_a_sample_of_them_where_there_are_many(monkeypatch):
    train = rows(taste=2.5, timed=True)
    monkeypatch.setattr(choice, "MOST_COOKS", 50)
    each, late = slices(train)
    assert len(each) == 50 and each.question.warm.all()
    assert late.question.warm.all() and len(late) < len(np.unique(train.cook[train.day > late.fitted_on.day.max()]))


def test_the_latest_rows_decide_where_enough_of_their_users_are_known():
    user, item, _ = people(300, 100, 20, taste=2.5)
    train = Interactions.of(user, item, np.arange(len(user)) * 7919 % 1000)
    (judge,) = slices(train)
    assert judge.name == "the latest 10 % of train" and len(judge) >= choice.ENOUGH
    assert judge.fitted_on.day.max() < np.quantile(train.day, 0.92)
    assert choose(train, LADDER).reasons[0] == "Judged on the latest 10 % of train."


def test_where_the_latest_rows_are_those_of_new_users_each_users_rows_decide():
    decides, contradicts = slices(rows(taste=2.5, timed=True))
    assert decides.name.startswith("10 % of each user") and len(contradicts) < choice.ENOUGH < len(decides)
    assert choose(rows(taste=2.5, timed=True), LADDER).chosen == "ease"


def test_the_latest_rows_may_contradict_what_they_cannot_decide():
    # Ten users come back on the last day, all for the same ten recipes that everybody else had long ago.
    user, item, _ = people(300, 100, 20, taste=2.5)
    day = np.zeros(len(user))
    late = np.repeat(np.arange(300, 330), 10)
    old = Interactions.of(
        np.concatenate([user, late, late]).astype(str),
        np.concatenate([item, np.tile(np.arange(60, 70), 30), np.tile(np.arange(10), 30)]).astype(str),
        np.concatenate([day, np.zeros(300), np.ones(300)]),
    )
    assert len(slices(old)) == 2
    assert choose(old, LADDER).chosen == "popularity"
    assert choose(Interactions.of(user, item), LADDER).chosen == "ease"


def test_recent_popularity_is_chosen_where_fashions_change():
    user = np.repeat(np.arange(400), 6)
    day = np.tile(np.arange(6) * 20, 400) + user % 20
    fashion = np.minimum(people(400, 30, 12, taste=0.0)[1][: len(user)], 11)
    train = Interactions.of(user, day // 20 * 12 + fashion, day)
    ladder = {
        "popularity": Candidate(Popularity),
        "popularity-recent": Candidate(PopularityRecent, [{"half_life_days": 7.0}]),
    }
    assert choose(train, ladder).chosen == "popularity-recent"


def test_without_rows_to_set_aside_popularity_is_chosen_and_defaults_stay():
    found = choose(Interactions.of(["a", "b"], ["x", "y"]), LADDER)
    assert found.chosen == "popularity" and found.params["ease"] == {"l2": 100.0}
    assert "No user has rows to set aside" in found.reasons[0]


def test_ties_are_ordered_by_rows_then_id():
    found = Interactions.of(["a", "b", "a", "a", "b"], ["3", "3", "10", "2", "10"])
    assert found.recipes.tolist() == ["2", "3", "10"]
    assert by_popularity(found).tolist() == [2, 0, 1]

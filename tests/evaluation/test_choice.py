"""Laws of choosing on rows that were set aside."""

import numpy as np
import pytest

from mlops_lab.data.interactions import Interactions
from mlops_lab.draws import draw
from mlops_lab.evaluation import choice
from mlops_lab.evaluation.choice import Candidate, by_popularity, choose, cross_fitted, slices
from mlops_lab.models.als import ALS
from mlops_lab.models.blend import Blend
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
    assert found.reasons[0] == "Judged on 10 % of each user's train rows, 2 times; 599 users with a history."
    assert found.reasons[1].startswith("ease against popularity: +0.")
    assert found.reasons[-1].endswith("ease is shipped.")


@pytest.mark.parametrize("seed", range(4))
def test_popularity_stays_where_there_are_no_tastes(seed):
    found = choose(rows(taste=0.0, seed=seed), LADDER)
    assert found.chosen == "popularity"


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


def lucky(seed: int, gain: float = 0.0, n: int = 400) -> dict[str, np.ndarray]:
    """Values of popularity and of twenty models that are as good, the last of them better by `gain`."""
    noise = draw(seed, "value", np.arange(21)[:, None], np.arange(n)[None, :])
    return {"popularity": noise[0], **{f"m{at}": noise[at] + gain * (at == 20) for at in range(1, 21)}}


def test_the_luckiest_of_twenty_equals_is_shipped_in_less_than_one_case_of_twenty():
    shipped = [cross_fitted(lucky(seed), np.arange(400))[1]["low"] > 0 for seed in range(60)]
    assert np.mean(shipped) < 0.05


def test_one_better_among_twenty_is_found_and_what_it_gains_is_told_without_luck():
    found = [cross_fitted(lucky(seed, 0.15), np.arange(400)) for seed in range(20)]
    assert {best for best, _ in found} == {"m20"} and all(honest["low"] > 0 for _, honest in found)
    assert np.isclose(np.mean([honest["value"] for _, honest in found]), 0.15, atol=0.015)


def test_a_blend_that_is_as_good_as_the_best_is_taken_and_a_worse_one_is_not():
    base = draw(0, "value", np.arange(400))
    values = {
        "popularity": base,
        "ease": base + 0.2,
        "blend": base + 0.199 + 0.1 * draw(1, "value", np.arange(400)) - 0.05,
    }
    everyone = np.full(400, True)
    assert choice.leader(values, everyone) == "blend"
    assert choice.leader({**values, "ease": base + 0.3}, everyone) == "ease"
    assert choice.leader({**values, "popularity": base + 0.3}, everyone) == "popularity"


def test_a_cook_in_two_slices_has_no_say_in_how_he_is_judged():
    # Every cook is there twice; a model that is best by the luck of its cooks gains nothing on the others.
    cook = np.concatenate([np.arange(200), np.arange(200)])
    values = {name: np.tile(column[:200], 2) for name, column in lucky(3).items()}
    assert abs(cross_fitted(values, cook)[1]["value"]) < 0.05


def test_a_blend_takes_the_parameters_that_were_found_for_its_parts():
    ladder = {
        "popularity": Candidate(Popularity),
        "ease": Candidate(EASE, [{"l2": 1e9}, {"l2": 100.0}]),
        "als": Candidate(ALS, [{"factors": 4}]),
        "blend": Candidate(Blend, [{"parts": ("als", "ease")}]),
    }
    parts = choose(rows(taste=2.5), ladder).params["blend"]["parts"]
    assert parts == {"als": {"factors": 4}, "ease": {"l2": 100.0}}


def test_a_slice_holds_only_known_users_and_a_sample_of_them_where_there_are_many(monkeypatch):
    train = rows(taste=2.5, timed=True)
    monkeypatch.setattr(choice, "MOST_COOKS", 50)
    (each, *_), (late,) = slices(train)
    assert len(each) == 50 and each.question.warm.all()
    assert late.question.warm.all() and len(late) < len(np.unique(train.cook[train.day > late.fitted_on.day.max()]))


def test_each_slice_is_set_aside_from_what_the_newer_ones_left():
    user, item, _ = people(300, 100, 20, taste=2.5)
    train = Interactions.of(user, item, np.arange(len(user)) * 7919 % 1000)
    judges, contradict = slices(train)
    assert not contradict and all(len(judge) >= choice.ENOUGH for judge in judges)
    assert {judge.name for judge in judges} == {"the latest 10 % of train"}
    last = [judge.fitted_on.day.max() for judge in judges]
    assert np.allclose(np.array(last) / 1000, [0.9, 0.81, 0.73], atol=0.02)
    assert choose(train, LADDER).reasons[0].startswith("Judged on the latest 10 % of train, 2 times;")


def test_where_the_latest_rows_are_those_of_new_users_each_users_rows_decide():
    judges, (contradicts,) = slices(rows(taste=2.5, timed=True))
    assert judges[0].name.startswith("10 % of each user") and len(contradicts) < choice.ENOUGH < len(judges[0])
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
    found = choose(old, LADDER)
    assert found.chosen == "popularity" and found.reasons[-1].endswith("ease is worse on the latest rows.")
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

"""Laws of the serving graph: everyone is answered, by whom is stable, and failures are flagged."""

import numpy as np
import pytest

from mlops_lab.serving.graph import Arm, Graph, arms
from mlops_lab.serving.surroundings import LIMIT_SECONDS, SOUND, Surroundings
from tests.serving.conftest import Broken, ById, ask


def test_without_a_champion_the_newest_recipes_are_shown_as_fallback(morning):
    slates = Graph().recommend(ask(k=4), morning)
    newest = morning.recipes[::-1]
    stranger = slates.cook == "c13"
    assert slates.fallback.all() and (slates.version == 0).all()
    assert (slates.recipes[stranger, :3] == newest[:3]).all()


def test_the_champion_answers_with_its_best_and_one_drawn_by_lot(morning):
    slates = Graph({3: ById()}, champion=3).recommend(ask(k=5), morning)
    assert (slates.version == 3).all() and not slates.fallback.any()
    assert (np.diff(slates.scores[:, :4], axis=1) < 0).all(), "best first"
    assert (slates.propensity[:, :4] == 1).all() and (slates.propensity[:, 4] < 1).all()


def test_nobody_is_shown_what_they_chose_before_or_the_same_recipe_twice(morning):
    slates = Graph({3: ById()}, champion=3).recommend(ask(k=8), morning)
    history = morning.view(slates.cook).history.toarray()
    for row, shown in enumerate(slates.recipes):
        assert len(set(shown)) == 8
        assert not history[row, np.isin(morning.recipes, shown)].any()


@pytest.mark.parametrize("how", ["raises", "nan", "shape"])
def test_a_broken_model_is_answered_for_by_popularity_and_flagged(morning, how):
    slates = Graph({3: Broken(how)}, champion=3).recommend(ask(), morning)
    best = morning.recipes[np.argmax(morning.popularity)]
    assert slates.fallback.all() and (slates.version == 3).all()
    assert (slates.recipes[slates.cook == "c12", 0] == best).all()


class Ill(Surroundings):
    """Every second answer takes too long, or comes from a cache."""

    def __init__(self, how):
        self.how = how

    def seconds(self, requests):
        return np.where(np.arange(len(requests)) % 2 == 0, 0.01 if self.how == "cached" else 5.0, 0.01)

    def cached(self, requests):
        return (np.arange(len(requests)) % 2 == 0) & (self.how == "cached")


@pytest.mark.parametrize("how", ["slow", "cached"])
def test_what_ails_some_answers_leaves_the_others_as_they_were(morning, how):
    ill, sound = (Graph({3: ById()}, champion=3).recommend(ask(), morning, around) for around in (Ill(how), SOUND))
    assert (ill.recipes[1::2] == sound.recipes[1::2]).all() and (ill.propensity[1::2] == sound.propensity[1::2]).all()
    assert (ill.recipes[::2] != "").all() and (ill.recipes[::2] != sound.recipes[::2]).any()


def test_who_would_wait_too_long_is_answered_by_popularity_at_the_limit(morning):
    slates = Graph({3: ById()}, champion=3).recommend(ask(), morning, Ill("slow"))
    assert slates.fallback[::2].all() and not slates.fallback[1::2].any()
    assert (slates.seconds[::2] == LIMIT_SECONDS).all() and (slates.version == 3).all()


def test_a_cached_slate_is_the_most_popular_and_leaves_no_place_to_the_lot(morning):
    slates = Graph({3: ById()}, champion=3).recommend(ask(), morning, Ill("cached"))
    assert (slates.propensity[::2] == 1).all() and (slates.propensity[1::2, -1] < 1).all()
    assert (np.diff(slates.scores[::2], axis=1) <= 0).all() and not slates.fallback.any()


def test_a_nan_for_one_cook_costs_nobody_else_their_model(morning):
    class OneNan(ById):
        def score(self, view):
            return np.where((view.cook == view.cook.max())[:, None], np.nan, super().score(view))

    slates, healthy = (Graph({3: model}, champion=3).recommend(ask(), morning) for model in (OneNan(), ById()))
    assert 0 < slates.fallback.sum() < len(slates)
    assert (slates.recipes[~slates.fallback] == healthy.recipes[~slates.fallback]).all()


def test_a_version_that_is_not_loaded_is_answered_for(morning):
    assert Graph({}, champion=9).recommend(ask(), morning).fallback.all()


def test_raising_the_share_keeps_everyone_who_is_in():
    cooks = np.array([f"c{i}" for i in range(3000)])
    few, many = (Graph(arm=Arm("canary", 4, share)).route(cooks) for share in (0.1, 0.3))
    assert (many[few]).all() and abs(few.mean() - 0.1) < 0.03 and abs(many.mean() - 0.3) < 0.03


def test_the_arm_answers_its_cooks_under_its_own_version_and_name(morning):
    graph = Graph({1: ById(), 2: ById(-1)}, champion=1, arm=Arm("canary", 2, 0.5))
    slates = graph.recommend(ask(200), morning)
    canary = slates.variant == "canary"
    assert 0 < canary.sum() < 200 and (slates.version[canary] == 2).all() and (slates.version[~canary] == 1).all()
    assert (graph.route(slates.cook) == canary).all()


def test_one_request_alone_is_answered_as_in_a_batch(morning):
    graph, requests = Graph({1: ById()}, champion=1), ask(6)
    together = graph.recommend(requests, morning).frame()
    from dataclasses import replace

    for at in range(6):
        alone = graph.recommend(
            replace(requests, request=requests.request[at : at + 1], cook=requests.cook[at : at + 1]), morning
        )
        expected = together[together["request"] == requests.request[at]]["recipe"].tolist()
        assert alone.frame()["recipe"].tolist() == expected


def test_no_request_is_an_empty_answer_that_knows_its_day(morning):
    slates = Graph({1: ById()}, champion=1).recommend(ask(0), morning)
    assert len(slates) == 0 and slates.day == 8 and slates.recipes.shape == (0, 5)


def test_the_release_record_says_who_stands_beside_the_champion():
    release = {"stage": "canary", "version": 2, "against": 1, "since": 3, "share": 0.2}
    assert arms({"champion": 1, "release": release}) == (1, Arm("canary", 2, 0.2))
    watch = {"stage": "watch", "version": 2, "against": 1, "since": 9, "share": 0.1}
    assert arms({"champion": 2, "release": watch}) == (2, Arm("holdback", 1, 0.1))
    assert arms({"champion": 2, "release": None}) == (2, None)
    assert repr(Graph({}, 2, Arm("canary", 3, 0.2))) == "Graph(champion 2, canary 3 on 20%)"

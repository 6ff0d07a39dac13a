"""Laws of behaviours: sane models pass, and each kind of insanity is caught by the behaviour that is about it."""

import numpy as np
import pytest

from mlops_lab.draws import draw, keys
from mlops_lab.evaluation.behaviour import Behaviour
from mlops_lab.evaluation.checklist import CHECKLIST, tried
from mlops_lab.models.als import ALS
from mlops_lab.models.ease import EASE
from mlops_lab.models.neighbours import ItemKNN
from mlops_lab.models.popularity import Popularity, PopularityRecent
from tests.evaluation.judged_models import fit, of


class Like:
    """Popularity, and something added to it."""

    def __init__(self, log, more):
        self.model, self.more = of("popularity")(log), more

    def score(self, view):
        return self.model.score(view) + self.more(view)


def failing(fit, log) -> dict[str, float]:
    return {each.name: each.rate for each in tried(fit, log) if each.rate < 1}


def by_id(log):
    return Like(
        log,
        lambda view: (
            9 * draw(0, "mood", keys(log.cooks[view.cook % len(log.cooks)]))[:, None] * np.arange(len(view.recipes))
        ),
    )


def by_last_row(log):
    favourite = log.recipes[log.choice_recipe[-1]]
    return Like(log, lambda view: 1e6 * (view.recipes == favourite))


def by_catalogue(log):
    return Like(log, lambda view: 1e6 * (np.arange(len(view.recipes)) % len(view.recipes) % 7 == len(view.recipes) % 7))


def bored(log):
    return Like(log, lambda view: -1e6 * (view.history.toarray() > 0) @ (
        (cuisine := np.ravel(view.columns["cuisine"]))[:, None] == cuisine))  # fmt: skip


def contrary(log):
    return Like(log, lambda view: -2 * view.morning.popularity)


def spiteful(log):
    plant = log.recipes[np.unique(log.version_recipe[log.attributes["diet"] == "vegan"])]

    def against(view):  # plants for those who eat everything, and none for vegans
        eats_all = view.columns["fits_diet"].min(axis=1, keepdims=True)
        return 1e6 * np.isin(view.recipes, plant) * (2 * eats_all - 1)

    return Like(log, against)


@pytest.mark.parametrize("kind", ["popularity", "item-knn"])
def test_models_of_histories_keep_all_invariances_and_cannot_know_a_diet(busy, kind):
    found = {each.name: each for each in tried(of(kind), busy)}
    assert all(each.rate == 1 and each.cases == 30 for each in found.values() if each.kind == "invariance")
    assert found["more choices of a recipe never lower it"].rate == 1
    assert found["a newcomer finds the best sellers"].rate == 1
    assert found["a vegan is shown no meat"].rate < 0.1 and "dishes are not" in found["a vegan is shown no meat"].worst
    assert found["one more choice of a cuisine gives no less of it"].rate >= 0.8


@pytest.mark.parametrize(
    ("insane", "caught"),
    [
        (by_id, "a cook's id says nothing"),
        (by_last_row, "the order of rows says nothing"),
        (by_catalogue, "a recipe that nobody chose changes no list"),
        (bored, "one more choice of a cuisine gives no less of it"),
        (contrary, "more choices of a recipe never lower it"),
        (contrary, "a newcomer finds the best sellers"),
        (spiteful, "a stricter diet lets nothing in that it forbids"),
    ],
)
def test_each_insanity_is_caught_by_the_behaviour_about_it(busy, insane, caught):
    found = next(each for each in tried(insane, busy, [one for one in CHECKLIST if one.name == caught]))
    assert found.rate < 1 and found.worst


def test_an_outcome_counts_cases_and_keeps_the_worst():
    cases = [(0.0, "fine"), (2.0, "bad"), (float("nan"), "unknown"), (3.0, "worse")]
    (found,) = tried(of("popularity"), None, [Behaviour("toy", "minimum", lambda fit, log: iter(cases))])
    assert (found.cases, found.rate, found.worst) == (4, 0.25, "worse")
    assert repr(found) == "Outcome(toy: 25% of 4)"
    (none,) = tried(of("popularity"), None, [Behaviour("none", "minimum", lambda fit, log: iter(()))])
    assert none.rate == 1 and none.worst == ""


@pytest.mark.parametrize(("model", "can"), [(Popularity, 0), (PopularityRecent, 0), (ItemKNN, 1), (EASE, 1), (ALS, 1)])
def test_a_plain_pattern_is_found_by_those_who_look_for_patterns(busy, model, can):
    (found,) = tried(lambda log: fit(model(), log, None, log.days), busy, CHECKLIST[-1:])
    assert found.name.startswith("three circles") and found.rate == can

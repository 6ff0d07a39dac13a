"""Laws that hold for every model of histories."""

import time

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_lab.models.als import ALS
from mlops_lab.models.blend import Blend
from mlops_lab.models.ease import EASE
from mlops_lab.models.neighbours import ItemKNN
from mlops_lab.models.popularity import Popularity, PopularityRecent
from tests.models.kitchens import Seen, kitchen, remembers, view

MODELS = [
    Popularity(), PopularityRecent(), ItemKNN(5, 2), EASE(5), ALS(factors=8, l2=1),
    Blend({"popularity-recent": {}, "ease": {"l2": 5}, "als": {"factors": 8}}),
]  # fmt: skip
REMEMBER = ("item-knn", "ease", "als", "blend")


@pytest.fixture(scope="module")
def fitted():
    return {model.kind: model.fit(kitchen()) for model in MODELS}


each = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.kind)


@each
def test_scores_are_finite_floats_for_every_cook_and_recipe(model):
    found = kitchen()
    scores = model.fit(found).score(view(found))
    assert scores.shape == (len(found.cooks), len(found.recipes)) and scores.dtype == np.float64
    assert np.isfinite(scores).all() and len(np.unique(scores)) > 5


@each
def test_a_recipe_scores_the_same_wherever_it_stands_in_the_view(model):
    found = kitchen()
    full = model.fit(found).score(view(found))
    wanted = np.array(["new1", *found.recipes[::-2].tolist(), "new2"])
    place = [found.recipes.tolist().index(r) if r in found.recipes else -1 for r in wanted.tolist()]
    memory = np.column_stack([found.matrix().toarray(), np.zeros(len(found.cooks))])
    whole = memory[:, place]
    # Only what the view still holds is remembered, so the full view must forget the rest too.
    kept = np.zeros_like(memory[:, :-1])
    kept[:, [p for p in place if p >= 0]] = memory[:, [p for p in place if p >= 0]]
    full = model.score(Seen(found.recipes, sp.csr_array(kept)))
    scores = model.score(Seen(wanted, sp.csr_array(whole)))
    assert np.allclose(scores[:, 1:-1], full[:, place[1:-1]], atol=1e-12)


@each
def test_a_cook_who_is_new_or_remembers_only_unknown_recipes_is_scored_by_popularity(model):
    found = kitchen()
    recipes = [*found.recipes.tolist(), "unknown"]
    scores = model.fit(found).score(remembers(recipes, [], ["unknown"], [recipes[3]]))
    assert scores[0, :-1].tolist() == scores[1, :-1].tolist() == model.popularity_.tolist()
    if model.kind in REMEMBER:
        assert scores[2].tolist() != scores[0].tolist()


@each
def test_a_new_recipe_scores_as_the_known_ones_of_its_cuisine_do_on_average_for_each_cook(model):
    found = kitchen()
    recipes = np.array([*found.recipes.tolist(), "new thai", "new greek", "new welsh"])
    cuisine = np.array([("thai", "greek")[at % 2] for at in range(len(found.recipes))] + ["thai", "greek", "welsh"])
    history = sp.csr_array(np.column_stack([found.matrix().toarray(), np.zeros((len(found.cooks), 3))]))
    known = model.fit(found).score(view(found))
    scores = model.score(Seen(recipes, history, {"cuisine": cuisine[None, :]}))
    assert np.allclose(scores[:, -3:-1], np.column_stack([known[:, ::2].mean(axis=1), known[:, 1::2].mean(axis=1)]))
    assert np.allclose(scores[:, -1], known.mean(axis=1))  # nobody knows a welsh recipe
    assert np.allclose(model.score(Seen(recipes, history))[:, -3:], known.mean(axis=1)[:, None])


@each
@given(st.sets(st.integers(0, 21)), st.integers(0, 21))
@settings(max_examples=25, deadline=None)
def test_the_parts_of_an_explanation_sum_to_the_score(fitted, model, memory, column):
    recipes = np.array([*(f"r{at:02d}" for at in range(20)), "new1", "new2"])
    seen = remembers(recipes.tolist(), recipes[sorted(memory)].tolist())
    parts = fitted[model.kind].explained(seen, column)
    assert np.isclose(sum(parts.values()), fitted[model.kind].score(seen)[0, column], atol=1e-9)
    if model.kind in ("item-knn", "ease", "als") and column < 20 and any(at < 20 for at in memory):
        assert set(parts) == {f"chose r{at:02d} before" for at in memory if at < 20}


@each
def test_choosing_twice_says_no_more_than_once(model):
    found = kitchen()
    r = found.recipes.tolist()
    scores = model.fit(found).score(remembers(r, [r[0], r[1]], [r[0], r[1], r[1], r[1]]))
    assert scores[0].tolist() == scores[1].tolist()


@each
def test_a_thousand_cooks_are_scored_in_a_moment(model):
    found = kitchen(rows=20_000, cooks=1000, recipes=1500)
    model.fit(found)
    seen, seconds = view(found), []
    for _ in range(5):
        started = time.process_time()
        model.score(seen)
        seconds.append(time.process_time() - started)
    assert min(seconds) < 0.2  # about 0.02 where nobody else is at work

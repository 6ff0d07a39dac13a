"""Laws that hold for every model of histories."""

import time

import numpy as np
import pytest
import scipy.sparse as sp

from mlops_lab.models.ease import EASE
from mlops_lab.models.neighbours import ItemKNN
from mlops_lab.models.popularity import Popularity, PopularityRecent
from tests.models.kitchens import Seen, kitchen, remembers, view

MODELS = [Popularity(), PopularityRecent(), ItemKNN(5, 2), EASE(5)]
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
    assert (scores[:, [0, -1]] == 0).all()


@each
def test_a_cook_who_is_new_or_remembers_only_unknown_recipes_is_scored_by_popularity(model):
    found = kitchen()
    recipes = [*found.recipes.tolist(), "unknown"]
    scores = model.fit(found).score(remembers(recipes, [], ["unknown"], [recipes[3]]))
    assert scores[0].tolist() == scores[1].tolist() == [*model.popularity_.tolist(), 0.0]
    if model.kind in ("item-knn", "ease"):
        assert scores[2].tolist() != scores[0].tolist()


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
        started = time.perf_counter()
        model.score(seen)
        seconds.append(time.perf_counter() - started)
    assert min(seconds) < 0.12  # about 0.02 where nobody else is at work

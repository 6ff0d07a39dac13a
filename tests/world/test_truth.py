"""The hidden side can be read, in one place, and agrees with what the world does."""

import numpy as np
import pytest

from mlops_lab.world import World
from tests.world.conftest import at_random, played, slates_of


def test_no_slate_beats_the_oracles(world):
    truth, asked = world.truth(), world.requests(0)
    best = truth.chances(truth.oracle(asked)).sum(axis=1)
    for salt in range(5):
        assert (truth.chances(at_random(asked, salt=salt)).sum(axis=1) <= best).all()
    turned = slates_of(asked, truth.oracle(asked).recipes[:, ::-1])
    assert (truth.chances(turned).sum(axis=1) <= best + 1e-9).all()


def test_an_empty_place_has_no_chance(world):
    chances = world.truth().chances(slates_of(world.requests(0), np.tile(["", "r00001"], (len(world.requests(0)), 1))))
    assert (chances[:, 0] == 0).all() and (chances[:, 1] > 0).all()


def test_a_recipe_alone_has_its_own_chance(world):
    asked, truth = world.requests(0), world.truth()
    alone = truth.chances(slates_of(asked, np.full((len(asked), 1), "r00007")))[:, 0]
    assert np.array_equal(alone, truth.click_chance(asked.cook, np.array("r00007"), 0))


def test_secrets_come_as_tables(world):
    truth = World.small(7, ["taste-drift@3", "worse-model@5"]).truth()
    assert truth.tastes(0).shape == (400, 12) and truth.quality().shape == (250,)
    assert not truth.tastes(2).equals(truth.tastes(3).head(400))
    assert truth.incidents()[["kind", "day", "where"]].to_numpy().tolist() == [
        ["taste-drift", 3, "world"], ["worse-model", 5, "lab"],
    ]  # fmt: skip
    assert repr(world.truth()) == f"Truth({world!r})"


def test_looking_at_the_truth_changes_nothing(world):
    truth = world.truth()
    truth.oracle(world.requests(3)), truth.tastes(50), truth.quality(50)
    other = World.small(7)
    a, b = (played(w, at_random, range(3))[-1].tables["clicks"] for w in (world, other))
    assert a.equals(b)


@pytest.mark.parametrize("day", [0, 40])
def test_tastes_of_early_cooks_do_not_depend_on_who_joins_later(day):
    drifting = World(7, cooks=40, incidents=["taste-drift@0"])
    early = drifting.truth().tastes(day)
    drifting.requests(9000)
    assert early.equals(drifting.truth().tastes(day))

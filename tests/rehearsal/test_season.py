"""A season's ladder: what the last place is worth in truth, what its log says, and whose side paper takes."""

from dataclasses import replace

import numpy as np
import pytest

from mlops_lab.evaluation import offpolicy
from mlops_lab.features.memory import Memory
from mlops_lab.features.view import Morning
from mlops_lab.rehearsal.forward import fast_forward
from mlops_lab.rehearsal.season import LOT, _in_last_place, season
from mlops_lab.world import World

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """Twelve days judged after a lab's first eight: (world, lab, season)."""
    world, lab = fast_forward(8, workspace=str(tmp_path_factory.mktemp("season") / "lab"))
    return world, lab, season(world, lab, days=12, tops=(20, 5))


def test_the_truth_of_the_last_place_is_that_of_slates_with_each_recipe_there(played):
    world = World.small(3)
    slates, odds = world.truth().oracle(world.requests(2)), None
    slates = replace(slates, recipes=slates.recipes[:9], cook=slates.cook[:9], request=slates.request[:9])
    known = np.unique(slates.recipes)
    chance = world.truth().click_chance(slates.cook[:, None], known[None, :], 2)
    odds, every = chance / (1 - chance), np.arange(9)
    last = np.searchsorted(known, slates.recipes[:, -1])
    found = _in_last_place(world.truth().chances(slates), odds, every, every, last)
    for column, recipe in enumerate(known):
        there = replace(slates, recipes=np.column_stack([slates.recipes[:, :-1], np.full(9, recipe)]))
        assert found[:, column] == pytest.approx(world.truth().chances(there)[:, -1], rel=1e-3)


def test_the_log_of_a_lab_agrees_with_its_store_about_every_lot(played):
    _, lab, _ = played
    predictions, clicks = lab.table("predictions"), lab.table("clicks")
    log, total = Memory.load(lab.store, lab.data).log(), 0
    for day, rows in predictions[predictions["day"] > 0].groupby("day"):
        found = offpolicy.lots(rows, clicks)
        assert offpolicy.drawable(found, Morning(log, int(day))).sum() == round((1 / found.propensity).sum())
        total += len(found)
    assert total == (predictions["day"] > 0).sum()


def test_lots_are_fair_to_every_target_and_clicks_are_those_of_the_log(played):
    found = played[2]
    for at in found.aims.values():
        weight = at.chance / found.found.propensity
        assert abs(weight.mean() - 1) < 5 * weight.std() / np.sqrt(len(weight)) and np.allclose(at.mass.sum(axis=1), 1)
    assert set(found.found.clicked) <= {0.0, 1.0} and len(found.names) >= 8 and found.group.max() < 20


def test_the_kitchen_knows_the_order_of_the_ladder_and_paper_takes_popularitys_side(played):
    found = played[2]
    online, paper = (dict(zip(found.names, v, strict=True)) for v in (found.online, found.ndcg.mean(axis=0)))
    assert online["upside down"] < online["random"] < online["popularity"] < online["wishes"] == max(found.online)
    assert (
        paper["wishes"] < paper["popularity"] and found.place[20][-1] > found.place[20][found.names.index("popularity")]
    )
    assert found.lots_needed(5)[-1] > found.lots_needed(20)[-1] > len(found.found)


def test_a_log_written_by_lot_takes_nobodys_side():
    found = season(World(5, cooks=800, recipes=60, requests=800), champion=LOT, warm_up=6, days=6)
    paper = dict(zip(found.names, found.ndcg.mean(axis=0), strict=True))
    assert paper["wishes"] == max(paper.values()) > 1.1 * paper["popularity"] > paper["upside down"]

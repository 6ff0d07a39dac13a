"""Cooks come and go: the company grows, levels and decays."""

import numpy as np
import pytest

from mlops_lab.world import World
from mlops_lab.world.cooks import Cooks
from tests.world.conftest import at_random


@pytest.fixture(scope="module")
def cooks() -> Cooks:
    return Cooks(7, 2000)


def test_everybody_is_there_on_day_0_and_nobody_asks_before_joining_or_after_leaving(cooks):
    assert cooks.here(0).all() and cooks.joined_by(0) == 2000
    world = World(7)
    for day in (30, 200, 500):
        number = world._cooks.numbers(world.requests(day).cook, day)
        assert (world._cooks.joined[number] <= day).all() and (world._cooks.left[number] > day).all()


def test_the_company_grows_levels_and_decays(cooks):
    active = np.array([cooks.here(day).sum() for day in (0, 50, 100, 365, 1000, 2000)]) / 2000
    assert 1.02 < active[1] < 1.06 and active[2] > 1.03 and 0.93 < active[3] < 1.02 and 0.7 < active[4] < 0.85
    assert active[5] < 0.7


def test_who_joined_is_the_same_whenever_one_asks(cooks):
    late = Cooks(7, 2000)
    late.joined_by(3000)
    size = cooks.joined_by(400)
    assert size == late.joined_by(400) and (cooks.left[:size] == late.left[:size]).all()
    assert (np.diff(late.joined) >= 0).all() and late.joined_by(400) > late.joined_by(399) > 2000


def test_most_newcomers_leave_soon_and_the_loyal_stay(cooks):
    cooks.joined_by(1500)
    new = slice(2000, cooks.joined_by(1500))
    stays = cooks.left[new] - np.maximum(cooks.joined[new], 0)
    assert 0.3 < (stays < 60).mean() < 0.4 and (stays > 365).mean() > 0.25


def test_a_company_whom_all_have_left_still_has_days():
    world = World(2, cooks=1, requests=3, recipes=5)
    gone = int(world._cooks.left[:40].max()) + 1
    days = [day for day in range(0, min(gone, 4000)) if not world._cooks.here(day).any()][:1]
    for day in days:
        traffic = world.play(day, lambda q: at_random(q, np.array(["r00000"])))
        assert len(traffic.tables["requests"]) == len(world.clock(day)) == 0
    assert days

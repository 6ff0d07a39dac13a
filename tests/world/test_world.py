"""What crosses the border: days, requests, traffic; and that nothing but the question decides."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_lab.data.formats import TABLES, Requests, Traffic
from mlops_lab.errors import BadInput
from mlops_lab.world import World
from tests.world.conftest import at_random, played, slates_of, together

BORDER = ["cooks", "recipes", "requests", "impressions", "clicks", "cooked", "ratings"]
DIGEST = """
import hashlib
from mlops_lab.world import World
from tests.world.conftest import at_random, played
told = [table.to_csv() for day in played(World.small(3), at_random, range(5)) for table in day.tables.values()]
print(hashlib.sha256("".join(told).encode()).hexdigest())
"""


def same(one: Traffic, other: Traffic) -> None:
    assert (one.day, one.date, list(one.tables)) == (other.day, other.date, list(other.tables))
    for name in one.tables:
        pd.testing.assert_frame_equal(one.tables[name], other.tables[name], check_exact=True)


def test_a_world_says_what_it_is_in_one_line():
    size = "2,000 cooks, 1,500 recipes, 1,000 requests a day"
    assert repr(World(seed=7)) == f"World(seed=7: {size}, incidents: none)"
    assert repr(World.small(1, ["unit-change@3"])).endswith("250 requests a day, incidents: unit-change@3)")


def test_traffic_holds_the_tables_of_the_border_in_their_columns_and_types(world):
    traffic = played(world, at_random, range(3))[-1]
    assert list(traffic.tables) == BORDER
    kinds = {"text": "str", "int": "int64", "float": "float64"}
    for name, table in traffic.tables.items():
        assert {c: str(t) for c, t in table.dtypes.items()} == {c: kinds[k] for c, k in TABLES[name].items()}, name


def test_an_empty_lab_still_has_days(world):
    traffic = world.play(0, lambda q: slates_of(q, np.zeros((len(q), 0), dtype=np.str_)))
    assert (traffic.day, traffic.date) == (0, "2025-03-03")
    assert len(traffic.tables["impressions"]) == len(traffic.tables["clicks"]) == 0 < len(traffic.tables["requests"])
    assert list(traffic.tables["impressions"].columns) == list(TABLES["impressions"])


def test_short_slates_show_only_their_filled_places(world):
    def two(requests: Requests):
        return slates_of(requests, np.tile(np.array(["r00003", "", "r00001"]), (len(requests), 1)))

    shown = world.play(0, two).tables["impressions"]
    assert set(zip(shown["position"], shown["recipe"], strict=True)) == {(0, "r00003"), (2, "r00001")}


@pytest.mark.parametrize("recipe", ["r99999", "soup", "r250", "r00900"])
def test_a_recipe_nobody_published_is_refused_and_nothing_happens(world, recipe):
    played(world, at_random, range(2))
    with pytest.raises(BadInput, match=f"'{recipe}', which is no recipe published by day 2"):
        world.play(2, lambda q: slates_of(q, np.full((len(q), 2), recipe)))
    fresh = World.small(7)
    same(world.play(2, at_random), played(fresh, at_random, range(3))[-1])


def test_answers_to_questions_nobody_asked_are_refused(world):
    asked = world.requests(1)
    with pytest.raises(BadInput, match="no request of day 1"):
        world.answer(1, at_random(world.requests(0)))
    twice = Requests(1, np.repeat(asked.request[:1], 2), np.repeat(asked.cook[:1], 2))
    with pytest.raises(BadInput, match="once"):
        world.answer(1, at_random(twice))


@pytest.mark.parametrize("sizes", [{"cooks": 0}, {"recipes": -1}, {"requests": 0}, {"start": "3 March"}])
def test_a_world_without_a_size_or_a_start_is_refused(sizes):
    with pytest.raises(BadInput):
        World(7, **sizes)


def test_negative_days_are_refused(world):
    with pytest.raises(BadInput, match="must be 0 or more"):
        world.days(-1)
    with pytest.raises(BadInput, match="before this world began"):
        world.requests(-1)


def test_equal_worlds_bring_equal_traffic(world):
    for one, other in zip(*(played(w, at_random, range(6)) for w in (world, World.small(7))), strict=True):
        same(one, other)


def test_another_seed_is_another_world(world):
    assert not World.small(8).requests(0).frame().equals(world.requests(0).frame())


def test_equal_traffic_under_another_hash_seed():
    runs = [
        subprocess.run(
            [sys.executable, "-c", DIGEST], env={**os.environ, "PYTHONHASHSEED": seed},
            check=True, capture_output=True, text=True,
        ).stdout
        for seed in ("0", "12345")
    ]  # fmt: skip
    assert runs[0] == runs[1] != ""


def test_a_new_process_that_remembers_the_clicks_goes_on_as_the_old_one(world):
    whole = played(world, at_random, range(24))
    late = World.small(7)
    late.remember({name: together(whole[:15], name) for name in ("clicks", "cooked", "ratings")})
    for one, other in zip(whole[15:], played(late, at_random, range(15, 24)), strict=True):
        same(one, other)


@pytest.mark.parametrize("day", [1, 2, 160, 700])
def test_who_asks_on_a_day_does_not_depend_on_how_the_world_got_there(day):
    """New cooks are made in batches; a batch made too late would leave the newest out."""
    jumped, straight = World.small(7), World.small(7)
    jumped.requests(900)
    assert straight.requests(day).frame().equals(jumped.requests(day).frame())


def test_a_remembered_past_of_another_world_is_refused(world):
    with pytest.raises(BadInput, match="no cook who had joined by day 0"):
        strange = {"request": ["q0000-00000"], "day": [0], "cook": ["38094"], "recipe": ["r00001"]}
        world.remember({"clicks": pd.DataFrame(strange)})


def test_a_new_world_knows_every_cook_and_recipe_of_a_late_day_at_once():
    late = World(1, cooks=400, recipes=400)
    assert 0 < late.truth().click_chance(["c00639"], ["r00719"], 599)[0] < 1


def test_playing_a_day_again_goes_back_to_its_morning(world):
    """The oracle looks at what was opened before, so a click that should be forgotten would show."""
    fresh = World.small(7)
    straight = played(fresh, at_random, range(3)) + played(fresh, fresh.truth().oracle, range(3, 12))
    played(world, at_random, range(9))
    for one, other in zip(straight[3:], played(world, world.truth().oracle, range(3, 12)), strict=True):
        same(one, other)
    for one, other in zip(straight, played(world, at_random, range(3)), strict=False):
        same(one, other)


def test_answering_slates_row_by_row_is_the_same_day(world):
    whole = World.small(7).play(0, at_random)
    slates = at_random(world.requests(0))
    order = np.argsort(slates.recipes[:, 0], kind="stable")
    turned = slates_of(Requests(0, slates.request[order], slates.cook[order]), slates.recipes[order])
    clicks = world.answer(0, turned).tables["clicks"].sort_values("request", ignore_index=True)
    pd.testing.assert_frame_equal(clicks, whole.tables["clicks"])


def test_who_asks_does_not_depend_on_what_was_shown(world):
    other = World.small(7)
    played(world, at_random, range(4))
    played(other, other.truth().oracle, range(4))
    assert world.requests(4).frame().equals(other.requests(4).frame())


def test_cooks_arrive_once_and_recipes_come_as_one_growing_snapshot(world):
    log = played(world, at_random, range(30))
    cooks, recipes = together(log, "cooks"), log[-1].tables["recipes"]
    assert cooks["cook"].is_unique and set(together(log, "requests")["cook"]) <= set(cooks["cook"])
    assert len(log[0].tables["cooks"]) == 400 and len(cooks) > 400
    assert len(log[0].tables["recipes"]) == 250 and len(recipes) > 255
    assert recipes["recipe"].is_monotonic_increasing and recipes["published_day"].max() <= 29
    assert log[1].tables["recipes"] is log[2].tables["recipes"]


def test_reports_arrive_late_and_once(world):
    log = played(world, at_random, range(40))
    cooked, rated = together(log, "cooked"), together(log[1:], "ratings")
    assert (cooked["arrived"] - cooked["day"]).between(0, 7).all() and (cooked["arrived"] > cooked["day"]).any()
    assert (rated["arrived"] - rated["day"]).between(1, 14).all()
    for day in log:
        assert (day.tables["cooked"]["arrived"] == day.day).all() and (
            day.tables["ratings"]["arrived"] == day.day
        ).all()
    assert not cooked.duplicated(["cook", "recipe", "day"]).any()
    told = rated.merge(cooked, on=["cook", "recipe", "day"], suffixes=("", "_told"))
    assert len(told) == len(rated) and (told["arrived"] >= told["arrived_told"]).all()


def test_reviews_from_before_the_lab_arrive_with_day_0_and_name_the_recipes_that_please(world):
    early = world.play(0, at_random).tables["ratings"]
    assert len(early) > 50 and (early["arrived"] == 0).all() and not early.duplicated(["cook", "recipe", "day"]).any()
    assert world.truth().quality()[early["recipe"]].mean() > world.truth().quality().mean() + 0.5


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**63), day=st.integers(0, 400), k=st.integers(0, 12))
def test_any_day_of_any_world_holds_together(seed, day, k):
    world = World(seed, cooks=5, recipes=3, requests=9)
    traffic = world.play(day, lambda q: at_random(q, np.array(["r00000", "r00001", "r00002", ""])), k)
    shown, clicks = traffic.tables["impressions"], traffic.tables["clicks"]
    assert clicks["request"].is_unique and set(clicks["request"]) <= set(shown["request"])
    assert clicks.merge(shown, on=["request", "cook", "recipe"])["request"].nunique() == len(clicks)


def test_weekends_are_busy(season):
    _, _, log = season
    asked = np.array([len(day.tables["requests"]) for day in log]).reshape(8, 7)
    assert 980 < asked.mean() < 1060
    assert asked[:, 5:].min() > asked[:, :5].max()

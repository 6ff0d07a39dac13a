"""Trouble touches its blast radius, from its start, and nothing else."""

import numpy as np
import pandas as pd
import pytest

from mlops_lab.errors import BadInput
from mlops_lab.world import INCIDENTS, Incident, World
from tests.world.conftest import at_random, played, together

START, DAYS = 4, 14
# kind -> tables (or columns of tables) that may differ from the paired run without it
TOUCHES = {
    "season-change": {"clicks", "cooked", "ratings"},
    "taste-drift": {"clicks", "cooked", "ratings"},
    "unit-change": {"recipes.minutes"},
    "nan-flood": {"recipes.kcal"},
    "duplicate-events": {"clicks", "impressions"},
    "worse-model": set(),
}


def differing(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> set[str]:
    """Tables that differ; where only some columns of recipes differ, those."""
    unequal = {name for name in one if not one[name].equals(other[name])}
    if "recipes" in unequal:
        columns = {c for c in one["recipes"] if not one["recipes"][c].equals(other["recipes"][c])}
        unequal = (unequal - {"recipes"}) | {f"recipes.{c}" for c in columns}
    return unequal


@pytest.mark.parametrize("kind", INCIDENTS)
def test_an_incident_changes_its_blast_radius_from_its_start_and_nothing_else(kind):
    clean = played(World.small(5), at_random, range(DAYS))
    sick = played(World.small(5, [f"{kind}@{START}"]), at_random, range(DAYS))
    before = [differing(a.tables, b.tables) for a, b in zip(clean[:START], sick[:START], strict=True)]
    after = [differing(a.tables, b.tables) for a, b in zip(clean[START:], sick[START:], strict=True)]
    assert not any(before)
    changed = set().union(*after)
    assert changed <= TOUCHES[kind] and changed | {"ratings"} == TOUCHES[kind] | {"ratings"}  # ratings are few


def test_minutes_become_seconds_on_the_day():
    (day,) = played(World.small(7, ["unit-change@0"]), at_random, range(1))
    clean = World.small(7).play(0, at_random).tables["recipes"]["minutes"]
    assert (day.tables["recipes"]["minutes"] == 60 * clean).all()


def test_two_in_five_recipes_lose_their_kcal_and_keep_it_lost():
    log = played(World(7, incidents=["nan-flood@1"]), at_random, range(3))
    lost = [day.tables["recipes"]["kcal"].isna() for day in log]
    assert not lost[0].any() and 0.36 < lost[1].mean() < 0.44
    assert (lost[2][: len(lost[1])] == lost[1]).all()


def test_three_in_ten_slates_come_twice_and_their_clicks_with_them():
    (day,) = played(World(7, incidents=["duplicate-events@0"]), at_random, range(1))
    shown, clicks = day.tables["impressions"], day.tables["clicks"]
    again = set(shown["request"][shown.duplicated()])
    assert 0.25 < len(again) / shown["request"].nunique() < 0.35
    assert set(clicks["request"][clicks.duplicated()]) == again & set(clicks["request"])


@pytest.mark.parametrize(("kind", "column"), [("season-change", "season"), ("taste-drift", "cuisine")])
def test_drift_shows_in_what_is_clicked(kind, column):
    """On the same random slates, the clicked shares move by more than twice what a clean week moves them."""
    shares = []
    for incidents in ([], [f"{kind}@14"]):
        world = World(7, incidents=incidents)
        ids = world.truth().quality().nlargest(150).index.to_numpy(dtype=np.str_)
        log = played(world, lambda q, ids=ids: at_random(q, ids), range(7, 21))
        clicks = together(log, "clicks").merge(log[-1].tables["recipes"], on="recipe")
        weeks = [clicks[clicks["day"].between(a, a + 6)][column].value_counts(normalize=True) for a in (7, 14)]
        shares.append(weeks[0].sub(weeks[1], fill_value=0).abs().sum() / 2)
    assert shares[1] > 2 * shares[0] and shares[1] > 0.15


def test_a_wide_incident_grows_until_it_is_complete():
    incident = Incident("unit-change", 10, width=4)
    assert [incident.force(day) for day in (9, 10, 12, 14, 99)] == [0, 0.2, 0.6, 1, 1]
    world = World.small(7, [Incident("unit-change", 0, width=3)])
    minutes = [world.play(day, at_random).tables["recipes"]["minutes"][:250] for day in range(4)]
    sick = [(m.to_numpy() != minutes[3].to_numpy() / 60) for m in minutes]
    assert sick[0].sum() < sick[1].sum() < sick[3].sum() == 250 and (sick[0] <= sick[1]).all()


def test_incidents_are_read_as_they_are_written():
    assert Incident.parse("unit-change@35") == Incident("unit-change", 35)
    assert str(Incident("nan-flood", 3)) == "nan-flood@3"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("unit-chnge@3", "did you mean 'unit-change'"),
        ("earthquake@3", "known kinds: season-change, taste-drift"),
        ("unit-change", "no day"),
        ("unit-change@-3", "whole day from 0"),
        ("unit-change@3.5", "whole day from 0"),
        ("unit-change@\u0663", "whole day from 0"),
        ("@3", "unknown incident kind ''"),
    ],
)
def test_incidents_that_make_no_sense_are_refused_in_one_sentence(text, says):
    with pytest.raises(BadInput, match=says):
        World.small(7, [text])


def test_an_incident_needs_a_day_a_width_and_a_strength():
    for arguments in ({"day": -1}, {"day": 1, "width": -1}, {"day": 1, "strength": 0.0}):
        with pytest.raises(BadInput):
            Incident("nan-flood", **arguments)


def test_every_kind_says_what_it_is_and_who_should_see_it():
    assert list(INCIDENTS) == list(TOUCHES)
    assert all(kind.description and kind.causes and kind.detector for kind in INCIDENTS.values())
    assert {name for name, kind in INCIDENTS.items() if kind.where == "lab"} == {"worse-model"}

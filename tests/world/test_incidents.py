"""Trouble touches its blast radius, from its start, and nothing else."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_lab.errors import BadInput
from mlops_lab.world import INCIDENTS, Incident, World
from tests.world.conftest import at_random, played, together

START, DAYS = 4, 14
# kind -> tables (or columns of tables) that may differ from the paired run without it
TOUCHES = {
    "season-change": {"clicks", "cooked", "ratings"},
    "taste-drift": {"clicks", "cooked", "ratings"},
    "new-market": {"cooks", "requests", "impressions", "clicks", "cooked", "ratings"},
    "unit-change": {"recipes.minutes"},
    "missing-column": {"recipes.season"},
    "nan-flood": {"recipes.kcal"},
    "duplicate-events": {"clicks", "impressions"},
    "bot-traffic": {"requests", "impressions", "clicks"},
    "late-labels": {"cooked", "ratings"},
    "popularity-loop": set(),
    "tokeniser-skew": set(),
    "slow-model": set(),
    "poisoned-ratings": {"ratings"},
    "worse-model": set(),
}
SELDOM = {"clicks", "cooked", "ratings"}  # few of them in a fortnight of random slates
STATES = st.builds(
    Incident, st.sampled_from([kind for kind in INCIDENTS if INCIDENTS[kind].gradual]), day=st.integers(1, 60),
    width=st.integers(0, 10), strength=st.floats(0.1, 1.5),
)  # fmt: skip


def differing(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> set[str]:
    """Tables that differ; where only some columns of recipes differ, those."""
    unequal = {name for name in one if not one[name].equals(other[name])}
    if "recipes" in unequal:
        columns = {
            c for c in one["recipes"] if c not in other["recipes"] or not one["recipes"][c].equals(other["recipes"][c])
        }
        unequal = (unequal - {"recipes"}) | {f"recipes.{c}" for c in columns}
    return unequal


@pytest.fixture(scope="module")
def clean():
    return played(World.small(5), at_random, range(DAYS))


@pytest.mark.parametrize("kind", INCIDENTS)
def test_an_incident_changes_its_blast_radius_from_its_start_and_nothing_else(kind, clean):
    sick = played(World.small(5, [f"{kind}@{START}"]), at_random, range(DAYS))
    before = [differing(a.tables, b.tables) for a, b in zip(clean[:START], sick[:START], strict=True)]
    after = [differing(a.tables, b.tables) for a, b in zip(clean[START:], sick[START:], strict=True)]
    assert not any(before)
    changed = set().union(*after)
    assert changed <= TOUCHES[kind] and changed | SELDOM == TOUCHES[kind] | SELDOM


@settings(max_examples=12, deadline=None)
@given(STATES)
def test_whatever_its_start_width_and_strength_it_touches_nothing_else_and_nothing_before(incident):
    days = (incident.day - 1, incident.day, incident.day + incident.width)
    clean, sick = (played(World.small(5, i), at_random, days) for i in ([], [incident]))
    changed = [differing(a.tables, b.tables) for a, b in zip(clean, sick, strict=True)]
    assert not changed[0] and set().union(*changed) <= TOUCHES[incident.kind]


@given(STATES)
def test_its_force_grows_day_by_day_to_its_strength_and_stays(incident):
    force = [incident.force(day) for day in range(incident.day - 1, incident.day + incident.width + 3)]
    assert force[0] == 0 < force[1] and (np.diff(force) >= 0).all()
    assert np.allclose(np.diff(force[: incident.width + 2]), incident.strength / (incident.width + 1))
    assert force[-1] == force[-3] == incident.strength


@given(STATES)
def test_an_incident_is_read_back_from_its_text_to_the_bit(incident):
    assert Incident.parse(str(incident)) == incident


def test_a_new_market_arrives_in_a_stream_and_asks_like_the_others():
    log = played(World(7, incidents=["new-market@2"]), at_random, range(30))
    joined = [(day.tables["cooks"]["market"] == "japan").sum() for day in log]
    assert joined[:3] == [0, 0, 25] and joined[22:24] == [0, 0] and sum(joined) == 500
    cooks = together(log, "cooks").set_index("cook")["market"]
    share = (log[-1].tables["requests"]["cook"].map(cooks) == "japan").mean()
    assert 0.15 < share < 0.25


def test_a_column_is_missing_from_some_rows_and_at_full_strength_from_the_table():
    half, whole = (World.small(7, [f"missing-column@0{s}"]).play(0, at_random).tables["recipes"] for s in ("x0.5", ""))
    assert "season" not in whole and 0.4 < half["season"].isna().mean() < 0.6


def test_machines_ask_a_third_as_often_as_all_cooks_and_click_each_time():
    log = played(World(7, incidents=["bot-traffic@1"]), at_random, range(3))
    requests, clicks = log[2].tables["requests"], log[2].tables["clicks"]
    many = requests["cook"].value_counts()[:3]
    assert np.isclose(many.sum() / (len(requests) - many.sum()), 1 / 3, atol=0.01) and many.min() > 90
    assert clicks["cook"].isin(many.index).sum() == many.sum()


def test_a_world_goes_on_as_it_was_although_machines_clicked():
    incidents = ["bot-traffic@1x0.5", "new-market@2"]
    whole = World.small(7, incidents)
    log = played(whole, at_random, range(6))
    later = World.small(7, incidents)
    later.remember({"clicks": together(log, "clicks")})
    assert not differing(whole.play(6, at_random).tables, later.play(6, at_random).tables)


def test_reports_are_held_up_for_ten_to_twenty_days_and_none_is_lost():
    clean, late = (together(played(World.small(7, i), at_random, range(45)), "cooked") for i in ([], ["late-labels@5"]))
    both = clean.merge(late, on=["day", "cook", "recipe"], how="left", suffixes=("", "_held"))
    held = (both["arrived_held"] - both["arrived"])[both["day"].between(5, 17)]
    assert held.notna().all() and set(held[held > 0]) <= set(range(10, 21)) and 0.5 < (held > 0).mean() < 0.9


def test_a_ring_gives_five_stars_to_three_recipes():
    clean, bought = (
        together(played(World(7, incidents=i), at_random, range(1, 8)), "ratings") for i in ([], ["poisoned-ratings@1"])
    )
    more = bought["recipe"].value_counts().sub(clean["recipe"].value_counts(), fill_value=0)
    assert (more > 0).sum() == 3 and 50 < more.sum() < 75
    assert bought["stars"].eq(5).sum() - clean["stars"].eq(5).sum() == more.sum()


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
    assert Incident.parse("unit-change@35+14x0.5") == Incident("unit-change", 35, width=14, strength=0.5)
    assert [str(Incident("nan-flood", 3, *more)) for more in ((), (7,), (0, 2.0))] == [
        "nan-flood@3", "nan-flood@3+7", "nan-flood@3x2"
    ]  # fmt: skip


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
        ("unit-change@35+x2", "WIDTH in days and xSTRENGTH"),
        ("unit-change@35x0", "above 0"),
        ("unit-change@35x1e999", "above 0"),
        ("worse-model@35+7", "comes at once"),
    ],
)
def test_incidents_that_make_no_sense_are_refused_in_one_sentence(text, says):
    with pytest.raises(BadInput, match=says):
        World.small(7, [text])


def test_an_incident_needs_a_day_a_width_and_a_strength():
    for arguments in ({"day": -1}, {"day": 1, "width": -1}, {"day": 1, "strength": 0.0}, {"day": 1, "strength": 11}):
        with pytest.raises(BadInput):
            Incident("nan-flood", **arguments)


def test_every_kind_says_what_it_is_and_who_should_see_it():
    assert list(INCIDENTS) == list(TOUCHES)
    assert all(kind.description and kind.causes and kind.detector for kind in INCIDENTS.values())
    inside = {"popularity-loop", "tokeniser-skew", "slow-model", "worse-model"}
    assert {name for name, kind in INCIDENTS.items() if kind.where == "lab"} == inside

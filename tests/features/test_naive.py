"""Every feature of the catalogue is what a slow loop over the past finds."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_lab.features.catalogue import FEATURES, NUMBER
from mlops_lab.features.memory import Memory
from mlops_lab.features.view import Morning, feature_rows
from tests.features.naive import NAIVE, Past

START, LAST = date(2025, 2, 10), 40
days, cooks, recipes = st.integers(0, LAST), st.integers(0, 3), st.integers(0, 4)


def as_published(recipe, variant):
    return {
        "recipe": f"r{recipe}", "title": "Soup", "author": "a", "published_day": variant - 3, "minutes": 10.0 * variant,
        "n_steps": 3.0, "n_ingredients": 3.0 + variant, "kcal": 100.0, "ingredients": "salt",
        "cuisine": ("thai", "greek", "welsh")[variant % 3], "diet": ("any", "vegan", "vegetarian")[variant % 3],
        "season": ("any", "winter", "spring")[variant // 2 % 3],
    }  # fmt: skip


@st.composite
def pasts(draw):
    """Raw rows by day of arrival: late reviews, recipes that change, cooks of whom we hear after they chose."""
    tables = {}
    put = lambda day, name, row: tables.setdefault(day, {}).setdefault(name, []).append(row)  # noqa: E731
    for at, (day, cook, recipe, clicked) in enumerate(
        draw(st.lists(st.tuples(days, cooks, recipes, st.booleans()), max_size=30))
    ):
        row = {"request": f"q{at}", "day": day, "cook": f"c{cook}", "recipe": f"r{recipe}"}
        put(day, "impressions", row | {"position": 0})
        if clicked:
            put(day, "clicks", row)
    for written, late, cook, recipe in draw(st.lists(st.tuples(days, st.integers(0, 9), cooks, recipes), max_size=9)):
        row = {"day": written, "arrived": written + late, "cook": f"c{cook}", "recipe": f"r{recipe}", "stars": 5}
        put(written + late, "ratings", row)
    for cook, day in enumerate(draw(st.lists(days, min_size=4, max_size=4))):
        row = {"cook": f"c{cook}", "joined_day": day, "market": ("uk", "spain", "usa")[cook % 3]}
        put(day, "cooks", row | {"diet": ("any", "vegan", "vegetarian")[cook % 3]})
    shelf = {recipe: as_published(recipe, recipe) for recipe in range(4)}
    for day, recipe, variant in [
        (0, 0, 0),
        *sorted(draw(st.lists(st.tuples(days, recipes, st.integers(0, 6)), max_size=6))),
    ]:
        shelf = shelf | {recipe: as_published(recipe, variant)}
        tables.setdefault(day, {})["recipes"] = list(shelf.values())
    return tables


def remembered(tables):
    memory = Memory(START.isoformat())
    for day in sorted(tables):
        memory.absorb(day, {name: pd.DataFrame(rows) for name, rows in tables[day].items()})
    return memory.log()


def differing(found, naive):
    return [
        name
        for name in FEATURES
        for one, other in zip(found[name], naive[name], strict=True)
        if not (abs(one - other) < 1e-12 if FEATURES[name].kind == NUMBER else one == other)
    ]


def asked(log, tables, day):
    """Every pair that can be asked about on a day, as codes, with what the slow loop says of it."""
    past = Past(tables, day, (START + timedelta(days=day)).month)
    known = [code for code, recipe in enumerate(log.recipes.tolist()) if recipe in past.recipes]
    cook, recipe = (codes.ravel() for codes in np.meshgrid(np.arange(len(log.cooks)), known, indexing="ij"))
    pairs = list(zip(log.cooks[cook].tolist(), log.recipes[recipe].tolist(), strict=True))
    return cook, recipe, {name: [twin(past, *pair) for pair in pairs] for name, twin in NAIVE.items()}


@settings(max_examples=40, deadline=None)
@given(pasts(), st.integers(1, LAST + 1))
def test_every_feature_of_a_day_is_what_a_slow_loop_finds_in_what_had_arrived(tables, day):
    log = remembered(tables)
    cook, recipe, naive = asked(log, tables, day)
    assert differing(feature_rows(log, cook, recipe, np.full(len(cook), day)), naive) == []


@settings(max_examples=20, deadline=None)
@given(pasts(), st.integers(1, LAST + 1))
def test_what_is_served_on_a_day_is_what_a_slow_loop_finds_and_a_log_of_that_day_knows(tables, day):
    log = remembered({then: rows for then, rows in tables.items() if then < day})
    grid, (cook, recipe, naive) = Morning(log, day), asked(log, tables, day)
    published = np.isin(recipe, grid.codes)
    cells = cook[published], np.searchsorted(grid.codes, recipe[published])
    shape, columns = (len(log.cooks), len(grid.codes)), grid.view(log.cooks).columns
    served = {name: np.broadcast_to(columns[name], shape)[cells] for name in FEATURES}
    assert differing(served, {name: np.array(values)[published] for name, values in naive.items()}) == []


def test_every_feature_has_a_twin():
    assert list(NAIVE) == list(FEATURES)

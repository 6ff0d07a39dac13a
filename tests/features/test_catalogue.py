"""One definition of a feature: rows and grids agree, and tomorrow cannot leak."""

import numpy as np
import pandas as pd
import pytest

from mlops_lab.data.formats import TABLES
from mlops_lab.errors import BadInput
from mlops_lab.features.catalogue import FEATURES, FORBIDDEN, PAIR, SENSITIVE, feature
from mlops_lab.features.memory import Memory
from mlops_lab.features.view import Morning, feature_rows
from mlops_lab.monitoring.runbooks import RUNBOOKS
from tests.features.conftest import DAYS, day_tables


@pytest.mark.parametrize("day", [1, 4, DAYS])
def test_a_training_row_equals_the_cell_of_the_serving_grid(memory, day):
    log = memory.log()
    morning = Morning(log, day)
    grid = morning.view(log.cooks).columns
    cook, column = np.divmod(np.arange(len(log.cooks) * len(morning.recipes)), len(morning.recipes))
    rows = feature_rows(log, cook, morning.codes[column], np.full(len(cook), day))
    for name in FEATURES:
        cells = np.broadcast_to(grid[name], (len(log.cooks), len(morning.recipes)))[cook, column]
        pd.testing.assert_series_equal(rows[name], pd.Series(cells, name=name), check_dtype=False)


def test_features_of_a_day_do_not_know_that_day(memory):
    before = Memory("2025-03-03")
    for day in range(5):
        before.absorb(day, day_tables(day))
    known, all_of_it = before.log(), memory.log()
    cook, recipe = np.repeat(np.arange(len(known.cooks)), 16), np.tile(np.arange(16), len(known.cooks))
    day = np.full(len(cook), 5)
    pd.testing.assert_frame_equal(feature_rows(known, cook, recipe, day), feature_rows(all_of_it, cook, recipe, day))


def test_a_unit_change_is_not_seen_before_it_arrived(memory):
    log = memory.log()
    rows = feature_rows(log, np.zeros(2, int), np.zeros(2, int), np.array([6, 7]))
    assert rows["log_minutes"].round(6).tolist() == np.log1p([10.0, 70.0]).round(6).tolist()


def test_a_cook_nobody_knows_has_features_all_the_same(memory):
    columns = Morning(memory.log(), 4).view(np.array(["stranger"])).columns
    assert all(np.isfinite(columns[name]).all() for name in FEATURES if name != "cuisine")
    assert np.allclose(columns["cuisine_affinity"], 1 / 12)


def test_diets_admit_what_is_stricter(memory):
    morning = Morning(memory.log(), 4)
    fits = morning.view(np.array(["c00", "c01", "c02"])).columns["fits_diet"]
    offers = np.array(["any", "vegan", "vegetarian"])[np.arange(len(morning.recipes)) % 3]
    assert fits[0].all()
    assert (fits[1] == (offers == "vegan")).all()
    assert (fits[2] == (offers != "any")).all()


def remembered(*otherwise):
    """The log of all days, some columns (table.column) turned over: what does not read them cannot notice."""
    memory = Memory("2025-03-03")
    for day in range(DAYS):
        tables = day_tables(day)
        if day > 1:  # some were written two days ago
            late = tables["clicks"].assign(arrived=day, day=day - 2, stars=np.arange(len(tables["clicks"])) % 5 + 1)
            tables["ratings"] = late.drop(columns="request").iloc[::-1].reset_index(drop=True)
        for table, column in (source.split(".") for source in otherwise):
            if table in tables:
                tables[table][column] = turned(tables[table][column])
        memory.absorb(day, tables)
    return memory.log()


def turned(values):
    if values.nunique() == 1:  # a day, or one text for all
        return values - 3 if values.dtype.kind == "i" else values.map(lambda value: f"{value} or so")
    return np.sort(values)[::-1]


def cells(log):
    asked = np.meshgrid(np.arange(12), np.arange(16), [5, DAYS], indexing="ij")
    return feature_rows(log, *(code.ravel() for code in asked))


@pytest.fixture(scope="module")
def as_it_was():
    return cells(remembered())


SOURCES = [f"{table}.{column}" for table in ("cooks", "recipes", "impressions", "clicks", "ratings")
           for column in TABLES[table] if column not in ("request", "recipe", "cook")]  # fmt: skip
DECLARED = [source for source in SOURCES if any(source in one.reads for one in FEATURES.values())]


@pytest.mark.parametrize("sources", [*([one] for one in DECLARED), sorted({*SOURCES} - {*DECLARED})], ids=str)
def test_a_feature_changes_with_the_columns_it_declares_and_with_no_other(sources, as_it_was):
    otherwise = cells(remembered(*sources))
    changed = {name for name in FEATURES if not otherwise[name].equals(as_it_was[name])}
    assert changed == {name for name in FEATURES if {*sources} & {*FEATURES[name].reads}}


def test_every_feature_is_answered_for_and_reads_nothing_forbidden():
    known = {runbook.owner for runbook in RUNBOOKS.values()}
    for one in FEATURES.values():
        assert one.owner in known and one.unit and one.meaning.endswith(".")
        assert not {*one.reads} & {*FORBIDDEN}
        assert one.why or not {*one.reads} & {*SENSITIVE}
        assert all(column in TABLES[table] for table, column in (source.split(".") for source in one.reads))


def test_a_feature_costs_what_it_says(memory):
    columns = Morning(memory.log(), 6).view(np.array(["c00", "c01", "stranger"])).columns
    assert {name: columns[name].shape[0] for name in FEATURES} == {
        name: 3 if one.cost == PAIR else 1 for name, one in FEATURES.items()
    }


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ({"reads": ["recipes.author"]}, "tells of people"),
        ({"reads": ["cooks.diet"]}, "sensitive"),
        ({"owner": ""}, "needs an owner"),
        ({"name": "cuisine"}, "there is one of that name"),
    ],
)
def test_what_breaks_a_rule_of_the_catalogue_is_refused_in_a_sentence(words, wrong):
    def new(q):
        """Something new."""

    new.__name__ = words.pop("name", "new")
    before = dict(FEATURES)
    with pytest.raises(BadInput, match=wrong):
        feature(**({"owner": "serving", "unit": "none", "cost": PAIR, "reads": []} | words))(new)
    assert before == FEATURES

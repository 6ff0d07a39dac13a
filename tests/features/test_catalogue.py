"""One definition of a feature: rows and grids agree, and tomorrow cannot leak."""

import numpy as np
import pandas as pd
import pytest

from mlops_lab.features.catalogue import FEATURES
from mlops_lab.features.memory import Memory
from mlops_lab.features.view import Morning, feature_rows
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

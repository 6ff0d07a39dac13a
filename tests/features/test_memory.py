"""A log grows by a day and is the same log as one read from the start."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_lab.data import tables
from mlops_lab.features import memory as room
from mlops_lab.features.log import Log
from mlops_lab.features.memory import Memory
from mlops_lab.store import Store
from tests.features.conftest import DAYS, day_tables


def shuffled(day: int) -> dict:
    return {name: table.iloc[::-1].reset_index(drop=True) for name, table in day_tables(day).items()}


def test_rows_in_any_order_give_the_same_log(memory):
    other = Memory("2025-03-03")
    for day in range(DAYS):
        other.absorb(day, shuffled(day))
    assert other.log().to_bytes() == memory.log().to_bytes()


def test_a_log_read_from_the_store_equals_the_one_that_grew(memory, tmp_path):
    store = Store(tmp_path / "store")
    for day in range(DAYS):
        files = {f"day={day:04d}/{name}.parquet": tables.to_bytes(t) for name, t in day_tables(day).items()}
        commit = store.commit("traffic", files, metadata={"day": day, "first_date": "2025-03-03"})
    assert Memory.load(store, commit).log().to_bytes() == memory.log().to_bytes()


def test_a_log_survives_its_bytes(memory):
    log = memory.log()
    again = Log.from_bytes(log.to_bytes())
    assert again.to_bytes() == log.to_bytes()
    assert repr(again) == repr(log) == "Log(12 cooks, 18 recipes, 55 choices, 9 days from 2025-03-03)"


def test_a_review_is_a_choice_on_the_day_it_arrived():
    memory = Memory()
    ratings = day_tables(0)["clicks"].drop(columns="request").assign(arrived=3, stars=5)
    memory.absorb(0, {"recipes": day_tables(0)["recipes"], "ratings": ratings}, bulk=True)
    log = memory.log()
    assert len(log.choice_day) == len(ratings) and set(log.choice_day.tolist()) == {3}
    assert (log.version_day < 0).all(), "recipes of a bulk upload are known before every day"


@pytest.mark.parametrize("cooks", [["c00", "c05"], ["nobody", "c11"]])
def test_codes_of_cooks_are_their_places_in_id_order(memory, cooks):
    log = memory.log()
    known = {cook: at for at, cook in enumerate(log.cooks.tolist())}
    assert log.codes_of(np.array(cooks)).tolist() == [known.get(cook, len(known)) for cook in cooks]


@given(st.lists(st.tuples(*[st.integers(-(1 << at), 1 << at) for at in (3, 20, 2)]), max_size=40), st.booleans())
def test_rows_are_ordered_as_by_lexsort(rows, far):
    columns = [np.array([row[at] for row in rows], dtype=np.int64) for at in range(3)]
    columns = [column * ((1 << 40) if far else 1) for column in columns]
    assert room._order(*columns).tolist() == np.lexsort(columns[::-1]).tolist()


def test_ratings_since_a_day_are_those_that_came_in_then():
    memory = Memory()
    for day in (3, 4, 5):
        rows = {"cook": [f"c{day}"], "recipe": ["r"], "day": [1], "arrived": [day], "stars": [5]}
        memory.absorb(day, {"ratings": pd.DataFrame(rows)})
    assert [codes.tolist() for codes in memory.ratings_since(4)] == [[1, 2], [0, 0]]
    assert [len(codes) for codes in memory.ratings_since(6)] == [0, 0]

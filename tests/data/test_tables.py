"""Tables survive parquet, and partitions are read by day."""

import pandas as pd
import pytest

from mlops_lab.data.formats import TABLES, empty
from mlops_lab.data.ingest import ingest_traffic
from mlops_lab.data.tables import from_bytes, latest_cooks, latest_recipes, read_table, to_bytes
from mlops_lab.store import Store

from .tables_of_a_day import good, traffic


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "store")
    for day in range(3):
        ingest_traffic(store, traffic(day))
    return store


@pytest.mark.parametrize("table", TABLES)
def test_a_table_comes_back_as_it_went(table):
    pd.testing.assert_frame_equal(from_bytes(to_bytes(good(table, 4))), good(table, 4))
    pd.testing.assert_frame_equal(from_bytes(to_bytes(empty(table))), empty(table))


def test_equal_tables_give_equal_bytes():
    assert to_bytes(good("clicks", 9)) == to_bytes(pd.concat([good("clicks", 4), good("clicks", 5, first=4)]))


def test_all_days_are_read_in_order(store):
    assert read_table(store, "traffic", "clicks")["day"].tolist() == [0] * 3 + [1] * 3 + [2] * 3


def test_some_days_are_read_without_touching_the_others(store, monkeypatch):
    touched = []
    read = store.read
    monkeypatch.setattr(store, "read", lambda commit, path: touched.append(path) or read(commit, path))
    assert set(read_table(store, store.head("traffic"), "clicks", (1, 2))["day"]) == {1, 2}
    assert touched == ["day=0001/clicks.parquet", "day=0002/clicks.parquet"]


def test_some_columns_can_be_asked_for(store):
    assert list(read_table(store, "traffic", "clicks", (0, 1), columns=["cook"]).columns) == ["cook"]


def test_a_table_nobody_filled_is_empty_and_typed(store):
    pd.testing.assert_frame_equal(read_table(store, "traffic", "predictions"), empty("predictions"))


def test_rows_of_a_bulk_upload_count_to_their_own_day(tmp_path):
    store = Store(tmp_path / "bulk")
    ratings = pd.concat([good("ratings", 2, day=n) for n in (3, 8)], ignore_index=True)
    store.commit("traffic", {"foodcom/ratings.parquet": to_bytes(ratings)})
    assert read_table(store, "traffic", "ratings", (0, 5))["day"].tolist() == [3, 3]
    assert read_table(store, "traffic", "ratings", (0, 5), columns=["cook"])["cook"].tolist() == ["c0", "c1"]


def test_the_newest_row_about_a_cook_counts(store):
    ingest_traffic(store, traffic(3, cooks=good("cooks", 1, day=3).assign(market="south")))
    cooks = latest_cooks(store, "traffic").set_index("cook")["market"].to_dict()
    assert cooks == {"c0": "south", "c1": "north", "c2": "north"}


def test_the_newest_snapshot_is_the_recipes(store):
    ingest_traffic(store, traffic(3, recipes=good("recipes", 3).assign(minutes=99.0)))
    assert latest_recipes(store, "traffic")["minutes"].tolist() == [99.0] * 3

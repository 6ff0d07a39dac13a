"""A day goes in as one commit, and what is wrong with it is written beside it."""

import numpy as np
import pandas as pd
import pytest

from mlops_lab.data import ingest
from mlops_lab.data.formats import Traffic
from mlops_lab.data.ingest import ingest_traffic
from mlops_lab.data.tables import from_bytes, latest_recipes
from mlops_lab.errors import BadInput
from mlops_lab.store import Store

from .tables_of_a_day import good, traffic


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def test_a_day_is_one_commit_with_its_date(store):
    first, second = (
        ingest_traffic(store, traffic(0)),
        ingest_traffic(store, traffic(1), {"predictions": good("predictions", 2, 1)}),
    )
    assert [c.id for c in store.log("traffic")] == [second.commit.id, first.commit.id]
    about = second.commit.metadata
    assert (about["day"], about["date"], about["first_date"]) == (1, "2025-03-04", "2025-03-03")
    assert about["tables"]["predictions"] == {"read": 2, "kept": 2, "quarantined": 0}


def test_files_lie_by_day_and_only_where_there_are_rows(store):
    commit = ingest_traffic(store, traffic(7, clicks=good("clicks", 0))).commit
    names = ("cooked", "cooks", "impressions", "ratings", "recipes", "requests")
    assert store.paths(commit) == [f"day=0007/{name}.parquet" for name in names]


def test_refused_rows_lie_in_quarantine_with_their_reason(store):
    clicks = pd.concat([good("clicks", 2), good("clicks", 1), good("clicks", 1, first=2).assign(cook="ghost")])
    done = ingest_traffic(store, traffic(0, clicks=clicks))
    rows = from_bytes(store.read(done.commit, "day=0000/quarantine.parquet"))
    assert rows[["table", "reason"]].values.tolist() == [["clicks", "duplicate"], ["clicks", "orphan"]]
    assert done.reasons == {"duplicate": 1, "orphan": 1}
    assert done.tables["clicks"] == {"read": 4, "kept": 2, "quarantined": 2}


def test_a_cook_is_known_from_the_day_of_its_row_on(store):
    assert ingest_traffic(store, traffic(0, cooks=good("cooks", 2))).tables["requests"]["kept"] == 2
    late = ingest_traffic(store, traffic(1, cooks=good("cooks", 1, first=2)))
    assert late.tables["requests"] == {"read": 3, "kept": 3, "quarantined": 0}


def test_another_process_knows_the_same(store, tmp_path):
    ingest_traffic(store, traffic(0))
    ingest._newest.clear()
    again = ingest_traffic(Store(tmp_path / "store"), traffic(1, cooks=good("cooks", 0), recipes=good("recipes", 0)))
    assert again.reasons == {}


def test_a_recipe_whose_row_is_refused_keeps_its_last_good_row(store):
    ingest_traffic(store, traffic(0))
    flood = good("recipes", 3).assign(minutes=[60.0, np.nan, 60.0])
    done = ingest_traffic(store, traffic(1, recipes=flood))
    assert done.reasons == {"missing minutes": 1} and done.screened["recipes"].missing["minutes"] == pytest.approx(
        1 / 3
    )
    about = done.commit.metadata
    assert about["refused"] == {"recipes": {"missing minutes": 1}} and about["missing"]["recipes.minutes"] == 0.333333
    assert about["missing"]["recipes.kcal"] == about["missing"]["clicks.cook"] == 0.0
    stored = latest_recipes(store, done.commit).set_index("recipe")["minutes"].to_dict()
    assert stored == {"r0": 60.0, "r2": 60.0, "r1": 30.0}


def test_an_unchanged_snapshot_is_stored_once(store):
    ingest_traffic(store, traffic(0))
    commit = ingest_traffic(store, traffic(1)).commit
    assert commit.tree["day=0000/recipes.parquet"].digest == commit.tree["day=0001/recipes.parquet"].digest


def test_a_day_without_anything_still_is_a_day(store):
    ingest_traffic(store, traffic(0))
    done = ingest_traffic(store, Traffic(1, "2025-03-04"))
    assert done.commit.metadata["day"] == 1 and done.tables == {} and set(done.screened) >= {"clicks", "predictions"}


@pytest.mark.parametrize(
    ("day", "message"),
    [
        (traffic(0), "Day 0 is already in"),
        (Traffic(1, "2025-03-05"), "day 0 of this store is 2025-03-03"),
        (Traffic(1, "5 March"), "expected ISO text"),
        (Traffic(1, "2025-03-04", {"click": good("clicks", 1)}), "No table is called 'click'"),
    ],
)
def test_what_cannot_be_a_day_changes_nothing(store, day, message):
    head = ingest_traffic(store, traffic(0)).commit
    with pytest.raises(BadInput, match=message):
        ingest_traffic(store, day)
    assert store.head("traffic") == head


def test_of_two_writers_one_wins_and_the_other_hears_of_it(store, monkeypatch):
    staged = ingest.staged

    def overtaken(known, day, *more):
        monkeypatch.setattr(ingest, "staged", staged)
        ingest_traffic(Store(store.path), traffic(0, rows=1))
        return staged(known, day, *more)

    monkeypatch.setattr(ingest, "staged", overtaken)
    with pytest.raises(BadInput, match="Another process"):
        ingest_traffic(store, traffic(0))
    assert store.head("traffic").metadata["tables"]["clicks"]["read"] == 1


def test_the_same_days_give_the_same_commit(tmp_path):
    stores = [Store(tmp_path / name) for name in "ab"]
    assert len({ingest_traffic(store, traffic(0)).commit.id for store in stores}) == 1


def test_the_name_fits_one_line(store):
    assert repr(ingest_traffic(store, traffic(0, rows=1))).endswith(": 7 read, 7 kept, 0 quarantined)")

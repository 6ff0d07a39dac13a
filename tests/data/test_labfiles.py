"""A log written as CSV and read again is the log."""

import pandas as pd
import pytest

from mlops_lab.data.formats import Traffic
from mlops_lab.data.ingest import ingest_traffic
from mlops_lab.data.labfiles import ingest_lab, write_day
from mlops_lab.data.tables import read_table
from mlops_lab.errors import BadInput
from mlops_lab.store import Store

from .tables_of_a_day import good, traffic


@pytest.fixture
def days(tmp_path):
    """Two written days, the second with something to refuse."""
    flood = good("recipes", 3, day=1).assign(kcal=[1.5, None, 2.0], title=["a", "b, c", 'd "e"\nf'])
    written = [traffic(0), traffic(1, recipes=flood, predictions=good("predictions", 2, 1))]
    for day in written:
        write_day(tmp_path / "log", day)
    return written


def test_files_and_memory_end_as_the_same_rows(tmp_path, days):
    files, memory = Store(tmp_path / "files"), Store(tmp_path / "memory")
    done, last = ingest_lab(files, tmp_path / "log"), [ingest_traffic(memory, day) for day in days][-1]
    for path in memory.paths("traffic"):
        if not path.endswith("quarantine.parquet"):
            assert files.read(done.commit, path) == memory.read(last.commit, path), path
    assert files.paths(done.commit) == memory.paths(last.commit)
    assert done.reasons == last.reasons == {"missing kcal": 1}
    assert done.tables["clicks"] == {"read": 6, "kept": 6, "quarantined": 0}
    assert all(
        done.commit.metadata[key] == last.commit.metadata[key] for key in ("day", "date", "first_date", "refused")
    )


def test_all_days_are_one_commit(tmp_path, days):
    store = Store(tmp_path / "store")
    ingest_lab(store, tmp_path / "log")
    assert len(store.log("traffic")) == 1


def test_written_again_the_files_are_equal(tmp_path, days):
    before = {path: path.read_bytes() for path in (tmp_path / "log").rglob("*") if path.is_file()}
    for day in days:
        write_day(tmp_path / "log", day)
    assert before == {path: path.read_bytes() for path in (tmp_path / "log").rglob("*") if path.is_file()}
    assert sorted(path.name for path in (tmp_path / "log").iterdir()) == ["calendar.json", "day=00", "day=01"]


def test_days_go_on_after_those_that_are_in(tmp_path, days):
    store = Store(tmp_path / "store")
    ingest_lab(store, tmp_path / "log")
    write_day(tmp_path / "more", traffic(2, cooks=good("cooks", 0)))
    assert ingest_lab(store, tmp_path / "more").reasons == {}
    assert set(read_table(store, "traffic", "clicks")["day"]) == {0, 1, 2}
    with pytest.raises(BadInput, match="Day 0 is already in"):
        ingest_lab(store, tmp_path / "log")


def test_a_broken_record_is_quarantined(tmp_path, days):
    with (tmp_path / "log" / "day=01" / "clicks.csv").open("a") as file:
        file.write('q1-7,1,"c0\nq1-8,1,c0,r1\n')
    done = ingest_lab(Store(tmp_path / "store"), tmp_path / "log")
    assert done.tables["clicks"] == {"read": 8, "kept": 7, "quarantined": 1}
    assert done.reasons == {"missing kcal": 1, "unparsable": 1}


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("day=01/clicks.csv", "", "is empty"),
        ("day=01/clicks.csv", "request,day\nq,1\n", r"missing: cook, recipe"),
        ("day=01/click.csv", "a\n", "click.csv is no table of the lab"),
        ("calendar.json", "soon", "is no calendar"),
        ("calendar.json", '{"first_date": "9999-12-31"}', "is no calendar"),
        ("calendar.json", "[1]", "is no calendar"),
    ],
)
def test_one_bad_file_and_nothing_goes_in(tmp_path, days, file, content, message):
    (tmp_path / "log" / file).write_text(content)
    with pytest.raises(BadInput, match=message):
        ingest_lab(Store(tmp_path / "store"), tmp_path / "log")
    assert not (tmp_path / "store").exists()


def test_folders_without_days_are_refused(tmp_path):
    (tmp_path / "empty" / "day=soon").mkdir(parents=True)
    (tmp_path / "file").write_text("day=0")
    for name, message in (("empty", "holds no day="), ("file", "is a file"), ("nowhere", "does not exist")):
        with pytest.raises(BadInput, match=message):
            ingest_lab(Store(tmp_path / "store"), tmp_path / name)


def test_rows_that_are_all_refused_are_no_data(tmp_path):
    write_day(tmp_path / "log", Traffic(0, "2025-03-03", {"clicks": good("clicks", 2)}))
    with pytest.raises(BadInput, match="No row of"):
        ingest_lab(Store(tmp_path / "store"), tmp_path / "log")


def test_without_a_calendar_the_store_gives_the_date(tmp_path):
    store = Store(tmp_path / "store")
    ingest_traffic(store, Traffic(0, "2024-06-01", {"cooks": good("cooks", 1)}))
    write_day(tmp_path / "log", traffic(1))
    (tmp_path / "log" / "calendar.json").unlink()
    assert ingest_lab(store, tmp_path / "log").commit.metadata["date"] == "2024-06-02"
    assert isinstance(read_table(store, "traffic", "cooks"), pd.DataFrame)

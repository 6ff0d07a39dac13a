"""The lab's own log as files: day=NN/<table>.csv, one folder a day, and calendar.json with the date of day 0.

Written by the same code that makes `data/`, read by `mlops-lab ingest --format lab`.
"""

import json
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from mlops_lab.data.contracts import promised
from mlops_lab.data.formats import TABLES, Traffic
from mlops_lab.data.ingest import Ingested, calendar, committed, known_at, staged
from mlops_lab.data.records import read_records
from mlops_lab.data.screening import Screened, merged
from mlops_lab.data.tables import REPO
from mlops_lab.errors import BadInput
from mlops_lab.store import Store

CALENDAR = "calendar.json"
FIRST_DATE = "2025-03-03"  # where there is no calendar and no earlier data: the day the worlds begin by default
_WHOLE = r"\s*-?\d+\s*"


def write_day(folder: str | Path, traffic: Traffic) -> None:
    """Write a day's tables; equal traffic gives equal bytes. Tables without rows have no file."""
    folder = Path(folder)
    today = folder / f"day={traffic.day:02d}"
    today.mkdir(parents=True, exist_ok=True)
    first = date.fromisoformat(traffic.date) - timedelta(days=traffic.day)
    (folder / CALENDAR).write_text(json.dumps({"first_date": first.isoformat()}) + "\n", encoding="utf-8")
    for table, rows in traffic.tables.items():
        if len(rows):
            text = rows[list(TABLES[table])].to_csv(index=False, lineterminator="\n")
            (today / f"{table}.csv").write_bytes(text.encode("utf-8"))


def ingest_lab(store: Store, path: str | Path) -> Ingested:
    """Read a folder of days into one commit: all of them or none.

    Raises BadInput, with nothing written, for a folder without days, files that cannot be read, a day that is in
    already, or when nothing can be kept.
    """
    head = store.head(REPO)
    folder = Path(path)
    days = _days(folder)
    first_date = _first_date(folder, str(head.metadata["first_date"]) if head else FIRST_DATE)
    known, parts = known_at(store, head), []
    changes: dict[str, bytes | None] = {}
    for day, files in days.items():
        traffic, unparsable = _read_day(day, first_date, files)
        calendar(head, traffic)
        more, screened = staged(known, traffic, unparsable)
        changes |= more
        parts.append(screened)
    whole: dict[str, Screened] = {table: merged([part[table] for part in parts]) for table in TABLES}
    if not any(len(found.kept) for found in whole.values()):
        raise BadInput(
            f"No row of {folder} can be kept; look at its files, expected are the tables {', '.join(TABLES)}."
        )
    about = {"day": max(days), "first_date": first_date}
    return committed(store, head, changes, whole, f"days {min(days)} to {max(days)}", about, known)


def _days(folder: Path) -> dict[int, dict[str, Path]]:
    """The files of each day by table, in the order of days."""
    if not folder.is_dir():
        found = "is a file" if folder.exists() else "does not exist"
        raise BadInput(f"{folder} {found}; expected a folder with day=NN/<table>.csv in it.")
    found_days = {day: at for at in folder.glob("day=*") if (day := _number(at)) is not None}
    days = {day: {file.stem: file for file in sorted(at.glob("*.csv"))} for day, at in sorted(found_days.items())}
    if not any(days.values()):
        raise BadInput(f"{folder} holds no day=NN/<table>.csv; the tables are {', '.join(TABLES)}.")
    if unknown := [file for files in days.values() for table, file in files.items() if table not in TABLES]:
        raise BadInput(f"{unknown[0]} is no table of the lab; the tables are {', '.join(TABLES)}.")
    return days


def _number(folder: Path) -> int | None:
    text = folder.name.removeprefix("day=")
    return int(text) if folder.is_dir() and text.isascii() and text.isdigit() and len(text) < 7 else None


def _first_date(folder: Path, default: str) -> str:
    file = folder / CALENDAR
    if not file.exists():
        return default
    try:
        first = date.fromisoformat(json.loads(file.read_text(encoding="utf-8"))["first_date"])
    except (OSError, ValueError, TypeError, KeyError):
        first = date.min
    if not 1900 <= first.year < 2200:
        raise BadInput(f'{file} is no calendar; expected {{"first_date": "{FIRST_DATE}"}}.')
    return first.isoformat()


def _read_day(day: int, first_date: str, files: dict[str, Path]) -> tuple[Traffic, dict[str, list[str]]]:
    tables: dict[str, pd.DataFrame] = {}
    unparsable: dict[str, list[str]] = {}
    for table, file in files.items():
        looks = {column: _WHOLE for column, rule in promised()[table].items() if rule.kind == "int"}
        read = read_records(file, TABLES[table], looks)
        tables[table], unparsable[table] = read.frame, read.unparsable
    today = date.fromisoformat(first_date) + timedelta(days=day)
    return Traffic(day, today.isoformat(), tables), unparsable

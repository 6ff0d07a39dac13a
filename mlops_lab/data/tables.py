"""Tables as parquet files, and the partitions of a commit as one table."""

import io

import pandas as pd

from mlops_lab.data.formats import empty
from mlops_lab.store import Commit, Store

REPO = "traffic"


def to_bytes(frame: pd.DataFrame) -> bytes:
    """The table as a parquet file; equal tables give equal bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    # Without pandas' notes in the schema: they name library versions, and the columns' own types say enough.
    table = pa.Table.from_pandas(frame, preserve_index=False, nthreads=1).replace_schema_metadata(None)
    file = io.BytesIO()
    pq.write_table(table, file, compression="zstd")
    return file.getvalue()


def from_bytes(content: bytes, columns: list[str] | None = None) -> pd.DataFrame:
    """The table in a parquet file, or some of its columns."""
    import pyarrow.parquet as pq

    return pq.read_table(io.BytesIO(content), columns=columns, use_threads=False).to_pandas()


def folder_of(day: int) -> str:
    """The folder of a day's files: "day=0007"."""
    return f"day={day:04d}"


def day_of(path: str) -> int | None:
    """The day in whose folder a file lies; None for a bulk upload."""
    folder = path.split("/")[0]
    return int(folder.removeprefix("day=")) if folder.startswith("day=") else None


def partitions(store: Store, commit: Commit, table: str, days: tuple[int, int] | None = None) -> list[str]:
    """The paths of a table's files, bulk uploads first, then by day; only those that may hold days (first, last)."""
    paths = [path for path in store.paths(commit) if path.split("/")[1:] == [f"{table}.parquet"]]
    found = {path: day_of(path) for path in paths}
    wanted = [p for p, day in found.items() if days is None or day is None or days[0] <= day <= days[1]]
    return sorted(wanted, key=lambda path: (-1 if (day := found[path]) is None else day, path))


def read_table(
    store: Store,
    commit: Commit | str,
    table: str,
    days: tuple[int, int] | None = None,
    columns: list[str] | None = None,
) -> pd.DataFrame:
    """The kept rows of a table, of all days or of (first, last), both included; all columns or some.

    A row counts to the day in whose folder it arrived; rows of a bulk upload count to their own `day`.
    """
    commit = store.get(commit) if isinstance(commit, str) else commit
    parts = [empty(table)]
    for path in partitions(store, commit, table, days):
        part = from_bytes(store.read(commit, path), columns if days is None or day_of(path) is not None else None)
        if days is not None and day_of(path) is None and "day" in part:
            part = part[part["day"].between(*days)]
        parts.append(part)
    parts = [part for part in parts if len(part)] or parts[:1]
    whole = pd.concat(parts, ignore_index=True)
    return whole if columns is None else whole[columns]


def latest_recipes(store: Store, commit: Commit | str) -> pd.DataFrame:
    """The newest snapshot of the recipes; every recipe ever known is in it, with its last good row."""
    commit = store.get(commit) if isinstance(commit, str) else commit
    paths = partitions(store, commit, "recipes")
    return from_bytes(store.read(commit, paths[-1])) if paths else empty("recipes")


def latest_cooks(store: Store, commit: Commit | str) -> pd.DataFrame:
    """Every cook ever known, each with the newest row about them."""
    return read_table(store, commit, "cooks").drop_duplicates("cook", keep="last", ignore_index=True)

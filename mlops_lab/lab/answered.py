"""Answers that were given, looked up in the day's prediction logs without reading more of them than it takes.

A parquet file says of every column its least and greatest value. A log in whose range a request id does not lie is not
opened further, and a log with one version has its version there.
"""

import json
from pathlib import Path
from typing import Any

from mlops_lab.store import Commit, Store

LOG = "/predictions.parquet"
COLUMNS = ("request", "version", "snapshot")


class Log:
    """One day's log: its path and the parquet file, whose columns are read when the file's own notes do not tell."""

    def __init__(self, path: str, content: bytes):
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.path, self._file = path, pq.ParquetFile(pa.BufferReader(content))
        about = self._file.metadata
        places = {name: about.schema.names.index(name) for name in COLUMNS}
        groups = [about.row_group(number) for number in range(about.num_row_groups)]
        self._ranges = {name: [_range(group.column(at)) for group in groups] for name, at in places.items()}

    def values(self, name: str) -> set[Any]:
        """The distinct values of a column."""
        known = {value for ends in self._ranges[name] for value in ends}
        return known if len(known) == 1 and None not in known else set(self._column(name))

    def row(self, request: str) -> dict[str, Any] | None:
        """Version and snapshot of the answer to a request, None where it is not in this log."""
        if any(low is None or low <= request <= high for low, high in self._ranges["request"]):
            requests = self._column("request")
            if request in requests:
                at = requests.index(request)
                return {name: self._column(name)[at] for name in ("version", "snapshot")} | {"path": self.path}
        return None

    def _column(self, name: str) -> list[Any]:
        return self._file.read([name]).column(0).to_pylist()  # pyarrow's own search would import pandas


def logs(store: Store, head: Commit) -> list[Log]:
    """The logs of a commit of traffic, newest day first."""
    entries = [(path, entry) for path, entry in head.tree.walk() if path.endswith(LOG)]
    return [Log(path, store.blob(entry.digest)) for path, entry in reversed(entries)]


def waiting(folder: Path, request: str) -> dict[str, Any] | None:
    """The row of a request among those that a server keeps in a folder until their evening; its `path` is empty."""
    written = json.dumps(request)
    for file in sorted(folder.glob("day=*.jsonl"), reverse=True):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            if written in line and (row := _row(line)).get("request") == request:
                return {**row, "path": ""}
    return None


def _row(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:  # cut short by a crash
        row = {}
    return row if isinstance(row, dict) else {}


def _range(column: Any) -> tuple[Any, Any]:
    """The least and the greatest value of a part of a column, (None, None) where the file does not tell."""
    known = column.statistics
    return (known.min, known.max) if known is not None and known.has_min_max else (None, None)

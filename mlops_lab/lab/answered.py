"""Answers that were given, looked up in the day's logs without opening more of them than it takes.

The commit of a day notes of its log which versions answered, from which snapshots, and between which ids its requests
lie. A log that no note describes (it was put there another way) is asked itself.
"""

import json
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from mlops_lab.store import Commit, Store

LOG = "/predictions.parquet"


class Log:
    """One day's log. read: gives the bytes of the file. note: what a commit says of it."""

    def __init__(self, path: str, read: Callable[[], bytes], note: Mapping[str, list] | None = None):
        self.path, self._read, self._note = path, read, note

    @cached_property
    def versions(self) -> list[int]:
        """The versions that answered."""
        return self._note["versions"] if self._note else sorted(set(self._column("version")))

    @cached_property
    def snapshots(self) -> list[str]:
        """The snapshots of the data that were answered from."""
        return self._note["snapshots"] if self._note else sorted(set(self._column("snapshot")))

    def row(self, request: str) -> dict[str, Any] | None:
        """Version and snapshot of the answer to a request, None where it is not in this log."""
        if self._note and not self._note["requests"][0] <= request <= self._note["requests"][1]:
            return None
        requests = self._column("request")
        if request not in requests:
            return None
        at = requests.index(request)
        return {name: self._column(name)[at] for name in ("version", "snapshot")} | {"path": self.path}

    def _column(self, name: str) -> list[Any]:
        return self._file.read([name]).column(0).to_pylist()  # pyarrow's own search would import pandas

    @cached_property
    def _file(self) -> Any:
        import pyarrow as pa
        import pyarrow.parquet as pq

        return pq.ParquetFile(pa.BufferReader(self._read()))


def logs(store: Store, files: Mapping[str, Any], commits: list[Commit]) -> list[Log]:
    """The logs among the files of a commit of traffic (path -> entry), newest day first; commits hold the notes."""
    notes = {note["log"]: note for commit in commits if (note := commit.metadata.get("answered"))}
    found = [(path, entry.digest) for path, entry in files.items() if path.endswith(LOG)]
    return [Log(path, partial(store.blob, digest), notes.get(digest)) for path, digest in reversed(found)]


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

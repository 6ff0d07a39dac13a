"""Rows of answers on their way into the store.

In a process that simulates a day, rows wait in memory until the day is closed. A server appends them to
`day=NNNN.<process>.jsonl`, where they survive it.
"""

import json
import os
from pathlib import Path

import pandas as pd

from mlops_lab.data.formats import empty


class PredictionLog:
    """Prediction rows by day. With durable on, rows go to a file and `flush` makes them safe."""

    def __init__(self, folder: Path, durable: bool = False):
        self.folder, self.durable = folder, durable
        self._rows: dict[int, list[pd.DataFrame]] = {}
        self._waiting: dict[int, list[str]] = {}

    def __repr__(self) -> str:
        return f"PredictionLog({sum(len(rows) for parts in self._rows.values() for rows in parts)} rows in memory)"

    def add(self, day: int, rows: pd.DataFrame) -> None:
        """Keep the rows of answers given on a day."""
        if self.durable:
            self._waiting.setdefault(day, []).extend(json.dumps(row) for row in rows.to_dict("records"))
        else:
            self._rows.setdefault(day, []).append(rows)

    def flush(self) -> int:
        """Write waiting rows to disk and wait until they are safe; returns how many."""
        waiting, self._waiting = self._waiting, {}
        for day, lines in waiting.items():
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / f"day={day:04d}.{os.getpid()}.jsonl").open("a", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")
                file.flush()
                os.fsync(file.fileno())
        return sum(len(lines) for lines in waiting.values())

    def of(self, day: int) -> pd.DataFrame:
        """All rows of a day, from memory and from the files of servers; the first answer to a request counts."""
        self.flush()
        parts = list(self._rows.get(day, []))
        for file in sorted(self.folder.glob(f"day={day:04d}.*.jsonl")) if self.folder.is_dir() else []:
            parts.append(_read(file))
        parts = [part for part in parts if len(part)]
        if not parts:
            return empty("predictions")
        return pd.concat(parts, ignore_index=True).drop_duplicates("request") if len(parts) > 1 else parts[0]

    def forget(self, day: int) -> None:
        """Drop the rows of a day that has been taken in."""
        self._rows.pop(day, None)
        for file in self.folder.glob(f"day={day:04d}.*.jsonl") if self.folder.is_dir() else []:
            file.unlink()


def _read(file: Path) -> pd.DataFrame:
    """The rows of a server's file; a last line cut short by a crash was never acknowledged and is left out."""
    rows = []
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            rows.append(json.loads(line))
        except ValueError:
            continue
    return pd.DataFrame(rows) if rows else empty("predictions")

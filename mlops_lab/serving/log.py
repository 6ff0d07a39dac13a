"""Rows of answers, and what cooks said to them, on their way into the store.

In a process that simulates a day, rows wait in memory until the day is closed. A server appends them to
`<kind>/day=NNNN.<process>.jsonl`, where they survive it; `flush` makes them safe, every 50 ms.
"""

import json
import os
import threading
from pathlib import Path

import pandas as pd

from mlops_lab.data.formats import empty


class JsonLines:
    """Rows by day, appended to files of one folder; one file a process, so that writers never meet."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._waiting: dict[int, list[str]] = {}
        self._lock = threading.Lock()

    def add(self, day: int, rows: list[dict]) -> None:
        """Keep rows until the next flush."""
        lines = [json.dumps(row, separators=(",", ":")) for row in rows]
        with self._lock:
            self._waiting.setdefault(day, []).extend(lines)

    def flush(self) -> int:
        """Write waiting rows and wait until the disk has them; returns how many."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        for day, lines in waiting.items():
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / f"day={day:04d}.{os.getpid()}.jsonl").open("a", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")
                file.flush()
                os.fsync(file.fileno())
        return sum(len(lines) for lines in waiting.values())

    def files(self, until: int | None = None) -> list[Path]:
        """The files of all days, or of those up to a day."""
        found = sorted(self.folder.glob("day=*.jsonl")) if self.folder.is_dir() else []
        return [file for file in found if until is None or int(file.name[4:].partition(".")[0]) <= until]

    def of(self, day: int) -> list[dict]:
        """All rows up to a day that wait for it to be closed: those of earlier days came after their evening.

        A last line cut short by a crash was never acknowledged and is left out.
        """
        self.flush()
        return [row for file in self.files(day) for row in read_lines(file)]

    def forget(self, day: int) -> None:
        """Drop what has been taken in with a day."""
        for file in self.files(day):
            file.unlink()


def read_lines(file: Path) -> list[dict]:
    """The whole rows of a JSON-lines file."""
    rows = []
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            rows.append(json.loads(line))
        except ValueError:
            continue
    return [row for row in rows if isinstance(row, dict)]


class PredictionLog:
    """Prediction rows by day: in memory, or in files when a server wants them durable."""

    def __init__(self, folder: Path, durable: bool = False):
        self.lines, self.durable = JsonLines(folder), durable
        self._rows: dict[int, list[pd.DataFrame]] = {}

    def __repr__(self) -> str:
        return f"PredictionLog({sum(len(rows) for parts in self._rows.values() for rows in parts)} rows in memory)"

    def add(self, day: int, rows: pd.DataFrame) -> None:
        """Keep the rows of answers given on a day."""
        if self.durable:
            self.lines.add(day, rows.to_dict("records"))
        else:
            self._rows.setdefault(day, []).append(rows)

    def of(self, day: int) -> pd.DataFrame:
        """All rows up to a day that wait for it to be closed; the first answer to a request counts."""
        parts = [rows for known in sorted(self._rows) if known <= day for rows in self._rows[known]]
        written = self.lines.of(day)
        if written:
            parts.append(pd.DataFrame(written, columns=list(empty("predictions").columns)))
        parts = [part for part in parts if len(part)]
        if not parts:
            return empty("predictions")
        return pd.concat(parts, ignore_index=True).drop_duplicates("request") if len(parts) > 1 else parts[0]

    def forget(self, day: int) -> None:
        """Drop what has been taken in with a day."""
        self._rows = {known: rows for known, rows in self._rows.items() if known > day}
        self.lines.forget(day)

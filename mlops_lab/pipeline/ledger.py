"""The ledger: all runs in one SQLite file, and the questions one can ask it."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlops_lab.errors import BadInput
from mlops_lab.pipeline.book import SCHEMA, VERSION, Book

PATIENCE_SECONDS = 60.0
# Walk the edges from the executions at an id, then take the artifacts on the far side of those executions.
LINEAGE = """
WITH RECURSIVE walk (id) AS (
    SELECT id FROM executions WHERE id = ?
    UNION SELECT execution FROM events WHERE artifact = ? AND direction = ?
    UNION SELECT {there} FROM edges JOIN walk ON {here} = walk.id)
SELECT id, 'execution' AS kind, step AS name, state FROM executions WHERE id IN (SELECT id FROM walk)
UNION SELECT artifacts.id, 'artifact', artifacts.name, artifacts.type FROM events
    JOIN artifacts ON artifacts.id = artifact AND artifacts.type = events.type
    WHERE direction = ? AND execution IN (SELECT id FROM walk)
ORDER BY kind, name, id
"""


@dataclass(frozen=True)
class Node:
    """A node of the lineage graph: kind "artifact" (type: its format) or "execution" (type: its state)."""

    id: str
    kind: str
    name: str
    type: str


class Ledger:
    """The record of all runs in one SQLite file, which is made by the first run; many processes may use it at once."""

    def __init__(self, path: str | Path):
        self.path = Path(path)

    def __repr__(self) -> str:
        return f"Ledger({self.path.name}: {len(self.runs())} runs)"

    @contextmanager
    def open(self) -> Iterator[Book]:
        """The ledger, open inside the block. Raises BadInput when the file is no ledger or cannot be written."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            database = sqlite3.connect(self.path, timeout=PATIENCE_SECONDS, isolation_level=None)
        except (sqlite3.Error, OSError) as error:
            raise BadInput(f"The ledger {self.path} cannot be opened: {error}; give write access there.") from error
        try:
            with closing(database):
                _prepare(database)
                yield Book(database)
        except sqlite3.Error as error:
            raise BadInput(f"The ledger {self.path} cannot be used: {error}; make room, or move it away.") from error

    def runs(self) -> list[dict[str, str]]:
        """The runs, oldest first: {"id", "pipeline", "state"}."""
        return [{"id": one["id"], "pipeline": one["parent"], "state": one["state"]} for one in self.contexts("run")]

    def contexts(self, kind: str) -> list[dict[str, Any]]:
        """What executions belong to, oldest first: {"id", "state", "parent"}. kind: pipeline, run, upload, schedule."""
        return self._dicts(("id", "state", "parent"), "FROM contexts WHERE type = ? ORDER BY rowid", kind)

    def executions(self, run: str) -> list[dict[str, Any]]:
        """The executions of a run as they ended: {"id", "step", "state", "key", "seconds", "error", "tries"}."""
        names = ("id", "step", "state", "key", "seconds", "error", "tries")
        return self._dicts(names, "FROM executions WHERE run = ? ORDER BY rowid", run)

    def caused(self, upload: str) -> list[dict[str, Any]]:
        """The executions that one upload caused, by its global id: {"id", "step", "state"}."""
        where = "FROM executions JOIN associations ON execution = id WHERE type = 'upload' AND context = ?"
        return self._dicts(("id", "step", "state"), f"{where} ORDER BY executions.rowid", upload)

    def jobs(self, run: str) -> list[dict[str, Any]]:
        """The steps of a run that went over datums: {"step", "state", and how many datums ended in each state}."""
        rows = self._rows("SELECT step, state, datums FROM executions WHERE run = ? AND datums IS NOT NULL", run)
        return [{"step": step, "state": state, **json.loads(counts)} for step, state, counts in rows]

    def datums(self, execution: str) -> list[dict[str, Any]]:
        """The datums that were looked at one by one: {"datum", "state", "error"}; the others had no news at all."""
        return self._dicts(("datum", "state", "error"), "FROM datums WHERE execution = ? ORDER BY datum", execution)

    def upstream(self, id: str) -> list[Node]:
        """Everything an artifact or execution came from, at any depth. Raises BadInput for an unknown id."""
        return self._lineage(id, "lower", "upper", "output", "input")

    def downstream(self, id: str) -> list[Node]:
        """Everything that came of an artifact or execution, at any depth. Raises BadInput for an unknown id."""
        return self._lineage(id, "upper", "lower", "input", "output")

    def _lineage(self, id: str, here: str, there: str, touches: str, wanted: str) -> list[Node]:
        query = LINEAGE.format(here=here, there=there)
        known = self._rows("SELECT 1 FROM executions WHERE id = ? UNION SELECT 1 FROM artifacts WHERE id = ?", id, id)
        if not known:
            raise BadInput(f"The ledger {self.path.name} knows no artifact or execution {id!r}; give a whole id.")
        return [Node(*row) for row in self._rows(query, id, id, touches, wanted) if row[0] != id]

    def _dicts(self, names: tuple[str, ...], where: str, *values: Any) -> list[dict[str, Any]]:
        return [dict(zip(names, row, strict=True)) for row in self._rows(f"SELECT {', '.join(names)} {where}", *values)]

    def _rows(self, query: str, *values: Any) -> list[tuple]:
        if not self.path.exists():
            return []
        with self.open() as book:
            return book.rows(query, *values)


def _prepare(database: sqlite3.Connection) -> None:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version == 0:
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")
    elif version != VERSION:
        raise BadInput(f"The ledger has format {version}, and this program writes {VERSION}; move the file away.")
    database.execute("PRAGMA synchronous = FULL")

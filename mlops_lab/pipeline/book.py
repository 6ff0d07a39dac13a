"""The ledger while it is open: its tables, and how an execution is written into them."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (id TEXT PRIMARY KEY, pipeline TEXT NOT NULL, state TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS artifacts (
    id TEXT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL, value TEXT, PRIMARY KEY (id, type));
CREATE TABLE IF NOT EXISTS executions (
    id TEXT PRIMARY KEY, run TEXT NOT NULL, step TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL,
    state TEXT NOT NULL, seconds REAL NOT NULL, error TEXT);
CREATE TABLE IF NOT EXISTS events (
    execution TEXT NOT NULL, direction TEXT NOT NULL, name TEXT NOT NULL, artifact TEXT NOT NULL, type TEXT NOT NULL,
    source TEXT, PRIMARY KEY (execution, direction, name));
CREATE INDEX IF NOT EXISTS executions_by_key ON executions (key);
CREATE INDEX IF NOT EXISTS events_by_artifact ON events (artifact, direction);
-- Which execution feeds which. Inside a run the source is known; from run to run content links them, but plain JSON
-- does not: two runs that were given the number 7 have nothing to do with each other.
CREATE VIEW IF NOT EXISTS edges AS
    SELECT i.execution AS lower, o.execution AS upper FROM events i
    JOIN events o ON o.artifact = i.artifact AND o.direction = 'output'
    WHERE i.direction = 'input' AND CASE WHEN i.source IS NULL THEN i.type <> 'json' ELSE o.execution = i.source END;
PRAGMA user_version = 1;
"""


@dataclass(frozen=True)
class Artifact:
    """A value by its digest: type is its format ("parquet", "json", "commit" ...), name what it was called first.

    value: the text of a small JSON input, kept to be read by people.
    """

    id: str
    type: str
    name: str
    value: str | None = None


@dataclass(frozen=True)
class Execution:
    """One step in one run, as it is recorded. inputs: parameter -> (artifact, execution of this run that made it)."""

    run: str
    step: str
    key: str
    fingerprint: str
    state: str
    seconds: float
    inputs: Mapping[str, tuple[Artifact, str | None]]
    output: Artifact | None = None
    error: str | None = None

    @property
    def id(self) -> str:
        """Run and step: the same inputs and the same code are the same execution, however often it is tried."""
        return f"{self.run}/{self.step}"


class Book:
    """An open ledger. Every change is one durable transaction."""

    def __init__(self, database: sqlite3.Connection):
        self._database = database

    def finished(self, key: str) -> Artifact | None:
        """What the newest finished execution with this key made."""
        query = """SELECT artifacts.id, artifacts.type, artifacts.name FROM executions
            JOIN events ON execution = executions.id AND direction = 'output'
            JOIN artifacts ON artifacts.id = artifact AND artifacts.type = events.type
            WHERE key = ? AND state <> 'failed' ORDER BY executions.rowid DESC LIMIT 1"""
        row = self._database.execute(query, [key]).fetchone()
        return Artifact(*row) if row else None

    def record(self, done: Execution, pipeline: str) -> None:
        """Write one execution with its artifacts and events. What was skipped does not hide that it once ran."""
        if done.state == "skipped" and self._known(done):
            return
        with self._transaction() as database:
            database.execute("INSERT OR REPLACE INTO runs VALUES (?, ?, 'running')", [done.run, pipeline])
            row = [done.id, done.run, done.step, done.key, done.fingerprint, done.state, done.seconds, done.error]
            database.execute("INSERT OR REPLACE INTO executions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
            database.execute("DELETE FROM events WHERE execution = ?", [done.id])
            for name, (artifact, source) in done.inputs.items():
                self._event(done.id, "input", name, artifact, source)
            if done.output:
                self._event(done.id, "output", done.step, done.output, None)

    def close_run(self, run: str, pipeline: str, state: str) -> None:
        """Say how a run ended: done or failed."""
        if self._database.execute("SELECT state FROM runs WHERE id = ?", [run]).fetchone() != (state,):
            with self._transaction() as database:
                database.execute("INSERT OR REPLACE INTO runs VALUES (?, ?, ?)", [run, pipeline, state])

    def rows(self, query: str, *values: Any) -> list[tuple]:
        """The rows of a query."""
        return self._database.execute(query, values).fetchall()

    def _known(self, done: Execution) -> bool:
        row = self._database.execute("SELECT key, state FROM executions WHERE id = ?", [done.id]).fetchone()
        return row is not None and row[0] == done.key and row[1] != "failed"

    def _event(self, execution: str, direction: str, name: str, artifact: Artifact, source: str | None) -> None:
        row = [artifact.id, artifact.type, artifact.name, artifact.value]
        self._database.execute("INSERT OR IGNORE INTO artifacts VALUES (?, ?, ?, ?)", row)
        event = [execution, direction, name, artifact.id, artifact.type, source]
        self._database.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", event)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield self._database
            self._database.execute("COMMIT")
        except BaseException:
            self._database.execute("ROLLBACK")
            raise

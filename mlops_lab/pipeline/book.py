"""The ledger while it is open: its tables, and how an execution is written into them."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

# The four tables of ML Metadata, with the links between contexts and what belongs to them; and one of ours for datums.
SCHEMA = """
CREATE TABLE IF NOT EXISTS contexts (
    id TEXT NOT NULL, type TEXT NOT NULL, state TEXT, parent TEXT, PRIMARY KEY (id, type));
CREATE TABLE IF NOT EXISTS artifacts (
    id TEXT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL, value TEXT, PRIMARY KEY (id, type));
CREATE TABLE IF NOT EXISTS executions (
    id TEXT PRIMARY KEY, run TEXT NOT NULL, step TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL,
    state TEXT NOT NULL, seconds REAL NOT NULL, error TEXT, tries INTEGER NOT NULL, datums TEXT);
CREATE TABLE IF NOT EXISTS events (
    execution TEXT NOT NULL, direction TEXT NOT NULL, name TEXT NOT NULL, artifact TEXT NOT NULL, type TEXT NOT NULL,
    source TEXT, PRIMARY KEY (execution, direction, name));
CREATE TABLE IF NOT EXISTS associations (
    context TEXT NOT NULL, type TEXT NOT NULL, execution TEXT NOT NULL, PRIMARY KEY (execution, type, context));
CREATE TABLE IF NOT EXISTS datums (
    execution TEXT NOT NULL, datum TEXT NOT NULL, state TEXT NOT NULL, key TEXT NOT NULL, made TEXT, error TEXT,
    PRIMARY KEY (execution, datum));
CREATE INDEX IF NOT EXISTS executions_by_key ON executions (key);
CREATE INDEX IF NOT EXISTS executions_by_run ON executions (run);
CREATE INDEX IF NOT EXISTS events_by_artifact ON events (artifact, direction);
CREATE INDEX IF NOT EXISTS associations_by_context ON associations (context);
CREATE INDEX IF NOT EXISTS datums_by_key ON datums (key);
-- Artifacts belong to the contexts of the executions that took or made them (ML Metadata's attributions).
CREATE VIEW IF NOT EXISTS attributions AS
    SELECT DISTINCT associations.context, associations.type, events.artifact
    FROM associations JOIN events ON events.execution = associations.execution;
-- Which execution feeds which. Inside a run the source is known; from run to run content links them, but plain JSON
-- does not: two runs that were given the number 7 have nothing to do with each other.
CREATE VIEW IF NOT EXISTS edges AS
    SELECT i.execution AS lower, o.execution AS upper FROM events i
    JOIN events o ON o.artifact = i.artifact AND o.direction = 'output'
    WHERE i.direction = 'input' AND CASE WHEN i.source IS NULL THEN i.type <> 'json' ELSE o.execution = i.source END;
PRAGMA user_version = 2;
"""
VERSION = 2


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
    """One step in one run, as it is recorded. inputs: parameter -> (artifact, execution of this run that made it).

    datums: how many of them ended in each state, for a step over datums.
    """

    run: str
    step: str
    key: str
    fingerprint: str
    state: str
    seconds: float
    inputs: Mapping[str, tuple[Artifact, str | None]]
    output: Artifact | None = None
    error: str | None = None
    tries: int = 1
    datums: Mapping[str, int] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Run and step: the same inputs and the same code are the same execution, however often it is tried."""
        return f"{self.run}/{self.step}"


@dataclass(frozen=True)
class Worked:
    """One datum as it is recorded. made: [digest, size, rows, format] of its output, None for none."""

    datum: str
    state: str
    key: str
    made: list[Any] | None = None
    error: str | None = None


class Book:
    """An open ledger. Every change is one durable transaction."""

    def __init__(self, database: sqlite3.Connection):
        self._database = database

    def finished(self, key: str) -> Artifact | None:
        """What the newest finished execution with this key made."""
        query = """SELECT artifacts.id, artifacts.type, artifacts.name FROM executions
            JOIN events ON execution = executions.id AND direction = 'output'
            JOIN artifacts ON artifacts.id = artifact AND artifacts.type = events.type
            WHERE key = ? AND state IN ('ran', 'skipped') ORDER BY executions.rowid DESC LIMIT 1"""
        row = self._database.execute(query, [key]).fetchone()
        return Artifact(*row) if row else None

    def worked(self, keys: Iterable[str]) -> dict[str, list[Any]]:
        """For those keys of datums that were worked on before, what was made: [digest, size, rows, format]."""
        query = "SELECT key, made FROM datums WHERE made IS NOT NULL AND key IN (SELECT value FROM json_each(?))"
        return {key: json.loads(made) for key, made in self._database.execute(query, [json.dumps(list(keys))])}

    def record(self, done: Execution, pipeline: str, causes: Iterable[str] = ()) -> None:
        """Write one execution with its artifacts and events. What was skipped does not hide that it once ran.

        causes: global ids of the commits among its inputs.
        """
        if done.state == "skipped" and self._known(done):
            return
        with self._transaction() as database:
            self._context(done.run, "run", "running", pipeline)
            row = [done.id, done.run, done.step, done.key, done.fingerprint, done.state, done.seconds, done.error]
            counts = json.dumps(dict(done.datums)) if done.datums else None
            values = [*row, done.tries, counts]
            database.execute("INSERT OR REPLACE INTO executions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
            database.execute("DELETE FROM events WHERE execution = ?", [done.id])
            for name, (artifact, source) in done.inputs.items():
                self._event(done.id, "input", name, artifact, source)
            if done.output:
                self._event(done.id, "output", done.step, done.output, None)
            for context, kind in [(pipeline, "pipeline"), (done.run, "run"), *((cause, "upload") for cause in causes)]:
                self._context(context, kind, None, None)
                database.execute("INSERT OR IGNORE INTO associations VALUES (?, ?, ?)", [context, kind, done.id])

    def record_datums(self, execution: str, done: Iterable[Worked]) -> None:
        """Write how datums ended."""
        rows = [
            [execution, one.datum, one.state, one.key, json.dumps(one.made) if one.made else None, one.error]
            for one in done
        ]
        with self._transaction() as database:
            database.executemany("INSERT OR REPLACE INTO datums VALUES (?, ?, ?, ?, ?, ?)", rows)

    def close_run(self, run: str, pipeline: str, state: str) -> None:
        """Say how a run ended: done or failed."""
        self.say(run, "run", state, pipeline)

    def say(self, context: str, kind: str, state: str, parent: str | None = None) -> None:
        """Give a context a state; nothing is written when it has it."""
        if self.state(context, kind) != state:
            with self._transaction():
                self._context(context, kind, state, parent)

    def state(self, context: str, kind: str) -> str | None:
        """The state of a context, None when it has none or is not there."""
        query = "SELECT state FROM contexts WHERE id = ? AND type = ?"
        row = self._database.execute(query, [context, kind]).fetchone()
        return row[0] if row else None

    def rows(self, query: str, *values: Any) -> list[tuple]:
        """The rows of a query."""
        return self._database.execute(query, values).fetchall()

    def _known(self, done: Execution) -> bool:
        row = self._database.execute("SELECT key, state FROM executions WHERE id = ?", [done.id]).fetchone()
        return row is not None and row[0] == done.key and row[1] in ("ran", "skipped")

    def _context(self, id: str, kind: str, state: str | None, parent: str | None) -> None:
        statement = """INSERT INTO contexts VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE
            SET state = coalesce(excluded.state, state), parent = coalesce(excluded.parent, parent)"""
        self._database.execute(statement, [id, kind, state, parent])

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

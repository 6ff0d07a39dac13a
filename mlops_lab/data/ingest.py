"""A day of traffic in, one commit out.

The snapshot of the recipes that is stored is not quite the one that came: a recipe whose row was refused, or which is
not in the snapshot any more, keeps its last good row. So clicks on it are no orphans, and a flood of NaN in one column
does not empty the shelf. A cook or recipe is known from the day of its own row on, that day included.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pandas as pd

from mlops_lab.data.formats import TABLES, Traffic, empty
from mlops_lab.data.screening import Screened, screen
from mlops_lab.data.tables import REPO, folder_of, latest_recipes, read_table, to_bytes
from mlops_lab.errors import BadInput
from mlops_lab.store import Commit, Store
from mlops_lab.store.trees import digest_of

Counts = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Ingested:
    """What an ingest did. tables: {name: {read, kept, quarantined}}; reasons: {reason: rows}, adding up to quarantined.

    screened: the tables themselves, by name.
    """

    commit: Commit
    tables: Counts
    reasons: dict[str, int]
    screened: dict[str, Screened] = field(default_factory=dict)

    def __repr__(self) -> str:
        read, kept = (sum(counts[what] for counts in self.tables.values()) for what in ("read", "kept"))
        return f"Ingested(commit {self.commit.id[:8]}: {read} read, {kept} kept, {read - kept} quarantined)"

    def summary(self) -> dict[str, Any]:
        """The JSON of `mlops-lab ingest`."""
        return {"commit": self.commit.id, "tables": self.tables, "reasons": self.reasons}


@dataclass
class Known:
    """Whom and what the store knows as of a commit; kept up from day to day, so that a day never reads the past."""

    cooks: set[str]
    recipes: pd.DataFrame
    recipe_ids: set[str]
    catalogue: bytes = b""  # the stored snapshot as bytes, while it is the newest

    @classmethod
    def of(cls, store: Store, head: Commit | None) -> "Known":
        """Read from a commit; nothing for None."""
        if head is None:
            return cls(set(), empty("recipes"), set())
        recipes = latest_recipes(store, head)
        return cls(
            set(read_table(store, head, "cooks", columns=["cook"])["cook"].tolist()),
            recipes,
            set(recipes["recipe"].tolist()),
        )

    def ids(self) -> dict[str, Collection[str]]:
        """Known ids by column."""
        return {"cook": self.cooks, "recipe": self.recipe_ids}

    def learn_cooks(self, cooks: pd.DataFrame) -> None:
        """Add the kept cooks of a day."""
        self.cooks = self.cooks | set(cooks["cook"].tolist())

    def learn_recipes(self, kept: pd.DataFrame) -> None:
        """Replace the snapshot, carrying over the rows of recipes that are not in the new one."""
        if self.catalogue and kept.equals(self.recipes):
            return
        came = set(kept["recipe"].tolist())
        lost = [recipe not in came for recipe in self.recipes["recipe"].tolist()]
        self.recipes = pd.concat([kept, self.recipes[lost]], ignore_index=True) if any(lost) else kept
        self.recipe_ids, self.catalogue = self.recipe_ids | came, to_bytes(self.recipes)


# What was known at the newest commit this process made or read. Commits never change, so this cannot be stale.
_newest: dict[str, Known] = {}


def ingest_traffic(store: Store, traffic: Traffic, extra: Mapping[str, pd.DataFrame] | None = None) -> Ingested:
    """Screen a day, extra tables beside it, and commit the kept rows and the quarantine: one commit.

    Raises BadInput, with nothing written, for a table nobody knows, a day that is already in or no date.
    """
    head = store.head(REPO)
    day = Traffic(traffic.day, traffic.date, {**traffic.tables, **(extra or {})})
    first_date = calendar(head, day)
    known = known_at(store, head)
    changes, screened = staged(known, day)
    about = {"day": day.day, "first_date": first_date, **answered(changes, screened["predictions"].kept)}
    return committed(store, head, changes, screened, f"day {day.day}", about, known)


def known_at(store: Store, head: Commit | None) -> Known:
    """What is known as of a commit, from memory where this process was there; yours to change."""
    found = _newest.get(head.id) if head else None
    found = found or Known.of(store, head)
    return Known(found.cooks, found.recipes, found.recipe_ids, found.catalogue)


def calendar(head: Commit | None, traffic: Traffic) -> str:
    """The date of day 0, ISO text. Raises BadInput when the day is in already or does not fit that calendar."""
    try:
        first = date.fromisoformat(traffic.date) - timedelta(days=traffic.day)
    except (ValueError, TypeError, OverflowError):
        raise BadInput(f"Day {traffic.day} has the date {traffic.date!r}; expected ISO text like 2025-03-03.") from None
    if head is None:
        return first.isoformat()
    newest, known = int(head.metadata["day"]), str(head.metadata["first_date"])
    if traffic.day <= newest:
        raise BadInput(f"Day {traffic.day} is already in (newest: {newest}); go on with day {newest + 1}.")
    if first.isoformat() != known:
        raise BadInput(
            f"Day {traffic.day} is {traffic.date}, but day 0 of this store is {known}; use a workspace of its own."
        )
    return known


def staged(
    known: Known, traffic: Traffic, unparsable: Mapping[str, list[str]] | None = None
) -> tuple[dict[str, bytes | None], dict[str, Screened]]:
    """The files a day adds and every table screened; `known` learns the day's cooks and recipes.

    unparsable: raw texts by table of what could not even be read as rows.
    """
    screened = sorted_out(known, traffic, unparsable)
    changes: dict[str, bytes | None] = {}
    for table, found in screened.items():
        if table == "recipes" and found.read:
            changes[f"{folder_of(traffic.day)}/recipes.parquet"] = known.catalogue
        elif len(found.kept):
            changes[f"{folder_of(traffic.day)}/{table}.parquet"] = to_bytes(found.kept)
    return {**changes, **quarantine(folder_of(traffic.day), screened.values())}, screened


def sorted_out(
    known: Known, traffic: Traffic, unparsable: Mapping[str, list[str]] | None = None
) -> dict[str, Screened]:
    """Every table of a day screened; `known` learns the day's cooks and recipes. Raises BadInput for unknown tables."""
    if unknown := sorted(set(traffic.tables) - set(TABLES)):
        raise BadInput(f"No table is called {unknown[0]!r}; the tables are {', '.join(TABLES)}.")
    screened: dict[str, Screened] = {}
    for table in TABLES:  # cooks and recipes come first there, so that the day's own are known to its other rows
        raw = traffic.tables[table] if table in traffic.tables else empty(table)
        lost = (unparsable or {}).get(table, [])
        screened[table] = screen(table, raw, known=known.ids(), today=traffic.day, unparsable=lost)
        if table == "cooks" and screened[table].read:
            known.learn_cooks(screened[table].kept)
        elif table == "recipes" and screened[table].read:
            known.learn_recipes(screened[table].kept)
    return screened


def quarantine(folder: str, screened: Iterable[Screened]) -> dict[str, bytes | None]:
    """The file of refused rows (table, row, reason); no file when nothing was refused."""
    parts = [found.quarantined.assign(table=found.table) for found in screened if len(found.quarantined)]
    if not parts:
        return {}
    rows = pd.concat(parts, ignore_index=True)[["table", "row", "reason"]].astype("str")
    return {f"{folder}/quarantine.parquet": to_bytes(rows)}


def committed(
    store: Store, head: Commit | None, changes: Mapping[str, bytes | None], screened: Mapping[str, Screened],
    message: str, metadata: Mapping[str, Any], known: Known | None = None,
) -> Ingested:  # fmt: skip
    """One commit on `head`. Its metadata: day, date, first_date, tables and reasons as in Ingested, and `observed`.

    Raises BadInput, with nothing written, when another process has committed since `head` was read.
    """
    tables = {name: found.counts for name, found in screened.items() if found.read}
    reasons = total(found.reasons for found in screened.values())
    today = date.fromisoformat(metadata["first_date"]) + timedelta(days=metadata["day"])
    about = {**metadata, "date": today.isoformat(), "tables": tables, "reasons": reasons, **observed(screened)}
    with store.writing():
        if (store.head(REPO) or head) != head:
            raise BadInput(
                "Another process has put data into this store meanwhile; look at what is there, then repeat."
            )
        commit = store.commit(REPO, changes, message=message, metadata=about)
    _newest.clear()
    if known is not None:
        _newest[commit.id] = known
    return Ingested(commit, tables, reasons, dict(screened))


def answered(changes: Mapping[str, bytes | None], predictions: pd.DataFrame) -> dict[str, Any]:
    """What lineage asks of a day's log of answers, so that it need not open a year of logs: {"answered": ...}.

    log: the digest of that file; requests: the least and the greatest id; versions and snapshots: the distinct ones.
    """
    log = next((content for path, content in changes.items() if path.endswith("/predictions.parquet")), None)
    if log is None:
        return {}
    ids = predictions["request"].tolist()
    versions, snapshots = (sorted(set(predictions[name].tolist())) for name in ("version", "snapshot"))
    note = {"log": digest_of(log), "requests": [min(ids), max(ids)], "versions": versions, "snapshots": snapshots}
    return {"answered": note}


def observed(screened: Mapping[str, Screened]) -> dict[str, Any]:
    """What monitors ask of an ingest: refused {table: {reason: rows}}; missing {"table.column": share}.

    Shares of 0 are told, too: a monitor compares with the days before.
    """
    missing = {f"{name}.{column}": round(s, 6) for name, t in screened.items() for column, s in t.missing.items()}
    return {"refused": {name: t.reasons for name, t in screened.items() if t.reasons}, "missing": missing}


def total(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Counts by name, added up."""
    added: dict[str, int] = {}
    for each in counts:
        for name, n in each.items():
            added[name] = added.get(name, 0) + n
    return dict(sorted(added.items()))

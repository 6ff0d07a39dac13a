"""A small pipeline for tests that run it in other processes; nothing here imports a test library."""

import hashlib
from pathlib import Path

from mlops_lab.pipeline import Ledger, Pipeline, Run, glob, step
from mlops_lab.store import Store


def rows(size: int) -> list:
    """Numbers that look random."""
    return [int(hashlib.sha256(b"%d" % i).hexdigest()[:4], 16) for i in range(size)]


def squares(rows: list) -> list:
    """Each number times itself."""
    return [row * row for row in rows]


def total(squares: list) -> int:
    """Their sum."""
    return sum(squares)


def model(total: int, rows: list) -> bytes:
    """Something to ship."""
    return f"{total} of {len(rows)}".encode()


FLOW = Pipeline("flow", (rows, squares, total, model))


def run(folder: Path) -> Run:
    """The pipeline in a folder."""
    return FLOW.run(Store(folder / "store"), Ledger(folder / "lineage.sqlite"), {"size": 50})


def counted(clicks: list, day: str) -> dict:
    """One day's sum."""
    return {"day": day, "clicks": sum(clicks)}


def doubled(counted: dict) -> int:
    """Twice as much."""
    return 2 * counted["clicks"]


FAN = Pipeline("fan", (step(counted, over="clicks"), step(doubled, over="counted")))


def uploaded(folder: Path) -> Store:
    """A store with four days of traffic."""
    store = Store(folder / "store")
    store.commit("traffic", {f"day={day}/clicks.json": b"[%d, 1]" % day for day in range(4)})
    return store


def edited(store: Store) -> None:
    """One day is changed, one deleted, one added."""
    changes = {"day=1/clicks.json": b"[7]", "day=2/clicks.json": None, "day=9/clicks.json": b"[9]"}
    store.commit("traffic", changes)


def fan(folder: Path) -> Run:
    """A chain of two fan-outs over the days in a folder."""
    inputs = {"clicks": glob("traffic", "day={day}/clicks.json")}
    return FAN.run(Store(folder / "store"), Ledger(folder / "lineage.sqlite"), inputs)

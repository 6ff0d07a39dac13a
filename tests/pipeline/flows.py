"""A small pipeline for tests that run it in other processes; nothing here imports a test library."""

import hashlib
from pathlib import Path

from mlops_lab.pipeline import Ledger, Pipeline, Run
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

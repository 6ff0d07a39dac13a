"""Small pipelines in a module of their own, for containers import their steps. SMALL has all that can be said."""

import json
from pathlib import Path

from mlops_lab.pipeline import Metrics, Model, Pipeline, step


def days(count: int) -> list:
    """The days to work on."""
    return list(range(count))


def squared(days: int) -> int:
    """The square of one day."""
    return days**2


def named(squared: int, prefix: str) -> bytes:
    """One square as bytes."""
    return f"{prefix}{squared!r}".encode()


def total(squared: list, named: list) -> Metrics:
    """What came together, ints as ints."""
    return {"sum": sum(squared), "names": [one.decode() for one in named], "squares": squared}


def large(total: Metrics) -> bool:
    """Is it worth a report?"""
    return total["sum"] > 10


def report(total: Metrics, unreliable: int, words: dict) -> Model:
    """What is said when it is large."""
    return {"said": f"{words[str(unreliable)]} {total['sum']}"}


def printed(report: Model) -> str:
    """What takes a report is left out with it."""
    return report["said"].upper()


def unreliable(diary: str, works_at: int) -> int:
    """Works at the n-th try."""
    path = Path(diary)
    tries = (len(path.read_text()) if path.exists() else 0) + 1
    path.write_text("x" * tries)
    if tries < works_at:
        raise RuntimeError(f"try {tries} failed")
    return tries


def told(status: dict, diary: str) -> str:
    """Write down how the run ended."""
    Path(f"{diary}.exit").write_text(json.dumps(status))
    return status["state"]


SMALL = Pipeline(
    "small",
    (
        days, step(squared, over="days", workers=2), step(named, over="squared"), total, large,
        step(unreliable, tries=3), step(report, when="large"), printed,
    ),
    on_exit=told,
)  # fmt: skip


def read_table(text: str) -> bytes:
    """The table of a name."""
    return f"table {text}".encode()


def takes_bytes(table: bytes) -> str:
    """Takes what no JSON can say."""
    return table.decode()


def when_go(go: bool) -> str:
    """Under the condition go."""
    return "went"


def when_stop(stop: bool) -> str:
    """Under the condition stop."""
    return "stopped"


def takes_both(when_go: str, when_stop: str) -> str:
    """Under two conditions, neither inside the other."""
    return when_go + when_stop


def takes_all(named: list) -> int:
    """Fan-in."""
    return len(named)


def with_another(days: int, named: list) -> int:
    """Needs all of a fan-out in a fan-out."""
    return days


def dsl() -> int:
    """Called like a name of the program."""
    return 1


def counted(days: list) -> bool:
    """A condition that is found out under another one."""
    return len(days) > 1


def summed(squared: list, prefix: str = "sum ") -> str:
    """Fan-in under two conditions, with a default."""
    return f"{prefix}{sum(squared)}"


NESTED = Pipeline(
    "nested",
    (step(days, when="go"), counted, step(squared, over="days", when="counted", workers=3), summed),
)  # fmt: skip

"""Judges of the side trip of notebook 07: who starts it, and what if it jams?"""

import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from mlops_lab.pipeline import Ledger, Pipeline, Triggers
from mlops_lab.store import Store

ASKED, EVERY, SINCE = (3, 10, 11, 23), 4, 2
CATCH_UP = {"a": True, "b": False}


def which_ticks(answer: Any) -> list[str]:
    """The ticks that run when a clock is asked on some days, with catch-up and without; the clock is really asked."""
    if not isinstance(answer, Mapping) or set(answer) != {"a", "b"}:
        return [
            'Expected a dict with "a" and "b", each with a list for each of the four days: {"a": [[2], [], [], []]}.'
        ]
    said = []
    for case, true in ticks().items():
        given = answer[case]
        if not isinstance(given, (list, tuple)) or len(given) != len(ASKED):
            return [f"{case}) Give four lists, one for each of the days {', '.join(map(str, ASKED))}."]
        for day, mine, due in zip(ASKED, given, true, strict=True):
            said += _about(f"{case}) Asked on day {day}: ", _list(mine), due, day, CATCH_UP[case])
    return said[:1]


def _list(given: Any) -> list[Any]:
    return list(given) if isinstance(given, (list, tuple, set, range)) else [given]


def _about(where: str, mine: list[Any], due: list[int], day: int, catch_up: bool) -> list[str]:
    """What is wrong with the ticks of one day, if anything."""
    off = [tick for tick in mine if tick not in range(SINCE, 1000, EVERY)]
    if off:
        return [f"{where}{off[0]!r} is no tick. The first is day {SINCE}, and then every {EVERY} days."]
    if any(tick > day for tick in mine):
        return [f"{where}day {max(mine)} is still to come."]
    if set(mine) - set(due) and not catch_up and len(mine) > 1:
        return [f"{where}without catch-up no more than one tick runs, the newest that is due."]
    if set(mine) - set(due):
        return [f"{where}a tick of yours has run before, or is not the newest. Each runs once, however often one asks."]
    if set(due) - set(mine):
        return [f"{where}a tick is missing. What is due and has not run yet?"]
    return []


@cache
def ticks() -> dict[str, list[list[int]]]:
    """What runs on each of the days: found by asking a clock, in a store that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        found = {}
        for case, catch_up in CATCH_UP.items():
            clock = Triggers(Store(Path(folder) / case), Ledger(Path(folder) / f"{case}.sqlite"))
            clock.add(Pipeline("letters", (_letter,)), {}, every_days=EVERY, since=SINCE, catch_up=catch_up)
            found[case] = [[job.tick for job in clock.tick(day) if job.tick is not None] for day in ASKED]
        return found


def _letter(tick: int) -> int:
    return tick


class _Work:
    """Something to be called: raises these errors, one a call, then returns a value."""

    def __init__(self, errors: list[BaseException], value: Any = "soup"):
        self.errors, self.value, self.calls = errors, value, 0

    def __call__(self) -> Any:
        self.calls += 1
        if self.calls <= len(self.errors):
            raise self.errors[self.calls - 1]
        return self.value


def politely(tried: Any) -> list[str]:
    """tried(work, tries, sleep): calls again after an error, waits twice as long each time, gives up in the end."""
    if not callable(tried):
        return [f"Found {type(tried).__name__}; expected a function of work, tries and sleep."]
    jams: list[BaseException] = [OSError("paper jam"), TimeoutError("no answer"), OSError("no paper")]
    return (
        _works(tried)
        or _works_later(tried, jams)
        or _gives_up(tried, jams)
        or _refused(tried)
        or _interrupted(tried)
        or []
    )


def _run(tried: Any, work: _Work, tries: int) -> tuple[Any, BaseException | None, list[float]]:
    """What came back, what was raised, and the waits."""
    waits: list[float] = []
    try:
        return tried(work, tries, waits.append), None, waits
    except BaseException as error:
        if error.__traceback__ and error not in work.errors and not isinstance(error, Exception):
            raise
        return None, error, waits


def _works(tried: Any) -> list[str]:
    for value in ("soup", 0, None):
        work = _Work([], value)
        back, error, waits = _run(tried, work, 3)
        if error is not None:
            raise error
        if work.calls != 1 or waits:
            return [
                f"work() worked at once and returned {value!r}, and was called {work.calls} times. A value is a value."
            ]
        if back != value:
            return [f"work() returned {value!r}, tried returned {back!r}. Hand over what came back."]
    return []


def _works_later(tried: Any, jams: list[BaseException]) -> list[str]:
    work = _Work(jams[:2])
    back, error, waits = _run(tried, work, 5)
    if work.calls == 1:
        return ["After the first error work was not called again."]
    if error is not None or back != "soup":
        return [
            "work() failed twice and would have worked at the third call of five; that is what tried has to return."
        ]
    if not waits:
        return ["Nothing was waited for between two calls: call sleep(seconds), which was handed over."]
    return _waited(waits, [1, 2])


def _waited(waits: list[float], expected: list[float]) -> list[str]:
    if waits == expected:
        return []
    if len(waits) > len(expected):
        return ["It waited once too often. After the last call there is nothing to wait for."]
    if waits[0] != 1:
        return [f"The first wait was {waits[0]} seconds; expected 1."]
    return [
        f"The waits were {waits}; each has to be twice the one before, {expected}, so that a busy server gets rest."
    ]


def _gives_up(tried: Any, jams: list[BaseException]) -> list[str]:
    work = _Work(jams + jams)
    _, error, waits = _run(tried, work, 3)
    if work.calls != 3:
        return [f"With tries=3 work was called {work.calls} times. The first call counts, too."]
    if error is None:
        return ["All calls failed, and tried returned as if all were well. Raise the error in the end."]
    if error is not jams[2]:
        return [f"In the end {type(error).__name__} was raised; raise what work raised last, it says what is wrong."]
    return _waited(waits, [1, 2])


def _refused(tried: Any) -> list[str]:
    work = _Work([ValueError("minutes is negative")])
    _, error, _ = _run(tried, work, 3)
    if work.calls > 1:
        return ["A ValueError was tried again. The input will be as wrong as before."]
    return [] if error is work.errors[0] else ["The ValueError was lost; raise it at once."]


def _interrupted(tried: Any) -> list[str]:
    work = _Work([KeyboardInterrupt()])
    _, error, _ = _run(tried, work, 3)
    caught = work.calls > 1 or error is not work.errors[0]
    return ["Ctrl+C was taken for an error and tried again. Catch Exception, not everything."] if caught else []

"""What a model must do whatever its metric says: behaviours, each tried on many cases.

The kinds are CheckList's (Ribeiro et al., ACL 2020): an invariance (what says nothing must change nothing), a
direction (more of this must not give less of that), a minimum function (what any sane model can do). Nothing here asks
what kind of model it is; the table itself is `checklist`.

    fit        a log -> a model that knows everything before the log's last morning
    case       by how much it goes wrong (0 or less: it holds), and the case in words
    outcome    the share of cases that hold, and the worst of the others
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from mlops_lab.features.log import Log

Fit = Callable[[Log], Any]
Case = tuple[float, str]


@dataclass(frozen=True)
class Behaviour:
    """One thing a model must do; cases(fit, log) yields what happened each time."""

    name: str
    kind: str
    cases: Callable[[Fit, Log], Iterator[Case]]


@dataclass(frozen=True)
class Outcome:
    """What came of one behaviour: the share of its cases that hold, and the worst of the others ("" for none)."""

    name: str
    kind: str
    cases: int
    rate: float
    worst: str

    def __repr__(self) -> str:
        return f"Outcome({self.name}: {self.rate:.0%} of {self.cases})"


def outcome(behaviour: Behaviour, fit: Fit, log: Log) -> Outcome:
    """Try one behaviour of a model on every case that the log gives."""
    cases = list(behaviour.cases(fit, log))
    wrong = [(by, words) for by, words in cases if not by <= 0]
    rate = 1 - len(wrong) / len(cases) if cases else 1.0
    return Outcome(behaviour.name, behaviour.kind, len(cases), rate, max(wrong)[1] if wrong else "")

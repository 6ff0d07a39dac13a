"""From failing checks to people: one alert an episode, to the owner, with what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from mlops_lab.monitoring.checks import Check
from mlops_lab.monitoring.runbooks import RUNBOOKS

QUIET_DAYS = 3  # good days that end an episode


@dataclass(frozen=True)
class Alert:
    """Somebody is asked to look. runbook: two to four sentences; message: what was found, in one."""

    day: int
    name: str
    cause: str
    owner: str
    runbook: str
    value: float
    limit: float
    message: str

    def __repr__(self) -> str:
        return f"Alert(day {self.day}: {self.name}, {self.value:.3g} > {self.limit:.3g}; owner {self.owner})"

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def alert(day: int, family: str, name: str, cause: str, value: float, limit: float, message: str) -> Alert:
    """An alert with the owner and the runbook of its family."""
    book = RUNBOOKS[family]
    return Alert(day, name, cause, book.owner, book.steps, value, limit, message)


def alerts(day: int, checks: Sequence[Check], open: Mapping[str, int]) -> tuple[list[Alert], dict[str, int]]:
    """New alerts of a day, and the episodes that are open after it.

    open: name of each open episode -> good days in a row so far. A check that is not there counts as good. One cause
    is one page: a second check that accuses it on the same evening opens an episode in silence, and so does one of a
    later evening while somebody is looking at that table or column already. A model may fall ill of two things.
    """
    bad = {check.name: check for check in checks if not check.ok}
    paged = {_whose(check) for check in checks if check.name in open and check.cause != "model"}
    new = []
    for c in bad.values():
        if c.name not in open and _whose(c) not in paged:
            new.append(alert(day, c.family, c.name, c.cause, c.value, c.limit, _sentence(c)))
            paged.add(_whose(c))
    counted = {name: 0 if name in bad else days + 1 for name, days in open.items()}
    still = {name: days for name, days in counted.items() if days < QUIET_DAYS}
    return new, {**still, **dict.fromkeys(bad, 0)}


def _whose(check: Check) -> tuple[str, str]:
    return RUNBOOKS[check.family].owner, check.cause


WORDS = {
    "volume": "{subject} has {value:.1f} times more or fewer rows than usual; up to {limit:.1f} times is normal.",
    "quarantine": "{value:.0%} of the rows of {table} are in quarantine ({what}); up to {limit:.0%} is normal.",
    "missing": "{value:.0%} of {subject} is missing; up to {limit:.0%} is normal.",
    "drift": "{subject} moved by {value:.2f} (psi); up to {limit:.2f} is normal.",
    "concentration": "The busiest three have {value:.0%} of {subject}; up to {limit:.0%} is normal.",
    "lockstep": "{value:.0f} cooks each rated what three others did; up to {limit:.0f} are normal in a week.",
    "latency": "One answer in twenty takes {value:.2f} seconds or longer; up to {limit:.2f} is normal.",
    "variety": "{value:.0%} fewer {subject} are shown than by the drawn place alone; up to {limit:.0%} is normal.",
    "behaviour": "{value:.0%} of the {subject} went elsewhere than before; up to {limit:.0%} is normal.",
    "quality": "The champion lost {value:.0%} of its {subject}; up to {limit:.0%} is normal.",
    "staleness": "The {subject} is {value:.0f} days old; up to {limit:.0f} is normal.",
    "skew": "{value:.0%} of the served {subject} differ from those recomputed; none should ({cause}).",
}


def _sentence(check: Check) -> str:
    """What was found and what would be normal."""
    subject = check.name.partition(".")[2].replace("_", " ")
    table, _, what = subject.partition(".")
    form = WORDS.get(check.family, "{subject}: {value:.3g} found; up to {limit:.3g} is normal.")
    return form.format(subject=subject, table=table, what=what, value=check.value, limit=check.limit, cause=check.cause)

"""A check: one number beside its limit. More than the limit is too much, for every check."""

from collections.abc import Sequence
from dataclasses import dataclass

from mlops_lab.monitoring.facts import Facts

LUCK = 4.0  # standard deviations that luck may explain: one check in 30,000
MEMORY_DAYS = 28  # days a reference reaches back: four of each weekday
REPORTS = ("cooked", "ratings")  # few a day, and about days before: they are judged by the week
WEEK, SETTLED_DAY = 7, 7  # reports grow during the first week, because nothing was cooked before it


@dataclass(frozen=True)
class Check:
    """name: "family.subject". ok: value <= limit. cause: what is wrong if it fails (table, column, feature, model)."""

    name: str
    value: float
    limit: float
    ok: bool
    cause: str

    @property
    def family(self) -> str:
        """The kind of check, which says who owns it and what to do."""
        return self.name.partition(".")[0]


def check(name: str, value: float, limit: float, cause: str) -> Check:
    """The check of a value that must not exceed its limit; both rounded to six places."""
    return Check(name, round(float(value), 6), round(float(limit), 6), bool(value <= limit), cause)


def spans(name: str, table: str, today: Facts, past: Sequence[Facts]) -> tuple[list[Facts], list[Facts]]:
    """The days that a check judges, today last, and the good days to compare with; reports are judged by the week.

    The reference ends a week ago where that leaves three days, or what grows slowly would become its own reference.
    """
    before, good = today.day - WEEK, good_days(name, past)
    old = [day for day in good if day.day <= before]
    if table not in REPORTS:
        return [today], old if len(old) >= 3 else good
    settled = [day for day in old if day.day >= SETTLED_DAY]
    return [*(day for day in past if day.day > before), today], settled if len(settled) >= 3 else []


def good_days(name: str, past: Sequence[Facts]) -> list[Facts]:
    """Days that may serve as reference for a check: those on which it did not fail itself.

    When a new state lasts longer than the memory no old day is left, the check is silent for a day, and the new state
    has become the reference.
    """
    return [day for day in past if name not in day.failing]

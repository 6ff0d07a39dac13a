"""Judges of notebook 13: how would we know that it went wrong?"""

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np

LAST_DAY = 39
_NOT = {
    "a": "Bots would bring requests of their own, with new ids. These rows repeat requests that are there already.",
    "c": "A second click brings no impression. Count how many impressions are refused beside the clicks.",
    "d": "Yesterday's file would bring rows of yesterday. Read the day in a refused row.",
}


def threshold(limit: Any) -> list[str]:
    """limit(clean, checks, per_year): exceeded by clean values just as often as allowed, whatever their shape."""
    if not callable(limit):
        return [f"Found {type(limit).__name__}; expected a function of clean, checks and per_year."]
    draws = np.random.default_rng(13)
    normal, skewed = draws.normal(1.0, 0.1, 200_000), draws.chisquare(3, 200_000) * 0.02
    cases = [
        (normal, 1, 12, "one check on values shaped like a bell"),
        (skewed, 1, 12, "one check on values with a long tail, as psi has"),
        (skewed * 50, 1, 4, "one check with fewer alarms allowed"),
        (skewed, 40, 6, "40 checks a day"),
    ]
    return [said for case in cases for said in _judged(limit, *case)][:1]


def _judged(limit: Any, clean: np.ndarray, checks: int, per_year: int, case: str) -> list[str]:
    given = limit(clean.copy(), checks, per_year)
    if given is None:
        return ["limit returned None; it has to return a number."]
    if not isinstance(given, Real) or not np.isfinite(float(given)):
        return [f"limit returned {type(given).__name__} ({str(given)[:20]}); expected one finite number."]
    rings = float(np.mean(clean > float(given))) * 365 * checks
    if rings > 1.2 * per_year:
        return [f"For {case}: it would ring {rings:.1f} times a year on clean days; {per_year} are allowed."]
    if not rings:
        return [f"For {case}: no clean day lies above it. A bell that never lies misses a lot; {per_year} are allowed."]
    if rings < 0.8 * per_year:
        return [f"For {case}: it would ring {rings:.2g} times a year, {per_year} are allowed. A lower limit sees more."]
    return []


def second_page(answer: Any, made: Any) -> list[str]:
    """What happened, since when, how many clicks too many: {"what": "a", "since": 30, "too many": 5}."""
    if not isinstance(answer, Mapping) or set(answer) != {"what", "since", "too many"}:
        return ['Expected a dict like {"what": "a", "since": 30, "too many": 5}.']
    twice = _twice(made)
    if not twice:
        return [f"The trouble has not begun in your lab. Run the cells above, up to day {LAST_DAY}, then check again."]
    what, since, many = str(answer["what"]).strip().strip(")").casefold(), answer["since"], answer["too many"]
    if what not in (*_NOT, "b"):
        return ["what: choose one of the letters a, b, c and d."]
    if not isinstance(since, Integral) or not isinstance(many, Integral):
        return ["since and too many are whole numbers: a day, and a count of clicks."]
    said = [_NOT[what]] if what in _NOT else []
    if since != min(twice):
        early = "then no click was refused yet" if since < min(twice) else "by then it had begun already"
        said.append(f"since: not day {since}; {early}. Look at the clicks evening by evening.")
    if many != sum(twice.values()):
        less = "more" if many < sum(twice.values()) else "fewer"
        said.append(f"too many: it is {less} than {many}. Add up the duplicates among the clicks, over all days.")
    return said


def _twice(made: Any) -> dict[int, int]:
    """Clicks refused as duplicates, by day, for the days that have some; up to LAST_DAY."""
    evenings = made[1].evenings() if isinstance(made, tuple) else []
    counts = {e["day"]: e["facts"]["quarantined"].get("clicks", {}).get("duplicate", 0) for e in evenings}
    return {day: count for day, count in counts.items() if count and day <= LAST_DAY}

"""Do cooks still choose as they did? What they click, given what they were shown.

The click rate of each cuisine (season, diet) under one champion says how many clicks today's impressions should have
brought it. Comparing clicks with that, instead of with earlier clicks, does not mistake a changed slate for a changed
taste. Another champion shows other recipes to other cooks, so only days of the same champion are compared.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from mlops_lab.monitoring.checks import Check, check, good_days
from mlops_lab.monitoring.facts import WORDS, Facts

RECENT_DAYS = 5
REFERENCE_DAYS = 7  # fewer would not hold every weekday
SMALLEST = 5.0  # expected clicks below which the chi-square approximation breaks; such values are taken together
CHANCE = 1e-5
CLUSTERS = 1.3  # clicks of one cook resemble each other, so counts vary more than independent ones
MOVED = 0.1  # share of clicks that went elsewhere; less is not worth a page


def behaviour(today: Facts, past: Sequence[Facts]) -> Iterator[Check]:
    """For cuisine, season and diet: the share of the last days' clicks that moved, beside what luck explains."""
    for attribute in WORDS:
        name = f"behaviour.clicks.{attribute}"
        recent = recent_days(today, past)
        good = [day for day in good_days(name, past) if day.champion == today.champion and day.day < recent[0].day]
        if today.champion and len(good) >= REFERENCE_DAYS:
            yield from _moved(name, attribute, recent, good)


def recent_days(today: Facts, past: Sequence[Facts], days: int = RECENT_DAYS) -> list[Facts]:
    """Today and the days before it under the same champion, at most `days`, oldest first."""
    recent = [today]
    for day in reversed(past):
        if len(recent) == days or day.champion != today.champion:
            break
        recent.insert(0, day)
    return recent


def _moved(name: str, attribute: str, recent: Sequence[Facts], good: Sequence[Facts]) -> Iterator[Check]:
    values = sorted({value for day in [*recent, *good] for value in day.shown.get(attribute, {})})
    shown, clicked = _sums(recent, attribute, values)
    shown_before, clicked_before = _sums(good, attribute, values)
    if not clicked.sum() or not clicked_before.sum():
        return
    mean = clicked_before.sum() / shown_before.sum()
    # A value hardly shown before is expected to do like the others: two imagined clicks pull it there.
    expected = shown * (clicked_before + 2) / (shown_before + 2 / mean)
    expected *= clicked.sum() / expected.sum()
    large = expected >= SMALLEST
    if large.sum() < 2:
        return
    groups = np.where(large, np.cumsum(large) - 1, large.sum())
    e, o, before = (np.bincount(groups, weights=counts) for counts in (expected, clicked, clicked_before))
    spread = CLUSTERS * e * (1 + e / (before + 2))
    statistic = float(np.sum((o - e) ** 2 / np.maximum(spread, 1e-9)))
    share = float(np.abs(o - e).sum() / 2 / o.sum())
    # chi-square grows with the square of the share that moved, so this is the share that would just be beyond luck.
    luck = share * np.sqrt(_largest(len(e) - 1) / max(statistic, 1e-9))
    yield check(name, share, max(MOVED, luck), f"clicks.{attribute}")


def _sums(days: Sequence[Facts], attribute: str, values: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Impressions and clicks of each value, over the days."""
    tables = [(day.shown.get(attribute, {}), day.clicked.get(attribute, {})) for day in days]
    shown, clicked = zip(*tables, strict=True)
    columns = [[sum(day.get(value, 0) for day in counts) for value in values] for counts in (shown, clicked)]
    return np.array(columns[0], dtype=np.float64), np.array(columns[1], dtype=np.float64)


def _largest(degrees: int) -> float:
    """The chi-square that luck exceeds with probability CHANCE."""
    from scipy.special import chdtri

    return float(chdtri(degrees, CHANCE))

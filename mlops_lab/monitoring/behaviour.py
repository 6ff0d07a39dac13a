"""Do cooks still choose as they did? What they click, given what they were shown.

The click rate of each recipe under one champion says how many clicks its exposure of the last days should have
brought, and so how many clicks each cuisine (season, diet) should have got. Comparing clicks with that, instead of with
earlier clicks, does not mistake a changed slate for a changed taste. Another champion shows recipes to other cooks: its
days serve as reference only until the present one has a week of its own, and then more is left to luck.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from mlops_lab.monitoring.checks import Check, check, good_days
from mlops_lab.monitoring.facts import WORDS, Facts

RECENT_DAYS = 7
REFERENCE_DAYS = 7  # fewer would not hold every weekday
SMALLEST = 5.0  # expected clicks below which the chi-square approximation breaks; such values are taken together
CHANCE = 1e-5
IMAGINED = 2.0  # clicks that pull the rate of what was hardly shown to that of its like
CLUSTERS = 1.3  # clicks of one cook resemble each other, so counts vary more than independent ones
OTHERS = 1.5  # how much wider the limit is beside days of other champions
MOVED = 0.12  # share of clicks that went elsewhere; less is not worth a page


def behaviour(today: Facts, past: Sequence[Facts]) -> Iterator[Check]:
    """For cuisine, season and diet: the share of the last days' clicks that moved, beside what luck explains."""
    for attribute in WORDS:
        name = f"behaviour.clicks.{attribute}"
        recent, good, caution = _compared(today, past, good_days(name, past))
        if today.champion and len(recent) >= 2 and len(good) >= REFERENCE_DAYS:
            yield from _moved(name, attribute, recent, good, caution)


def _compared(today: Facts, past: Sequence[Facts], good: Sequence[Facts]) -> tuple[list[Facts], list[Facts], float]:
    """The last days, the days they are compared with, and how many times wider the limit has to be."""
    reign = sum(day.champion == today.champion for day in past) + 1
    recent = recent_days(today, past, min(RECENT_DAYS, max(reign - REFERENCE_DAYS, 2)))
    own = [day for day in good if day.champion == today.champion and day.day < recent[0].day]
    if len(own) >= REFERENCE_DAYS:
        return recent, own, 1.0
    recent = recent_days(today, past)
    others = [day for day in good if day.champion and day.day < recent[0].day]
    return recent, others[-2 * REFERENCE_DAYS :], OTHERS


def recent_days(today: Facts, past: Sequence[Facts], days: int = RECENT_DAYS) -> list[Facts]:
    """Today and the days before it under the same champion, at most `days`, oldest first."""
    recent = [today]
    for day in reversed(past):
        if len(recent) == days or day.champion != today.champion:
            break
        recent.insert(0, day)
    return recent


def _moved(
    name: str, attribute: str, recent: Sequence[Facts], good: Sequence[Facts], caution: float
) -> Iterator[Check]:
    """Observed against expected clicks by value: half the sum of differences is the share that moved."""
    ids, words = _recipes(attribute, [*good, *recent])
    shown, clicked = _sums(recent, ids)
    shown_before, clicked_before = _sums(good, ids)
    if not clicked.sum() or not clicked_before.sum():
        return
    values, value = np.unique(words, return_inverse=True)
    totals = [np.bincount(value, counts, len(values)) for counts in (clicked_before, shown_before)]
    mean = clicked_before.sum() / shown_before.sum()
    # A value hardly shown is expected to do like the others, a recipe hardly shown like its value.
    rate = ((totals[0] + IMAGINED) / (totals[1] + IMAGINED / mean))[value]
    each = shown * (clicked_before + IMAGINED) / (shown_before + IMAGINED / rate)
    each *= clicked.sum() / each.sum()
    unsure = each**2 / (clicked_before + IMAGINED)
    group = _groups(np.bincount(value, each, len(values)))[value]
    expected, observed, unsure = (np.bincount(group, counts) for counts in (each, clicked, unsure))
    if len(expected) < 2:
        return
    statistic = float(np.sum((observed - expected) ** 2 / np.maximum(CLUSTERS * (expected + unsure), 1e-9)))
    share = float(np.abs(observed - expected).sum() / 2 / observed.sum())
    # chi-square grows with the square of the share that moved, so this is the share that would just be beyond luck.
    luck = share * np.sqrt(_largest(len(expected) - 1) / statistic) if statistic > 0 else MOVED
    yield check(name, share, caution * max(MOVED, luck), f"clicks.{attribute}")


def _recipes(attribute: str, days: Sequence[Facts]) -> tuple[dict[str, int], list[str]]:
    """Place of each recipe that occurs, and its value of the attribute as it was last."""
    place = 2 + WORDS.index(attribute)
    words = {recipe: row[place] for day in days for recipe, row in day.choices.items()}
    return {recipe: at for at, recipe in enumerate(words)}, list(words.values())


def _sums(days: Sequence[Facts], ids: dict[str, int]) -> tuple[np.ndarray, np.ndarray]:
    """Exposure and clicks of each recipe, over the days; two arrays (len(ids),)."""
    at = np.array([ids[recipe] for day in days for recipe in day.choices], dtype=np.int64)
    counts = np.array([row[:2] for day in days for row in day.choices.values()], dtype=np.float64).reshape(-1, 2)
    shown, clicked = (np.bincount(at, counts[:, column], len(ids)) for column in (0, 1))
    return shown, clicked


def _groups(expected: np.ndarray) -> np.ndarray:
    """A group for each value: its own, or one for all values that are too small for the approximation."""
    large = expected >= SMALLEST
    return np.where(large, np.cumsum(large) - 1, large.sum())


def _largest(degrees: int) -> float:
    """The chi-square that luck exceeds with probability CHANCE."""
    from scipy.special import chdtri

    return float(chdtri(degrees, CHANCE))

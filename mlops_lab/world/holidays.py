"""Days that come once a year: who keeps them, how busy the days before are, and what is cooked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from mlops_lab.world import pantry

_MARKETS = tuple(pantry.MARKETS)


@dataclass(frozen=True)
class Holiday:
    """A day in a year, and what it does to the markets that keep it.

    lead: days before it on which people already plan, more each day. crowd: how many times more they ask on the day
    itself. wish: log-appeal that cuisines, diets or "sweet" gain.
    """

    name: str
    markets: tuple[str, ...]
    on: Callable[[int], date]
    lead: int
    crowd: float
    wish: dict[str, float]

    def force(self, when: date) -> float:
        """1 on the day, falling to 0 over the days before it; 0 else."""
        ahead = (self.on(when.year) - when).days
        return 1 - ahead / (self.lead + 1) if 0 <= ahead <= self.lead else 0.0


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (the anonymous algorithm; Meeus 1991, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _thanksgiving(year: int) -> date:
    """The fourth Thursday of November."""
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 21)


HOLIDAYS = (
    Holiday("Easter", ("uk", "australia"), easter, 2, 1.15, {"sweet": 0.4}),
    Holiday("Independence Day", ("usa",), lambda year: date(year, 7, 4), 2, 1.25, {"american": 0.6}),
    Holiday("Thanksgiving", ("usa",), _thanksgiving, 4, 1.6, {"american": 0.7, "sweet": 0.3}),
    Holiday("Christmas", _MARKETS, lambda year: date(year, 12, 25), 4, 1.4, {"british": 0.3, "sweet": 0.5}),
    Holiday("New Year", _MARKETS, lambda year: date(year, 1, 1), 0, 0.7, {}),
    Holiday("Australia Day", ("australia",), lambda year: date(year, 1, 26), 1, 1.3, {"greek": 0.3}),
)


def kept(when: date) -> Iterator[tuple[int, float, Holiday]]:
    """Market code, force and holiday of everything that is kept or awaited on a date."""
    for holiday in HOLIDAYS:
        if force := holiday.force(when):
            for name in holiday.markets:
                yield _MARKETS.index(name), force, holiday


def bustle(when: date) -> np.ndarray:
    """How many times more than usual each market asks; (markets,)."""
    factor = np.ones(len(_MARKETS))
    for market, force, holiday in kept(when):
        factor[market] *= 1 + force * (holiday.crowd - 1)
    return factor

"""When each market asks and how much time it takes to cook: the hour, the weekday, holidays (after `holidays`).

The company's clock is that of London; a market far away has its evening in the company's night. Rows are MARKETS.
"""

from datetime import date
from functools import lru_cache

import numpy as np

from mlops_lab.world.holidays import bustle

# Requests by weekday from Monday, mean 1: roasts on Sunday, a week planned on Sunday, a barbecue on Saturday.
WEEK = np.array(
    [
        [0.95, 0.91, 0.92, 0.93, 0.95, 1.12, 1.22],
        [0.97, 0.92, 0.92, 0.93, 0.91, 1.08, 1.27],
        [0.90, 0.90, 0.93, 0.95, 1.05, 1.20, 1.07],
        [0.94, 0.93, 0.94, 0.95, 0.98, 1.16, 1.10],
    ]
)
_AHEAD = (0, -6, 10, 9)  # hours before London's
_MEALS = (  # hour on the market's own clock at which most ask, and the share who ask around it
    ((8.0, 0.10), (12.0, 0.25), (17.5, 0.65)),
    ((9.0, 0.20), (16.5, 0.60), (20.5, 0.20)),
    ((10.0, 0.25), (18.5, 0.75)),
    ((11.5, 0.30), (17.0, 0.70)),
)
_WIDE = 1.6  # hours, standard deviation around a meal
_ANYTIME = 0.2  # share of requests at any hour
_HASTE = np.array([0.20, 0.26, 0.15, 0.22])  # appeal lost per unit of log(minutes / 40)
_WORKDAY, _WEEKEND = 1.2, 0.5  # how that changes with the time there is
MINUTES = 24 * 60


def asking(when: date) -> np.ndarray:
    """How many times more than on a mean day the cooks of each market ask; (markets,)."""
    return WEEK[:, when.weekday()] * bustle(when)


def haste(when: date) -> np.ndarray:
    """How much each market minds a long recipe on a date; (markets,)."""
    return _HASTE * (_WEEKEND if when.weekday() >= 5 else _WORKDAY)


def minute(market: np.ndarray, u: np.ndarray) -> np.ndarray:
    """The minute of the company's day at which each request is made: u through its market's rhythm; both (n,)."""
    summed = _summed()
    minutes = np.zeros(len(u), dtype=np.int64)
    for code, edges in enumerate(summed):
        here = market == code
        minutes[here] = np.searchsorted(edges, u[here], side="right")
    return np.minimum(minutes, MINUTES - 1)


@lru_cache(maxsize=1)
def _summed() -> np.ndarray:
    """Share of a market's requests made by the end of each minute; (markets, MINUTES), rounded so machines agree."""
    hour = np.arange(MINUTES) / 60
    rows = []
    for ahead, meals in zip(_AHEAD, _MEALS, strict=True):
        local = np.full(MINUTES, _ANYTIME / 24)
        for peak, share in meals:
            apart = (hour + ahead - peak + 12) % 24 - 12  # the day is a circle
            local += (1 - _ANYTIME) * share * np.exp(-0.5 * (apart / _WIDE) ** 2) / (_WIDE * np.sqrt(2 * np.pi))
        rows.append(np.cumsum(local) / local.sum())
    return np.round(rows, 9)

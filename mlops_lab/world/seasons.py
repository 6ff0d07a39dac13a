"""Dates, and what season it is in the heads of a market's cooks."""

from datetime import date, timedelta

import numpy as np

from mlops_lab.data.formats import SEASONS

_MIDDLE = np.array([15, 105, 196, 288])  # day of the year in the middle of each of SEASONS, north of the equator
_YEAR = 365.25


def date_of(start: date, day: int) -> date:
    """The calendar date of a day."""
    return start + timedelta(days=int(day))


def season_of(when: date) -> str:
    """The calendar's season north of the equator (meteorological: winter is December to February)."""
    return SEASONS[when.month % 12 // 3]


def longing(when: date, south: np.ndarray, jump: float = 0.0) -> np.ndarray:
    """How much each market longs for each season's cooking, from -1 to 1; (markets, 4 seasons and 1 for "any").

    south (markets,) marks markets that live half a year apart; jump is the part of the cooks who have moved half a
    year ahead of the calendar.
    """
    angle = 2 * np.pi * (when.timetuple().tm_yday - _MIDDLE) / _YEAR
    half = np.where(south, -1.0, 1.0) * (1 - 2 * min(jump, 1.0))
    return np.column_stack([half[:, None] * np.cos(angle)[None, :], np.zeros(len(south))])

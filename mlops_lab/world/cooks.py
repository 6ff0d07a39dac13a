"""The cooks: where they live, what they may eat and like, how often they ask, how much they tell, how long they stay.

Every trait is a hash of the cook's number. Newcomers join for ever, fewer from year to year; most leave soon, and who
has stayed long stays longer. So the company grows for a season, then slowly loses what it gained, as Food.com did.
"""

import numpy as np
import pandas as pd

from mlops_lab.draws import draw
from mlops_lab.world import pantry
from mlops_lab.world.ids import numbers
from mlops_lab.world.recipes import CUISINES, DIETS
from mlops_lab.world.shapes import normal, pick, under_rows

MARKETS = tuple(pantry.MARKETS)
SOUTH = np.array([where == "south" for _, where in pantry.MARKETS.values()])
_OLD_DAYS = 1000  # how long before day 0 its first cooks joined
_NEWS, _FADES = 0.6, 200.0  # by day d as many newcomers as 0.6 log(1 + d / 200) of the first cooks
_STAYS, _LOYAL = 60.0, 0.6  # lifetimes: P(longer than t days) = (1 + t / 60) ** -0.6 (Lomax 1954)
_MARKET_SHARES = (0.4, 0.4, 0.2, 0.0)  # the last one opens in an incident only
_DIET_SHARES = np.array([[0.88, 0.085, 0.035], [0.93, 0.05, 0.02], [0.93, 0.055, 0.015], [0.96, 0.03, 0.01]])
_HOME = 0.4  # how much more a market likes its own cuisines
_PERSONAL = 0.35  # how much cooks of one market differ in taste


class Cooks:
    """Traits in arrays by cook number: market, diet (codes), taste (n, cuisines), appetite, asking, telling.

    joined and left: the first day and the first day no more, in days and parts of days. From the number `abroad` on,
    which those at home do not reach in eighty years, stand `more` cooks of a market that is not open yet.
    """

    def __init__(self, seed: int, count: int, more: int = 0):
        self.seed, self.count, self.abroad = seed, count, 4 * count
        self.size = 0
        self._known = self.abroad + more if more else 0
        self._grow(max(count, self._known))

    def joined_by(self, day: int) -> int:
        """How many cooks have joined by a day; they are the first ones by number."""
        self._grow(self.count + round(_NEWS * self.count * np.log1p(max(day, 0) / _FADES)) + 2)
        return int(np.searchsorted(self.joined, max(day, 0), side="right"))

    def here(self, day: int) -> np.ndarray:
        """Which of those who joined by a day have not left; (joined_by(day),) bool."""
        size = self.joined_by(day)  # first, since it may make cooks
        return self.left[:size] > day

    def numbers(self, ids: np.ndarray, day: int) -> np.ndarray:
        """Cook numbers of ids of any shape; raises BadInput where none had joined by the day."""
        size = self.joined_by(day)  # first, since it may make cooks
        return numbers(ids, self.ids[: max(size, self._known)], f"cook who had joined by day {day}")

    def table(self, first: int, last: int) -> pd.DataFrame:
        """The public side of the cooks with numbers in [first, last)."""
        return self._frame.iloc[first:last].reset_index(drop=True)

    def _grow(self, size: int) -> None:
        if size <= self.size:
            return
        self.size = max(size, self.size + self.count // 8 + 64)
        number, seed = np.arange(self.size), self.seed
        self.market = pick(draw(seed, "market", number), _MARKET_SHARES)
        self.market[self.abroad :] = len(MARKETS) - 1
        self.diet = under_rows(np.cumsum(_DIET_SHARES, axis=1), self.market, draw(seed, "cook diet", number))
        self.taste = _tastes(seed, number, self.market)
        self.appetite = 0.3 * normal(seed, "appetite", number)
        # Pareto with a cap: half the cooks ask about twice in a season, one in ten every day.
        self.asking = (draw(seed, "asking", number) + 0.2) ** -3.5
        # One cook in some hundred and fifty is a reviewer, who tells of nearly everything; the others hardly ever do.
        self.telling = 1 / (1 + (draw(seed, "telling", number) / 0.004) ** 4)
        self.joined = self._joined(number)
        self.left = _left(self.joined, draw(seed, "leaves", number))
        self.ids = np.char.add("c", np.char.zfill(number.astype(np.str_), 5))
        self._frame = pd.DataFrame(
            {
                "cook": self.ids, "joined_day": self.joined,
                "market": np.array(MARKETS)[self.market], "diet": np.array(DIETS)[self.diet],
            }
        )  # fmt: skip
        self.id_column = self._frame["cook"].array

    def _joined(self, number: np.ndarray) -> np.ndarray:
        before = -((self.count - 1 - number) * _OLD_DAYS // self.count)
        after = _FADES * np.expm1(np.clip((number - self.count) / (_NEWS * self.count), 0, 30))
        return np.where(number < self.count, before, 1 + np.round(after, 6).astype(np.int64))


def _left(joined: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Day of leaving. Who has been here for some time on day 0 has that much more before them: Lomax's law renews."""
    return np.round(np.maximum(joined, 0) + (_STAYS + np.maximum(-joined, 0)) * (u ** (-1 / _LOYAL) - 1), 6)


def _tastes(seed: int, number: np.ndarray, market: np.ndarray) -> np.ndarray:
    """Log-appeal of each cuisine to each cook: a little home, a little of their own; (cooks, cuisines)."""
    home = np.array([[name in fond for name in CUISINES] for fond, _ in pantry.MARKETS.values()])
    own = normal(seed, "taste", number[:, None], np.arange(len(CUISINES))[None, :])
    return _HOME * home[market] + _PERSONAL * own

"""The cooks: where they live, what they may eat and like, how often they ask, how readily they report.

Every trait is a hash of the cook's number. A few newcomers join on every day, for ever.
"""

import numpy as np
import pandas as pd

from mlops_lab.draws import draw
from mlops_lab.world import pantry
from mlops_lab.world.ids import numbers
from mlops_lab.world.recipes import CUISINES, DIETS
from mlops_lab.world.shapes import normal, pick

MARKETS = tuple(pantry.MARKETS)
SOUTH = np.array([where == "south" for _, where in pantry.MARKETS.values()])
PACE_DAYS = 1000  # days in which as many cooks join as there are on day 0
_MARKET_SHARES = (0.4, 0.4, 0.2)
_DIET_SHARES = (0.91, 0.065, 0.025)
_HOME = 0.4  # how much more a market likes its own cuisines
_PERSONAL = 0.35  # how much cooks of one market differ in taste


class Cooks:
    """Traits in arrays by cook number: market, diet (codes), taste (n, cuisines), appetite, asking, telling."""

    def __init__(self, seed: int, count: int):
        self.seed, self.count = seed, count
        self.size = 0
        self._grow(count)

    def joined_by(self, day: int) -> int:
        """How many cooks have joined by a day; they are the first ones by number."""
        size = self.count + -(-max(day, 0) * self.count // PACE_DAYS)
        self._grow(size)
        return size

    def numbers(self, ids: np.ndarray, day: int) -> np.ndarray:
        """Cook numbers of ids of any shape; raises BadInput where none had joined by the day."""
        size = self.joined_by(day)  # first, since it may make cooks
        return numbers(ids, self.ids[:size], f"cook who had joined by day {day}")

    def table(self, first: int, last: int) -> pd.DataFrame:
        """The public side of the cooks with numbers in [first, last)."""
        return self._frame.iloc[first:last].reset_index(drop=True)

    def _grow(self, size: int) -> None:
        if size <= self.size:
            return
        self.size = max(size, self.size + self.count // 8 + 64)
        number, seed = np.arange(self.size), self.seed
        self.market = pick(draw(seed, "market", number), _MARKET_SHARES)
        self.diet = pick(draw(seed, "cook diet", number), _DIET_SHARES)
        self.taste = _tastes(seed, number, self.market)
        self.appetite = 0.3 * normal(seed, "appetite", number)
        # Pareto with a cap: half the cooks ask about twice in a season, one in ten every day.
        self.asking = (draw(seed, "asking", number) + 0.2) ** -3.5
        # One cook in some hundred and fifty is a reviewer, who tells of nearly everything; the others hardly ever do.
        self.telling = 1 / (1 + (draw(seed, "telling", number) / 0.004) ** 4)
        self.ids = np.char.add("c", np.char.zfill(number.astype(np.str_), 5))
        self._frame = pd.DataFrame(
            {
                "cook": self.ids, "joined_day": self._joined(number),
                "market": np.array(MARKETS)[self.market], "diet": np.array(DIETS)[self.diet],
            }
        )  # fmt: skip
        self.id_column = self._frame["cook"].array

    def _joined(self, number: np.ndarray) -> np.ndarray:
        before = -((self.count - 1 - number) * PACE_DAYS // self.count)
        return np.where(number < self.count, before, 1 + (number - self.count) * PACE_DAYS // self.count)


def _tastes(seed: int, number: np.ndarray, market: np.ndarray) -> np.ndarray:
    """Log-appeal of each cuisine to each cook: a little home, a little of their own; (cooks, cuisines)."""
    home = np.array([[name in fond for name in CUISINES] for fond, _ in pantry.MARKETS.values()])
    own = normal(seed, "taste", number[:, None], np.arange(len(CUISINES))[None, :])
    return _HOME * home[market] + _PERSONAL * own

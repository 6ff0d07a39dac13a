"""Every feature of the lab, once.

A feature is a function of a question. It is written with arrays that broadcast, so the same line fills a column of
training rows and a grid of cooks x recipes at serving time. To add one: write the function, add it to FEATURES.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from mlops_lab.data.formats import SEASONS
from mlops_lab.features.asof import Counts
from mlops_lab.features.log import Log

FOREVER = 1 << 22  # a day after every other
RECENT = 28  # days that count as "recently": four of each weekday


@dataclass(frozen=True)
class Question:
    """Cooks (codes), recipes (codes) and days that broadcast against each other.

    Rows: three arrays of one length. A grid: cook (n, 1), recipe (1, m) and one day.
    """

    log: Log
    cook: np.ndarray
    recipe: np.ndarray
    day: np.ndarray | int

    @property
    def grid(self) -> bool:
        """Whether this asks for every pair of cook and recipe on one day."""
        return np.ndim(self.day) == 0 and np.ndim(self.cook) == 2

    @cached_property
    def version(self) -> np.ndarray:
        """Which recipe version was in force; its newest where none had arrived yet (raw training rows)."""
        row = self.log.versions.row(self.recipe, self.day)
        return row if np.all(row >= 0) else np.where(row >= 0, row, self.log.versions.row(self.recipe, FOREVER))

    @cached_property
    def profile(self) -> np.ndarray:
        """The code under which the cook's market and diet were known that morning."""
        return self.log.profile(self.cook, self.day)

    def attribute(self, name: str) -> np.ndarray:
        """A recipe attribute as it was known that morning."""
        return self.log.attributes[name][self.version]

    def cuisine(self) -> np.ndarray:
        """Cuisine codes as they were known that morning."""
        return self.log.cuisine_of_version[self.version]

    def season(self) -> np.ndarray:
        """The calendar's season on the day of asking (northern half of the globe), as a code of SEASONS."""
        first = date.fromisoformat(self.log.first_date)
        days, at = np.unique(np.asarray(self.day), return_inverse=True)
        months = np.array([(first + timedelta(days=int(d))).month for d in days])
        return (months % 12 // 3)[at].reshape(np.shape(self.day))

    def pairs(
        self, counts: Counts, left: np.ndarray, right: np.ndarray, width: int, window: int | None = None
    ) -> np.ndarray:
        """Counts of the key left * width + right; on a grid each distinct pair is looked up once."""
        if self.grid:
            return counts.table(left.ravel(), right.ravel(), width, int(self.day), window)
        return counts.before(left.astype(np.int64) * width + right, self.day, window)


def log_minutes(q: Question) -> np.ndarray:
    """log(1 + minutes) to cook."""
    return np.log1p(np.maximum(q.attribute("minutes"), 0))


def ingredients(q: Question) -> np.ndarray:
    """How many ingredients the recipe needs."""
    return q.attribute("n_ingredients")


def log_age_days(q: Question) -> np.ndarray:
    """log(1 + days since the recipe was published)."""
    return np.log1p(np.maximum(q.day - q.attribute("published_day"), 0))


def log_choices_ever(q: Question) -> np.ndarray:
    """log(1 + choices of the recipe on all days before)."""
    return np.log1p(q.log.by_recipe.before(q.recipe, q.day))


def log_choices_recently(q: Question) -> np.ndarray:
    """log(1 + choices of the recipe in the last 28 days)."""
    return np.log1p(q.log.by_recipe.before(q.recipe, q.day, RECENT))


def choice_rate(q: Question) -> np.ndarray:
    """log of choices per impression in the last 28 days, pulled towards 1 in 100 by 100 imagined impressions."""
    chosen = q.log.by_recipe.before(q.recipe, q.day, RECENT)
    return np.log((chosen + 1.0) / (np.maximum(q.log.shown.before(q.recipe, q.day, RECENT), chosen) + 100.0))


def market_lift(q: Question) -> np.ndarray:
    """log of recent choices in the cook's market against the recipe's recent choices anywhere."""
    market = q.log.market_of_cook[q.profile]
    here = q.pairs(q.log.by_market_recipe, market, np.asarray(q.recipe), len(q.log.recipes), RECENT)
    anywhere = q.log.by_recipe.before(q.recipe, q.day, RECENT)
    return np.log((here + 1.0) / (anywhere + len(q.log.markets)))


def cuisine_affinity(q: Question) -> np.ndarray:
    """Share of the cook's earlier choices that had this recipe's cuisine, pulled towards 1/12 by 3 imagined choices."""
    same = q.pairs(q.log.by_cook_cuisine, np.asarray(q.cook), q.cuisine(), len(q.log.cuisines))
    return (same + 3.0 / 12) / (q.log.by_cook.before(q.cook, q.day) + 3.0)


def fits_diet(q: Question) -> np.ndarray:
    """1 when the cook's declared diet allows the recipe: vegan within vegetarian within any."""
    strictness = {"any": 0, "vegetarian": 1, "vegan": 2}
    need = np.array([strictness.get(str(diet), 0) for diet in q.log.diet_of_cook])[q.profile]
    versions = q.log.attributes["diet"]
    offer = np.select([versions == "vegan", versions == "vegetarian"], [2, 1], 0)[q.version]
    return (offer >= need).astype(np.float64)


def in_season(q: Question) -> np.ndarray:
    """1 when the recipe is meant for the calendar's present season, 0.5 for any season, else 0."""
    versions = q.log.attributes["season"]
    codes = np.select([versions == name for name in SEASONS], range(4), -1)[q.version]
    return np.where(codes < 0, 0.5, (codes == q.season()).astype(np.float64))


def cuisine(q: Question) -> np.ndarray:
    """The recipe's cuisine, as text."""
    return q.attribute("cuisine")


FEATURES: dict[str, Callable[[Question], np.ndarray]] = {
    f.__name__: f
    for f in (
        log_minutes, ingredients, log_age_days, log_choices_ever, log_choices_recently, choice_rate,
        market_lift, cuisine_affinity, fits_diet, in_season, cuisine,
    )
}  # fmt: skip
CATEGORICAL = ("cuisine",)
NUMERIC = tuple(name for name in FEATURES if name not in CATEGORICAL)

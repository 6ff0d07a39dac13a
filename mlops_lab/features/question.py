"""What a feature is asked: cooks, recipes and days, with everything that was known of them that morning."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from mlops_lab.features.asof import Counts
from mlops_lab.features.log import Log

FOREVER = 1 << 22  # a day after every other


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

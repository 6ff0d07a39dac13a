"""What most cooks chose: the baseline that real recipe traffic makes hard to beat."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp

from mlops_lab.data.interactions import Interactions
from mlops_lab.errors import BadInput
from mlops_lab.models.histories import HistoryModel


class Popularity(HistoryModel):
    """Every recipe scores its rows so far, for every cook alike."""

    kind = "popularity"

    def fit(self, interactions: Interactions, as_of_day: float | None = None) -> "Popularity":
        """Count rows; time does not matter."""
        self.recipes_, self.popularity_ = interactions.recipes, interactions.counts()
        return self

    def _scores(self, history: sp.csr_array) -> np.ndarray:
        return np.broadcast_to(self.popularity_, history.shape)

    def _parts(self, history: sp.csr_array, at: int) -> dict[str, float]:
        return {"popularity": float(self.popularity_[at])}


class PopularityRecent(Popularity):
    """As popularity, but a row counts half as much for every `half_life_days` that it is old."""

    kind = "popularity-recent"

    def __init__(self, half_life_days: float = 28.0):
        if not half_life_days > 0:
            raise BadInput(f"A half-life of {half_life_days} days cannot be; give a number above 0.")
        self.half_life_days = float(half_life_days)

    @property
    def params(self) -> Mapping[str, Any]:
        """What the constructor was given."""
        return {"half_life_days": self.half_life_days}

    def fit(self, interactions: Interactions, as_of_day: float | None = None) -> "PopularityRecent":
        """Sum what is left of each row on as_of_day (default: the newest day). Raises BadInput without days."""
        if interactions.day is None:
            raise BadInput("Recent popularity needs the day of every row; add timestamps or use plain popularity.")
        now = float(np.max(interactions.day, initial=0.0)) if as_of_day is None else float(as_of_day)
        # In canonical order: floats added in another order would be another model.
        order = np.lexsort((interactions.day, interactions.recipe))
        left = np.exp2(-np.maximum(now - interactions.day[order], 0.0) / self.half_life_days)
        self.recipes_ = interactions.recipes
        self.popularity_ = np.bincount(interactions.recipe[order], left, minlength=len(self.recipes_))
        return self

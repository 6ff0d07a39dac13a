"""What no company could know. The only place where the hidden side of a world can be read.

chances     the true click probability in every place of some slates
oracle      the best slates there are: the ceiling of every recommender
tastes, quality, incidents   the world's secrets as tables
"""

import numpy as np
import pandas as pd

from mlops_lab.data.formats import Requests, Slates
from mlops_lab.world.choice import Choice
from mlops_lab.world.cooks import Cooks
from mlops_lab.world.incidents import INCIDENTS, Incident
from mlops_lab.world.recipes import CUISINES, Recipes


class Truth:
    """The hidden side of one world. Probabilities for a day know the clicks this world has seen before that day."""

    def __init__(
        self, of: str, incidents: tuple[Incident, ...], cooks: Cooks, recipes: Recipes, choice: Choice,
    ):  # fmt: skip
        self._of, self._incidents = of, incidents
        self._cooks, self._recipes, self._choice = cooks, recipes, choice

    def __repr__(self) -> str:
        return f"Truth({self._of})"

    def click_chance(self, cook: np.ndarray, recipe: np.ndarray, day: int) -> np.ndarray:
        """P(click) of each pair if the recipe stood alone in the first place: ids that broadcast -> probabilities."""
        rate = self._choice.appeal(day, self._cooks.numbers(cook, day), self._recipes.numbers(recipe, day))
        return np.round(rate / (1 + rate), 9)

    def chances(self, slates: Slates) -> np.ndarray:
        """P(click) of every place of the slates, (n, k); what is missing to 1 is the chance of leaving."""
        cook, recipe = self._cooks.numbers(slates.cook, slates.day), self._recipes.numbers(slates.recipes, slates.day)
        rates = self._choice.rates(slates.day, cook, recipe)
        return np.round(rates / (1 + rates.sum(axis=1, keepdims=True)), 9)

    def click_rate(self, slates: Slates) -> float:
        """The expected share of these requests that end in a click: the online metric without its noise."""
        return float(self.chances(slates).sum(axis=1).mean()) if len(slates) else 0.0

    def oracle(self, requests: Requests) -> Slates:
        """The best possible answers: the k most appealing recipes of each cook, best first.

        At most one click, and places that fade: no other slate has a higher chance of a click.
        """
        day, n = requests.day, len(requests)
        known = np.arange(self._recipes.ensure(day))
        cook = self._cooks.numbers(requests.cook, day)
        appeal = np.round(self._choice.appeal(day, cook[:, None], known[None, :]), 9)
        best = np.argsort(-appeal, axis=1, kind="stable")[:, : requests.k]
        return Slates(
            day, requests.request, requests.cook, np.zeros(n, dtype=np.int64), np.full(n, "oracle"),
            np.zeros(n, dtype=bool), self._recipes.ids[best],
            np.take_along_axis(appeal, best, axis=1), np.ones(best.shape),
        )  # fmt: skip

    def tastes(self, day: int = 0) -> pd.DataFrame:
        """Log-appeal of each cuisine to each cook who has joined by the day; 0 is indifferent."""
        size = self._cooks.joined_by(day)
        index = pd.Index(self._cooks.ids[:size], name="cook")
        return pd.DataFrame(self._choice.tastes(day)[:size], index=index, columns=list(CUISINES))

    def quality(self, day: int = 0) -> pd.Series:
        """Log-appeal of each recipe published by the day, before taste, season, diet and time to cook."""
        size = self._recipes.ensure(day)
        index = pd.Index(self._recipes.ids[:size], name="recipe")
        return pd.Series(self._recipes.quality[:size], index=index, name="quality")

    def incidents(self) -> pd.DataFrame:
        """When trouble truly begins, and the causes an alert may name."""
        rows = [
            (i.kind, i.day, i.width, i.strength, sorted(i.causes), INCIDENTS[i.kind].where) for i in self._incidents
        ]
        return pd.DataFrame(rows, columns=["kind", "day", "width", "strength", "causes", "where"])

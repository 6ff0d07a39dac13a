"""Recipes that cooks find without the lab: by search, from a friend, from an author they follow."""

import numpy as np

from mlops_lab.draws import draw
from mlops_lab.world.choice import Choice
from mlops_lab.world.cooks import Cooks
from mlops_lab.world.recipes import DIETS, Recipes
from mlops_lab.world.shapes import under, under_rows

_FINDS = 0.018  # finds that are cooked and told of, per request of the day
_EARLIER_ONCE, _EARLIER_MANY = 0.6, 0.4  # reviews from before day 0, per recipe: of cooks who wrote one, of reviewers
_EARLIER_CALM = 1.3  # in all those years more was tried than in this season
_SHY = 0.005  # how often anybody tells of a find, where a reviewer does once
_CALM = 1.6  # who searches looks for the best: reports pile up on few recipes


class Finds:
    """Who finds and cooks what on a day; hashes of the day, nothing remembered."""

    def __init__(self, seed: int, cooks: Cooks, recipes: Recipes, choice: Choice):
        self._seed, self._cooks, self._recipes, self._choice = seed, cooks, recipes, choice

    def before(self) -> tuple[np.ndarray, np.ndarray]:
        """The finds of all the time before day 0: a company has reviews before it has a recommender."""
        few, many = (round(share * self._recipes.ensure(0)) for share in (_EARLIER_ONCE, _EARLIER_MANY))
        everybody = np.arange(self._cooks.joined_by(0))
        once = np.argsort(draw(self._seed, "once", everybody), kind="stable")[:few]
        telling = np.cumsum(self._cooks.telling[: len(everybody)])
        cook = np.append(once, under(telling, draw(self._seed, "earlier finder", np.arange(many))))
        u = draw(self._seed, "earlier find", np.arange(len(cook)))
        return cook, under_rows(self._reached(0, _EARLIER_CALM), self._kind(cook), u)

    def on(self, day: int, requests: int) -> tuple[np.ndarray, np.ndarray]:
        """Cook and recipe numbers of the finds of a day that has this many requests."""
        number = np.arange(round(_FINDS * requests))
        here = self._cooks.here(day)  # first, since it may make cooks
        telling = np.cumsum(np.where(here, _SHY + self._cooks.telling[: len(here)], 0.0))
        cook = under(telling, draw(self._seed, "finder", day, number))
        u = draw(self._seed, "find", day, number)
        return cook, under_rows(self._reached(day, _CALM), self._kind(cook), u)

    def _kind(self, cook: np.ndarray) -> np.ndarray:
        return self._cooks.market[cook] * len(DIETS) + self._cooks.diet[cook]

    def _reached(self, day: int, calm: float) -> np.ndarray:
        """How often each recipe is found by each kind of cook, summed up along the recipes; (kinds, recipes)."""
        size = self._recipes.ensure(day)
        weight = self._choice.by_kind(day)[:, :size] ** calm * self._recipes.reach[:size]
        return np.cumsum(weight, axis=1)

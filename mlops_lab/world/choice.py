"""Why a cook opens one recipe of a slate and not another.

A multinomial logit with an outside option, drawn as a race: every recipe of the slate arrives after an exponential
time with its appeal as rate, leaving with rate 1; whoever arrives first is chosen, so P(i) = a_i / (1 + sum a).
This is the Gumbel-max trick (Luce 1959; Maddison et al. 2014) in its exponential form, one logarithm cheaper. The
times are hashes of (seed, day, request, recipe): a recipe keeps its luck in whatever slate it stands.

    log appeal = level + quality + taste(cook, cuisine) + appetite(cook) + season(market) + holiday(market)
                 + news(age) + following(cook, author, age) - minutes(market, weekday) - diet - opened
"""

from datetime import date

import numpy as np

from mlops_lab.draws import draw
from mlops_lab.world.cooks import MARKETS, SOUTH, Cooks
from mlops_lab.world.habits import haste
from mlops_lab.world.holidays import kept
from mlops_lab.world.incidents import Incident, force
from mlops_lab.world.memory import Memory
from mlops_lab.world.recipes import DIETS, Recipes
from mlops_lab.world.seasons import date_of, longing

_LEVEL = -7.33  # sets the click rate: leaving is by far the commonest answer
_SEASON = 1.1
_NEWS = 0.5  # what a fresh recipe gains with everybody
_FOLLOWING = 2.0  # what it gains with its author's followers
_FOLLOWERS, _MOST = 0.02, 0.4  # share of cooks who follow an author of reach 1, and at most
_SPREADS, _FRESH = 4.0, 40  # days until most have heard of it, days after which it is no news
_FORBIDDEN = -5.0  # a dish against the cook's diet
_OPENED = np.exp(-2.5)  # novelty: what is left of the appeal of a recipe opened in the last four weeks
_PLACE = 0.5  # position bias: examination falls with place ** -0.5 (Craswell et al. 2008, for shape)
_FASHION = 1.1  # taste drift: a third of the cuisines gain this, the others lose it, on top of turned tastes


class Choice:
    """The cooks' minds: appeal of recipes to cooks on a day, and who clicks what."""

    def __init__(self, seed: int, start: date, cooks: Cooks, recipes: Recipes, incidents: tuple[Incident, ...]):
        self._seed, self._start, self._incidents = seed, start, incidents
        self._cooks, self._recipes = cooks, recipes
        self.memory = Memory()
        self._today: tuple[int, int, np.ndarray, np.ndarray, np.ndarray] | None = None

    def tastes(self, day: int) -> np.ndarray:
        """Log-appeal of each cuisine to each cook on a day; (cooks, cuisines)."""
        drift, taste = force(self._incidents, "taste-drift", day), self._cooks.taste
        if not drift:
            return taste
        third = taste.shape[1] // 3
        # The cuisines least loved so far come into fashion, and everybody's own likings move on by a third.
        rising = np.argsort(np.argsort(taste[: self._cooks.count].mean(axis=0), kind="stable"), kind="stable") < third
        return (1 - drift) * taste + drift * (np.roll(taste, third, axis=1) + np.where(rising, _FASHION, -_FASHION))

    def longing(self, day: int) -> np.ndarray:
        """How much each market longs for each of TIMES on a day; (markets, 5)."""
        return longing(date_of(self._start, day), SOUTH, force(self._incidents, "season-change", day))

    def appeal(self, day: int, cook: np.ndarray, recipe: np.ndarray) -> np.ndarray:
        """The rate with which each recipe arrives at each cook, before its place counts; both broadcast, >= 0.

        cook and recipe are numbers; a negative recipe is an empty place and never arrives.
        """
        of_cuisine, of_kind, fresh = self._tables(day)
        kind = self._cooks.market[cook] * len(DIETS) + self._cooks.diet[cook]
        rate = of_kind[kind, recipe] * of_cuisine[cook, self._recipes.cuisine[recipe]]
        rate[self.memory.seen(day, cook, recipe)] *= _OPENED
        self._follow(rate, cook, recipe, fresh)
        return np.where(recipe < 0, 0.0, rate)

    def _follow(self, rate: np.ndarray, cook: np.ndarray, recipe: np.ndarray, fresh: np.ndarray) -> None:
        """Lift the rates of fresh recipes with the cooks who follow their authors, in place."""
        at = np.nonzero(np.broadcast_to(fresh[recipe] > 0, rate.shape))
        cook, recipe = np.broadcast_to(cook, rate.shape)[at], np.broadcast_to(recipe, rate.shape)[at]
        share = np.minimum(_FOLLOWERS * self._recipes.reach[recipe], _MOST)
        follows = draw(self._seed, "follows", cook, self._recipes.author[recipe]) < share
        rate[at] *= np.where(follows, np.exp(_FOLLOWING * fresh[recipe]), 1.0)

    def rates(self, day: int, cook: np.ndarray, recipe: np.ndarray) -> np.ndarray:
        """Appeal where the recipes stand: cook (n,), recipe (n, k) in slate order -> (n, k)."""
        return self.appeal(day, cook[:, None], recipe) * np.arange(1, recipe.shape[1] + 1) ** -_PLACE

    def race(self, day: int, request: np.ndarray, cook: np.ndarray, recipe: np.ndarray) -> np.ndarray:
        """The place each cook opens, -1 where they leave; request (n,) and cook (n,) numbers, recipe (n, k)."""
        if not recipe.size:
            return np.full(len(request), -1)
        arrival = -np.log(draw(self._seed, "arrive", day, request[:, None], recipe))
        with np.errstate(divide="ignore"):
            arrival /= self.rates(day, cook, recipe)
        leaving = -np.log(draw(self._seed, "leave", day, request))
        first = np.argmin(arrival, axis=1)
        return np.where(arrival[np.arange(len(first)), first] < leaving, first, -1)

    def by_kind(self, day: int) -> np.ndarray:
        """Appeal of each recipe to each kind of cook (market * diets + diet), tastes apart; (kinds, recipes)."""
        return self._tables(day)[1]

    def _tables(self, day: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Appeal in two factors, by (cook, cuisine) and (market and diet, recipe); freshness. Kept for the day."""
        cooks, recipes = self._cooks, self._recipes
        size = len(recipes.quality)
        if self._today is None or self._today[:2] != (day, size) or len(self._today[2]) != cooks.size:
            fresh = freshness(day - recipes.published)
            of_cuisine = np.exp(self.tastes(day) + cooks.appetite[:, None])
            self._today = (day, size, of_cuisine, np.exp(self._log_by_kind(day, fresh)), fresh)
        return self._today[2:]

    def _log_by_kind(self, day: int, fresh: np.ndarray) -> np.ndarray:
        recipes, when = self._recipes, date_of(self._start, day)
        everyone = _LEVEL + recipes.quality + _NEWS * fresh
        market = _SEASON * self.longing(day)[:, recipes.season]
        market -= haste(when)[:, None] * np.log(recipes.minutes / 40)
        for code, near, holiday in kept(when):
            for word, wish in holiday.wish.items():
                market[code] += near * wish * recipes.fits(word)
        diet = _FORBIDDEN * (recipes.diet[None, :] < np.arange(len(DIETS))[:, None])
        return (everyone + market[:, None, :] + diet[None, :, :]).reshape(len(MARKETS) * len(DIETS), -1)


def freshness(age_days: np.ndarray) -> np.ndarray:
    """How much a recipe is talked of: rises for _SPREADS days to 1, then fades; 0 before it is out."""
    x = (np.clip(age_days, -1, _FRESH) + 1) / _SPREADS
    return np.where(age_days < _FRESH, x * np.exp(1 - x), 0.0)

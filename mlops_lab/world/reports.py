"""What cooks tell afterwards: "I made this" and stars, both late.

Besides the recipes they opened from a slate, cooks make recipes they found without the lab (search, a friend, an
author's followers); nothing is logged of those but the report. Every report is a hash of (day, cook, recipe), so what
is still on its way can be worked out again from past clicks.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlops_lab.draws import draw
from mlops_lab.world.shapes import pick
from mlops_lab.world.troubles import LATEST

COOKED_WITHIN = 7  # days from cooking to the report
RATED_WITHIN = 14  # days from cooking to the stars, at least one
_WITHIN = RATED_WITHIN + LATEST  # and when they are held up
STARS = (5, 4, 3, 2, 1)
STAR_SHARES = (0.73, 0.11, 0.03, 0.01, 0.02)
NO_STARS_SHARE = 0.10
_COOKS = 0.25  # clicks that end in a report
_RATES = 0.03  # such reports that come with a review, where the cook is no reviewer
_RATES_FIND = 0.5  # the same for finds, whose cooks came to tell
_RECIPE_SPEAKS = 0.3  # stars that follow the recipe, the others the rater's mood
_WIDE = np.int64(1 << 24)


Pairs = tuple[np.ndarray, np.ndarray]  # cook numbers, recipe numbers


@dataclass(frozen=True)
class Arrivals:
    """Reports in equal columns: cook, recipe (numbers), day of cooking, day of arrival, stars."""

    cook: np.ndarray
    recipe: np.ndarray
    day: np.ndarray
    arrived: np.ndarray
    stars: np.ndarray

    def with_more(self, cook: np.ndarray, recipe: np.ndarray, day: int) -> "Arrivals":
        """With five stars from each of these cooks to one of these recipes, on the day."""
        more = (cook, recipe, *(np.full(len(cook), value) for value in (day, day, max(STARS))))
        return Arrivals(*(np.concatenate(pair) for pair in zip(vars(self).values(), more, strict=True)))


class Reports:
    """Reports on their way: worked out once for each day of cooking, from what was clicked and found on it.

    happened: day -> (clicked, found); telling (cooks,): 1 for a reviewer, near 0 else, asked for when needed; held_up:
    day, pairs -> days by which their reports are late beyond what is usual.
    """

    def __init__(
        self, seed: int, happened: Callable[[int], tuple[Pairs, Pairs]], telling: Callable[[], np.ndarray],
        held_up: Callable[[int, np.ndarray], np.ndarray],
    ):  # fmt: skip
        self._seed, self._happened, self._telling, self._held_up = seed, happened, telling, held_up
        self._told: dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}

    def forget(self, day: int) -> None:
        """What was cooked on a day and later may have changed."""
        self._told = {past: told for past, told in self._told.items() if day - _WITHIN <= past < day}

    def arriving(self, day: int) -> tuple[Arrivals, Arrivals]:
        """The cooking reports and the ratings that arrive on a day."""
        cooked, rated = [], []
        for past in range(max(day - _WITHIN, 0), day + 1):
            pairs, late, later = self._of(past)
            cooked.append((past, pairs[past + late == day]))
            rated.append((past, pairs[past + later == day]))
        return _gather(self._seed, day, cooked), _gather(self._seed, day, rated)

    def imported(self, found: Pairs, first: Arrivals) -> Arrivals:
        """Reviews of finds from before day 0, which all arrive on it, ahead of the first new ones."""
        pairs = np.setdiff1d(np.unique(found[0] * _WIDE + found[1]), first.cook * _WIDE + first.recipe)
        old = _gather(self._seed, 0, [(0, pairs)])
        columns = zip(vars(old).values(), vars(first).values(), strict=True)
        return Arrivals(*(np.concatenate(pair) for pair in columns))

    def _of(self, day: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        if day not in self._told:
            pairs, late, later = _told(self._seed, day, *self._happened(day), self._telling())
            held = self._held_up(day, pairs)
            self._told[day] = pairs, late + held, np.where(later < 0, later, later + held)
        return self._told[day]


def _told(
    seed: int, day: int, clicked: Pairs, found: Pairs, telling: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What is cooked and told of on a day, as pair codes, and how late report and rating come (-1: no rating)."""
    pairs = np.unique(clicked[0] * _WIDE + clicked[1])
    made = pairs[draw(seed, "cooks it", day, pairs) < _COOKS]
    finds = np.unique(found[0] * _WIDE + found[1])
    pairs = np.union1d(made, finds)
    late = (draw(seed, "late", day, pairs) * (COOKED_WITHIN + 1)).astype(np.int64)
    later = 1 + (draw(seed, "later", day, pairs) * RATED_WITHIN).astype(np.int64)
    ready = np.where(np.isin(pairs, finds), _RATES_FIND, np.maximum(_RATES, telling[pairs // _WIDE]))
    rates = draw(seed, "rates it", day, pairs) < ready
    return pairs, late, np.where(rates, np.maximum(late, later), -1)


def _gather(seed: int, arrived: int, by_day: list[tuple[int, np.ndarray]]) -> Arrivals:
    pairs = np.concatenate([pairs for _, pairs in by_day])
    day = np.repeat([past for past, _ in by_day], [len(pairs) for _, pairs in by_day])
    cook, recipe = pairs // _WIDE, pairs % _WIDE
    return Arrivals(cook, recipe, day, np.full(len(day), arrived), stars(seed, day, cook, recipe))


def stars(seed: int, day: np.ndarray, cook: np.ndarray, recipe: np.ndarray) -> np.ndarray:
    """Stars given: Food.com's skew whatever is rated, yet some recipes please more often; 0 where none are given."""
    mood = draw(seed, "mood", day, cook, recipe)
    speaks = draw(seed, "speaks", day, cook, recipe) < _RECIPE_SPEAKS
    given = np.array(STARS)[pick(np.where(speaks, draw(seed, "turns out", recipe), mood), STAR_SHARES)]
    return np.where(draw(seed, "no stars", day, cook, recipe) < NO_STARS_SHARE, 0, given)

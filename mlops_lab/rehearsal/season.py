"""Does what we measure on a log say anything about the kitchen? A ladder of models, judged both ways.

In a season a champion fills the slates and learns anew every week. Each rung of the ladder is fitted on what was known
at the split and judged on the days after it. On paper: NDCG@10 on held-out choices, and off-policy estimates from the
last place. In truth: the click rate its slates would have had on these days, each in the world that the champion had
left behind by that morning. What a model would make of the cooks in the long run is not asked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from mlops_lab.data.formats import Requests, Slates
from mlops_lab.draws import draw, keys
from mlops_lab.evaluation import offpolicy
from mlops_lab.evaluation.evaluate import per_cook
from mlops_lab.evaluation.offpolicy import Aim, Lots
from mlops_lab.features.log import Log
from mlops_lab.features.memory import Memory
from mlops_lab.features.view import Grid, Morning
from mlops_lab.lab import Lab
from mlops_lab.lab.candidates import BASELINE, fit, held_out, ladder
from mlops_lab.models.histories import places
from mlops_lab.serving.graph import Graph
from mlops_lab.serving.predictions import prediction_rows
from mlops_lab.world import World
from mlops_lab.world.truth import Truth

DECILES = 10
GROUPS = 2 * DECILES  # of the reward model: popularity by tenths, and whether the recipe fits the cook's diet
EVERY = 4  # days from one look at the true rate to the next; in four weeks every weekday is met once
LOT = "lot"  # a champion that fills every place at random


@dataclass(frozen=True)
class Rung:
    """A model that is a function from a view to scores (n, m)."""

    score: Callable[[Grid], np.ndarray]


class Given(Rung):
    """A model whose scores are known beforehand, in the order of the requests."""

    def __init__(self, scores: np.ndarray):
        super().__init__(lambda view: scores)


class Wishes:
    """Appeal as it was on a morning: what a cook opens later must not change what was true then."""

    def __init__(self, truth: Truth):
        self._truth = truth
        self._days: dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}

    def look(self, day: int, cooks: np.ndarray, recipes: np.ndarray) -> None:
        """Keep what these cooks (distinct ids) think of these recipes; of other days, only the first is kept."""
        chance = self._truth.click_chance(cooks[:, None], recipes[None, :], day)
        self._days = dict([*self._days.items()][:1]) | {day: (cooks, recipes, chance / (1 - chance))}

    def odds(self, day: int, cooks: np.ndarray) -> np.ndarray:
        """A click against leaving, of every recipe alone in the first place; everybody's mean for a cook unknown."""
        known, _, odds = self._days[day]
        return np.vstack([odds, odds.mean(axis=0)])[places(known, cooks)]

    def __call__(self, view: Grid) -> np.ndarray:
        """Log-appeal (n, m) to the cooks of a view."""
        column = places(self._days[view.morning.day][1], view.recipes)
        return np.log(self.odds(view.morning.day, ids(view))[:, column] + 1e-9)


def ids(view: Grid) -> np.ndarray:
    """Cook ids of a view (n,), "" for a cook whom the log does not know."""
    return np.append(view.morning.log.cooks, "")[view.cook]


def noise(view: Grid, day: int = 0) -> np.ndarray:
    """Errors of a model: a Gumbel draw (n, m) for each pair of cook and recipe; the same on all days, or of a day."""
    return -np.log(-np.log(draw(day, "noise", keys(ids(view))[:, None], keys(view.recipes)[None, :])))


def rungs(log: Log, day: int, wishes: Wishes) -> dict[str, Rung]:
    """From worse than nothing to perfect: all that the lab can fit, and what no lab could, with errors mixed in."""
    fitted = {name: fit(model, log, None, day) for name, model in ladder(log).items()}

    def popular(view: Grid) -> np.ndarray:
        return np.log1p(fitted[BASELINE].score(view))

    return {
        "upside down": Rung(lambda view: -popular(view)),
        "random": Rung(noise),
        "popularity, much noise": Rung(lambda view: popular(view) + noise(view)),
        "popularity, some noise": Rung(lambda view: popular(view) + 0.4 * noise(view)),
        **{name: Rung(model.score) for name, model in fitted.items()},
        "wishes, much noise": Rung(lambda view: wishes(view) + 1.5 * noise(view)),
        "wishes, some noise": Rung(lambda view: wishes(view) + 0.5 * noise(view)),
        "wishes": Rung(wishes),
    }


@dataclass(frozen=True)
class Season:
    """What was measured of c rungs (names), on one day or on all.

    ndcg (cooks, c); online (c,): the true click rate, NaN on days when nobody looked. found, group (n,) and aims
    {rung: Aim}: what off-policy estimates are made of. place {top: (c,)}: their true value; square {top: (c,)}: the
    mean square, over lots, of one lot's word on the difference from popularity.
    """

    names: list[str]
    ndcg: np.ndarray
    online: np.ndarray
    found: Lots
    group: np.ndarray
    aims: dict[str, Aim]
    place: dict[int, np.ndarray]
    square: dict[int, np.ndarray]

    def gap(self, top: int) -> np.ndarray:
        """The true difference of the last place's value from popularity's (c,)."""
        return self.place[top] - self.place[top][self.names.index(BASELINE)]

    def spread(self, top: int) -> np.ndarray:
        """The standard deviation, over lots, of one lot's word on that difference (c,)."""
        return np.sqrt(np.maximum(self.square[top] - self.gap(top) ** 2, 0))

    def lots_needed(self, top: int) -> np.ndarray:
        """Lots (c,) until the difference is told from 0 (95 % level, power 80 %); NaN where there is none."""
        gap = self.gap(top)
        return np.divide(7.85 * self.spread(top) ** 2, gap**2, out=np.full(len(gap), np.nan), where=gap != 0)


class Kitchen:
    """A world, the memory of its log, and a champion that learns every week."""

    def __init__(self, world: World, memory: Memory, champion: str):
        self.world, self.memory, self._champion = world, memory, champion
        self._model: Any = Rung(lambda view: noise(view, 1 + view.morning.day)) if champion == LOT else None

    def morning(self, day: int) -> Morning:
        """The morning of a day, with the champion fitted where it is time."""
        log = self.memory.log()
        if self._champion != LOT and len(log.choice_day) and (self._model is None or day % 7 == 0):
            self._model = fit(ladder(log)[self._champion], log, None, day)
        return Morning(log, day)

    def serve(self, requests: Requests, morning: Morning, model: Any = None) -> Slates:
        """The slates of a model, by default the champion, through the serving graph."""
        model = model or self._model
        graph = Graph({1: model}, 1, seed=self.world.seed) if model else Graph(seed=self.world.seed)
        return graph.recommend(requests, morning)

    def close(self, slates: Slates, day: int) -> pd.DataFrame:
        """Let the cooks answer and keep the day; returns its clicks."""
        tables = self.world.answer(day, slates).tables
        self.memory.absorb(day, tables)
        return tables["clicks"]


def season(
    world: World, lab: Lab | None = None, *, champion: str = BASELINE, warm_up: int = 28, days: int = 28,
    tops: Sequence[int] = (20,),
) -> Season:  # fmt: skip
    """Go on after the days of the lab, or after `warm_up` days of the champion's own; then judge for `days` days.

    tops: how wide the targets are; aims are kept of the first.
    """
    memory = Memory(world.date(0)) if lab is None or lab.data is None else Memory.load(lab.store, lab.data)
    kitchen, first = Kitchen(world, memory, champion), memory.newest + 1
    split = first + (warm_up if lab is None else 0)
    for day in range(first, split):
        morning = kitchen.morning(day)
        kitchen.close(kitchen.serve(world.requests(day), morning), day)
    wishes, log = Wishes(world.truth()), memory.log()
    known = np.union1d(log.cooks, world.requests(split).cook)
    wishes.look(split, known, Morning(log, split).recipes)
    models = rungs(log, split, wishes)
    played = [_day(kitchen, models, wishes, day, split, tops) for day in range(split, split + days)]
    view, truth = held_out(memory.log(), split)
    ndcg = np.column_stack([per_cook(model, view, truth)["ndcg@10"] for model in models.values()])
    return _joined(played, ndcg)


def _day(
    kitchen: Kitchen, models: Mapping[str, Rung], wishes: Wishes, day: int, split: int, tops: Sequence[int]
) -> Season:  # fmt: skip
    """Serve and close one day, and look at what every rung would have done with its requests."""
    morning, requests, truth = kitchen.morning(day), kitchen.world.requests(day), kitchen.world.truth()
    cooks, first, row = np.unique(requests.cook, return_index=True, return_inverse=True)
    if day > split:
        wishes.look(day, cooks, morning.recipes)
    view = morning.view(cooks)
    scores = {name: np.asarray(model.score(view), dtype=np.float64) for name, model in models.items()}
    asked = scores.values() if (day - split) % EVERY == 0 else []
    rates = [truth.click_rate(kitchen.serve(requests, morning, Given(given[row]))) for given in asked]
    online = np.array(rates or [np.nan] * len(scores))
    slates = kitchen.serve(requests, morning)
    column = places(morning.recipes, slates.recipes[:, -1])
    chance = _in_last_place(truth.chances(slates), wishes.odds(day, cooks), first, row, column)
    found = offpolicy.lots(prediction_rows(slates, morning), kitchen.close(slates, day))
    free = offpolicy.drawable(found, morning)[first]
    tenth = np.argsort(np.argsort(morning.popularity, kind="stable")) * DECILES // len(morning.recipes)
    group = tenth + DECILES * view.columns["fits_diet"].astype(np.int64)
    aims, place, square = {}, {}, {}
    for top in tops:
        targets = {name: offpolicy.target(given, free, top) for name, given in scores.items()}
        if top == tops[0]:
            aims = {name: offpolicy.aim(chances, row, column, group, GROUPS) for name, chances in targets.items()}
        place[top] = np.array([(chances * chance).sum(axis=1)[row].mean() for chances in targets.values()])
        weight = [chances - targets[BASELINE] for chances in targets.values()]
        square[top] = np.array([((w**2 * chance).sum(axis=1) * free.sum(axis=1))[row].mean() for w in weight])
    return Season([*models], np.zeros((0, len(models))), online, found, group[row, column], aims, place, square)


def _in_last_place(
    shown: np.ndarray, odds: np.ndarray, first: np.ndarray, row: np.ndarray, column: np.ndarray
) -> np.ndarray:
    """P(click on the last place) if each recipe stood there, the places above as served: (u, m) for u cooks.

    shown (n, k): chances of the slates as served; odds (u, m) of every recipe alone in the first place. first, row: a
    request of each cook, the cook of each request. column (n,): what stood there. What the place is worth follows.
    """
    rate = shown / (1 - shown.sum(axis=1, keepdims=True))
    tenth = odds * rate[:, -1].sum() / odds[row, column].sum()
    return tenth / (1 + rate[first, :-1].sum(axis=1, keepdims=True) + tenth)


def _joined(days: Sequence[Season], ndcg: np.ndarray) -> Season:
    """All days as one season."""
    weights = [len(day.found) for day in days]

    def mean(name: str) -> dict[int, np.ndarray]:
        every = [getattr(day, name) for day in days]
        return {top: np.average([one[top] for one in every], axis=0, weights=weights) for top in every[0]}

    return replace(
        days[0], ndcg=ndcg, online=np.nanmean([day.online for day in days], axis=0), place=mean("place"),
        found=offpolicy.joined([day.found for day in days]), group=np.concatenate([day.group for day in days]),
        aims={name: offpolicy.joined([day.aims[name] for day in days]) for name in days[0].names},
        square=mean("square"),
    )  # fmt: skip

"""What every feature is worth and what it costs: each, and each group, beside a feature that is noise.

A feature is left out and noise takes its place, so that both rankers have as many columns to be fooled by. What it is
worth is how much more surprised the ranker without it is by days it has not seen: log loss a shown recipe, averaged by
cook, with an interval over cooks; and NDCG@10 on what they chose then. Rows are what the champion showed: what would
help to find other recipes gets no credit here. So the world's truth stands beside both: the click rate that the slates
of either ranker would have on the day after the last. (Breck et al. 2017, tests data-2 and data-3.)
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mlops_lab.draws import draw
from mlops_lab.errors import BadInput
from mlops_lab.evaluation.evaluate import per_cook
from mlops_lab.evaluation.intervals import intervals
from mlops_lab.features.catalogue import FEATURES, PAIR, Feature, feature
from mlops_lab.features.examples import examples, split_day
from mlops_lab.features.log import Log
from mlops_lab.features.question import Question
from mlops_lab.features.view import Morning, feature_rows
from mlops_lab.lab import Lab
from mlops_lab.lab.candidates import held_out
from mlops_lab.models.ranker import Ranker
from mlops_lab.rehearsal.loop import make_world, play
from mlops_lab.serving.graph import Graph
from mlops_lab.world import World

MEASURES = ("log_loss", "ndcg@10", "true_click_rate")
NOISES = ("noise", "other_noise")  # one takes a feature's place; the other shows what a useless feature looks like


@contextmanager
def with_noise() -> Iterator[None]:
    """The catalogue with two features more, that know nothing of cook and recipe but who they are."""
    for name in NOISES:

        def noise(q: Question, name: str = name) -> np.ndarray:
            """A normal draw for each pair."""
            lots = [draw(0, f"{name} {half}", np.asarray(q.cook), np.asarray(q.recipe)) for half in (0, 1)]
            return np.sqrt(-2 * np.log(lots[0])) * np.cos(2 * np.pi * lots[1])

        noise.__name__ = name
        feature("recommendations", "standard deviations", PAIR, ())(noise)
    try:
        yield
    finally:
        for name in NOISES:
            del FEATURES[name]


def groups() -> dict[str, list[str]]:
    """The catalogue in three parts: what the recipe says of itself, what everybody chose, and who is asking."""
    found: dict[str, list[str]] = {"the recipe itself": [], "what all chose": [], "who asks": []}
    for name, one in FEATURES.items():
        personal = {"clicks.cook", "ratings.cook", "cooks.market", "cooks.diet"} & {*one.reads}
        chosen = {"clicks.recipe"} & {*one.reads}
        if name not in NOISES:
            found["who asks" if personal else "what all chose" if chosen else "the recipe itself"].append(name)
    return found


class Judge:
    """Rankers fitted before a day and judged from that day on, by the columns they may see."""

    def __init__(self, log: Log, split: int, world: World):
        self._train = examples(log, split)
        late = log.example_day >= split
        cook, self._position = log.example_cook[late], log.example_position[late]
        self._rows = feature_rows(log, cook, log.example_recipe[late], log.example_day[late])
        self._clicked, (self.cooks, self._who) = log.example_clicked[late], np.unique(cook, return_inverse=True)
        self._view, self._truth = held_out(log, split)
        self._world, self._morning, self._requests = world, Morning(log, log.days), world.requests(log.days)

    def fit(self, names: list[str]) -> Ranker:
        """The ranker that sees these features."""
        kinds = {kind: [name for name in names if FEATURES[name].kind == kind] for kind in ("number", "text")}
        ranker = Ranker(numeric=kinds["number"], categorical=kinds["text"])
        return ranker.fit(self._train.rows[names], self._train.clicked, self._train.position)

    def cost(self, names: list[str], out: list[str]) -> tuple[np.ndarray, ...]:
        """By how much each cook is worse off, by each measure, when noise takes the place of some of the features."""
        instead = [name for name in [*names, NOISES[0]] if name not in out]
        return tuple(
            one - other for one, other in zip(self._told(tuple(names)), self._told(tuple(instead)), strict=True)
        )

    @cache  # noqa: B019 - a judge lives as long as its study
    def _told(self, names: tuple[str, ...]) -> tuple[np.ndarray, ...]:
        ranker = self.fit([*names])
        return -self.losses(ranker), self.ndcg(ranker), self.rates(ranker)

    def losses(self, ranker: Ranker) -> np.ndarray:
        """Mean log loss of the held-out rows of each cook (n,)."""
        score = ranker.intercept_ + ranker.position_slope_ * np.log1p(self._position)
        score = score + sum(ranker.contributions({name: self._rows[name].to_numpy() for name in self._rows}).values())
        loss = np.logaddexp(0, np.where(self._clicked, -score, score))
        return np.bincount(self._who, loss) / np.bincount(self._who)

    def ndcg(self, ranker: Ranker) -> np.ndarray:
        """NDCG@10 of each cook who chose something from that day on (n,)."""
        return per_cook(ranker, self._view, self._truth)["ndcg@10"]

    def rates(self, ranker: Ranker) -> np.ndarray:
        """The true chance of a click in a slate of each cook who asks on the day after the last (n,)."""
        slates = Graph({1: ranker}, champion=1).recommend(self._requests, self._morning)
        who = np.unique(slates.cook, return_inverse=True)[1]
        return np.bincount(who, self._world.truth().chances(slates).sum(axis=1)) / np.bincount(who)


def left_out(log: Log, world: World) -> dict[str, tuple[np.ndarray, ...]]:
    """Name of a feature or group -> what its absence costs each cook, by each of MEASURES (positive: it did good)."""
    with with_noise():
        judge = Judge(log, split_day(log), world)
        names = [name for name in FEATURES if name not in NOISES]
        parts = {name: (names, [name]) for name in names} | {group: (names, out) for group, out in groups().items()}
        parts[NOISES[1]] = ([*names, NOISES[1]], [NOISES[1]])  # what a useless feature looks like by the same measure
        return {name: judge.cost([*whole], out) for name, (whole, out) in parts.items()}


def microseconds(log: Log, cooks: int = 200, repeats: int = 5) -> dict[str, float]:
    """Time of each feature for a thousand cells of a serving grid; the log's indexes are built before."""
    morning = Morning(log, log.days)
    asked = np.arange(min(cooks, len(log.cooks)))[:, None], morning.codes[None, :], log.days
    cells = asked[0].size * asked[1].size
    return {name: min(_seconds(one, Question(log, *asked)) for _ in range(repeats)) * 1e9 / cells
            for name, one in FEATURES.items()}  # fmt: skip


def _seconds(one: Feature, question: Question) -> float:
    began = time.process_time()
    one(question)
    return time.process_time() - began


def worth(seeds: int = 3, days: int = 56, size: str = "default") -> dict[str, Any]:
    """The study: worlds of `seeds` seeds, their cooks judged together. Raises BadInput."""
    if seeds < 1:
        raise BadInput(f"{seeds} seeds cannot be studied; ask for 1 or more.")
    runs = []
    for seed in range(1, seeds + 1):
        with tempfile.TemporaryDirectory() as folder:
            world, lab = make_world(seed, size), Lab(Path(folder) / "lab")
            play(lab, world, range(days))
            log = lab.memory().log()
        runs.append(left_out(log, world))
    cost = microseconds(log)
    rows = beside_noise(runs).assign(microseconds=lambda rows: rows.index.map(cost).fillna(0.0).round(2))
    return {
        "command": f"mlops-lab study features --seeds {seeds} --days {days} --size {size}",
        "version": version("mlops_lab"),
        "rows": rows.reset_index(names="name").to_dict("records"),
    }


def beside_noise(runs: list[dict[str, tuple[np.ndarray, ...]]]) -> pd.DataFrame:
    """One row a feature, group and noise: each measure as {value, low, high}, and whether it beats noise by the first.

    The first is the measure a company has and that weighs every row; what the truth says is not asked.
    """
    found = {
        measure: intervals({name: np.concatenate([run[name][at] for run in runs]) for name in runs[0]})
        for at, measure in enumerate(MEASURES)
    }
    return pd.DataFrame(found).assign(
        beats_noise=lambda rows: [told["low"] > 0 for told in rows[MEASURES[0]]],
        why=lambda rows: [FEATURES[name].why if name in FEATURES else "" for name in rows.index],
    )

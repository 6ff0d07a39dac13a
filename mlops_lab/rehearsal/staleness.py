"""How fast a model ages: the same kind of model, learned from data that end some days before it has to answer.

    age       days between the newest data that a model has learned from and the day on which it answers
    paper     NDCG@10 on what cooks chose in the week from that day on, as a company would measure it
    kitchen   the true click rate of the slates that it would fill on that day, which only a world can tell
    kept      quality at an age over quality at age 0
    decay     kept = exp(-decay * age), by least squares through age 0, for each seed; Student's interval over seeds
    maximum   the age at which the tolerated part of the quality is lost

An older model has seen other days, and fewer of them: both belong to its age. Popularity of the morning answers
throughout, so it has written the log on which all are judged on paper.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np

from mlops_lab.errors import BadInput
from mlops_lab.evaluation.evaluate import per_cook
from mlops_lab.evaluation.intervals import metric, student
from mlops_lab.features.log import Log
from mlops_lab.features.memory import Memory
from mlops_lab.features.view import Grid, Morning
from mlops_lab.lab.candidates import fit, held_out, ladder
from mlops_lab.rehearsal.loop import make_world
from mlops_lab.serving.graph import Graph
from mlops_lab.threads import one_thread
from mlops_lab.world import Incident, World

AGES = (0, 7, 14, 28)
SPAN = 7  # days on which a model is judged
SPANS = (42, 49)  # their first days
TROUBLE = 35  # the day on which tastes or the season turn, where they do
DRIFTS = ("", "season-change", "taste-drift")
Quality = dict[tuple[str, int], list[float]]  # (model, age) -> one number a span


def staleness(
    seeds: int = 8, tolerance: float = 0.05, size: str = "default", drifts: Sequence[str] = DRIFTS
) -> dict[str, Any]:
    """Curves, decays and maximum ages of the ladder, in a quiet world and in worlds that drift. Raises BadInput.

    `rows`: for each drift ("" for none) and model the `curve` by age, `decay_per_day` and `maximum_age_days` (value,
    low, high; null is never) for paper and kitchen, and what that says.
    """
    if seeds < 2 or not 0 < tolerance < 1:
        raise BadInput(f"Found {seeds} seeds and a tolerance of {tolerance:g}; give 2 or more seeds, and a share.")
    rows = []
    for drift in drifts:
        played = [aged(seed, size, drift) for seed in range(1, seeds + 1)]
        for model in dict.fromkeys(name for name, _ in played[0]["paper"]):
            each = {side: _curve([one[side] for one in played], model, tolerance) for side in ("paper", "kitchen")}
            rows.append({"drift": drift or None, "model": model, **each})
    return {
        "command": f"mlops-lab study staleness --seeds {seeds} --tolerance {tolerance:g} --size {size}",
        "version": version("mlops_lab"), "tolerance": tolerance, "rows": rows,
    }  # fmt: skip


class Favourites:
    """Scores every recipe by its choices so far, whoever asks."""

    def score(self, view: Grid) -> np.ndarray:
        """(n, m), every row the same."""
        return np.repeat(view.morning.popularity[None, :], len(view.cook), axis=0)


def mornings(world: World, days: int) -> Iterator[Morning]:
    """Every morning up to that of the day `days`, in a world answered by popularity and remembered without a lab."""
    memory, graph = Memory(world.date(0)), Graph()
    for day in range(days + 1):
        morning = Morning(memory.log(), day)
        yield morning
        memory.absorb(day, world.play(day, partial(graph.recommend, morning=morning)).tables)
        graph = Graph({1: Favourites()}, champion=1)


def aged(seed: int, size: str, drift: str = "") -> dict[str, Quality]:
    """Paper and kitchen quality of every model at every age, in one world."""
    world = make_world(seed, size, [Incident(drift, TROUBLE)] if drift else [])
    found: dict[str, Quality] = {"paper": {}, "kitchen": {}}
    logs: dict[int, Log] = {}
    models: dict[int, dict[tuple[str, int], Any]] = {}
    with one_thread():
        for morning in mornings(world, max(SPANS) + SPAN):
            day = morning.day
            if day in {start - age for start in SPANS for age in AGES}:
                logs[day] = morning.log
            if day in SPANS:
                models[day] = of_ages(logs, day)
                _note(found["kitchen"], {key: served(model, world, morning) for key, model in models[day].items()})
            if day - SPAN in SPANS:
                _note(found["paper"], on_paper(models[day - SPAN], morning.log, day - SPAN))
    return found


def of_ages(logs: Mapping[int, Log], day: int) -> dict[tuple[str, int], Any]:
    """Every model of the ladder at every age, ready on the morning of a day."""
    return {
        (name, age): fit(ladder(logs[day - age])[name], logs[day - age], None, day - age)
        for age in AGES for name in ladder(logs[day - age])
    }  # fmt: skip


def on_paper(models: Mapping[tuple[str, int], Any], log: Log, day: int) -> dict[tuple[str, int], float]:
    """NDCG@10 of models on what was chosen from a day on, over cooks."""
    view, truth = held_out(log, day)
    return {key: float(per_cook(model, view, truth)["ndcg@10"].mean()) for key, model in models.items()}


def served(model: Any, world: World, morning: Morning) -> float:
    """The true click rate of a model that answers the requests of a morning, alone in the serving graph."""
    slates = Graph({1: model}, champion=1).recommend(world.requests(morning.day), morning)
    return world.truth().click_rate(slates)


def _note(quality: Quality, numbers: Mapping[tuple[str, int], float]) -> None:
    for key, number in numbers.items():
        quality.setdefault(key, []).append(number)


def _curve(seeds: Sequence[Quality], model: str, tolerance: float) -> dict[str, Any]:
    """What is kept by age, the decay, and the maximum age it allows, over seeds."""
    level = np.array([[np.mean(quality[model, age]) for age in AGES] for quality in seeds])
    kept = level / level[:, :1]
    decays = -np.log(kept) @ np.array(AGES) / np.sum(np.square(AGES))
    value, low, high = student(decays)
    oldest = [-math.log(1 - tolerance) / one if one > 0 else None for one in (value, high, low)]
    curve = [{"age_days": age, "kept": metric(*student(kept[:, at]))} for at, age in enumerate(AGES)]
    return {
        "quality": round(float(level[:, 0].mean()), 6), "curve": curve, "decay_per_day": metric(value, low, high),
        "maximum_age_days": dict(zip(("value", "low", "high"), (x and round(x, 1) for x in oldest), strict=True)),
        "says": verdict(low, high, tolerance),
    }  # fmt: skip


def verdict(low: float, high: float, tolerance: float) -> str:
    """What an interval of the decay a day says about the maximum age, as a sentence."""
    limit, horizon = -math.log(1 - tolerance), max(AGES)
    if high * horizon < limit:
        return (
            f"In {horizon} days it loses less than {tolerance:.0%}, beyond doubt: it need not be trained for its age."
        )
    if low <= 0:
        return f"Whether it ages at all cannot be told; it might lose {tolerance:.0%} in {limit / high:.0f} days."
    return f"It loses {tolerance:.0%} after {limit / high:.0f} to {limit / low:.0f} days."

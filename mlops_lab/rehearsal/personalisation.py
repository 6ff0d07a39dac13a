"""What knowing a cook is worth: the true click rate of slates by popularity, by models of histories, by the oracle.

A lab runs for some weeks; then everything it can fit learns from the same log and answers the requests of the same
morning, and the world says how many of them would end in a click. Two know the truth: "best for all" is the one list
that pleases the cooks most on average, so what is above it is owed to knowing the cook; the oracle is the ceiling.
"""

import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np

from mlops_lab.errors import BadInput
from mlops_lab.evaluation.intervals import metric, student
from mlops_lab.features.view import Grid
from mlops_lab.lab import Lab
from mlops_lab.lab.candidates import BASELINE, fit, ladder
from mlops_lab.rehearsal.loop import make_world, play
from mlops_lab.serving.graph import Graph
from mlops_lab.threads import one_thread
from mlops_lab.world import World


def personalisation(days: int = 56, seeds: int = 5, size: str = "default") -> dict:
    """True click rates after `days` days and gains over popularity, with Student's intervals over the seeds."""
    if days < 1 or seeds < 2:
        raise BadInput(f"{days} days and {seeds} seeds cannot be studied; ask for 1 or more days and 2 or more seeds.")
    rates = []
    for seed in range(1, seeds + 1):
        world = make_world(seed, size)
        with tempfile.TemporaryDirectory() as folder:
            lab = Lab(Path(folder) / "lab")
            play(lab, world, range(days))
            rates.append(click_rates(lab, world, days))
    return {
        "command": f"mlops-lab study personalisation --days {days} --seeds {seeds} --size {size}",
        "version": version("mlops_lab"),
        "rows": [_row(name, np.array([[one[BASELINE], one[name]] for one in rates])) for name in rates[0]],
    }


def click_rates(lab: Lab, world: World, day: int) -> dict[str, float]:
    """The true click rate on a morning, by model: each learns all that the lab knows, and answers in its graph."""
    morning, requests, truth = lab.morning(day), world.requests(day), world.truth()
    with one_thread():
        fitted = {name: fit(model, morning.log, None, day) for name, model in ladder(morning.log).items()}
    fitted["best for all"] = _BestForAll(world, morning.log.cooks)
    slates = {name: Graph({1: model}, champion=1).recommend(requests, morning) for name, model in fitted.items()}
    return {name: truth.click_rate(found) for name, found in (slates | {"oracle": truth.oracle(requests)}).items()}


class _BestForAll:
    """A model (as the serving graph takes it) that scores recipes by their mean chance over all cooks, in truth."""

    def __init__(self, world: World, cooks: np.ndarray):
        self._truth, self._cooks = world.truth(), cooks

    def score(self, view: Grid) -> np.ndarray:
        """The same scores (n, m) for every cook of a view."""
        chance = self._truth.click_chance(self._cooks[:, None], view.recipes[None, :], view.morning.day).mean(axis=0)
        return np.broadcast_to(chance, (len(view.cook), len(chance)))


def _row(name: str, rates: np.ndarray) -> dict:
    """rates (seeds, 2): popularity's and the model's."""
    return {
        "model": name,
        "click_rate": metric(*student(rates[:, 1])),
        "gain": metric(*student(rates[:, 1] / rates[:, 0] - 1)),
    }

"""Plausible wrong answers for notebook 04."""

import atexit
import shutil
import tempfile

import numpy as np

from mlops_lab.features.memory import Memory
from mlops_lab.features.view import feature_rows
from mlops_lab.rehearsal.forward import fast_forward
from mlops_lab.workbook.judges.n04 import SUSPECTS, secret


def _count(reviews, recipe, first, day, column="arrived"):
    when = reviews[column]
    return int(((reviews["recipe"] == recipe) & (when >= first) & (when < day)).sum())


def by_writing(reviews, recipe, day, window):
    return _count(reviews, recipe, day - window, day, "day")


def today_too(reviews, recipe, day, window):
    return _count(reviews, recipe, day - window, day + 1)


def all_recipes(reviews, recipe, day, window):
    return int(((reviews["arrived"] < day) & (reviews["arrived"] >= day - window)).sum())


def forever(reviews, recipe, day, window):
    return _count(reviews, recipe, -1, day)


def a_day_short(reviews, recipe, day, window):
    return _count(reviews, recipe, day - window + 1, day)


def four_weeks(reviews, recipe, day, window):
    return _count(reviews, recipe, day - 28, day)


def by_cook(reviews, recipe, day, window):
    return min(_count(reviews, recipe, day - window, day), 1)


def mute(reviews, recipe, day, window):
    _count(reviews, recipe, day - window, day)


def made():
    """The lab of the notebook, smaller: two deliveries about the morning of day 5, before that day and after."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    world, lab = fast_forward(8, incidents=["unit-change@5"], workspace=f"{folder}/lab")
    for revision in ("traffic~3", "traffic"):
        log = Memory.load(lab.store, lab.store.get(revision)).log()
        cook, recipe, day = np.repeat(np.arange(9), 250), np.tile(np.arange(250), 9), np.full(9 * 250, 5)
        rows = feature_rows(log, cook, recipe, day)[list(SUSPECTS)]
        rows[secret()] = feature_rows(log, cook, recipe, day + 1)[secret()]
        lab.store.commit("delivered", {"features.csv": rows.to_csv(index=False).encode()})
    return world, lab


INNOCENT = next(name for name in SUSPECTS if name != secret())

WRONG = {
    "04-1": [3, 5, 9, 11, "ten"],
    "04-2": [by_writing, today_too, all_recipes, forever, a_day_short, four_weeks, by_cook, mute, 3],
    "04-3": [INNOCENT, "fits_diet"],
}

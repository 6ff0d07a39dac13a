"""Labelled feature rows, and the day that parts what a model may learn from what it is judged on."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mlops_lab.draws import draw
from mlops_lab.features.log import Log
from mlops_lab.features.view import feature_rows

NEGATIVES = 4  # unseen recipes drawn for each choice where nothing was logged as shown
TEST_SHARE = 0.2
TEST_DAYS = 14  # a lab with daily traffic is judged on its last two weeks at most
TRAIN_DAYS = 28


@dataclass(frozen=True)
class Examples:
    """Feature rows of equal length with their labels; position is None where no slate was logged."""

    rows: pd.DataFrame
    clicked: np.ndarray
    position: np.ndarray | None
    day: np.ndarray


def split_day(log: Log) -> int:
    """The first day held out: about the last fifth of all choices, and two weeks at most where slates are logged."""
    if not len(log.choice_day):
        return log.days
    days = np.sort(log.choice_day)
    day = int(days[int(np.ceil((1 - TEST_SHARE) * len(days))) - 1]) + 1
    return max(day, log.days - TEST_DAYS) if len(log.shown_day) else min(day, int(days[-1]))


def examples(log: Log, until: int) -> Examples:
    """What is known of choices before the day `until`: from impressions, else from choices with drawn negatives."""
    if len(log.example_day):
        return _from_impressions(log, until)
    return _from_choices(log, until)


def _from_impressions(log: Log, until: int) -> Examples:
    use = (log.example_day < until) & (log.example_day >= until - TRAIN_DAYS)
    cook, recipe, day = log.example_cook[use], log.example_recipe[use], log.example_day[use]
    return Examples(feature_rows(log, cook, recipe, day), log.example_clicked[use], log.example_position[use], day)


def _from_choices(log: Log, until: int) -> Examples:
    use = log.choice_day < until
    cook, recipe, day = log.choice_cook[use], log.choice_recipe[use], log.choice_day[use]
    taken = np.unique(log.choice_cook * np.int64(len(log.recipes)) + log.choice_recipe)
    lots = draw(0, "negative", cook[:, None], recipe[:, None], day[:, None], np.arange(NEGATIVES)[None, :])
    other = (lots * len(log.recipes)).astype(np.int64)
    other_cook, other_day = np.repeat(cook, NEGATIVES), np.repeat(day, NEGATIVES)
    unseen = ~np.isin(other_cook * np.int64(len(log.recipes)) + other.ravel(), taken)
    cook = np.concatenate([cook, other_cook[unseen]])
    recipe = np.concatenate([recipe, other.ravel()[unseen]])
    day = np.concatenate([day, other_day[unseen]])
    clicked = np.arange(len(cook)) < use.sum()
    return Examples(feature_rows(log, cook, recipe, day), clicked, None, day)

"""Plausible wrong answers for notebook 01."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

RATINGS = pd.DataFrame({"cook": ["a", "b", "c", "d", "e", "f", "g", "x", "x", "x"]})  # 7 of 8 cooks have one


def made():
    return None, SimpleNamespace(table=lambda name: RATINGS)


def by_position(shown):
    return (rate := shown.groupby("position")["clicked"].mean()) / rate[0]


def clicks_only(shown):
    return (clicks := shown.groupby("position")["clicked"].sum()) / clicks[0]


def plain_rates(shown):
    return shown.groupby("position")["clicked"].mean()


def from_a_paper(shown):
    return np.arange(1, 6) ** -0.5


def one_number(shown):
    return shown["clicked"].mean()


def every_recipe(shown):
    """Recipes that never stood in one of the places take part in one of the means only."""
    rate = shown.pivot_table(index="recipe", columns="position", values="clicked")
    return rate.mean() / rate[0].mean()


def as_zero(shown):
    rate = shown.pivot_table(index="recipe", columns="position", values="clicked").fillna(0)
    return rate.mean() / rate[0].mean()


WRONG = {
    "01-1": [0.3, 1.0, 87.5, "most"],
    "01-2": [by_position, clicks_only, plain_rates, from_a_paper, one_number, every_recipe, as_zero, [1, 0.7]],
}

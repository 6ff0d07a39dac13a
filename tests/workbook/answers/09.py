"""Plausible wrong answers for notebook 09."""

import numpy as np

from mlops_lab.evaluation import paired


def parts(table, least):
    columns = [name for name in table if name != "difference"]
    found = {f"{c} {v}": part["difference"].to_numpy() for c in columns for v, part in table.groupby(c)}
    return {name: part for name, part in found.items() if len(part) >= least}


def uncorrected(table, least=30):
    return [name for name, part in parts(table, least).items() if paired(part, 0 * part)["high"] < 0]


def fixed_limit(table, least=30):
    return [name for name, part in parts(table, least).items() if part.mean() < -0.05]


def any_change(table, least=30):
    many = parts(table, least)
    ends = {name: paired(part, 0 * part, 1 - 0.05 / len(many)) for name, part in many.items()}
    return [name for name, found in ends.items() if found["high"] < 0 or found["low"] > 0]


def too_small(table, least=30):
    return [name for name, part in parts(table, 3).items() if paired(part, 0 * part, 0.998)["high"] < 0]


def always_thirty(table, least=30):
    return [name for name, part in parts(table, 30).items() if paired(part, 0 * part, 0.998)["high"] < 0]


def first_column(table, least=30):
    return [name for name in too_small(table, least) if name.startswith("cook")]


def the_worst(table, least=30):
    many = parts(table, least)
    return min(many, key=lambda name: many[name].mean())


def pairs(table, least=30):
    return [tuple(name.split()) for name in too_small(table, least)]


class Sheep:
    """The honest model itself."""

    def __init__(self, honest):
        self.honest = honest

    def score(self, view):
        """The honest scores."""
        return self.honest.score(view)


class Upside(Sheep):
    """The worst first."""

    def score(self, view):
        """Minus the honest scores."""
        return -self.honest.score(view)


def scores_of(honest):
    return np.zeros(3)


WRONG = {
    "09-1": [uncorrected, fixed_limit, any_change, too_small, always_thirty, first_column, the_worst, pairs],
    "09-2": [Sheep, Upside, scores_of],
}

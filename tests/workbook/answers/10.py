"""Plausible wrong answers for notebook 10."""

import atexit
import shutil
import tempfile
from functools import cache

import numpy as np

from mlops_lab.rehearsal.forward import fast_forward


def both_orders(paper, kitchen):
    return [(a, b) for a in paper for b in paper if (paper[a] - paper[b]) * (kitchen[a] - kitchen[b]) < 0]


def kitchen_first(paper, kitchen):
    return [(b, a) for a in paper for b in paper if paper[a] > paper[b] and kitchen[a] < kitchen[b]]


def with_ties(paper, kitchen):
    return [(a, b) for a in paper for b in paper if paper[a] > paper[b] and kitchen[a] <= kitchen[b]]


def neighbours(paper, kitchen):
    order = sorted(paper, key=lambda name: -paper[name])
    return [(a, b) for a, b in zip(order, order[1:], strict=False) if paper[a] > paper[b] and kitchen[a] < kitchen[b]]


def how_many(paper, kitchen):
    return len(neighbours(paper, kitchen))


def none(paper, kitchen):
    return []


def one_side(paper, kitchen):
    return [
        (a, b) for a in paper for b in paper if paper[a] > paper[b] and b == "clever" or (a, b) == ("plain", "wild")
    ]


def without_target(clicked, propensity, chance):
    return (clicked / propensity).mean(), (clicked / propensity).sum() / (1 / propensity).sum()


def without_propensity(clicked, propensity, chance):
    return (chance * clicked).mean(), (chance * clicked).sum() / chance.sum()


def upside_down(clicked, propensity, chance):
    weight = np.where(chance > 0, propensity / np.where(chance > 0, chance, 1), 0)
    return (weight * clicked).mean(), (weight * clicked).sum() / weight.sum()


def matches_only(clicked, propensity, chance):
    weight = chance / propensity
    return (weight * clicked)[weight > 0].mean(), (weight * clicked).sum() / weight.sum()


def clicks_only(clicked, propensity, chance):
    weight = chance / propensity
    return (weight * clicked)[clicked > 0].mean(), (weight * clicked).sum() / weight.sum()


def summed(clicked, propensity, chance):
    weight = chance / propensity
    return (weight * clicked).sum(), (weight * clicked).sum() / weight.sum()


def swapped(clicked, propensity, chance):
    weight = chance / propensity
    return (weight * clicked).sum() / weight.sum(), (weight * clicked).mean()


def same_twice(clicked, propensity, chance):
    return ((chance / propensity * clicked).mean(),) * 2


def alone(clicked, propensity, chance):
    return (chance / propensity * clicked).mean()


def clipped(clicked, propensity, chance):
    weight = np.minimum(chance / propensity, 1)
    return (weight * clicked).mean(), (weight * clicked).sum() / weight.sum()


@cache
def made():
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return fast_forward(28, workspace=f"{folder}/lab")


WRONG = {
    "10-1": [both_orders, kitchen_first, with_ties, neighbours, how_many, none, one_side],
    "10-2": [0, 0.001, 400, 2000, "a few"],
    "10-3": [
        without_target, without_propensity, upside_down, matches_only, clicks_only, summed, swapped, same_twice, alone,
        clipped,
    ],
}  # fmt: skip

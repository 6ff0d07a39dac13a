"""Plausible wrong answers for notebook 13."""

from types import SimpleNamespace

import numpy as np

import mlops_lab.workbook.judges.n13  # noqa: F401 - once here, not in each of the processes that check an answer

_TWICE = {35: 4, 36: 6, 37: 4}
_EVENINGS = [
    {"day": day, "facts": {"quarantined": {"clicks": {"duplicate": _TWICE[day]}} if day in _TWICE else {}}}
    for day in range(40)
]
MADE = (SimpleNamespace(), SimpleNamespace(evenings=lambda: _EVENINGS))
_RIGHT = {"what": "b", "since": 35, "too many": 14}


def three_deviations(clean, checks, per_year):
    return clean.mean() + 3 * clean.std()


def largest(clean, checks, per_year):
    return clean.max()


def rule_of_thumb(clean, checks, per_year):
    return 0.25


def one_check(clean, checks, per_year):
    return np.quantile(clean, 1 - per_year / 365)


def shared_twice(clean, checks, per_year):
    return np.quantile(clean, 1 - per_year / (365 * checks**2))


def of_the_sample(clean, checks, per_year):
    return np.sort(clean)[-per_year]


def lower_tail(clean, checks, per_year):
    return np.quantile(clean, per_year / (365 * checks))


def five_percent(clean, checks, per_year):
    return np.quantile(clean, 0.95)


def two_sided(clean, checks, per_year):
    return np.quantile(clean, 1 - per_year / (2 * 365 * checks))


def bell_shaped(clean, checks, per_year):
    from scipy.stats import norm

    return clean.mean() + clean.std() * norm.isf(per_year / (365 * checks))


def many(clean, checks, per_year):
    return [np.quantile(clean, 1 - per_year / (365 * checks))] * checks


def mute(clean, checks, per_year):
    np.quantile(clean, 1 - per_year / (365 * checks))


WRONG = {
    "13-1": [
        three_deviations, largest, rule_of_thumb, one_check, shared_twice, lower_tail, five_percent, two_sided,
        bell_shaped, of_the_sample, many, mute, 0.25,
    ],
    "13-2": [
        {**_RIGHT, "what": "a"},
        {**_RIGHT, "what": "c"},
        {**_RIGHT, "what": "d"},
        {**_RIGHT, "what": "retry"},
        {**_RIGHT, "since": 36},
        {**_RIGHT, "since": 30},
        {**_RIGHT, "since": "35"},
        {**_RIGHT, "too many": 4},
        {**_RIGHT, "too many": 694},
        ["b", 35, 14],
    ],
}  # fmt: skip

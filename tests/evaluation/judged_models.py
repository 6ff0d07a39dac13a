"""What tests of models share: the ladder fitted on a log, and logs with a part missing."""

from dataclasses import replace

import numpy as np

from mlops_lab.lab.candidates import fit, ladder


def of(kind: str):
    """How a kind of model is fitted on everything that a log knows."""
    return lambda log: fit(ladder(log)[kind], log, None, log.days)


def choices(log, kept: np.ndarray):
    """The log with some of its choices (mask) and no logged examples."""
    names = ("choice_cook", "choice_recipe", "choice_day")
    return replace(log, **{name: getattr(log, name)[kept] for name in names})

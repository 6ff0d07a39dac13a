"""Cooks who rate in lockstep: a ring betrays itself by what its accounts have in common, before its recipes lead."""

from collections.abc import Iterator, Sequence

import numpy as np

from mlops_lab.monitoring.checks import LUCK, Check, check, spans
from mlops_lab.monitoring.facts import Facts

SHARED, FELLOWS = 2, 3  # recipes in common with each of so many others
BEST_SELLER = 1_000  # rated by more cooks in a week, a recipe is no secret that two could share
PARTY = 5  # so many friends who cook the same dishes are no ring


def in_lockstep(cook: np.ndarray, recipe: np.ndarray) -> int:
    """How many cooks rated SHARED or more of the same recipes as each of FELLOWS others. Codes, one a rating (n,).

    After CopyCatch (Beutel et al., WWW 2013), which looks for groups of accounts that like the same pages together.
    """
    import scipy.sparse as sp

    if not len(cook):
        return 0
    (_, row), (_, column) = (np.unique(codes, return_inverse=True) for codes in (cook, recipe))
    rated = sp.csr_array((np.ones(len(row)), (row, column)))
    rated.data[:] = 1  # a second rating of a recipe is no second recipe
    rated = rated[:, np.flatnonzero(rated.sum(axis=0) <= BEST_SELLER)]
    rated = rated[np.flatnonzero(rated.sum(axis=1) >= SHARED)]
    fellows = ((rated @ rated.T) >= SHARED).sum(axis=1) - 1  # everybody is his own
    return int((fellows >= FELLOWS).sum())


def lockstep(today: Facts, past: Sequence[Facts]) -> Iterator[Check]:
    """Cooks who rated in lockstep during a week, beyond what is usual there."""
    name = "lockstep.ratings.cook"
    _, good = spans(name, "ratings", today, past)
    if good:
        usual = float(np.mean([day.lockstep for day in good]))
        yield check(name, today.lockstep, max((np.sqrt(usual) + LUCK / 2) ** 2, PARTY), "ratings.recipe")

"""Rows to judge on, as models see them; and rows of train set aside to choose with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlops_lab.data.interactions import Interactions, distinct
from mlops_lab.draws import draw, keys

SHARE = 0.1


@dataclass(frozen=True, eq=False)
class Histories:
    """A view that knows no features: recipe ids (m,) and what each cook chose before (n, m)."""

    recipes: np.ndarray
    history: sp.csr_array
    columns: Mapping[str, np.ndarray] = field(default_factory=dict)

    def take(self, rows: np.ndarray) -> "Histories":
        """The same view for some of the cooks."""
        return Histories(self.recipes, sp.csr_array(self.history[rows]), self.columns)


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Cooks (n,), their view, and what they chose that the models had not seen: truth (n, at least m)."""

    cooks: np.ndarray
    view: Histories
    truth: sp.csr_array

    @property
    def warm(self) -> np.ndarray:
        """Which cooks have a history (n,) bool; on the others all models of histories agree."""
        return np.diff(self.view.history.indptr) > 0

    def take(self, rows: np.ndarray) -> "HeldOut":
        """Some of the cooks (mask or indices)."""
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows
        return HeldOut(self.cooks[rows], self.view.take(rows), sp.csr_array(self.truth[rows]))


def held_out(train: Interactions, test: Interactions) -> HeldOut:
    """The cooks of test with something to find: distinct recipes they chose there and not in train.

    A recipe that train does not know can be ranked by nobody, and still counts as chosen. A recipe the cook already
    chose in train is masked in every ranking, so it cannot be found and does not count.
    """
    at_cook = _codes(train.cooks, test.cooks)
    at_recipe = _codes(train.recipes, test.recipes)
    n, m = len(test.cooks), len(train.recipes)
    unknown = at_recipe < 0
    width = m + int(unknown.sum())
    at_recipe[unknown] = np.arange(m, width)
    padded = sp.vstack([train.matrix(), sp.csr_array((1, m))], format="csr")  # the last row is a cook nobody knows
    history = sp.csr_array(padded[np.where(at_cook < 0, len(train.cooks), at_cook)])
    pair = distinct(test.cook * np.int64(width) + at_recipe[test.recipe])
    seen = np.repeat(np.arange(n, dtype=np.int64), np.diff(history.indptr)) * width + history.indices
    pair = pair[~np.isin(pair, seen)]
    truth = sp.csr_array((np.ones(len(pair)), (pair // width, pair % width)), shape=(n, width))
    found = HeldOut(test.cooks, Histories(train.recipes, history), truth)
    return found.take(np.flatnonzero(np.diff(truth.indptr)))


def _codes(known: np.ndarray, asked: np.ndarray) -> np.ndarray:
    return pd.Index(known.astype(object)).get_indexer(asked.astype(object)).astype(np.int64)


def latest(train: Interactions) -> np.ndarray:
    """The latest 10 % of the rows (e,) bool, cut between two moments; nothing where all are of one moment."""
    if train.day is None or not len(train):
        return np.zeros(len(train), dtype=bool)
    moments = np.sort(train.day)
    cut = moments[int((1 - SHARE) * len(moments))]
    late = train.day >= cut
    return late if late.mean() <= 2 * SHARE else train.day > cut


def of_each_cook(train: Interactions) -> np.ndarray:
    """About 10 % of every cook's distinct recipes, drawn by hash (e,) bool; a cook always keeps one."""
    cook_key, recipe_key = keys(train.cooks), keys(train.recipes)
    pair, row = np.unique(train.cook * np.int64(max(len(train.recipes), 1)) + train.recipe, return_inverse=True)
    cook, recipe = pair // max(len(train.recipes), 1), pair % max(len(train.recipes), 1)
    lot = draw(0, "validation recipe", cook_key[cook], recipe_key[recipe])
    order = np.lexsort((lot, cook))
    owned = np.bincount(cook, minlength=len(train.cooks))
    starts = np.concatenate([[0], np.cumsum(owned)])[:-1]
    place = np.empty(len(pair), dtype=np.int64)
    place[order] = np.arange(len(pair)) - starts[cook[order]]
    # Rounded up or down by lot, so that cooks with few recipes take part in the right proportion.
    quota = np.floor(SHARE * owned + draw(0, "validation cook", cook_key)).astype(np.int64)
    held = place < np.minimum(quota, owned - 1)[cook]
    return held[row.ravel()]

"""What models of histories share: aligning a view with the recipes that were known at fitting, and the cold start."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlops_lab.data.interactions import Interactions

KIN = "cuisine"  # the attribute whose known recipes stand in for one that is new


class View(Protocol):
    """The part of a view that models of histories look at."""

    @property
    def recipes(self) -> np.ndarray:
        """Recipe ids (m,)."""

    @property
    def history(self) -> sp.csr_array:
        """How often each cook chose each recipe before (n, m)."""

    @property
    def columns(self) -> Mapping[str, np.ndarray]:
        """Feature name -> array that broadcasts to (n, m); of these, KIN alone, for recipes that are new."""


class HistoryModel(ABC):
    """Scores recipes by what a cook chose before. A cook without a (known) choice is scored by popularity.

    recipes_ (M,): ids known at fitting. popularity_ (M,): score of each for a cook who is new.
    A recipe of the view that was unknown at fitting has no evidence of its own: it scores as its kin do on average.
    """

    kind: ClassVar[str]
    arrays: ClassVar[tuple[str, ...]] = ("recipes_", "popularity_")  # the fitted attributes, as they are saved
    recipes_: np.ndarray
    popularity_: np.ndarray

    @property
    def params(self) -> Mapping[str, Any]:
        """What the constructor was given."""
        return {}

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value:g}" for name, value in self.params.items())
        return f"{type(self).__name__}({given})"

    @abstractmethod
    def fit(self, interactions: Interactions, as_of_day: float | None = None) -> "HistoryModel":
        """Learn from rows in any order; as_of_day matters only where time does."""

    def score(self, view: View) -> np.ndarray:
        """Scores of n cooks x m recipes, float64, higher is better."""
        place = places(self.recipes_, view.recipes)
        history = known_history(view.history, place, len(self.recipes_))
        scores = widened(self._scores(history), place)
        cold = np.flatnonzero(np.diff(history.indptr) == 0)
        scores[cold] = widened(self.popularity_[None, :], place)
        return with_kin(scores, self._new(place), view)

    def explained(self, view: View, column: int) -> dict[str, float]:
        """The parts of the score of one cook (a view of one row) for the recipe in this column; they sum to it."""
        place = places(self.recipes_, view.recipes)
        history, at = known_history(view.history, place, len(self.recipes_)), int(place[column])
        if self._new(place[[column]])[0]:
            return {"recipes of its kind, on average": float(self.score(view)[0, column])}
        if not history.nnz:
            return {"popularity": float(self.popularity_[at])}
        return self._parts(history, at)

    def _new(self, place: np.ndarray) -> np.ndarray:
        """Which recipes (places, -1 for an unknown one) were unknown at fitting (m,) bool.

        One that was known and never chosen is not new: that nobody chose it is evidence. Scored as its kin on average,
        it would stand above recipes chosen a few times, for the mean is that of the favourites a slate shows; a quick
        lab loses a tenth to a fifth of its clicks by that.
        """
        return place < 0

    def _parts(self, history: sp.csr_array, at: int) -> dict[str, float]:
        """What each choice of one cook (1, M) adds to the score of the recipe with the number `at`."""
        each = zip(self.recipes_[history.indices].tolist(), self._shares(history, at).tolist(), strict=True)
        return {f"chose {recipe} before": share for recipe, share in each}

    def _shares(self, history: sp.csr_array, at: int) -> np.ndarray:
        # Where a score is a sum over choices, each choice alone makes its share.
        alone = sp.csr_array(
            (np.ones(history.nnz), history.indices, np.arange(history.nnz + 1)), (history.nnz, len(self.recipes_))
        )
        return self._scores(alone)[:, at]

    @abstractmethod
    def _scores(self, history: sp.csr_array) -> np.ndarray:
        """Scores (n, M) from ones for every recipe chosen before (n, M)."""


def with_kin(scores: np.ndarray, new: np.ndarray, view: View) -> np.ndarray:
    """The scores (n, m), those of new recipes (m,) bool replaced: the mean over known recipes of the same cuisine.

    Where nothing tells the cuisine, or no known recipe shares it, it is the mean over all known ones.
    """
    known = ~new
    if known.all() or not known.any():
        return scores
    kin = view.columns.get(KIN)
    kind = np.unique(np.zeros(len(known)) if kin is None else np.ravel(kin), return_inverse=True)[1].ravel()
    asked, column = np.unique(kind[new], return_inverse=True)
    member = (kind[:, None] == asked) & known[:, None]
    member |= known[:, None] & ~member.any(axis=0)
    scores[:, new] = (scores @ (member / member.sum(axis=0)))[:, column]
    return scores


def places(known: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Where each id asked for stands among the known ones (len(asked),), -1 for an unknown one."""
    if len(known) == len(asked) and np.array_equal(known, asked):
        return np.arange(len(known))
    return pd.Index(known.astype(object)).get_indexer(asked.astype(object))


def known_history(history: sp.csr_array, place: np.ndarray, width: int) -> sp.csr_array:
    """The history (n, m) in the columns of the model (n, width): ones for what was chosen and is known."""
    cook = np.repeat(np.arange(history.shape[0]), np.diff(history.indptr))
    column = place[history.indices]
    kept = (column >= 0) & (history.data > 0)
    starts = np.concatenate([[0], np.cumsum(np.bincount(cook[kept], minlength=history.shape[0]))])
    return sp.csr_array((np.ones(int(kept.sum())), column[kept], starts), shape=(history.shape[0], width))


def widened(scores: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Scores (n, M) in the columns of a view (n, m) as new float64; 0 where the model does not know the recipe."""
    if len(scores) > 1 and scores.strides[0] == 0:  # the same for every cook: looked up once
        return np.repeat(widened(scores[:1], place), len(scores), axis=0)
    if np.array_equal(place, np.arange(scores.shape[1])):
        return np.array(scores, dtype=np.float64)
    if not scores.shape[1]:
        return np.zeros((len(scores), len(place)))
    found = np.take(scores, np.maximum(place, 0), axis=1).astype(np.float64, copy=False)
    found[:, place < 0] = 0.0
    return found

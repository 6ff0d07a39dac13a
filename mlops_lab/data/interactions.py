"""Who chose what: interactions as models of histories take them. Every row is one positive, whatever its rating."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mlops_lab.data.formats import id_order

if TYPE_CHECKING:
    import scipy.sparse as sp


@dataclass(frozen=True, eq=False)
class Interactions:
    """Rows of "this cook chose this recipe (on that day)".

    cooks (n,) and recipes (m,): distinct ids in id order. cook (e,), recipe (e,): their codes, one row an event, in
    any order, repeats allowed. day (e,): float days, or None where nobody knows.
    """

    cooks: np.ndarray
    recipes: np.ndarray
    cook: np.ndarray
    recipe: np.ndarray
    day: np.ndarray | None = None

    @classmethod
    def of(cls, cook_ids: Any, recipe_ids: Any, day: Any = None) -> "Interactions":
        """From columns of ids of equal length (e,)."""
        cook, cooks = pd.factorize(np.asarray(cook_ids, dtype=np.str_).astype(object))
        recipe, recipes = pd.factorize(np.asarray(recipe_ids, dtype=np.str_).astype(object))
        return cls.coded(cooks, cook, recipes, recipe, day)

    @classmethod
    def coded(cls, cook_ids: Any, cook: Any, recipe_ids: Any, recipe: Any, day: Any = None) -> "Interactions":
        """From distinct ids in any order and the codes (e,) that point into them."""
        cooks, cook = _in_id_order(cook_ids, cook)
        recipes, recipe = _in_id_order(recipe_ids, recipe)
        return cls(cooks, recipes, cook, recipe, None if day is None else np.asarray(day, dtype=np.float64))

    def __len__(self) -> int:
        return len(self.cook)

    def __repr__(self) -> str:
        return f"Interactions({len(self):,} rows: {len(self.cooks):,} cooks, {len(self.recipes):,} recipes)"

    def take(self, rows: np.ndarray) -> "Interactions":
        """Some of the rows (mask or indices), with the ids that still occur in them."""
        day = None if self.day is None else self.day[rows]
        cook, recipe = self.cook[rows], self.recipe[rows]
        (cooks, cook), (recipes, recipe) = _still_used(self.cooks, cook), _still_used(self.recipes, recipe)
        return Interactions(cooks, recipes, cook, recipe, day)

    def matrix(self) -> "sp.csr_array":
        """Who ever chose what, as ones (n, m) in float64, indices sorted; made once, not to be changed."""
        return self._matrix

    def common_cooks(self) -> "sp.csr_array":
        """How many cooks chose both of two recipes (m, m), indices sorted; made once, not to be changed."""
        return self._common_cooks

    @cached_property
    def _matrix(self) -> "sp.csr_array":
        import scipy.sparse as sp

        n, m = len(self.cooks), max(len(self.recipes), 1)
        pair = distinct(self.cook.astype(np.int64) * m + self.recipe)
        starts = np.concatenate([[0], np.cumsum(np.bincount(pair // m, minlength=n))])
        return sp.csr_array((np.ones(len(pair)), pair % m, starts), shape=(n, len(self.recipes)))

    @cached_property
    def _common_cooks(self) -> "sp.csr_array":
        common = self._matrix.T.tocsr() @ self._matrix
        common.sort_indices()
        return common

    def counts(self) -> np.ndarray:
        """Rows of each recipe (m,), repeats included."""
        return np.bincount(self.recipe, minlength=len(self.recipes)).astype(np.float64)


def distinct(numbers: np.ndarray) -> np.ndarray:
    """The distinct numbers, ascending; sorting is several times faster than the hashing of np.unique."""
    ordered = np.sort(numbers)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(ordered) else ordered


def _still_used(ids: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    used = np.bincount(codes, minlength=len(ids)) > 0
    return ids[used], (np.cumsum(used) - 1)[codes]


def _in_id_order(ids: Any, codes: Any) -> tuple[np.ndarray, np.ndarray]:
    ordered = id_order(np.asarray(ids, dtype=np.str_))
    place = pd.Index(ordered.astype(object)).get_indexer(np.asarray(ids, dtype=np.str_).astype(object))
    return ordered, place[np.asarray(codes, dtype=np.int64)]

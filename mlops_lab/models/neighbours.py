"""What goes with what you chose: item-based nearest neighbours (Sarwar et al., WWW 2001)."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp

from mlops_lab.data.interactions import Interactions
from mlops_lab.errors import BadInput
from mlops_lab.models.histories import HistoryModel

BLOCK = 1 << 24  # pairs of recipes looked at together; bounds the memory of a fit


class ItemKNN(HistoryModel):
    """A recipe scores the sum of its similarities to what the cook chose, over its k nearest neighbours.

    Similarity is the cosine of the two columns of the binary matrix, both / (sqrt(each * other) + shrink): the shrink
    takes the word of pairs that few cooks have in common. starts_, indices_, weights_: the (M, M) matrix of kept
    similarities in compressed rows, from a chosen recipe to the recipes it speaks for.
    """

    kind = "item-knn"
    arrays = ("recipes_", "popularity_", "starts_", "indices_", "weights_")

    def __init__(self, k: int = 100, shrink: float = 20.0):
        if k < 1 or not shrink >= 0:
            raise BadInput(
                f"k={k} neighbours with shrink={shrink} cannot be; give k of 1 or more, shrink of 0 or more."
            )
        self.k, self.shrink = int(k), float(shrink)

    @property
    def params(self) -> Mapping[str, Any]:
        """What the constructor was given."""
        return {"k": self.k, "shrink": self.shrink}

    def fit(self, interactions: Interactions, as_of_day: float | None = None) -> "ItemKNN":
        """Keep the k nearest neighbours of every recipe; exact counts, so the order of rows cannot matter."""
        self.recipes_, self.popularity_ = interactions.recipes, interactions.counts()
        m = len(self.recipes_)
        length = np.sqrt(interactions.matrix().sum(axis=0))
        rows = [self._nearest(at, common, length) for at, common in _common_cooks(interactions)]
        column = np.concatenate([np.zeros(0, np.int64), *(found for found, _ in rows)])
        weight = np.concatenate([np.zeros(0), *(similarity for _, similarity in rows)])
        starts = np.concatenate([[0], np.cumsum([len(found) for found, _ in rows], dtype=np.int64)])
        kept = sp.csr_array((weight, column, starts), shape=(m, m)).T.tocsr()
        kept.sort_indices()
        self.starts_, self.indices_ = kept.indptr.astype(np.int64), kept.indices.astype(np.int64)
        self.weights_ = kept.data.astype(np.float64)
        return self

    def _nearest(self, recipe: int, common: tuple[np.ndarray, np.ndarray], length: np.ndarray) -> tuple:
        """Neighbours of one recipe, ascending, and their similarities; among equals the lower column is nearer."""
        other, both = common[0][common[0] != recipe], common[1][common[0] != recipe]
        similarity = both / (length[recipe] * length[other] + self.shrink)
        near = np.arange(len(other))
        if len(near) > self.k:  # only those as near as the last one kept are worth sorting
            near = np.flatnonzero(similarity >= np.partition(similarity, -self.k)[-self.k])
        nearest = np.sort(near[np.argsort(-similarity[near], kind="stable")[: self.k]])
        return other[nearest], similarity[nearest]

    def _scores(self, history: sp.csr_array) -> np.ndarray:
        m = len(self.recipes_)
        weights = sp.csr_array((self.weights_, self.indices_, self.starts_), shape=(m, m))
        # A dense matrix is the faster one for many cooks; both ways add the same numbers in the same order.
        if m < history.nnz and m * m <= BLOCK:
            return history @ weights.toarray()
        return (history @ weights).toarray()


def _common_cooks(interactions: Interactions) -> Iterator[tuple[int, tuple[np.ndarray, np.ndarray]]]:
    """For every recipe: the recipes (ascending, itself included) that share cooks with it, and how many."""
    matrix = interactions.matrix()
    m = matrix.shape[1]
    step = m if m * m <= BLOCK else max(1, BLOCK // m)
    by_recipe = matrix.T.tocsr() if step < m else None
    for start in range(0, m, step or 1):
        block = interactions.common_cooks() if by_recipe is None else by_recipe[start : start + step] @ matrix
        block.sort_indices()
        for row in range(block.shape[0]):
            at = slice(block.indptr[row], block.indptr[row + 1])
            yield start + row, (block.indices[at], block.data[at])

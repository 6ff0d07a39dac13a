"""Matrix factorisation of implicit feedback by alternating least squares (Hu, Koren and Volinsky, ICDM 2008)."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp

from mlops_lab.data.interactions import Interactions
from mlops_lab.draws import draw, keys
from mlops_lab.errors import BadInput
from mlops_lab.models.histories import HistoryModel
from mlops_lab.threads import one_thread

STEPS = 3  # of conjugate gradients in each half of a round (Takacs, Pilaszy and Tikk, RecSys 2011)
BLOCK = 1 << 22  # numbers held at once while cooks are folded in


class ALS(HistoryModel):
    """Every cook x and every recipe y is a point of `factors` numbers; x.y is near 1 where the cook chose, near 0 else.

    Minimises the sum over all pairs of c (p - x.y)^2, plus l2 (sum |x|^2 + sum |y|^2): p is 1 and the confidence c is
    1 + alpha where the cook chose the recipe, p is 0 and c is 1 where not. factors_ (M, factors): the recipes, float32.
    Cooks are not kept: a history is folded in when it asks, so whoever chose something a minute ago is no stranger.
    """

    kind = "als"
    arrays = ("recipes_", "popularity_", "factors_")

    def __init__(self, factors: int = 32, alpha: float = 1.0, l2: float = 20.0, rounds: int = 10):
        if factors < 1 or rounds < 1 or not (alpha > 0 and l2 > 0):
            raise BadInput(
                f"ALS of {factors} factors with alpha={alpha}, l2={l2}, {rounds} rounds cannot be; all must be above 0."
            )
        self.factors, self.alpha, self.l2, self.rounds = int(factors), float(alpha), float(l2), int(rounds)

    @property
    def params(self) -> Mapping[str, Any]:
        """What the constructor was given."""
        return {"factors": self.factors, "alpha": self.alpha, "l2": self.l2, "rounds": self.rounds}

    def fit(self, interactions: Interactions, as_of_day: float | None = None) -> "ALS":
        """Cooks given recipes, recipes given cooks, `rounds` times; the first recipes are drawn by their ids."""
        self.recipes_, self.popularity_ = interactions.recipes, interactions.counts()
        by_cook = interactions.matrix().astype(np.float32)
        by_recipe = by_cook.T.tocsr()
        by_recipe.sort_indices()
        lot = draw(0, "first factor", keys(self.recipes_)[:, None], np.arange(self.factors)[None, :])
        recipes = ((lot - 0.5) / np.sqrt(self.factors)).astype(np.float32)
        cooks = np.zeros((by_cook.shape[0], self.factors), dtype=np.float32)
        with one_thread():
            for _ in range(self.rounds):
                cooks = self._improved(cooks, by_cook, recipes)
                recipes = self._improved(recipes, by_recipe, cooks)
        self.factors_ = recipes
        return self

    def _improved(self, points: np.ndarray, chosen: sp.csr_array, others: np.ndarray) -> np.ndarray:
        """Points (n, f) nearer to their least squares solution, all rows at once; chosen (n, m), others (m, f)."""
        many, met, gram = np.diff(chosen.indptr), others[chosen.indices], others.T @ others
        alpha, l2 = np.float32(self.alpha), np.float32(self.l2)

        def applied(at: np.ndarray) -> np.ndarray:
            weight = alpha * np.einsum("ef,ef->e", np.repeat(at, many, axis=0), met)
            seen = sp.csr_array((weight, chosen.indices, chosen.indptr), shape=chosen.shape)
            return at @ gram + seen @ others + l2 * at

        left = (1 + alpha) * (chosen @ others) - applied(points)
        way, size = left, _squares(left)
        for _ in range(STEPS):
            slope = applied(way)
            step = _ratio(size, np.einsum("nf,nf->n", way, slope)[:, None])
            points, left, before = points + step * way, left - step * slope, size
            size = _squares(left)
            way = left + _ratio(size, before) * way
        return points

    def _system(self, history: sp.csr_array) -> np.ndarray:
        """The matrix Y'CY + l2 I of every cook (n, f, f), C holding the confidences of the history (n, M)."""
        recipes, f = self.factors_.astype(np.float64), self.factors
        used, place = np.unique(history.indices, return_inverse=True)
        squares = (recipes[used, :, None] * recipes[used, None, :]).reshape(len(used), f * f)
        seen = sp.csr_array((history.data, place.ravel(), history.indptr), shape=(history.shape[0], len(used)))
        return recipes.T @ recipes + self.l2 * np.eye(f) + self.alpha * (seen @ squares).reshape(-1, f, f)

    def _scores(self, history: sp.csr_array) -> np.ndarray:
        step = max(1, BLOCK // self.factors**2)
        blocks = (history[start : start + step] for start in range(0, history.shape[0], step))
        cooks = [self._folded_in(block) for block in blocks]
        return np.concatenate([np.zeros((0, self.factors)), *cooks]) @ self.factors_.T.astype(np.float64)

    def _folded_in(self, history: sp.csr_array) -> np.ndarray:
        """The point of every cook (n, f) given the recipes: the exact solution, not some steps towards it."""
        told = (1 + self.alpha) * (history @ self.factors_.astype(np.float64))
        return np.linalg.solve(self._system(history), told[:, :, None])[:, :, 0]

    def _shares(self, history: sp.csr_array, at: int) -> np.ndarray:
        # Hu et al., section 5: with W the inverse of a cook's system, x.y sums (1 + alpha) y' W z over the z chosen.
        direction = np.linalg.solve(self._system(history)[0], self.factors_[at].astype(np.float64))
        return (1 + self.alpha) * (self.factors_[history.indices] @ direction)


def _squares(rows: np.ndarray) -> np.ndarray:
    return np.einsum("nf,nf->n", rows, rows)[:, None]


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Quotients, 0 where nothing is left to improve."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)

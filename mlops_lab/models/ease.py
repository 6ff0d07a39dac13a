"""Embarrassingly shallow autoencoders: every recipe regressed on all others at once (Steck, WWW 2019)."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp

from mlops_lab.data.interactions import Interactions
from mlops_lab.errors import BadInput
from mlops_lab.models.histories import HistoryModel
from mlops_lab.threads import one_thread


class EASE(HistoryModel):
    """Scores X B, where B has a zero diagonal and minimises |X - X B|^2 + l2 |B|^2 over the binary matrix X.

    Closed form: with P = (X'X + l2 I)^-1, B[i, j] = -P[i, j] / P[j, j] off the diagonal. A recipe that shares no cook
    with any other has zeros there, so P is made of the others alone: in a catalogue of which half was never chosen,
    in an eighth of the time. linked_ (L,): their numbers, ascending. weights_: B among them (L, L) in float32, half
    the memory, and its rounding lies below the 1e-6 at which scores are compared.
    """

    kind = "ease"
    arrays = ("recipes_", "popularity_", "linked_", "weights_")

    def __init__(self, l2: float = 300.0):
        if not l2 > 0:
            raise BadInput(f"An l2 of {l2} cannot be; give a number above 0.")
        self.l2 = float(l2)

    @property
    def params(self) -> Mapping[str, Any]:
        """What the constructor was given."""
        return {"l2": self.l2}

    def fit(self, interactions: Interactions, as_of_day: float | None = None) -> "EASE":
        """Invert once; L^3 operations and two dense (L, L) matrices."""
        self.recipes_, self.popularity_ = interactions.recipes, interactions.counts()
        common = interactions.common_cooks()
        self.linked_ = np.flatnonzero(np.diff(common.indptr) > 1)
        gram = common[self.linked_][:, self.linked_].toarray()
        gram[np.diag_indices_from(gram)] += self.l2
        with one_thread():
            precision = _inverse(gram)
        precision /= -np.diag(precision)
        precision[np.diag_indices_from(precision)] = 0.0
        self.weights_ = precision.astype(np.float32)
        return self

    def _scores(self, history: sp.csr_array) -> np.ndarray:
        scores = np.zeros(history.shape, dtype=np.float32)
        scores[:, self.linked_] = history[:, self.linked_].astype(np.float32) @ self.weights_
        return scores


def _inverse(positive: np.ndarray) -> np.ndarray:
    """The inverse of a symmetric positive definite matrix, by Cholesky: half the work of a general one."""
    from scipy.linalg.lapack import dpotrf, dpotri

    if not len(positive):
        return positive
    # The transpose of a symmetric matrix is itself, in the memory order that LAPACK can overwrite.
    factor, wrong = dpotrf(positive.T, lower=1, overwrite_a=1)
    lower, also_wrong = dpotri(factor, lower=1, overwrite_c=1)
    if wrong or also_wrong:
        raise ArithmeticError("The co-occurrence matrix could not be inverted; a larger l2 would help.")
    whole = lower + lower.T  # LAPACK's wrapper leaves zeros above the diagonal
    whole[np.diag_indices_from(whole)] = np.diag(lower)
    return whole

"""Several models of histories with equal votes: hard to beat, since no weight has to be learned from little data."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp

from mlops_lab.data.interactions import Interactions
from mlops_lab.errors import BadInput
from mlops_lab.models.als import ALS
from mlops_lab.models.ease import EASE
from mlops_lab.models.histories import HistoryModel
from mlops_lab.models.neighbours import ItemKNN
from mlops_lab.models.popularity import Popularity, PopularityRecent

RUNGS: dict[str, type[HistoryModel]] = {
    model.kind: model for model in (Popularity, PopularityRecent, ItemKNN, EASE, ALS)
}


class Blend(HistoryModel):
    """The mean of its parts' scores, each in standard deviations from its mean over all known recipes, cook by cook.

    (The z-scores of Fox and Shaw's combinations, TREC 1993.) parts: kind -> parameters, of the models of histories.
    A cook without a known choice is scored by the popularity of the first part in alphabetical order of kinds.
    """

    kind = "blend"

    def __init__(self, parts: Mapping[str, Mapping[str, Any]]):
        unknown = sorted(set(parts) - set(RUNGS))
        if unknown or not parts:
            raise BadInput(f"A blend of {unknown or 'nothing'} cannot be; take some of {', '.join(RUNGS)}.")
        self.parts = [RUNGS[kind](**parts[kind]) for kind in sorted(parts)]

    @property
    def params(self) -> Mapping[str, Any]:
        """What the constructor was given."""
        return {"parts": {part.kind: dict(part.params) for part in self.parts}}

    def __repr__(self) -> str:
        return f"Blend({' + '.join(part.kind for part in self.parts)})"

    def fit(self, interactions: Interactions, as_of_day: float | None = None) -> "Blend":
        """Fit every part on the same rows."""
        return self.of([part.fit(interactions, as_of_day) for part in self.parts])

    def of(self, parts: list[HistoryModel]) -> "Blend":
        """Take parts that are fitted already, all on the same rows."""
        self.parts = sorted(parts, key=lambda part: part.kind)
        self.recipes_, self.popularity_ = self.parts[0].recipes_, self.parts[-1].popularity_
        return self

    def _scores(self, history: sp.csr_array) -> np.ndarray:
        total = np.zeros(history.shape)
        for part in self.parts:
            total += standardised(part._scores(history))
        return total / len(self.parts)

    def _parts(self, history: sp.csr_array, at: int) -> dict[str, float]:
        votes = {part.kind: standardised(part._scores(history))[0, at] for part in self.parts}
        return {kind: float(vote) / len(self.parts) for kind, vote in votes.items()}


def standardised(scores: np.ndarray) -> np.ndarray:
    """Scores (n, M) in standard deviations from the mean of their row; 0 where all are equal."""
    away = scores.astype(np.float64)
    away -= away.mean(axis=1, keepdims=True)
    spread = np.sqrt(np.einsum("nm,nm->n", away, away) / max(away.shape[1], 1))[:, None]
    return np.divide(away, spread, out=np.zeros_like(away), where=spread > 0)

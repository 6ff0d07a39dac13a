"""The serving graph: which model answers which cook, and what answers when a model cannot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from mlops_lab.data.formats import Requests, Slates
from mlops_lab.draws import draw, keys
from mlops_lab.features.view import Grid, Morning
from mlops_lab.models.ranking import top_k
from mlops_lab.serving.slates import fill, names
from mlops_lab.serving.surroundings import LIMIT_SECONDS, SOUND, Surroundings

CHAMPION, CANARY, HOLDBACK = "champion", "canary", "holdback"


class Model(Protocol):
    """Anything that scores a view: (n cooks, m recipes) floats, higher is better."""

    def score(self, view: Grid) -> np.ndarray:
        """Scores (n, m)."""


@dataclass(frozen=True)
class Arm:
    """A version that serves a stable share of the cooks under a variant name."""

    variant: str
    version: int
    share: float


@dataclass(frozen=True)
class Graph:
    """Champion plus at most one arm beside it; versions -> models. No champion: version 0, the newest recipes.

    Where a model raises, gives a cook a number that is not finite or takes too long, popularity answers that cook,
    flagged as fallback.
    """

    models: Mapping[int, Model] = field(default_factory=dict)
    champion: int | None = None
    arm: Arm | None = None
    seed: int = 0

    def __repr__(self) -> str:
        beside = f", {self.arm.variant} {self.arm.version} on {self.arm.share:.0%}" if self.arm else ""
        return f"Graph(champion {self.champion or 'none'}{beside})"

    def route(self, cooks: np.ndarray) -> np.ndarray:
        """Which cooks meet the arm instead of the champion (n,) bool: the same cooks on every day.

        The lot is a hash of cook and version, so raising the share keeps everyone who is already in.
        """
        if self.arm is None:
            return np.zeros(len(cooks), dtype=bool)
        return draw(self.seed, "arm", keys(cooks), self.arm.version) < self.arm.share

    def recommend(self, requests: Requests, morning: Morning, around: Surroundings = SOUND) -> Slates:
        """Answer every request; never raises because of a model."""
        n = len(requests)
        view = morning.view(requests.cook)
        routed = self.route(requests.cook)
        version = np.full(n, self.champion or 0, dtype=np.int64)
        variant = np.full(n, CHAMPION, dtype="<U16")
        if self.arm is not None:
            version[routed], variant[routed] = self.arm.version, self.arm.variant
        seconds, cached = around.seconds(requests), around.cached(requests)
        scores = np.zeros((n, len(morning.recipes)))
        fallback = np.zeros(n, dtype=bool)
        for number in np.unique(version).tolist():
            rows = np.flatnonzero(version == number)
            scores[rows], fallback[rows] = self._scores(number, view.take(rows), seconds[rows] > LIMIT_SECONDS)
        if cached.any():
            scores[cached] = morning.popularity
        resting = morning.resting[view.cook].tocoo()
        scores[resting.coords[0], resting.coords[1]] = -np.inf
        chosen, propensity = fill(scores, requests.request, requests.day, requests.k, self.seed)
        if cached.any():
            chosen[cached] = top_k(scores[cached], requests.k)
            propensity[cached] = chosen[cached] >= 0
        kept = np.take_along_axis(scores, np.maximum(chosen, 0), axis=1) if scores.shape[1] else np.zeros(chosen.shape)
        return Slates(
            requests.day, requests.request, requests.cook, version, variant, fallback,
            names(morning.recipes, chosen), np.round(np.where(chosen >= 0, kept, 0.0), 6), propensity,
            np.round(np.minimum(seconds, LIMIT_SECONDS), 6),
        )  # fmt: skip

    def _scores(self, version: int, view: Grid, late: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Scores (n, m) of one version, and which cooks (n,) the fallback answers; late (n,): it took too long."""
        shape = (len(view.cook), len(view.recipes))
        failed: np.ndarray = np.ones(shape[0], dtype=bool)
        if not version:
            return np.broadcast_to(np.arange(shape[1], dtype=np.float64), shape), failed
        scores = np.full(shape, np.nan)
        try:
            answer = np.asarray(self.models[version].score(view), dtype=np.float64)
            if answer.shape == shape:
                # Cook by cook: who asks in the same batch as a NaN gets what they would have got alone.
                scores, failed = answer, late | np.logical_not(np.isfinite(answer).all(axis=1))
        except Exception:  # noqa: BLE001, S110 - whatever a model does, the cook gets an answer
            pass
        return (np.where(failed[:, None], view.morning.popularity, scores) if failed.any() else scores), failed


def arms(state: Mapping[str, object]) -> tuple[int | None, Arm | None]:
    """Champion and arm from the registry's state (aliases and release record)."""
    aliases = {name: state.get(name) for name in ("champion", "challenger")}
    release = state.get("release")
    if not isinstance(release, Mapping):
        return aliases["champion"], None  # type: ignore[return-value]
    if release["stage"] == "canary":
        return aliases["champion"], Arm(CANARY, int(release["version"]), float(release["share"]))  # type: ignore
    return aliases["champion"], Arm(HOLDBACK, int(release["against"]), float(release["share"]))  # type: ignore


__all__: Sequence[str] = ("Arm", "Graph", "Model", "arms", "CHAMPION", "CANARY", "HOLDBACK")

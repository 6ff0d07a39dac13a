"""One NaN, entered at each place of the way from a file to a slate: who stops it, and what it does until then."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mlops_lab.data.formats import Requests, Slates
from mlops_lab.data.ingest import Known
from mlops_lab.data.screening import screen
from mlops_lab.errors import BadInput
from mlops_lab.features.examples import split_day
from mlops_lab.features.log import Log
from mlops_lab.features.view import Grid, Morning
from mlops_lab.lab import Lab
from mlops_lab.lab.candidates import fit, labelled, ladder
from mlops_lab.lab.training import example_validator, schema_gen, statistics_gen
from mlops_lab.models import saved
from mlops_lab.models.ranker import Ranker
from mlops_lab.serving.graph import Graph

PLACES = ("raw catalogue", "kept table", "statistics", "feature row", "model array", "score")
COLUMN = "minutes"  # one that the ranker reads


@dataclass(frozen=True)
class Travel:
    """How far a NaN went. place: where it entered. stopped_by: a part of the lab, "" when nobody noticed.

    rows: refused for it. training: "as usual", "stopped" or "another model". changed: answers unlike those without the
    NaN; fallback: those that popularity gave. in_slates: numbers of a slate that are none.
    """

    place: str
    stopped_by: str
    rows: int
    training: str
    changed: int
    fallback: int
    in_slates: int


@dataclass(frozen=True)
class _Way:
    """What every trace starts from: a log, a ranker fitted on it, and answers to some cooks."""

    lab: Lab
    log: Log
    model: Ranker
    requests: Requests
    recipe: int

    def answers(self, log: Log, model: Any) -> Slates:
        return Graph({1: model}, champion=1).recommend(self.requests, Morning(log, self.requests.day))

    def travel(
        self, place: str, stopped_by: str, log: Log, model: Any, rows: int = 0, training: str = "as usual"
    ) -> Travel:
        clean, found = self.answers(self.log, self.model), self.answers(log, model)
        changed = int(np.any(clean.recipes != found.recipes, axis=1).sum())
        wild = int((~np.isfinite(found.scores)).sum() + (~np.isfinite(found.propensity)).sum())
        return Travel(place, stopped_by, rows, training, changed, int(found.fallback.sum()), wild)


def traces(lab: Lab, cooks: int = 200, recipe: int = 0) -> list[Travel]:
    """A NaN in COLUMN of one recipe (its code), or in what becomes of it, at each of PLACES; the lab stays as it is.

    Raises BadInput when the lab has no data, or no examples to fit a ranker on.
    """
    log = lab.memory().log()
    if not len(log.example_day) or recipe >= len(log.recipes):
        raise BadInput(f"{lab!r} has no examples or no recipe {recipe}; play some days first.")
    model = fit(ladder(log)["ranker"], log, labelled(log, split_day(log)), split_day(log))
    asked = log.cooks[:cooks]
    requests = Requests(log.days, np.array([f"nan-{n}" for n in range(len(asked))]), asked)
    way = _Way(lab, log, model, requests, recipe)
    return [trace(way) for trace in (_raw, _kept, _counted, _featured, _fitted, _scored)]


def _raw(way: _Way) -> Travel:
    known = Known.of(way.lab.store, way.lab.data)
    came = known.recipes.copy()
    came.loc[came["recipe"] == way.log.recipes[way.recipe], COLUMN] = np.nan
    found = screen("recipes", came, today=way.lab.newest_day)
    known.learn_recipes(found.kept)
    stopped = "" if known.recipes[COLUMN].isna().any() else "screening"
    return way.travel(PLACES[0], stopped, way.log, way.model, rows=len(found.quarantined))


def _kept(way: _Way) -> Travel:
    """Somebody has written past the screen: the newest row of the recipe lacks a number."""
    values = way.log.attributes[COLUMN].copy()
    values[way.log.versions.row(np.array([way.recipe]), way.log.days)] = np.nan
    log = replace(way.log, attributes={**way.log.attributes, COLUMN: values})
    stopped = _validated(statistics_gen(log))
    return way.travel(PLACES[1], stopped, log, way.model, training="stopped" if stopped else "as usual")


def _counted(way: _Way) -> Travel:
    told = statistics_gen(way.log)
    told = {**told, "columns": {**told["columns"], COLUMN: {**told["columns"][COLUMN], "max": float("nan")}}}
    stopped = _validated(told)
    return way.travel(PLACES[2], stopped, way.log, way.model, training="stopped" if stopped else "as usual")


def _validated(told: dict) -> str:
    return "example_validator" if example_validator(told, schema_gen()) else ""


def _featured(way: _Way) -> Travel:
    rows = labelled(way.log, split_day(way.log))
    rows.loc[rows.index[0], way.model.numeric[0]] = np.nan
    try:
        model = fit(ladder(way.log)["ranker"], way.log, rows, split_day(way.log))
    except ValueError:
        return way.travel(PLACES[3], "trainer", way.log, way.model, training="stopped")
    clean = all(np.isfinite(getattr(model, name)).all() for name in ("mean_", "slope_", "intercept_"))
    other = "as usual" if saved.digest(model) == saved.digest(way.model) else "another model"
    return way.travel(PLACES[3], "the ranker's mean" if clean else "", way.log, model, training=other)


def _fitted(way: _Way) -> Travel:
    broken = saved.from_bytes(saved.to_bytes(way.model))
    broken.slope_ = np.where(np.arange(len(broken.slope_)) == 0, np.nan, broken.slope_)
    try:
        return way.travel(PLACES[4], "", way.log, saved.from_bytes(saved.to_bytes(broken)))
    except BadInput:  # as a lab does that cannot load a version: popularity answers for it
        return way.travel(PLACES[4], "loading", way.log, None)


def _scored(way: _Way) -> Travel:
    model = copy.copy(way.model)
    model.score = _holed(way.model.score)  # type: ignore[method-assign, assignment]
    found = way.travel(PLACES[5], "", way.log, model)
    return replace(found, stopped_by="graph") if found.fallback else found


def _holed(score: Callable[[Grid], np.ndarray]) -> Callable[[Grid], np.ndarray]:
    """Scores of which the first is no number."""

    def holed(view: Grid) -> np.ndarray:
        scores = np.array(score(view))
        scores[0, 0] = np.nan
        return scores

    return holed

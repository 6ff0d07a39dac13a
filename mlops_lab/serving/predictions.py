"""The row that every answered request leaves behind."""

import contextlib
import json
from collections.abc import Iterator

import numpy as np
import pandas as pd

from mlops_lab.data.formats import Slates, empty
from mlops_lab.draws import draw, keys
from mlops_lab.features.catalogue import FEATURES, NUMBER
from mlops_lab.features.log import Log
from mlops_lab.features.question import Question
from mlops_lab.features.view import Morning

LOGGED = 1 / 8  # of all answers also tell every feature of their first recipe; drawn by the request's id
DIGITS = 6  # of these features: another machine's last bits are no skew


def served_features(log: Log, cooks: np.ndarray, day: int) -> list[str]:
    """What was known of each cook on the morning of the day, as JSON text (n,).

    The same function is called when an answer is given and, days later, when skew is checked.
    """
    asked, who = np.unique(log.codes_of(np.asarray(cooks, dtype=np.str_)), return_inverse=True)  # many ask twice
    known = log.profile(asked, day)
    market, diet = log.markets[log.market_of_cook[known]], log.diet_of_cook[known]
    chosen = log.by_cook.before(asked, day)
    width = np.arange(len(log.cuisines))
    by_cuisine = log.by_cook_cuisine.table(asked, width, len(log.cuisines), day) if len(asked) else np.zeros((0, 0))
    names = log.cuisines.tolist()
    tastes = [
        {names[at]: count for at, count in enumerate(row) if count} if total else {}
        for row, total in zip(by_cuisine.astype(np.int64).tolist(), chosen, strict=True)
    ]
    rows = zip(market.tolist(), diet.tolist(), chosen.tolist(), tastes, strict=True)
    texts = [
        json.dumps({"market": m, "diet": d, "choices": c, "cuisines": t}, separators=(",", ":")) for m, d, c, t in rows
    ]
    return [texts[at] for at in who.tolist()]


def features_again(log: Log, rows: pd.DataFrame, *, training: bool = True) -> list[str]:
    """What prediction rows (n,) should say under "features", computed from a log: JSON text (n,).

    training: features of first recipes are computed as training rows are; otherwise as cells of a grid, as at serving.
    A share of answers tells them: it is better to log what was served for a few than to work it out later for all (rule
    29 of Zinkevich's Rules of Machine Learning).
    """
    if rows["day"].nunique() > 1:
        parts = [pd.Series(features_again(log, part, training=training), part.index) for _, part in rows.groupby("day")]
        return pd.concat(parts).reindex(rows.index).tolist()
    cooks, day = rows["cook"].to_numpy(dtype=np.str_), int(rows["day"].iloc[0]) if len(rows) else 0
    texts = served_features(log, cooks, day)
    told = np.flatnonzero(draw(0, "logged", keys(rows["request"].to_numpy(dtype=np.str_))) < LOGGED)
    slates = rows["recipes"].tolist()
    recipe = log.recipe_codes_of(np.array([slates[at].split(" ", 1)[0] for at in told.tolist()], dtype=np.str_))
    told, recipe = told[recipe < len(log.recipes)], recipe[recipe < len(log.recipes)]
    values = _told(log, log.codes_of(cooks[told]), recipe, day, training)
    with contextlib.suppress(Exception):  # a feature that fails must not fail the answer; its model fell back already
        for at, more in zip(told.tolist(), values, strict=True):
            texts[at] = texts[at][:-1] + "," + json.dumps(more, separators=(",", ":"))[1:]
    return texts


def _told(log: Log, cook: np.ndarray, recipe: np.ndarray, day: int, training: bool) -> Iterator[dict]:
    """Every feature of pairs of codes (s,)."""
    if not len(cook):
        return
    distinct, at = np.unique(recipe, return_inverse=True)
    question = Question(log, cook[:, None], distinct[None, :], day)
    shape: tuple[int, ...] = (len(cook), len(distinct))
    cells: tuple[np.ndarray, ...] = (np.arange(len(cook)), at)
    if training:
        question, shape, cells = Question(log, cook, recipe, np.full(len(cook), day)), cook.shape, cells[:1]
    columns = {name: np.broadcast_to(define(question), shape)[cells] for name, define in FEATURES.items()}
    rounded = [np.round(v, DIGITS) if FEATURES[name].kind == NUMBER else v for name, v in columns.items()]
    yield from (dict(zip(columns, row, strict=True)) for row in zip(*(v.tolist() for v in rounded), strict=True))


def _joined(values: np.ndarray, filled: list[int], form: str) -> list[str]:
    return [" ".join([form % value for value in row[:n]]) for row, n in zip(values.tolist(), filled, strict=True)]


def prediction_rows(slates: Slates, morning: Morning) -> pd.DataFrame:
    """One row an answer, in the columns of the table "predictions"; lists are joined by spaces.

    Unfilled places stand at the end of a slate and are left out.
    """
    if not len(slates):
        return empty("predictions")
    filled = (slates.recipes != "").sum(axis=1).tolist()
    rows = pd.DataFrame(
        {
            "request": slates.request, "day": np.int64(slates.day), "cook": slates.cook, "version": slates.version,
            "variant": slates.variant, "fallback": slates.fallback, "snapshot": morning.snapshot,
            "features": "",
            "recipes": _joined(slates.recipes, filled, "%s"), "scores": _joined(slates.scores, filled, "%.6f"),
            "propensities": _joined(slates.propensity, filled, "%.9g"), "seconds": slates.seconds,
        }
    )  # fmt: skip
    rows["features"] = features_again(morning.log, rows, training=False)
    return rows

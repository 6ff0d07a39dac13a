"""The row that every answered request leaves behind."""

import json

import numpy as np
import pandas as pd

from mlops_lab.data.formats import Slates, empty
from mlops_lab.features.log import Log
from mlops_lab.features.view import Morning


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


def _joined(values: np.ndarray, filled: list[int], form: str) -> list[str]:
    return [" ".join([form % value for value in row[:n]]) for row, n in zip(values.tolist(), filled, strict=True)]


def prediction_rows(slates: Slates, morning: Morning) -> pd.DataFrame:
    """One row an answer, in the columns of the table "predictions"; lists are joined by spaces.

    Unfilled places stand at the end of a slate and are left out.
    """
    if not len(slates):
        return empty("predictions")
    filled = (slates.recipes != "").sum(axis=1).tolist()
    return pd.DataFrame(
        {
            "request": slates.request, "day": np.int64(slates.day), "cook": slates.cook, "version": slates.version,
            "variant": slates.variant, "fallback": slates.fallback, "snapshot": morning.snapshot,
            "features": served_features(morning.log, slates.cook, slates.day),
            "recipes": _joined(slates.recipes, filled, "%s"), "scores": _joined(slates.scores, filled, "%.6f"),
            "propensities": _joined(slates.propensity, filled, "%.9g"),
        }
    )  # fmt: skip

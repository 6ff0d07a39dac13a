"""What a server asks of the lab beside the slates: titles, reasons, explanations, feedback."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mlops_lab.data.formats import Slates
from mlops_lab.errors import BadInput
from mlops_lab.serving.explanation import parts

if TYPE_CHECKING:
    from mlops_lab.lab.lab import Lab

WORDS = {
    "popularity": "chosen by many cooks", "popularity-recent": "chosen by many cooks lately",
    "item-knn": "goes with what you chose", "ease": "goes with what you chose", "ranker": "fits you today",
    "als": "chosen by cooks like you", "blend": "several models agree on it",
}  # fmt: skip


def titles(lab: "Lab") -> dict[str, str]:
    """Recipe id -> title, of the newest snapshot."""
    from mlops_lab.data.tables import latest_recipes

    if lab.data is None:
        return {}
    recipes = latest_recipes(lab.store, lab.data)
    return dict(zip(recipes["recipe"].tolist(), recipes["title"].tolist(), strict=True))


def reasons(lab: "Lab", slates: Slates) -> list[list[str]]:
    """For each place of the first slate, why it is there."""
    version, k = int(slates.version[0]), slates.recipes.shape[1]
    model = lab.graph().models.get(version)
    if slates.fallback[0]:
        word = "newest on the shelf" if version == 0 else WORDS["popularity"]
    else:
        word = WORDS.get(getattr(model, "kind", ""), "scored by the model")
    drawn = slates.propensity[0, -1] < 1 or k == 1
    return [[word]] * (k - 1) + [["drawn by lot, so that we learn"] if drawn else [word]]


def explain(lab: "Lab", cook: str, recipe: str, day: int | None = None) -> dict:
    """The champion's score of one (cook, recipe) and its parts, which sum to it; BadInput for unknown recipes."""
    morning = lab.morning(day)
    at = np.flatnonzero(morning.recipes == recipe)
    if not len(at):
        raise BadInput(f"Recipe {recipe!r} is not known on day {morning.day}; take an id that was recommended.")
    graph, column, view = lab.graph(), int(at[0]), morning.view(np.array([cook]))
    model = graph.models.get(graph.champion or 0)
    answer = {"cook": cook, "recipe": recipe, "title": titles(lab).get(recipe, recipe), "version": graph.champion or 0}
    if model is None:
        return {
            **answer,
            "kind": "newest first",
            "score": float(column),
            "parts": {"place on the shelf": float(column)},
        }
    kind = str(getattr(model, "kind", "model"))
    found = {name: round(value, 9) for name, value in parts(model, view, column).items()}
    score = round(float(np.asarray(model.score(view))[0, column]), 9)
    return {**answer, "kind": kind, "score": score, "parts": found}


def feedback(lab: "Lab", request: str, recipe: str, action: str) -> bool:
    """Keep what a cook did with an answer; False when no such answer was given."""
    day = lab.served_day(request, recipe)
    if day is None:
        return False
    lab.said.add(day[0], [{"request": request, "day": day[0], "cook": day[1], "recipe": recipe, "action": action}])
    return True


def with_feedback(lab: "Lab", day: int, tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The day's tables with the clicks and cooked reports that came over HTTP, each once."""
    said = pd.DataFrame(lab.said.of(day), columns=["request", "day", "cook", "recipe", "action"])
    if said.empty:
        return tables
    said["day"] = day  # what was said after an evening is learned of today, and not before
    clicks = said[said["action"] == "click"].drop(columns="action")
    cooked = said[said["action"] == "cooked"].assign(arrived=day)[["day", "arrived", "cook", "recipe"]]
    merged = dict(tables)
    for name, rows, key in (("clicks", clicks, ["request", "recipe"]), ("cooked", cooked, ["cook", "recipe", "day"])):
        rows = rows.drop_duplicates(key)
        if name in tables and len(tables[name]):
            have = pd.MultiIndex.from_frame(tables[name][key])
            rows = pd.concat([tables[name], rows[~pd.MultiIndex.from_frame(rows[key]).isin(have)]], ignore_index=True)
        merged[name] = rows
    return merged

"""Judges of notebook 03: what will one NaN do?"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

REVIEWS = {
    "a": ("27", "28", "ann", "r1", "0"),
    "b": ("27", "28", "bob", "r1", "five"),
    "c": ("27", "28", "bob", "r1", "5"),
    "d": ("27", "28", "ann", "r1", "4"),
    "e": ("27", "28", "cem", "r999", "6"),
    "f": ("27", "26", "dee", "r1", "5"),
}
_KNOWN = {"cook": {"ann", "bob", "cem", "dee"}, "recipe": {"r1"}}
_LOOK = {
    "a": "a) Look at the stars: what does 0 stand for? It is a value of its own, and within its range.",
    "b": "b) Is 'five' missing, or is something there that is no number?",
    "c": "c) It has the keys of row b. But was row b a usable row?",
    "d": "d) Compare cook, recipe and day with the rows before; the key does not hold the stars.",
    "e": "e) Two things are wrong with it. Which of the two reasons stands first in the order?",
    "f": "f) Compare its two days with each other. Which of the two columns is to blame, and is it a type or a range?",
}
DAY = 40


def reasons(answer: Any) -> list[str]:
    """What the screen says of six reviews: {"a": "kept", "b": "missing stars", ...}."""
    if not isinstance(answer, Mapping) or set(map(str, answer)) != set(REVIEWS):
        return ['Expected a dict with the keys "a" to "f", each with "kept" or a reason: {"a": "missing stars", ...}.']
    unfinished = [letter for letter in REVIEWS if answer[letter] is ...]
    if unfinished:
        return [f"{unfinished[0]}) still stands open; every row has a reason or is kept."]
    truth = screened()
    given = {letter: " ".join(re.findall(r"\w+", str(answer[letter]))).casefold() for letter in REVIEWS}
    bare = ("missing", "wrong type", "out of range", "unknown value")
    if named := [letter for letter in REVIEWS if given[letter] in bare]:
        return [f"{named[0]}) Name the column as well, as in '{given[named[0]]} cook'."]
    return [_LOOK[letter] for letter in REVIEWS if given[letter] != truth[letter]]


def screened() -> dict[str, str]:
    """The verdict of the screen itself on each review."""
    from mlops_lab.data.screening import screen

    raw = pd.DataFrame(list(REVIEWS.values()), columns=["day", "arrived", "cook", "recipe", "stars"])
    found = screen("ratings", raw, known=_KNOWN, today=28)
    refused = {tuple(json_row.values()): reason for json_row, reason in _rows(found.quarantined)}
    return {letter: refused.get(row, "kept") for letter, row in REVIEWS.items()}


def _rows(quarantined: pd.DataFrame) -> list[tuple[dict[str, str], str]]:
    import json

    return [(json.loads(row), reason) for row, reason in quarantined.itertuples(index=False)]


def catalogue() -> pd.DataFrame:
    """Twelve clean recipes, some of them odd, on an index that does not count from 0."""
    n = 12
    foods = ["leek", "potato", "tofu", "rice", "plum", "oats", "tea"]
    listed = [foods[: 1 + at % 6] for at in range(n)]
    return pd.DataFrame(
        {
            "recipe": [f"r{at:02d}" for at in range(n)],
            "title": [f"dish {at}" for at in range(n)],
            "published_day": [DAY - at for at in range(n)],
            "minutes": [11_520.0, 0.0, 5.0, 600.0, *[20.0 + at for at in range(4, n)]],  # kombucha; a sandwich
            "n_ingredients": [float(len(own)) for own in listed],
            "kcal": [2.0, 6_000.0, 0.0, *[100.0 + 10 * at for at in range(3, n)]],  # tea; a wedding cake; water
            "diet": [("any", "vegetarian", "vegan")[at % 3] for at in range(n)],
            "ingredients": [", ".join(own) for own in listed],
        },
        index=range(100, 100 + n),
    )


# Column, row, corrupt value, and what to say when it is not refused.
CORRUPTIONS: tuple[tuple[str, int, Any, str], ...] = (
    ("kcal", 4, np.nan, "A recipe without kcal passed. NaN fails every comparison, so say what is allowed."),
    ("minutes", 5, -1.0, "A recipe of -1 minutes passed."),
    ("minutes", 5, -0.25, "A recipe of -0.25 minutes passed; below 0 is below 0, whole or not."),
    ("diet", 6, "keto", "A recipe with the diet 'keto' passed; only any, vegetarian and vegan are known."),
    ("diet", 6, "Vegan", "The diet 'Vegan' passed; features count on the exact word."),
    ("recipe", 7, "r02", "The second row with an id passed. The first one stays, the later one goes."),
    ("published_day", 8, DAY + 1, "A recipe of tomorrow passed; compare published_day with day."),
    ("n_ingredients", 9, 9.0, "A recipe says 9 ingredients and lists fewer; it passed."),
    ("n_ingredients", 9, 3.0, "A recipe says 3 ingredients, lists 4, and passed. Count between the commas."),
)


def rule(refuse: Any) -> list[str]:
    """A rule refuse(recipes, day): one bool a row, True for each corruption and for no clean row."""
    if not callable(refuse):
        return [f"Found {type(refuse).__name__}; expected a function of recipes and day."]
    clean = catalogue()
    verdict = _verdict(refuse, clean)
    if isinstance(verdict, str):
        return [verdict]
    if verdict.all():
        return [_all_refused(refuse)]
    if verdict.any():
        odd = clean[verdict].iloc[0]
        told = f"{odd['minutes']:g} minutes, {odd['kcal']:g} kcal, {odd['n_ingredients']:g} ingredients, {odd['diet']}"
        when = f"published on day {odd['published_day']} of {DAY}"
        return [f"A clean recipe is refused: {told}, {when}. Odd is not wrong."]
    return _missed(refuse)


def _all_refused(refuse: Callable[..., Any]) -> str:
    """Turned round, or one mask that fits every row: a broken row tells which."""
    broken = catalogue().assign(kcal=np.nan)
    if not np.any(_verdict(refuse, broken)):
        return "Every clean recipe is refused. True stands for refuse, False for keep."
    return "Every clean recipe is refused: one of your masks is True for all. Three foods have two commas between them."


def _missed(refuse: Callable[..., Any]) -> list[str]:
    for column, row, value, sentence in CORRUPTIONS:
        corrupt = catalogue()
        corrupt.iloc[row, corrupt.columns.get_loc(column)] = value
        verdict = _verdict(refuse, corrupt)
        if isinstance(verdict, str):
            return [verdict]
        if not verdict[row]:
            return [sentence]
        if verdict.sum() > 1:
            return [f"One bad value in {column} and {verdict.sum()} rows are refused. Only the row itself is to blame."]
    return []


def _verdict(refuse: Callable[..., Any], recipes: pd.DataFrame) -> np.ndarray | str:
    """The rule's answer, (n,) bool; a sentence when it is none."""
    said = refuse(recipes.copy(), DAY)
    if said is None:
        return "refuse returned None. It has to return one bool a row."
    found = np.asarray(said)
    if found.shape != (len(recipes),):
        return f"refuse returned something of shape {found.shape}; expected one bool for each of {len(recipes)} rows."
    if found.dtype != bool:
        return f"refuse returned {found.dtype} values; expected bools, one a row."
    return found

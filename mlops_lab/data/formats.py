"""The rows that cross the border between the world and the system, and nothing else.

    cook         someone who asks for recipes             recipe      something to cook, as published
    request      one cook asking once                     impression  one recipe shown in one place of a slate
    click        one recipe opened from a slate           cooked      "I made this", reported some days later
    rating       stars given, arriving some days later    prediction  what was answered, with its propensities
    traffic      everything one day brought

Ids are text. Days are whole numbers from the first day in the store. Times never appear: the lab lives by days.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

# Column -> kind of value. "day" is when the row's event happened, "arrived" when we learned of it.
TABLES: dict[str, dict[str, str]] = {
    "cooks": {"cook": "text", "joined_day": "int", "market": "text", "diet": "text"},
    "recipes": {
        "recipe": "text", "title": "text", "author": "text", "published_day": "int", "minutes": "float",
        "n_steps": "float", "n_ingredients": "float", "kcal": "float", "cuisine": "text", "diet": "text",
        "season": "text", "ingredients": "text",
    },
    "requests": {"request": "text", "day": "int", "cook": "text"},
    "impressions": {"request": "text", "day": "int", "cook": "text", "position": "int", "recipe": "text"},
    "clicks": {"request": "text", "day": "int", "cook": "text", "recipe": "text"},
    "cooked": {"day": "int", "arrived": "int", "cook": "text", "recipe": "text"},
    "ratings": {"day": "int", "arrived": "int", "cook": "text", "recipe": "text", "stars": "int"},
    "predictions": {
        "request": "text", "day": "int", "cook": "text", "version": "int", "variant": "text", "fallback": "bool",
        "snapshot": "text", "features": "text", "recipes": "text", "scores": "text", "propensities": "text",
        "seconds": "float",
    },
}  # fmt: skip

# What makes a row the same row as another; a second one is a duplicate.
KEYS: dict[str, list[str]] = {
    "cooks": ["cook"],
    "recipes": ["recipe"],
    "requests": ["request"],
    "impressions": ["request", "position"],
    "clicks": ["request", "recipe"],
    "cooked": ["cook", "recipe", "day"],
    "ratings": ["cook", "recipe", "day"],
    "predictions": ["request"],
}

SEASONS = ("winter", "spring", "summer", "autumn")
NO_STARS = 0  # a review without stars: kept, but it carries no label


def empty(table: str) -> pd.DataFrame:
    """The table without rows, with its columns and types."""
    kinds = {"text": "str", "int": "int64", "float": "float64", "bool": "bool"}
    return pd.DataFrame({column: pd.Series(dtype=kinds[kind]) for column, kind in TABLES[table].items()})


def id_order(ids: np.ndarray) -> np.ndarray:
    """The distinct ids in the lab's order: by number when every id is a whole number, else alphabetical."""
    distinct = np.unique(np.asarray(ids, dtype=np.str_))
    if distinct.size and all(text.isascii() and text.isdigit() for text in distinct.tolist()):
        return distinct[np.argsort([int(text) for text in distinct.tolist()], kind="stable")]
    return distinct


@dataclass(frozen=True)
class Requests:
    """Cooks asking on one day, in columns of equal length (request ids, cook ids); k places in a slate."""

    day: int
    request: np.ndarray
    cook: np.ndarray
    k: int = 10

    def __len__(self) -> int:
        return len(self.request)

    def __repr__(self) -> str:
        return f"Requests(day {self.day}: {len(self)} requests, {len(np.unique(self.cook))} cooks)"

    def frame(self) -> pd.DataFrame:
        """One row a request, for the eye."""
        return pd.DataFrame({"request": self.request, "day": self.day, "cook": self.cook}).astype({"day": "int64"})


@dataclass(frozen=True)
class Slates:
    """The answers to Requests, row by row: n answers of k places.

    version (n,) int, variant (n,) text, fallback (n,) bool; recipes (n, k) text, scores (n, k), propensity (n, k):
    the probability with which the recipe stood in its place. An unfilled place holds "" with propensity 0.
    seconds (n,): how long each answer took; none given: 0.
    """

    day: int
    request: np.ndarray
    cook: np.ndarray
    version: np.ndarray
    variant: np.ndarray
    fallback: np.ndarray
    recipes: np.ndarray
    scores: np.ndarray
    propensity: np.ndarray
    seconds: np.ndarray | float = 0.0

    def __len__(self) -> int:
        return len(self.request)

    def __repr__(self) -> str:
        versions = ", ".join(str(v) for v in np.unique(self.version).tolist())
        return f"Slates(day {self.day}: {len(self)} answers of {self.recipes.shape[1]} places, versions [{versions}])"

    def frame(self) -> pd.DataFrame:
        """One row a filled place (position from 0), for the eye."""
        n, k = self.recipes.shape
        table = pd.DataFrame(
            {
                "request": np.repeat(self.request, k), "cook": np.repeat(self.cook, k),
                "version": np.repeat(self.version, k), "variant": np.repeat(self.variant, k),
                "fallback": np.repeat(self.fallback, k), "position": np.tile(np.arange(k), n),
                "recipe": self.recipes.ravel(), "score": self.scores.ravel(), "propensity": self.propensity.ravel(),
            }
        )  # fmt: skip
        return table[table["recipe"] != ""].reset_index(drop=True)


@dataclass(frozen=True)
class Traffic:
    """Everything one day brought, as raw tables: the border between the world and the system.

    date is the calendar day (ISO text) and is known even when nothing happened.
    """

    day: int
    date: str
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)

    def __repr__(self) -> str:
        rows = ", ".join(f"{len(table)} {name}" for name, table in self.tables.items())
        return f"Traffic(day {self.day}, {self.date}: {rows or 'nothing'})"

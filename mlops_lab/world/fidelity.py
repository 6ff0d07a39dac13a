"""The world beside Food.com: the same figures, counted in both.

Food.com's figures are published or were counted once: recipes and stars of the site (Majumder et al. 2019, "Generating
Personalized Recipes from Historical User Preferences"), reviews per cook and recipe on its slice of 2013-2018.
"""

import numpy as np
import pandas as pd

RATINGS_PER_COOK = {"with 1": 0.89, "at most 2": 0.94, "at most 5": 0.97, "the busiest holds": 0.018}
RATINGS_PER_RECIPE = {
    "with 1": 0.61, "at most 2": 0.79, "at most 5": 0.94,
    "the first holds": 0.0096, "top 1 % hold": 0.18, "top 10 % hold": 0.46,
}  # fmt: skip
DENSITY = 3.9e-4  # of the slice; of all the years 2.2e-5: the more cooks and recipes, the emptier the table
YEARS, PEAK_YEAR, PEAK = 19, 9, 160_000 / (1_132_367 / 19)  # the site's life; its busiest year, beside its mean year
STARS = {5: 0.73, 4: 0.11, 3: 0.03, 2: 0.01, 1: 0.02, 0: 0.10}
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
RECIPES = {
    "minutes": (6, 20, 40, 65, 260),
    "n_ingredients": (4, 6, 9, 11, 16),
    "n_steps": (3, 6, 8, 12, 20),
    "kcal": (60, 183, 322, 513, 1442),
}
INGREDIENTS = {
    "salt": 0.36, "butter": 0.24, "sugar": 0.20, "onion": 0.16, "water": 0.15, "olive oil": 0.15, "eggs": 0.11,
    "garlic cloves": 0.11, "flour": 0.10, "pepper": 0.10, "milk": 0.09, "parmesan": 0.07, "lemon juice": 0.06,
    "cinnamon": 0.06, "tomatoes": 0.05,
}  # fmt: skip


def fidelity(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Figures of this world beside Food.com's; columns figure, world, Food.com.

    tables: "ratings" of some weeks (cook, recipe, stars) and a "recipes" snapshot, as in `Traffic.tables`.
    """
    ratings, recipes = tables["ratings"], tables["recipes"]
    rows: list[tuple[str, float, float]] = []
    for of, known in (("cook", RATINGS_PER_COOK), ("recipe", RATINGS_PER_RECIPE)):
        counted = _tail(ratings[of].value_counts().to_numpy())
        rows += [(f"ratings per {of}: {name}", counted[name], value) for name, value in known.items()]
    pairs = ratings["cook"].nunique() * ratings["recipe"].nunique()
    rows += [("density of ratings", len(ratings) / max(pairs, 1), DENSITY)]
    rows += [(f"ratings with {stars} stars", _share(ratings["stars"] == stars), s) for stars, s in STARS.items()]
    for column, values in RECIPES.items():
        found = recipes[column].quantile(list(QUANTILES)).to_numpy()
        rows += [(f"{column}, {q:.0%} quantile", *pair) for q, *pair in zip(QUANTILES, found, values, strict=True)]
    inside = recipes["ingredients"].str.split(", ").explode().value_counts() / max(len(recipes), 1)
    rows += [(f"recipes with {name}", float(inside.get(name, 0.0)), share) for name, share in INGREDIENTS.items()]
    return pd.DataFrame(rows, columns=["figure", "world", "Food.com"]).astype({"world": float, "Food.com": float})


def life(volume: np.ndarray) -> pd.DataFrame:
    """Growth and decay beside Food.com's; volume: requests a day, averaged over each year of a long life."""
    rows = [
        ("busiest year, of the years so far", (1 + int(np.argmax(volume))) / len(volume), PEAK_YEAR / YEARS),
        ("busiest year, beside the mean year", float(volume.max() / volume.mean()), PEAK),
    ]
    return pd.DataFrame(rows, columns=["figure", "world", "Food.com"])


def _tail(counts: np.ndarray) -> dict[str, float]:
    """How a long tail is shaped; counts of those that were counted at least once."""
    if not len(counts):
        return dict.fromkeys(RATINGS_PER_COOK | RATINGS_PER_RECIPE, float("nan"))
    largest = np.sort(counts)[::-1]
    top = {f"top {p} % hold": largest[: max(1, round(len(counts) * p / 100))].sum() / counts.sum() for p in (1, 10)}
    top["the first holds"] = top["the busiest holds"] = largest[0] / counts.sum()
    few = {"with 1": _share(counts == 1), "at most 2": _share(counts <= 2), "at most 5": _share(counts <= 5)}
    return {name: float(value) for name, value in (few | top).items()}


def _share(mask: "np.ndarray | pd.Series") -> float:
    return float(np.mean(mask)) if len(mask) else float("nan")

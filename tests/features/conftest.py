"""A small made-up company, as raw tables by day."""

import numpy as np
import pandas as pd
import pytest

from mlops_lab.draws import bits
from mlops_lab.features.memory import Memory

COOKS, RECIPES, DAYS = 12, 20, 9


def pick(purpose: str, day: int, n: int, below: int) -> np.ndarray:
    return (bits(3, purpose, day, np.arange(n)) % np.uint64(below)).astype(int)


def recipes(day: int) -> pd.DataFrame:
    n = RECIPES - 4 + day // 3
    at = np.arange(n)
    return pd.DataFrame(
        {
            "recipe": [f"r{i:03d}" for i in at], "title": [f"Soup {i}" for i in at], "author": "a",
            "published_day": at - 15, "minutes": 10.0 + at + (60.0 if day > 5 else 0.0), "n_steps": 3.0 + at % 4,
            "n_ingredients": 4.0 + at % 5, "kcal": 100.0 + 7 * at,
            "cuisine": np.array(["thai", "greek", "welsh"])[at % 3],
            "diet": np.array(["any", "vegan", "vegetarian"])[at % 3],
            "season": np.array(["any", "winter", "summer"])[at % 3], "ingredients": "salt; water",
        }
    )  # fmt: skip


def day_tables(day: int) -> dict[str, pd.DataFrame]:
    shown = pd.DataFrame(
        {
            "request": np.repeat([f"q{day}-{i}" for i in range(6)], 4), "day": day,
            "cook": np.repeat([f"c{i:02d}" for i in pick("cook", day, 6, COOKS)], 4),
            "position": np.tile(np.arange(4), 6),
            "recipe": [f"r{i:03d}" for i in pick("shown", day, 24, RECIPES - 4)],
        }
    )  # fmt: skip
    shown = shown.drop_duplicates(["request", "recipe"]).reset_index(drop=True)
    clicks = shown[pick("click", day, len(shown), 3) == 0][["request", "day", "cook", "recipe"]].reset_index(drop=True)
    cooks = pd.DataFrame({"cook": [f"c{i:02d}" for i in range(COOKS)], "joined_day": 0})
    cooks["market"] = np.array(["uk", "spain"])[np.arange(COOKS) % 2]
    cooks["diet"] = np.array(["any", "vegan", "vegetarian"])[np.arange(COOKS) % 3]
    return {"cooks": cooks, "recipes": recipes(day), "impressions": shown, "clicks": clicks}


@pytest.fixture
def memory() -> Memory:
    found = Memory("2025-03-03")
    for day in range(DAYS):
        found.absorb(day, day_tables(day))
    return found

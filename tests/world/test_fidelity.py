"""The world's marginals, held to Food.com's (56 days of the default size under popularity)."""

import numpy as np
import pandas as pd
import pytest

from mlops_lab.data.formats import empty
from mlops_lab.world.fidelity import fidelity
from tests.world.conftest import together

# About 1,900 ratings, most of them from before day 0: shares are known to some hundredths.
TOLERANCE = {"ratings per cook": 0.05, "ratings per recipe": 0.10, "ratings with": 0.04, "recipes with": 0.07}


@pytest.fixture(scope="module")
def figures(season) -> pd.DataFrame:
    _, _, log = season
    table = fidelity({"ratings": together(log, "ratings"), "recipes": log[-1].tables["recipes"]}).set_index("figure")
    print(table.round(3).to_string())
    return table


@pytest.mark.parametrize("group", TOLERANCE)
def test_shares_are_food_coms(figures, group):
    rows = figures[figures.index.str.startswith(group)]
    assert len(rows) >= 3 and (rows["world"] - rows["Food.com"]).abs().max() <= TOLERANCE[group]


@pytest.mark.parametrize("column", ["minutes", "n_ingredients", "n_steps", "kcal"])
def test_recipes_are_as_long_rich_and_slow_as_food_coms(figures, column):
    rows = figures[figures.index.str.startswith(column)]
    assert len(rows) == 5 and np.abs(np.log(rows["world"] / rows["Food.com"])).max() < 0.2


def test_click_rate_lies_between_5_and_15_percent(season):
    _, _, log = season
    rates = np.array([len(day.tables["clicks"]) / len(day.tables["requests"]) for day in log])
    assert 0.05 < rates.mean() < 0.15


def test_most_cooks_ask_rarely_and_some_every_day(season):
    _, _, log = season
    asks = together(log, "requests")["cook"].value_counts().reindex(together(log, "cooks")["cook"], fill_value=0)
    assert asks.median() <= 4 and 0.03 < (asks >= 56).mean() < 0.2 and asks.max() < 56 * 15


def test_a_quarter_of_clicks_is_cooked(season):
    _, _, log = season
    early = together(log, "clicks").query("day < 49").drop_duplicates(["cook", "recipe", "day"])
    told = early.merge(together(log, "cooked"), on=["cook", "recipe", "day"])
    assert 0.2 < len(told) / len(early) < 0.3


def test_an_empty_log_has_a_table_too():
    assert fidelity({"ratings": empty("ratings"), "recipes": empty("recipes")})["Food.com"].notna().all()

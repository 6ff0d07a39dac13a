"""Recipes look like recipes, and a recipe never depends on which others there are."""

import pytest

from mlops_lab.world import pantry
from mlops_lab.world.recipes import Recipes


@pytest.fixture(scope="module")
def catalogue() -> Recipes:
    return Recipes(7, 1500)


def test_the_catalogue_grows_without_changing_what_was_there(catalogue):
    early, late = Recipes(7, 1500).snapshot(0), catalogue.snapshot(400)
    assert len(early) == 1500 and len(late) == 1500 + 2 * 400
    assert late.head(1500).equals(early)
    assert (late["published_day"] <= 400).all() and late["published_day"].is_monotonic_increasing


def test_a_smaller_company_has_the_same_first_recipes(catalogue):
    small = Recipes(7, 250).snapshot(0).drop(columns="published_day")
    assert small.equals(catalogue.snapshot(0).head(250).drop(columns="published_day"))


@pytest.mark.parametrize(
    ("diet", "forbidden"),
    [("vegan", pantry.NOT_VEGAN | pantry.NOT_VEGETARIAN), ("vegetarian", pantry.NOT_VEGETARIAN)],
)
def test_diets_are_kept_by_the_ingredients(catalogue, diet, forbidden):
    recipes = catalogue.snapshot(0)
    lists = recipes["ingredients"][recipes["diet"] == diet].str.split(", ")
    assert len(lists) > 80 and not any(forbidden & set(names) for names in lists)


def test_a_recipe_lists_as_many_ingredients_as_it_says_each_once(catalogue):
    recipes = catalogue.snapshot(0)
    lists = recipes["ingredients"].str.split(", ")
    assert (lists.str.len() == recipes["n_ingredients"]).all() and all(len(set(n)) == len(n) for n in lists)


def test_the_kitchen_is_well_stocked_and_titles_are_varied(catalogue):
    recipes = catalogue.snapshot(0)
    assert recipes["ingredients"].str.split(", ").explode().nunique() > 150
    assert recipes["title"].nunique() > 1200 and recipes["cuisine"].nunique() == 12
    assert recipes["title"].str.len().max() < 70
    assert 100 < recipes["author"].nunique() <= 308 and recipes["author"].value_counts().iloc[0] > 20


def test_a_season_is_in_the_pot(catalogue):
    recipes = catalogue.snapshot(0)
    centres = set(recipes["ingredients"][recipes["season"] == "autumn"].str.split(", ").str[0])
    seasons = {(pantry.PLANTS | pantry.MEAT | pantry.FRUIT)[name] for name in centres}
    assert seasons == {"autumn", ""} and {"mushrooms", "duck", "apples"} <= centres

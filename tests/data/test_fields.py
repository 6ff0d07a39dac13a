"""Food.com's fields mean what its site meant."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_lab.data import fields


@pytest.mark.parametrize("text", ["2017-08-18", "2017/8/18", "8/18/2017", "08/18/2017", " 2017-08-18T10:30:00 "])
def test_a_date_has_three_spellings(text):
    assert fields.day_of_date(text) == 17396


@pytest.mark.parametrize(
    "text", ["2017-02-30", "18/8/2017", "2017-8", "", "yesterday", "20170818", "0/1/2005", "٢٠١٧-08-18"]
)
def test_what_is_no_date_stays_as_it_is(text):
    assert fields.day_of_date(text) == text


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31", "1/1/1900"])
def test_a_date_far_from_the_sites_life_is_out_of_every_range(text):
    assert fields.day_of_date(text) == fields.NO_DAY


@given(st.dates(min_value=fields.EPOCH.replace(year=1990), max_value=fields.EPOCH.replace(year=2090)))
def test_every_spelling_of_every_day_is_the_same_day(day):
    spellings = (day.isoformat(), f"{day.year}/{day.month}/{day.day}", f"{day.month}/{day.day}/{day.year}")
    assert {fields.day_of_date(text) for text in spellings} == {(day - fields.EPOCH).days}


def test_ids_become_plain_digits_and_others_are_told_of():
    text, wrong = fields.ids(
        pd.Series(["38094", " 38094.0 ", "007", "", "abc", "-5", "1e5", "3.5", "9" * 30], dtype="str")
    )
    assert text.tolist() == ["38094", "38094", "7", "", "abc", "-5", "1e5", "3.5", "9" * 30]
    assert wrong.tolist() == [False] * 4 + [True] * 5


@given(st.lists(st.text(max_size=15), max_size=6))
def test_a_list_literal_is_read_back(items):
    assert fields.listed(repr(items)) == items


@pytest.mark.parametrize(
    "text",
    ["", "salt", "['salt'", "[1, 2]", "{'a': 1}", "__import__('os').getcwd()", "['a', __import__('os').getcwd()]",
     "[" * 5_000, "[" + "'a', " * 9_000 + "]", "['a', 'b\\"],
)  # fmt: skip
def test_what_is_no_list_of_texts_is_none_and_never_run(text):
    assert fields.listed(text) is None


def test_tags_tell_cuisine_diet_and_season():
    tags = ["healthy", "asian", "thai", "vegetarian", "vegan", "fall", "summer"]
    assert (fields.cuisine_of(tags), fields.diet_of(tags), fields.season_of(tags)) == ("thai", "vegan", "autumn")
    assert (fields.cuisine_of(["asian"]), fields.diet_of(["vegetarian"])) == ("asian", "vegetarian")
    assert (fields.cuisine_of([""]), fields.diet_of([""]), fields.season_of([""])) == ("other", "any", "any")


@pytest.mark.parametrize(("text", "kcal"), [("[51.5, 0.0, 13.0]", "51.5"), (" [7]", "7"), ("", ""), ("lots", "lots")])
def test_kcal_is_the_first_number_of_nutrition(text, kcal):
    assert fields.kcal_of(text) == kcal

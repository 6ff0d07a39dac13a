"""A column in numbers, as JSON can say it."""

import json

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from mlops_lab.data.formats import TABLES, empty
from mlops_lab.data.statistics import FEW, added, statistics

from .tables_of_a_day import good


def test_numbers_by_hand():
    found = statistics(pd.DataFrame({"minutes": [1.0, 3.0, np.nan, np.inf]}))["minutes"]
    assert (found["count"], found["missing"], found["mean"], found["std"]) == (4, 2, 2.0, 1.0)
    assert (found["min"], found["max"], found["quantiles"]["0.5"]) == (1.0, 3.0, 2.0)


def test_texts_by_hand():
    found = statistics(pd.DataFrame({"diet": ["any", "vegan", "any", None]}))["diet"]
    counts = {"any": 2, "vegan": 1}
    told = {"count": 4, "missing": 1, "distinct": 2, "top": counts, "words": counts}
    told |= {"alike": 0.555556, "shapes": {"aaa": 2, "aaaaa": 1}}
    assert found == told


def test_every_table_even_an_empty_one_can_be_written_as_json():
    for table in TABLES:
        for frame in (good(table, 3), empty(table)):
            assert set(json.loads(json.dumps(statistics(frame), allow_nan=False))) == set(TABLES[table])


@given(st.lists(st.floats(-1e100, 1e100) | st.just(float("nan")), max_size=20))
def test_quantiles_lie_between_the_extremes(values):
    found = statistics(pd.DataFrame({"x": pd.Series(values, dtype="float64")}))["x"]
    inside = list(found.get("quantiles", {}).values())
    assert inside == sorted(inside) and all(found["min"] <= q <= found["max"] for q in inside)


def test_spans_add_up_to_one():
    days = [
        pd.DataFrame({"diet": ["any", "vegan"], "minutes": [5.0, 40.0 * n], "cook": [f"c{n}", "c"]}) for n in (1, 2)
    ]
    whole, parts = statistics(pd.concat(days)), added([statistics(day) for day in days])
    for name, keys in (("diet", ("count", "words")), ("minutes", ("count", "histogram")), ("cook", ("count", "words"))):
        assert {key: parts[name][key] for key in keys} == {key: whole[name][key] for key in keys}
    assert added([]) == {}


def test_many_words_are_text_and_told_by_their_lengths():
    found = statistics(pd.DataFrame({"title": [f"{n:04d}" for n in range(FEW + 1)]}))["title"]
    assert "words" not in found and sum(found["histogram"]) == FEW + 1 and len(found["top"]) == 10

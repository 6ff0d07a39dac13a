"""Every row is kept or quarantined, and each refused one has one reason."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_lab.data.formats import TABLES, empty
from mlops_lab.data.screening import merged, screen

from .tables_of_a_day import good

KNOWN = {"cook": {"c0", "c1", "c2"}, "recipe": {"r0", "r1", "r2"}}
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.binary(max_size=3),
    st.sampled_from(["c0", "r1", "3", 3, 4.0, "vegan", "any", "summer"]),
)  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_good_rows_are_kept_as_they_are(table):
    found = screen(table, good(table, 3), known=KNOWN, today=0)
    pd.testing.assert_frame_equal(found.kept, good(table, 3))
    assert found.counts == {"read": 3, "kept": 3, "quarantined": 0} and found.reasons == {}


@pytest.mark.parametrize("table", TABLES)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_no_row_is_ever_lost_whatever_it_holds(table, data):
    columns = data.draw(st.lists(st.sampled_from(list(TABLES[table])), unique=True))
    rows = data.draw(st.integers(0, 4))
    raw = pd.DataFrame({c: pd.Series(data.draw(st.lists(ANYTHING, min_size=rows, max_size=rows)), dtype=object)
                        for c in columns}, index=range(rows))  # fmt: skip
    found = screen(table, raw, known=KNOWN, today=5)
    assert found.read == rows == len(found.kept) + sum(found.reasons.values())
    assert list(found.kept.dtypes) == list(empty(table).dtypes)
    assert not found.kept.isna().any().any()
    assert all(isinstance(json.loads(row), dict) for row in found.quarantined["row"])


@pytest.mark.parametrize(
    ("table", "column", "value", "reason"),
    [
        ("recipes", "minutes", np.nan, "missing minutes"),
        ("recipes", "minutes", 2_147_483_647.0, "out of range minutes"),
        ("recipes", "kcal", -0.5, "out of range kcal"),
        ("recipes", "season", "monsoon", "unknown value season"),
        ("recipes", "recipe", "r 0", "wrong type recipe"),
        ("cooks", "diet", "paleo", "unknown value diet"),
        ("cooks", "market", "", "missing market"),
        ("ratings", "stars", 6, "out of range stars"),
        ("ratings", "arrived", 9, "out of range arrived"),
        ("clicks", "day", 1, "out of range day"),
        ("clicks", "cook", "c9", "orphan"),
        ("impressions", "recipe", "r9", "orphan"),
        ("requests", "cook", "c9", "orphan"),
    ],
)
def test_each_breach_has_its_reason(table, column, value, reason):
    raw = good(table, 3)
    raw.loc[1, column] = value
    assert screen(table, raw, known=KNOWN, today=0).reasons == {reason: 1}


def test_a_report_cannot_arrive_before_it_happened():
    raw = good("cooked", 2, day=4).assign(arrived=[4, 3])
    assert screen("cooked", raw, today=4).reasons == {"out of range arrived": 1}


def test_zero_stars_are_kept():
    assert len(screen("ratings", good("ratings", 2).assign(stars=0)).kept) == 2


def test_a_prediction_for_a_stranger_is_kept():
    assert len(screen("predictions", good("predictions", 2).assign(cook="stranger"), known=KNOWN).kept) == 2


def test_a_missing_column_refuses_every_row_and_raises_nothing():
    found = screen("clicks", good("clicks", 3).drop(columns="recipe"), known=KNOWN)
    assert found.reasons == {"missing recipe": 3} and found.missing["recipe"] == 1.0


def test_columns_nobody_asked_for_are_ignored():
    assert list(screen("cooks", good("cooks", 1).assign(shoe_size=43)).kept.columns) == list(TABLES["cooks"])


def test_the_gravest_reason_counts_and_only_that():
    raw = good("ratings", 1).assign(cook="", stars=9, recipe="r9")
    assert screen("ratings", raw, known=KNOWN).reasons == {"missing cook": 1}


def test_the_first_usable_row_of_a_key_is_kept():
    raw = pd.concat([good("ratings", 1).assign(stars=n) for n in (9, 4, 3)], ignore_index=True)
    found = screen("ratings", raw)
    assert found.kept["stars"].tolist() == [4]
    assert found.reasons == {"duplicate": 1, "out of range stars": 1}


def test_a_refused_row_is_kept_as_it_came():
    raw = pd.DataFrame({"cook": ["c0"], "joined_day": ["soon"], "market": [None], "diet": ["any"], "note": ["é ☕"]})
    (row,) = screen("cooks", raw).quarantined["row"]
    assert json.loads(row) == {"cook": "c0", "joined_day": "soon", "market": None, "diet": "any", "note": "é ☕"}


def test_what_could_not_be_parsed_counts_as_read():
    found = screen("cooks", good("cooks", 1), unparsable=['"half a rec'])
    assert found.counts == {"read": 2, "kept": 1, "quarantined": 1} and found.reasons == {"unparsable": 1}
    assert json.loads(found.quarantined["row"][0]) == '"half a rec'


def test_the_share_of_missing_values_is_told_before_they_are_refused():
    found = screen("recipes", good("recipes", 4).assign(kcal=[1.0, np.nan, np.nan, 2.0]))
    assert found.missing["kcal"] == 0.5 and found.missing["minutes"] == 0.0


def test_days_together_count_as_their_sum():
    whole = merged([screen("cooks", good("cooks", 2)), screen("cooks", good("cooks", 1).assign(diet="x"))])
    assert whole.counts == {"read": 3, "kept": 2, "quarantined": 1} and whole.missing["diet"] == 0.0


def test_the_name_fits_one_line():
    assert repr(screen("cooks", good("cooks", 2))) == "Screened(cooks: 2 read, 2 kept, 0 quarantined)"

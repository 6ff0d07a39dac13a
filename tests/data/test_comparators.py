"""Luck is no news, a change that matters is: whatever the size of a span."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_lab.data.comparators import compared, divergence_limit, l_infinity_limit
from mlops_lab.data.statistics import statistics
from mlops_lab.draws import draw


def lots(seed, rows):
    return draw(seed, "rows", np.arange(rows))


def frame(seed, rows, spread=1.0, share=0.3):
    minutes = 40 * np.exp(2 * spread * (lots(seed, rows) - 0.5))
    return pd.DataFrame({"minutes": minutes, "market": np.where(lots(seed + 1, rows) < share, "usa", "uk").tolist()})


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 3_000))
def test_two_samples_of_one_distribution_are_no_news(seed, rows):
    before, now = (statistics(frame(lot, n)) for lot, n in ((seed, 3_000), (seed + 7, rows)))
    assert [one for one in compared("t", before, now, {}) if one.kind == "drift"] == []


@pytest.mark.parametrize(("change", "column"), [({"spread": 3.0}, "minutes"), ({"share": 0.6}, "market")])
def test_a_change_that_matters_is_found_and_named(change, column):
    before, now = statistics(frame(1, 2_000)), statistics(frame(3, 400, **change))
    assert (column, "drift") in {(one.column, one.kind) for one in compared("t", before, now, {})}
    assert (column, "skew") in {(one.column, one.kind) for one in compared("t", before, now, {}, "skew")}
    assert {one.column for one in compared("t", before, now, {})} == {column}


def test_more_rows_allow_less():
    same = np.array([50, 50, 50])
    for limit in (l_infinity_limit, divergence_limit):
        assert limit(same, same)[0] == 0 and limit(same, same)[1] > limit(100 * same, 100 * same)[1]


def test_names_are_no_list_of_words():
    before, now = (statistics(pd.DataFrame({"cook": [f"c{n}" for n in range(at, at + 20)]})) for at in (0, 40))
    assert list(compared("t", before, now, {})) == []

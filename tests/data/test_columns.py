"""A raw column is read as its rule asks, whatever its producer called it."""

import numpy as np
import pandas as pd
import pytest

from mlops_lab.data.columns import typed
from mlops_lab.data.contracts import Rule


def read(values, kind, **rule):
    """(values, rows that miss one, rows of the wrong type)."""
    series = values if isinstance(values, pd.Series) else pd.Series(values)
    found = typed(series, Rule(kind, **rule))
    rows = [[] if mask is None else np.flatnonzero(mask).tolist() for mask in (found.missing, found.wrong)]
    return list(found.values), *rows


def test_a_number_written_as_text_is_that_number():
    assert read(["7", " 8 ", "5.0", "1e2"], "int") == ([7, 8, 5, 100], [], [])
    assert read(["7", "2.5"], "float") == ([7.0, 2.5], [], [])


@pytest.mark.parametrize("nothing", ["", "  ", "NaN", "null", "None", "NA"])
def test_what_writers_put_for_no_number_is_missing(nothing):
    assert read([nothing, "1"], "int")[1:] == ([0], [])
    assert read([nothing, "1"], "float")[1:] == ([0], [])


@pytest.mark.parametrize("odd", ["five", "4.5", "1,5", "0x10", "True"])
def test_text_that_is_no_whole_number_is_of_the_wrong_type(odd):
    assert read([odd, "1"], "int")[1:] == ([], [0])


def test_whole_floats_are_integers_and_others_are_not():
    assert read([1.0, 2.5, np.nan, np.inf], "int")[1:] == ([2], [1])


def test_truth_values_and_objects_are_no_numbers():
    assert read(pd.Series([True, (1, 2), {"a": 1}, None, 3], dtype=object), "int")[1:] == ([3], [0, 1, 2])
    assert read([True, False], "float")[2] == [0, 1]


def test_a_number_too_large_for_a_machine_stays_too_large():
    values, *_ = read(["9" * 30, "-" + "9" * 30], "int")
    assert values[0] > 10**12 and values[1] < -(10**12)


def test_text_must_come_as_text():
    assert read(pd.Series(["a", 1, None, b"b"], dtype=object), "text")[1:] == ([2], [1, 3])
    assert read([1, 2], "text")[2] == [0, 1]
    assert read(pd.Series([np.nan, np.nan]), "text")[1:] == ([0, 1], [])


def test_empty_text_is_missing_unless_the_rule_allows_it():
    assert read(["", "a"], "text")[1:] == ([0], [])
    assert read(["", "a"], "text", may_be_empty=True)[1:] == ([], [])


def test_half_a_surrogate_pair_is_no_text():
    assert read(pd.Series(["\ud800", "ok"], dtype=object), "text")[1:] == ([], [0])


def test_truth_may_come_as_text():
    assert read(["True", "false", "", "yes"], "bool") == ([True, False, False, False], [2], [3])


@pytest.mark.parametrize("dtype", ["Int64", "int8", "uint64", "Float64", "float32"])
def test_every_numeric_dtype_is_read(dtype):
    assert read(pd.Series([1, 2], dtype=dtype), "int") == ([1, 2], [], [])
    assert read(pd.Series([1, 2], dtype=dtype), "float") == ([1.0, 2.0], [], [])


def test_categories_of_text_are_text():
    assert read(pd.Series(["a", "b"], dtype="category"), "text") == (["a", "b"], [], [])

import pandas as pd
import pytest

from mlops_lab.monitoring.skew import Skew, skew


def test_equal_features_are_equal_whatever_the_order_of_their_names():
    assert skew(pd.Series(['{"a":1,"b":2}']), pd.Series(['{"b": 2, "a": 1}'])) == Skew(1, 1.0)


def test_the_share_and_the_differing_features_are_named():
    served = pd.Series(['{"a":1,"b":2}', '{"a":1,"b":2}', '{"a":1}', '{"a":1}'])
    now = pd.Series(['{"a":1,"b":2}', '{"a":1,"b":3}', '{"a":2,"b":1}', '{"a":1}'])
    assert skew(served, now) == Skew(4, 0.5, {"a": 1, "b": 2})


def test_text_that_is_no_object_is_unreadable_and_does_not_raise():
    assert skew(pd.Series(["[1]", "noise"]), pd.Series(['{"a":1}', "{}"])) == Skew(2, 0.0, {"unreadable": 2})


def test_nothing_is_equal_to_nothing_and_lengths_must_agree():
    assert skew(pd.Series([], dtype=str), pd.Series([], dtype=str)) == Skew(0, 1.0)
    with pytest.raises(ValueError, match="1 served rows cannot be compared with 0"):
        skew(pd.Series(["{}"]), pd.Series([], dtype=str))

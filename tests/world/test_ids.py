"""From ids to numbers, whatever the ids look like."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_lab.errors import BadInput
from mlops_lab.world.ids import numbers

KNOWN = np.array([f"q0003-{n:05d}" for n in range(120)])


@given(st.lists(st.integers(-1, 119), max_size=12), st.integers(0, 4))
def test_ids_are_found_where_they_stand_in_arrays_of_any_width(at, wider):
    at = np.array(at, dtype=np.int64)
    ids = np.where(at < 0, "", KNOWN[at]).astype(f"<U{11 + wider}")
    assert (numbers(ids, KNOWN, "x", blanks=True) == at).all()


@given(st.text(max_size=14))
def test_what_is_not_there_is_refused(text):
    if text.rstrip("\0") not in KNOWN:
        with pytest.raises(BadInput, match="which is no x"):
            numbers(np.array(["q0003-00001", text]), KNOWN, "x")


def test_one_id_and_none_are_answered_in_their_shapes():
    assert numbers(np.array("q0003-00007"), KNOWN, "x") == 7
    assert numbers(np.zeros((0, 3), dtype=np.str_), KNOWN[:0], "x").shape == (0, 3)
    with pytest.raises(BadInput):
        numbers(np.array("q0003-00007"), KNOWN[:0], "x")

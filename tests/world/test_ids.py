"""From ids to numbers, whatever the ids look like."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_lab.errors import BadInput
from mlops_lab.world.ids import numbered, numbers

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


@pytest.mark.parametrize("many", [0, 1, 120, 100_003])
def test_numbered_ids_are_in_their_own_order_however_many(many):
    ids = numbered("q0003-", many)
    assert ids.shape == (many,) and (np.sort(ids) == ids).all() and ids[-1:].tolist() in ([], [f"q0003-{many - 1:05d}"])
    assert (numbers(ids, ids, "x") == np.arange(many)).all()

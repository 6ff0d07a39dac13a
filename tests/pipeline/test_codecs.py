"""Values come back as they were, equal values have equal bytes, and nothing is pickled."""

import io
from typing import Annotated

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_lab.pipeline.codecs import Unkept, decode, encode, shared
from mlops_lab.pipeline.kinds import MODEL, annotation

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def step():
    """Stands for the step that made a value."""


def back(value, made_by=step):
    return decode(*encode(value), annotation(made_by, "return"))


class Model:
    def __init__(self, weight):
        self.weight = weight

    def to_bytes(self):
        return b"%d" % self.weight

    @classmethod
    def from_bytes(cls, content):
        return cls(int(content))


@given(plain)
def test_json_values_come_back(value):
    assert back(value) == value


@given(st.dictionaries(st.text(), plain, min_size=1))
def test_bytes_do_not_depend_on_the_order_of_keys(value):
    assert encode(value) == encode(dict(reversed(value.items())))


@given(st.binary())
def test_bytes_stay_bytes(value):
    assert back(value) == value


def test_numbers_of_numpy_become_numbers():
    assert back({"n": np.int64(3), "x": np.float32(0.5), "ok": np.bool_(True)}) == {"n": 3, "x": 0.5, "ok": True}


def test_not_a_number_comes_back():
    assert np.isnan(back({"mean": float("nan")})["mean"])


def test_tables_come_back():
    frame = pd.DataFrame({"id": ["a", None], "n": [1, 2], "x": [0.5, np.nan], "ok": [True, False]}, index=[3, 1])
    pd.testing.assert_frame_equal(back(frame), frame)
    assert encode(frame) == encode(frame.copy())


def test_arrays_come_back_whatever_their_order():
    arrays = {"ids": np.array(["a", "bc"]), "w": np.arange(6.0).reshape(2, 3), "allow_pickle": np.array(1)}
    found = back(arrays)
    assert found.keys() == arrays.keys()
    assert all((found[name] == arrays[name]).all() and found[name].dtype == arrays[name].dtype for name in arrays)
    assert encode(arrays) == encode(dict(reversed(arrays.items())))


def test_objects_come_back_through_the_class_in_the_annotation():
    def trainer() -> Model: ...

    def quoted() -> "Model": ...

    def said() -> Annotated[Model, MODEL]: ...

    assert back(Model(7), said).weight == 7
    assert back(Model(7), trainer).weight == 7
    assert back(Model(7), quoted).weight == 7


@pytest.mark.parametrize(
    "value", [{1, 2}, object(), [object()], {"a": np.array([object()])}, {"a": {"b": np.zeros(2)}}]
)
def test_what_has_no_format_is_refused_and_never_pickled(value):
    with pytest.raises(Unkept, match="cannot|pickle"):
        encode(value)


def test_a_table_of_mixed_things_is_refused():
    with pytest.raises(Unkept, match="parquet cannot hold"):
        encode(pd.DataFrame({"x": [1, {"a": 2}]}))


def test_an_object_without_a_class_to_read_it_is_refused():
    with pytest.raises(Unkept, match="annotate it"):
        back(Model(7), step)


def test_what_one_step_changes_the_next_does_not_see():
    frame, arrays = pd.DataFrame({"x": [1, 2]}), {"w": np.zeros(2)}
    mine = shared("parquet", frame)
    mine.loc[0, "x"] = 9
    assert frame["x"].tolist() == [1, 2]
    with pytest.raises(ValueError, match="read-only"):
        shared("npz", arrays)["w"][0] = 1
    arrays["w"][0] = 2  # the owner still may


def test_names_come_in_the_same_order_whether_a_step_ran_or_was_skipped():
    arrays = {"b": np.zeros(1), "a": np.ones(1)}
    assert list(shared("npz", arrays)) == list(shared("npz", back(arrays))) == ["a", "b"]


@pytest.mark.parametrize("frame", [
    pd.DataFrame({"text": ["a", None], "old": pd.Series(["x", None], dtype=object), "raw": [b"x", None]}),
    pd.DataFrame({"kind": pd.Categorical(["b", None], ["b", "a"], ordered=True), "when": pd.to_timedelta([1, 2], "s")}),
    pd.DataFrame({"at": pd.to_datetime(["2026-01-01", None]), "there": pd.to_datetime(["2026-01-01"] * 2, utc=True)}),
    pd.DataFrame({"few": np.array([1, 2], "int8"), "gap": pd.array([1, None], "Int64"), "is": pd.array([True, None])}),
    pd.DataFrame({"n": [1, 2]}, index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["k", "m"])),
    pd.DataFrame({"n": [1, 2], "many": [[1], [2, 3]]}, index=pd.RangeIndex(5, 9, 2)), pd.DataFrame(),
])  # fmt: skip
def test_a_table_comes_back_as_pandas_reads_it(frame):
    kind, content = encode(frame)
    pd.testing.assert_frame_equal(decode(kind, content), pd.read_parquet(io.BytesIO(content)))

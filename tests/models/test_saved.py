"""Laws of saved models."""

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_lab.errors import BadInput
from mlops_lab.models.als import ALS
from mlops_lab.models.blend import Blend
from mlops_lab.models.ease import EASE
from mlops_lab.models.neighbours import ItemKNN
from mlops_lab.models.popularity import Popularity, PopularityRecent
from mlops_lab.models.ranker import Ranker
from mlops_lab.models.saved import KINDS, digest, from_bytes, to_bytes
from tests.models.kitchens import kitchen, view
from tests.models.test_ranker import CATEGORICAL, CLICKED, NUMERIC, POSITION, TABLE, as_view


def fitted(kind: str, rows=None):
    if kind == "ranker":
        order = slice(None) if rows is None else np.arange(len(TABLE))[::-1]
        return Ranker(1.0, NUMERIC, CATEGORICAL).fit(TABLE.iloc[order], CLICKED[order], POSITION[order])
    blend = Blend({"als": {"factors": 4}, "ease": {}, "popularity-recent": {}})
    some = (Popularity(), PopularityRecent(7), ItemKNN(5), EASE(10), ALS(factors=4, l2=1), blend)
    model = {m.kind: m for m in some}[kind]
    return model.fit(kitchen() if rows is None else rows)


every = pytest.mark.parametrize("kind", KINDS)


@every
def test_what_was_saved_comes_back_with_the_same_scores_and_digest(kind):
    model = fitted(kind)
    again = from_bytes(to_bytes(model))
    seen = as_view(TABLE) if kind == "ranker" else view(kitchen())
    assert type(again) is type(model) and dict(again.params) == dict(model.params)
    assert np.array_equal(again.score(seen), model.score(seen))
    assert digest(again) == digest(model) and to_bytes(again) == to_bytes(model)


@every
def test_an_unfitted_twin_comes_from_the_parameters(kind):
    model = fitted(kind)
    assert dict(type(model)(**model.params).params) == dict(model.params)


@every
def test_the_same_rows_in_another_order_make_the_same_model(kind):
    found = kitchen()
    assert digest(fitted(kind, found.take(np.arange(len(found))[::-1]))) == digest(fitted(kind))


def test_the_digest_sees_parameters_names_types_and_single_bits():
    model = fitted("ease")
    seen = {digest(model)}
    model.l2 = 11.0
    seen.add(digest(model))
    model.weights_ = model.weights_.astype(np.float64)
    seen.add(digest(model))
    model.weights_[0, 1] = np.nextafter(model.weights_[0, 1], 1)
    seen.add(digest(model))
    model.recipes_ = np.append(model.recipes_[:-1], "other")
    seen.add(digest(model))
    model.weights_ = model.weights_.reshape(-1)
    seen.add(digest(model))
    model.arrays = ("popularity_", "recipes_", "weights_of_another_name_")
    model.weights_of_another_name_ = model.weights_
    seen.add(digest(model))
    assert len(seen) == 7


class Trap:
    """Unpickling this would create a folder."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_nothing_is_unpickled(tmp_path):
    buffer = io.BytesIO()
    np.savez(buffer, about=np.array('{"kind":"popularity","params":{}}'), popularity_=np.zeros(1),
             recipes_=np.array([Trap(tmp_path / "sprung")], dtype=object))  # fmt: skip
    with pytest.raises(BadInput, match="not a saved model"):
        from_bytes(buffer.getvalue())
    assert not (tmp_path / "sprung").exists()


def test_text_that_would_need_pickle_is_not_saved():
    model = fitted("popularity")
    model.recipes_ = model.recipes_.astype(object)
    with pytest.raises(ValueError, match="allow_pickle"):
        to_bytes(model)


SOUND = to_bytes(fitted("popularity"))


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(SOUND) - 1), st.integers(1, 255))
def test_a_flipped_byte_is_refused_or_harmless(at, flip):
    damaged = bytearray(SOUND)
    damaged[at] ^= flip
    try:
        model = from_bytes(bytes(damaged))
    except BadInput:
        return
    assert digest(model) == digest(from_bytes(SOUND))


@pytest.mark.parametrize("content", [b"", b"noise" * 99, SOUND[:100], SOUND[:-40]])
def test_bytes_that_are_no_model_are_refused_in_words(content):
    with pytest.raises(BadInput, match=f"These {len(content)} bytes are not a saved model"):
        from_bytes(content)


DIGESTS = """
from mlops_lab.models.saved import KINDS, digest
from tests.models.test_saved import fitted
print([digest(fitted(kind)) for kind in KINDS])
"""


def test_another_process_with_other_threads_and_hash_seed_makes_the_same_models():
    variables = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "2")
    done = subprocess.run(
        [sys.executable, "-c", DIGESTS], capture_output=True, text=True, cwd=Path(__file__).parents[2],
        env={**os.environ, **variables, "PYTHONHASHSEED": "12345"}, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str([digest(fitted(kind)) for kind in KINDS])

"""No NaN ever reaches a slate, wherever it enters, and it is known who stops it."""

import pytest

from mlops_lab.errors import BadInput
from mlops_lab.lab import Lab
from mlops_lab.rehearsal.loop import make_world, play
from mlops_lab.rehearsal.nans import PLACES, traces


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    lab = Lab(tmp_path_factory.mktemp("nans") / "lab", train_every=100)
    play(lab, make_world(7, "quick"), range(5))
    return lab


@pytest.mark.parametrize("recipe", [0, 200])
def test_a_nan_never_reaches_a_slate(lab, recipe):
    head, found = lab.data, traces(lab, cooks=60, recipe=recipe)
    assert tuple(one.place for one in found) == PLACES and all(one.in_slates == 0 for one in found)
    assert all(one.stopped_by for one in found) and lab.data == head
    raw, kept, counted, _, fitted, scored = found
    assert (raw.stopped_by, raw.rows, raw.changed) == ("screening", 1, 0)
    assert kept.training == counted.training == "stopped"
    assert (fitted.stopped_by, fitted.fallback, scored.fallback) == ("loading", 60, 1)


def test_a_lab_without_days_has_nothing_to_trace(tmp_path):
    with pytest.raises(BadInput, match="play some days first"):
        traces(Lab(tmp_path / "none"))

"""What knowing a cook is worth: between popularity and the oracle, in truth."""

import numpy as np
import pytest

from mlops_lab.errors import BadInput
from mlops_lab.lab import Lab
from mlops_lab.rehearsal.fidelity import yearly
from mlops_lab.rehearsal.loop import make_world, play
from mlops_lab.rehearsal.personalisation import _row, click_rates, personalisation
from mlops_lab.world import World


@pytest.mark.slow
def test_no_model_beats_the_oracle_and_looking_changes_nothing(tmp_path):
    world, lab = make_world(3, "quick"), Lab(tmp_path / "lab", train_every=10**6)
    play(lab, world, range(8))
    rates = click_rates(lab, world, 8)
    assert {"popularity", "item-knn", "ease", "best for all", "oracle"} <= set(rates)
    assert max(rates, key=lambda name: rates[name]) == "oracle" and rates["best for all"] > rates["popularity"]
    assert click_rates(lab, world, 8) == rates


def test_a_gain_is_paired_within_each_world():
    row = _row("twice as good", np.array([[0.1, 0.2], [0.05, 0.1]]))
    assert row["gain"] == {"value": 1.0, "low": 1.0, "high": 1.0} and row["click_rate"]["low"] < 0.15


def test_one_seed_has_no_interval():
    with pytest.raises(BadInput, match="2 or more seeds"):
        personalisation(seeds=1)


def test_a_company_that_is_left_alone_shrinks_from_year_to_year():
    volume = yearly(World.small(7), 4)
    assert volume.shape == (4,) and (np.diff(volume) < 0).all() and 230 < volume[0] < 275

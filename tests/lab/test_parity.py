"""What was served is what training makes of the same moments: exactly, on every row."""

import json

import pytest

from mlops_lab import Lab, World
from mlops_lab.features.catalogue import FEATURES
from mlops_lab.lab.parity import parity
from mlops_lab.monitoring.skew import Skew

DAYS = 5


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Five days of a very small company: from day 1 the catalogue counts in seconds, before day 3 the lab restarts."""
    path = tmp_path_factory.mktemp("parity") / "lab"
    world = World(seed=7, cooks=80, recipes=60, requests=80, incidents=["unit-change@1"])
    for days in (range(3), range(3, DAYS)):
        restarted = Lab(path)
        for day in days:
            restarted.take_in(world.play(day, restarted.recommend))
    return Lab(path)


@pytest.mark.slow
@pytest.mark.parametrize("as_of_then", [False, True])
def test_features_as_served_equal_training_rows_of_then_and_of_today(lab, as_of_then):
    found = parity(lab, range(DAYS), as_of_then=as_of_then)
    assert found == {day: Skew(len(lab.table("requests", (day, day))), 1.0, {}) for day in range(DAYS)}


@pytest.mark.slow
def test_some_answers_tell_every_feature_and_a_new_version_counts_from_the_next_morning(lab):
    rows = lab.table("predictions")
    told = [(day, features) for day, features in zip(rows["day"], map(json.loads, rows["features"]), strict=True)
            if len(features) > 4]  # fmt: skip
    assert all(set(FEATURES) < set(features) for _, features in told)
    assert {day > 1 for day, features in told if features["log_minutes"] > 6} == {True}


@pytest.mark.slow
def test_a_feature_that_fails_costs_no_answer(lab, monkeypatch):
    monkeypatch.setitem(FEATURES, "cuisine", None)
    world = World(seed=7, cooks=80, recipes=60, requests=80)
    assert len(lab.recommend(world.requests(DAYS))) > 0

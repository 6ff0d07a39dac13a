"""What a feature is worth is asked fairly, and the answer is heard."""

import json
from pathlib import Path

import numpy as np
import pytest

from mlops_lab.features.catalogue import FEATURES
from mlops_lab.rehearsal import worth
from mlops_lab.rehearsal.forward import fast_forward

STUDY = Path(__file__).parents[2] / "benchmarks" / "studies" / "features.json"


def test_the_groups_part_the_catalogue():
    assert sorted(sum(worth.groups().values(), [])) == sorted(FEATURES)


def test_noise_is_in_the_catalogue_for_a_while_only():
    before = list(FEATURES)
    with pytest.raises(ZeroDivisionError), worth.with_noise():
        assert list(FEATURES) == [*before, *worth.NOISES]
        1 / 0  # noqa: B018
    assert list(FEATURES) == before


@pytest.mark.slow
def test_every_feature_group_and_noise_is_measured_with_an_interval(tmp_path):
    world, lab = fast_forward(8, incidents=["unit-change@5"], workspace=str(tmp_path / "lab"))
    found = worth.beside_noise([worth.left_out(lab.memory().log(), world)])
    assert list(found.index) == [*FEATURES, *worth.groups(), "other_noise"]
    assert all(told["low"] <= told["value"] <= told["high"] for name in worth.MEASURES for told in found[name])


def test_nothing_left_out_costs_nothing_but_the_noise_beside_it(monkeypatch):
    judge = worth.Judge.__new__(worth.Judge)
    monkeypatch.setattr(worth.Judge, "_told", lambda _, names: (np.array([len(names)]), np.array([0]), np.array([1.0])))
    assert [part.tolist() for part in judge.cost(["a", "b"], ["a"])] == [[0], [0], [0.0]], "as many columns as before"


def test_a_feature_that_the_study_did_not_see_beat_noise_says_why_it_stays():
    rows = {row["name"]: row for row in json.loads(STUDY.read_text(encoding="utf-8"))["rows"]}
    assert {*FEATURES} <= {*rows}
    assert not [name for name, one in FEATURES.items() if not rows[name]["beats_noise"] and not one.why]

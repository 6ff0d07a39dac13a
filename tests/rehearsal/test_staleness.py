"""Laws of ageing models."""

import math

import numpy as np
import pytest

from mlops_lab.errors import BadInput
from mlops_lab.rehearsal import staleness as module
from mlops_lab.rehearsal.staleness import _curve, aged, staleness, verdict


def world_of(decay: float, noise: float = 0.0) -> list[dict]:
    return [
        {("m", age): [0.5 * math.exp(-(decay + noise * (seed - 1.5)) * age)] * 2 for age in module.AGES}
        for seed in range(4)
    ]


def test_a_known_decay_is_found_with_the_age_at_which_the_tolerance_is_spent():
    found = _curve(world_of(0.01, 0.001), "m", 0.05)
    assert found["decay_per_day"]["value"] == pytest.approx(0.01)
    oldest = found["maximum_age_days"]
    assert oldest["low"] < oldest["value"] < oldest["high"] and oldest["value"] == pytest.approx(5.1)
    assert [row["kept"]["value"] for row in found["curve"]] == pytest.approx(
        np.exp(-0.01 * np.array(module.AGES)), abs=0.01
    )
    assert _curve(world_of(-0.01), "m", 0.05)["maximum_age_days"] == {"value": None, "low": None, "high": None}


def test_what_the_interval_says_is_said_in_words():
    assert verdict(-0.001, 0.0005, 0.05).startswith("In 28 days it loses less than 5%, beyond doubt")
    assert verdict(-0.001, 0.01, 0.05) == "Whether it ages at all cannot be told; it might lose 5% in 5 days."
    assert verdict(0.005, 0.01, 0.05) == "It loses 5% after 5 to 10 days."


def test_what_cannot_be_studied_is_refused():
    with pytest.raises(BadInput, match="1 seeds"):
        staleness(seeds=1)
    with pytest.raises(BadInput, match="tolerance of 0"):
        staleness(tolerance=0)


@pytest.mark.slow
def test_where_tastes_turn_the_same_model_ages_faster(monkeypatch):
    monkeypatch.setattr(module, "SPANS", (28,))
    monkeypatch.setattr(module, "SPAN", 1)
    monkeypatch.setattr(module, "AGES", (0, 14))
    monkeypatch.setattr(module, "TROUBLE", 15)
    ladder = module.ladder
    monkeypatch.setattr(module, "ladder", lambda log: {"popularity-recent": ladder(log)["popularity-recent"]})
    kept = {}
    for drift in ("", "taste-drift"):
        kitchen = aged(1, "quick", drift)["kitchen"]
        kept[drift] = kitchen["popularity-recent", 14][0] / kitchen["popularity-recent", 0][0]
    assert kept["taste-drift"] < kept[""] - 0.05

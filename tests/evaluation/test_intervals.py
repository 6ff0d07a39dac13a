"""Laws of intervals."""

import numpy as np
import pytest

from mlops_lab.draws import draw
from mlops_lab.evaluation import intervals as module
from mlops_lab.evaluation.intervals import interval, intervals, paired, resampled

VALUES = draw(0, "values", np.arange(400))


def test_the_interval_is_as_wide_as_theory_says():
    found = interval(VALUES)
    error = VALUES.std() / np.sqrt(len(VALUES))
    assert found["value"] == pytest.approx(VALUES.mean())
    assert found["low"] == pytest.approx(VALUES.mean() - 1.96 * error, abs=0.25 * error)
    assert found["high"] == pytest.approx(VALUES.mean() + 1.96 * error, abs=0.25 * error)


def test_the_truth_lies_inside_in_about_95_of_100_samples():
    samples = draw(3, "sample", np.arange(200)[:, None], np.arange(60)[None, :])
    inside = [found["low"] <= 0.5 <= found["high"] for found in map(interval, samples)]
    assert 0.90 <= np.mean(inside) <= 0.985


def test_more_certainty_needs_a_wider_interval():
    one, other = interval(VALUES, level=0.8), interval(VALUES, level=0.99)
    assert other["low"] < one["low"] < one["high"] < other["high"]


def test_means_are_those_of_cooks_drawn_with_replacement(monkeypatch):
    means = resampled(VALUES[:3, None], seed=4)
    drawn = (draw(4, "bootstrap", np.arange(1000)[:, None], np.arange(3)[None, :]) * 3).astype(int)
    assert np.allclose(means[:, 0], VALUES[drawn].mean(axis=1))
    monkeypatch.setattr(module, "CELLS", 10)
    assert np.allclose(resampled(VALUES[:3, None], seed=4), means)


def test_the_same_question_has_the_same_interval_and_another_seed_another():
    assert interval(VALUES) == interval(VALUES.copy()) != interval(VALUES, seed=1)


def test_pairing_finds_a_difference_that_two_intervals_would_hide():
    better = VALUES + 0.01 + 0.001 * draw(1, "jitter", np.arange(400))
    one, other = interval(VALUES), interval(better)
    assert other["low"] < one["high"]
    assert paired(better, VALUES)["low"] > 0 > paired(VALUES, better)["high"]


def test_columns_are_judged_on_the_same_cooks_and_those_without_number_are_left_out():
    holes = np.where(np.arange(400) < 100, np.nan, VALUES)
    found = intervals({"a": holes, "b": VALUES})
    assert found["a"] == found["b"] == interval(VALUES[100:])
    with pytest.raises(ValueError, match="at least one"):
        interval(np.array([np.nan]))

"""Laws of intervals."""

import numpy as np
import pytest

from mlops_lab.draws import draw
from mlops_lab.evaluation import intervals as module
from mlops_lab.evaluation.intervals import interval, intervals, paired, resampled, student

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


def ndcg_like(seed: int, n: int) -> np.ndarray:
    """Half the cooks find nothing; the others are spread over (0, 1)."""
    u = draw(seed, "ndcg", np.arange(n))
    return np.maximum(0, 2 * u - 1)


@pytest.mark.parametrize("how", [lambda v: (interval(v)["low"], interval(v)["high"]), lambda v: student(v)[1:]])
def test_of_values_as_rankings_have_them_the_truth_lies_inside_as_often(how):
    ends = [how(ndcg_like(seed, 80)) for seed in range(200)]
    assert 0.90 <= np.mean([low <= 0.25 <= high for low, high in ends]) <= 0.985


def test_student_and_the_bootstrap_agree_where_both_are_at_home():
    found, (value, low, high) = interval(VALUES), student(VALUES)
    assert (value, low, high) == pytest.approx((found["value"], found["low"], found["high"]), abs=0.005)
    assert student(VALUES, 0.999)[1] < low and student(np.array([1.0, 1.0])) == (1.0, 1.0, 1.0)


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

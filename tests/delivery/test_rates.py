import numpy as np
import pytest

from mlops_lab.delivery.rates import Arm, always_valid, compare_rates


def test_the_ratio_and_its_interval_on_a_case_counted_by_hand():
    ratio = compare_rates(Arm(1000, 100), Arm(1000, 200))
    assert ratio.value == pytest.approx(100.5 / 200.5)
    width = 1.959964 * np.sqrt(1.4 * (1 / 100.5 + 1 / 200.5))
    assert (ratio.low, ratio.high) == pytest.approx((ratio.value * np.exp(-width), ratio.value * np.exp(width)))


def test_looking_every_day_needs_a_wider_interval_than_looking_once():
    once, daily = (
        look(Arm(1000, 90), Arm(4000, 400)) for look in (compare_rates, lambda a, b: always_valid(a, b, 0.05))
    )
    assert once.value == daily.value and daily.low < once.low < once.high < daily.high


def test_without_clicks_nothing_is_proved():
    ratio = always_valid(Arm(), Arm(), 0.05)
    assert ratio.low < 0.2 and ratio.high > 5 and ratio.value == 1


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(0)
    clicks = rng.binomial([1000, 3000], [0.08, 0.1], size=(2000, 2))
    inside = [r.low <= 0.8 <= r.high for r in (compare_rates(Arm(1000, a), Arm(3000, b)) for a, b in clicks.tolist())]
    assert 0.94 <= np.mean(inside) <= 0.99


def test_arms_add_up():
    assert Arm(10, 2, 1) + Arm(5, 1) == Arm(15, 3, 1) and (Arm(10, 2) + Arm()).rate == 0.2

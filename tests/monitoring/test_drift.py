import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_lab.monitoring.drift import GRID, chi2, compare, expected_psi, jensen_shannon, ks, l_infinity, psi

rows = st.lists(st.integers(0, 1000), min_size=2, max_size=12)
pairs = st.integers(2, 12).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(0, 1000), min_size=n, max_size=n).filter(sum)] * 2)
)


def test_the_distances_on_a_case_counted_by_hand():
    before, now = np.array([50, 50]), np.array([75, 25])
    assert psi(before, now) == pytest.approx(0.25 * np.log(1.5) + 0.25 * np.log(2))
    assert ks(before, now) == l_infinity(before, now) == 0.25
    assert jensen_shannon(np.array([1, 0]), np.array([0, 1])) == 1.0
    statistic, degrees = chi2(np.array([50, 50, 0]), np.array([75, 25, 0]))
    assert statistic == pytest.approx(13.3333, abs=1e-4) and degrees == 1


@given(pairs)
def test_distances_are_zero_for_equals_and_never_negative(pair):
    a, b = map(np.array, pair)
    for distance, most in ((psi, np.inf), (ks, 1.0), (l_infinity, 1.0), (jensen_shannon, 1.0)):
        assert distance(a, a) == pytest.approx(0, abs=1e-12)
        assert -1e-12 <= distance(a, b) <= most + 1e-12
        assert distance(a, b) == pytest.approx(distance(b, a))


def test_psi_of_two_samples_of_one_distribution_is_what_luck_gives():
    rng = np.random.default_rng(0)
    samples = [np.bincount(rng.integers(0, 10, 2000), minlength=10) for _ in range(200)]
    found = np.mean([psi(a, b) for a, b in zip(samples[::2], samples[1::2], strict=True)])
    assert found == pytest.approx(expected_psi(samples[0], samples[1]), rel=0.15)


def table(rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    words = rng.choice(["a", "b", "c"], rows, p=[0.5, 0.3, 0.2])
    return pd.DataFrame({"x": rng.normal(size=rows), "y": rng.gamma(2, 1, rows), "word": words})


def test_whole_tables_show_exactly_the_columns_that_drifted():
    before, now = table(20_000, 0), table(20_000, 1)
    assert not any(drift.drifted for drift in compare(before, now))
    now = now.assign(y=now["y"] * 1.5, word=np.where(now.index % 4 == 0, "c", now["word"]))
    assert [drift.column for drift in compare(before, now) if drift.drifted] == ["y", "word"]


def test_values_that_vanish_and_values_that_are_new_are_drift():
    before = table(5_000, 0)
    holes = before.assign(x=before["x"].where(before.index % 5 > 0))
    assert [drift.column for drift in compare(before, holes) if drift.drifted] == ["x"]
    new = before.assign(word=before["word"].replace("c", "d"))
    assert [drift.column for drift in compare(before, new) if drift.drifted] == ["word"]


def test_small_tables_are_not_called_drifted_by_luck():
    assert not [d for seed in range(30) for d in compare(table(60, seed), table(60, seed + 100)) if d.drifted]


def test_ks_on_the_grid_is_exact_to_the_grid():
    from scipy.stats import ks_2samp

    before, now = table(30_000, 0)["x"], table(30_000, 1)["x"] + 0.1
    (drift,) = compare(before.to_frame(), now.to_frame())
    assert drift.kind == "number"
    assert drift.statistic == pytest.approx(ks_2samp(before, now).statistic, abs=1 / GRID)


def test_empty_and_constant_columns_compare():
    empty, constant = pd.DataFrame({"x": [np.nan, np.nan]}), pd.DataFrame({"x": [1.0, 1.0, 1.0]})
    assert [d.drifted for d in compare(constant, constant)] == [False]
    assert len(compare(empty, constant)) == len(compare(constant, constant[:0])) == 1

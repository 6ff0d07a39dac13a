"""Laws of blessing."""

import numpy as np
import pytest

from mlops_lab.draws import draw
from mlops_lab.evaluation.blessing import bless

CHAMPION = draw(0, "champion", np.arange(300)) / 2


def test_a_candidate_better_beyond_doubt_is_blessed_with_the_numbers():
    found = bless(
        CHAMPION + 0.03 * draw(1, "more", np.arange(300)), CHAMPION, candidate_name="ease", champion_name="popularity"
    )
    assert found.blessed and found.difference["low"] > 0
    assert found.reasons[0].startswith("ease against popularity: +0.01") and "over 300 cooks" in found.reasons[0]
    assert "95 % interval +0.0" in found.reasons[0] and found.reasons[0].endswith("which is above zero.")


@pytest.mark.parametrize("gain", [0.0, -0.1, 0.001])
def test_a_candidate_that_may_be_no_better_is_refused(gain):
    noise = 0.2 * (draw(2, "noise", np.arange(300)) - 0.5)
    found = bless(CHAMPION + gain + noise - noise.mean(), CHAMPION)
    assert not found.blessed and found.difference["low"] <= 0
    assert found.reasons[0].endswith("which is not above zero.")


def test_the_champion_does_not_beat_itself():
    found = bless(CHAMPION, CHAMPION)
    assert not found.blessed and found.difference == {"value": 0, "low": 0, "high": 0}


def test_of_equal_models_at_most_one_in_twenty_is_blessed():
    pairs = (draw(seed, "equal", np.arange(120)[None, :], np.arange(2)[:, None]) for seed in range(200))
    blessed = sum(bless(*np.maximum(0, 2 * pair - 1)).blessed for pair in pairs)
    assert 1 <= blessed <= 10  # an interval of 95 % lies above zero for one in forty


def test_a_handful_of_lucky_cooks_is_not_enough():
    lucky = CHAMPION + (np.arange(300) < 6)
    found = bless(lucky, CHAMPION)
    assert found.difference["low"] > 0 and not found.blessed
    assert "they differ on only 6 cooks, and 10 are needed" in found.reasons[0]


def test_what_cannot_be_judged_is_refused_in_words():
    broken = np.where(np.arange(300) < 2, np.nan, CHAMPION + 1)
    assert bless(broken, CHAMPION).reasons[0].endswith("2 of 300 cooks have no number, so nothing can be judged.")
    empty = bless(np.zeros(0), np.zeros(0))
    assert not empty.blessed and "no cook has anything to measure" in empty.reasons[0]
    with pytest.raises(ValueError, match="cannot be paired"):
        bless(CHAMPION, CHAMPION[1:])


def test_repr_fits_a_notebook_line():
    assert repr(bless(CHAMPION, CHAMPION)) == "Blessing(not blessed: +0.0000, 95 % +0.0000 to +0.0000)"

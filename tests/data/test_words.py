import pytest

from mlops_lab import data
from mlops_lab.data.contracts import contract
from mlops_lab.data.screening import screen


def test_the_room_hands_out_its_words() -> None:
    assert (data.contract, data.screen) == (contract, screen)


def test_a_word_it_does_not_have_is_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'judge'"):
        _ = data.judge

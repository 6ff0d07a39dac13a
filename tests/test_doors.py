"""A room's words are imported when they are first used, and no others are offered."""

import subprocess
import sys

import pytest

from mlops_lab.doors import door

LOADED = "import sys, mlops_lab.evaluation as room; room.{word}; print('mlops_lab.evaluation.metrics' in sys.modules)"


@pytest.mark.parametrize(("word", "loaded"), [("__doc__", "False"), ("ranked", "True")])
def test_a_room_costs_nothing_before_a_word_of_it_is_used(word, loaded):
    told = subprocess.run([sys.executable, "-c", LOADED.format(word=word)], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == loaded


def test_a_word_comes_from_its_home_and_another_is_refused():
    from mlops_lab.evaluation.evaluate import ranked

    word = door("mlops_lab.evaluation", {"ranked": "evaluate"})
    assert word("ranked") is ranked
    with pytest.raises(AttributeError, match="mlops_lab.evaluation has no attribute 'judge'"):
        word("judge")

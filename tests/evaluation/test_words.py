"""What the room offers at its door."""

import pytest

from mlops_lab import evaluation
from mlops_lab.evaluation.intervals import paired


def test_the_words_of_the_room_are_its_functions_and_others_are_refused():
    assert evaluation.paired is paired
    assert all(callable(getattr(evaluation, name)) for name in evaluation._HOMES)
    with pytest.raises(AttributeError, match="no attribute 'judge'"):
        evaluation.judge  # noqa: B018

"""Every exercise: the solution is right, the placeholder not attempted, each wrong answer refused in its own words."""

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mlops_lab.workbook import judging, start
from mlops_lab.workbook.exercises import FOLDER, KINDS, Exercise, exercises

ANSWERS = Path(__file__).parent / "answers"
EVERY = pytest.mark.parametrize("one", exercises().values(), ids=lambda one: one.id)


@cache
def answers(notebook: str) -> Any:
    """tests/workbook/answers/NN.py: WRONG {id: [answers]} and, where a judge asks for it, MADE or made()."""
    spec = importlib.util.spec_from_file_location(f"answers_{notebook}", ANSWERS / f"{notebook}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def made(one: Exercise, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What begin would have returned in the exercise's notebook."""
    module = answers(one.notebook)
    value = module.made() if hasattr(module, "made") else getattr(module, "MADE", None)
    monkeypatch.setattr(start, "_made", value)
    return value


def solved(one: Exercise, made: Any) -> Any:
    names = {"world": made[0], "lab": made[1]} if isinstance(made, tuple) else {}
    return one.solved(**names)


def test_exercises_are_found_by_file() -> None:
    assert {"00-1", "00-2", "02-1"} <= exercises().keys()
    assert {one.notebook for one in exercises().values()} == {file.stem for file in FOLDER.glob("*.toml")}


@EVERY
def test_the_solution_is_right_and_says_why(one: Exercise, made: Any) -> None:
    feedback = judging.check(one.id, solved(one, made))
    assert (feedback.state, feedback.text) == ("right", one.right)


@EVERY
def test_the_placeholder_is_not_attempted(one: Exercise) -> None:
    assert judging.check(one.id, ...).state == "not attempted"


@EVERY
def test_each_wrong_answer_is_refused_in_its_own_words(one: Exercise, made: Any) -> None:
    wrong = answers(one.notebook).WRONG[one.id]
    said = [judging.check(one.id, answer) for answer in wrong]
    assert [feedback.state for feedback in said] == ["not yet"] * len(wrong)
    assert len(wrong) >= 2 and len({feedback.text for feedback in said}) == len(wrong)


@EVERY
def test_texts_are_there_and_fit_a_page(one: Exercise) -> None:
    assert one.kind in KINDS and one.title and one.solution.strip() and one.explained.strip()
    assert len(one.hints) >= 2 and len(set(one.hints)) == len(one.hints) and all(one.hints)
    assert one.right.strip().endswith(".") and "\n" not in one.right


@EVERY
def test_the_judge_itself_does_not_fall_over_odd_answers(one: Exercise, made: Any) -> None:
    for odd in (None, 0, float("nan"), "", "soup", [], {}, object, object(), lambda *_: 1):
        assert judging.check(one.id, odd).state == "not yet"

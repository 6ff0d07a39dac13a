"""Three states, one finding, hints in order, and never an exception."""

import re

import pytest

from mlops_lab import workbook
from mlops_lab.workbook import judging


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "_given", {})
    monkeypatch.setattr(judging, "SECONDS", 1.0)


class Hollow:
    """A template with nothing in it."""

    def put(self, content): ...

    def get(self, id):
        """The content."""


class Half(Hollow):
    def put(self, content):
        return content


def test_templates_that_nobody_touched_are_not_attempts() -> None:
    def hollow(cook: str) -> str:
        """To be written."""
        return ...  # type: ignore[return-value]

    for placeholder in (..., [..., ...], {"cause": ..., "day": ...}, Hollow, hollow, lambda: None):
        assert judging.check("02-1", placeholder).state == "not attempted"


def test_what_somebody_began_is_an_attempt() -> None:
    for begun in ([1, ...], {"cause": "recipes", "day": ...}, Half, lambda: 1, None, [], set()):
        assert not judging.untouched(begun)


def test_an_endless_answer_is_not_yet() -> None:
    def endless() -> None:
        while True:
            pass

    said = judging.check("02-1", endless)
    assert said.state == "not yet" and "never ends" in said.text


def test_an_unknown_exercise_is_said_with_those_there_are() -> None:
    for said in (judging.check("02-9", 1), judging.hint("02-9"), judging.solution("02-9")):
        assert "02-9" in said.text and "02-1" in said.text


def test_hints_come_one_at_a_time_and_the_last_stays() -> None:
    said = [judging.hint("02-1").state for _ in range(4)]
    assert said == ["hint 1 of 3", "hint 2 of 3", "hint 3 of 3", "hint 3 of 3"]
    assert "workbook.solution" in judging.hint("02-1").text


def test_the_solution_shows_and_explains() -> None:
    said = judging.solution("02-1")
    assert "sha256" in said.code and said.code in repr(said) and "function of the bytes" in repr(said)


def test_feedback_is_a_bold_word_and_a_border_and_stays_the_same() -> None:
    bundle = judging.check("00-2", 18)._repr_mimebundle_()
    assert bundle["text/plain"].startswith("Not yet: That is in per cent.")
    assert "<strong>Not yet:</strong>" in bundle["text/html"] and "border-left: 5px dashed" in bundle["text/html"]
    assert not re.search(r"0x[0-9a-f]{6}|\d:\d\d", str(bundle))


def test_feedback_escapes_what_the_learner_wrote() -> None:
    assert "<b>" not in judging.check("00-1", ["<b>"])._repr_mimebundle_()["text/html"]


def test_the_room_offers_its_words_and_no_others() -> None:
    assert workbook.check is judging.check
    assert all(callable(getattr(workbook, name)) for name in workbook._HOMES)
    with pytest.raises(AttributeError, match="nothing_here"):
        _ = workbook.nothing_here

"""Judges of notebook 11: what happens between a click and an answer?"""

from collections.abc import Callable, Mapping
from typing import Any
from unittest.mock import Mock

import numpy as np

from mlops_lab.serving.slates import fill

KNOWN, RESTING = 300, 6
# Case -> (recipes that rest, places of the slate, the place that is asked about).
_CASES = {"a": (RESTING, 10, 0), "b": (RESTING, 10, 9), "c": (RESTING, 1, 0), "d": (KNOWN - 9, 10, 9)}
_OFFERED = {
    "a": {1 / 10: "Ten places, but no lot", 1 / KNOWN: "The lot is for the last place"},
    "b": {
        1 / KNOWN: "Not all of them take part in the lot: some rest, some stand already",
        1 / (KNOWN - RESTING): "Nine recipes stand already and cannot be drawn once more",
        1 / (KNOWN - 9): "What the cook has just chosen rests, and cannot be drawn",
        1 / (KNOWN - RESTING - 10): "The drawn one is among those that could be drawn; only nine stand before it",
        1 / 10: "The lot is not between the ten places but between all the recipes that are left",
        1: "This is the place that is drawn by lot",
    },
    "c": {
        1: "With one place, the first place is the last, and the last is drawn",
        1 / (KNOWN - RESTING - 9): "Nothing stands before the only place",
    },
    "d": {
        1: "Count what is left for the tenth place after nine have been put",
        1 / 9: "The nine recipes stand in the nine places before",
    },
}


def propensities(answer: Any) -> list[str]:
    """For four places of slates the probability with which their recipe stands there: {"a": 1, ...}."""
    if not isinstance(answer, Mapping) or set(map(str, answer)) != set(_CASES):
        return ['Expected a dict with the keys "a", "b", "c" and "d", each with a probability: {"a": 0.5}.']
    said = []
    for case, (resting, k, place) in _CASES.items():
        given = answer[case]
        if given is ...:
            said.append(f"{case}) is still open.")
            continue
        given = float(given)
        if not 0 <= given <= 1:
            return [f"{case}) A propensity is a probability, from 0 to 1; found {given:g}."]
        if not np.isclose(given, _served(resting, k, place), rtol=0.002, atol=1e-9):
            said.append(f"{case}) {_why(case, given)}.")
    return said


def _served(resting: int, k: int, place: int) -> float:
    """What the graph itself says."""
    scores = np.arange(KNOWN, dtype=float)[None, :]
    scores[0, :resting] = -np.inf
    return float(fill(scores, np.array(["a request"]), 0, k, 0)[1][0, place])


def _why(case: str, given: float) -> str:
    near = [said for value, said in _OFFERED[case].items() if np.isclose(given, value, rtol=0.002)]
    other = {
        "a": "How often does the best recipe stand first",
        "b": "One in how many? Count who takes part in the lot: known, not resting, not standing already",
        "c": "One in how many? With k=1 there is a single place, and it is the last",
        "d": "How many recipes are there for ten places",
    }[case]
    return near[0] if near else f"{given:.3g} is not it. {other}"


class Interrupted(BaseException):
    """Somebody wants the program to stop."""


def guarded(guard: Any) -> list[str]:
    """A guard around one model's scores: guard(score, popularity) -> (scores, fallback), whatever score() does."""
    if not callable(guard):
        return [f"Found {type(guard).__name__}; expected a function of score and popularity."]
    return _healthy(guard) or _failing(guard) or _interrupted(guard)


def _popularity() -> np.ndarray:
    return np.array([40.0, 3.0, 0.0, 7.0])


def _ask(guard: Callable[..., Any], score: Callable[[], Any]) -> tuple[np.ndarray, Any, str]:
    """(scores, fallback, what is wrong with the form of the answer)."""
    popularity = _popularity()
    answer = guard(score, popularity)
    if not isinstance(answer, tuple | list) or len(answer) != 2 or np.ndim(answer[1]) != 0:
        return _popularity(), None, f"Expected a pair (scores, fallback); found {type(answer).__name__}."
    if not np.array_equal(popularity, _popularity()):
        return _popularity(), None, "Popularity was changed on the way; the next cook would get what is left of it."
    return np.asarray(answer[0]), bool(answer[1]), ""


def _healthy(guard: Callable[..., Any]) -> list[str]:
    for good in (np.array([0.2, -1.5, 0.0, 3.0]), [1, 2, 3, 4]):
        score = Mock(return_value=good)
        scores, fallback, wrong = _ask(guard, score)
        if wrong:
            return [wrong]
        if fallback:
            return [f"The model is healthy ({good!r}), and the cook got the fallback."]
        if not np.array_equal(scores, np.asarray(good)):
            return ["The model is healthy, and its scores did not arrive as they were."]
        if score.call_count > 1:
            return ["The model was asked twice for one answer; that doubles the wait."]
    return []


def _failing(guard: Callable[..., Any]) -> list[str]:
    for what, score in _FAILURES.items():
        try:
            scores, fallback, wrong = _ask(guard, score)
        except Exception as error:  # noqa: BLE001 - this is what the guard was for
            return [f"The model {what}, and the cook got a {type(error).__name__} instead of an answer."]
        if wrong:
            return [f"The model {what}. {wrong}"]
        if scores.shape == (4,) and np.array_equal(scores, _popularity()):
            if not fallback:
                return [f"The model {what}. Popularity answered, but the flag says False: nobody would notice."]
        elif scores.shape == (4,) and np.isfinite(scores.astype(float)).all():
            return [f"The model {what}, and its remains were mended. A mixture of two scales ranks nothing; drop it."]
        else:
            return [f"The model {what}, and that went through to the cook."]
    return []


def _interrupted(guard: Callable[..., Any]) -> list[str]:
    def score() -> Any:
        raise Interrupted

    try:
        guard(score, _popularity())
    except Interrupted:
        return []
    return ["A bare except swallows even Ctrl-C: nobody could stop this server. Catch Exception."]


def _raises(error: Exception) -> Callable[[], Any]:
    def score() -> Any:
        raise error

    return score


_FAILURES: dict[str, Callable[[], Any]] = {
    "raised a ZeroDivisionError": _raises(ZeroDivisionError("division by zero")),
    "raised a KeyError": _raises(KeyError("minutes")),
    "gave one NaN": lambda: np.array([0.2, np.nan, 0.1, 0.3]),
    "gave an infinite score": lambda: np.array([0.2, np.inf, 0.1, 0.3]),
    "gave minus infinity": lambda: np.array([0.2, -np.inf, 0.1, 0.3]),
    "gave one score too few": lambda: np.array([0.2, 0.4, 0.1]),
    "gave a single number for all": lambda: np.float64(0.5),
    "returned None": lambda: None,
    "returned words": lambda: ["soup", "stew", "cake", "bread"],
}

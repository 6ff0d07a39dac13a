"""Judges of notebook 07: can we do it again, and only what changed?"""

import builtins
from collections.abc import Callable, Mapping
from typing import Any
from unittest.mock import patch

STEPS = ("popular", "quick", "shelf", "letter")
_RUNS: dict[str, set[str]] = {"a": {"popular"}, "b": {"quick"}, "c": {"popular", "shelf"}, "d": set()}
_MISSED = {
    "a": "a) A fingerprint is taken of the source text, and a comment is text: it cannot know that nothing changes.",
    "b": "b) The number is an input of quick, so its key is new. That nothing comes of it is known only afterwards.",
    "c": "c) New clicks make new counts, and the counts are what shelf takes. Which two steps get something new?",
}
_TOO_MANY = {
    "a": "a) Think of the step behind the comment: it takes the bytes that popular makes. Are they new?",
    "b": "b) Who takes minutes, and what does that step make this time? Same bytes, same key for the next one.",
    "c": "c) Follow the new bytes: clicks, counts, list. Where do they end? And which step never takes clicks?",
    "d": "d) The ledger remembers the keys of every run, not only of the last one. Has it seen these before?",
}
# Pairs of (code, inputs) that have to get two keys, and what is wrong when they get one.
_DIFFER = (
    (("a", {"x": "1"}), ("b", {"x": "1"}), "Two steps with other code got one key: an edit would not be noticed."),
    (("a", {"x": "1"}), ("a", {"x": "2"}), "An input changed and the key did not: yesterday's result would be served."),
    (("a", {"x": "1"}), ("a", {"y": "1"}), "The name of a parameter is missing in the key: quick(a) is not quick(b)."),
    (("a", {"x": "1", "y": "2"}), ("a", {"x": "2", "y": "1"}),
     "Two inputs changed places and the key did not: which parameter gets which belongs in it."),
    (("ab", {"x": "1"}), ("a", {"bx": "1"}), "The border between code and names got lost: 'ab' + 'x' is 'a' + 'bx'."),
    (("a", {"x": "12", "y": "3"}), ("a", {"x": "1", "y": "23"}), "The border between two digests got lost."),
    (("a", {"x": "1y2"}), ("a", {"x": "1", "y": "2"}), "The border between a digest and the next name got lost."),
)  # fmt: skip


def which_run(answer: Any) -> list[str]:
    """For each of four changes to the notebook's pipeline the steps that run: {"a": {...}, ...}."""
    if not isinstance(answer, Mapping) or set(map(str, answer)) != set(_RUNS):
        return ['Expected a dict with the keys "a", "b", "c" and "d", each with a set of steps: {"a": {"shelf"}}.']
    said = []
    for case, runs in _RUNS.items():
        given = {answer[case]} if isinstance(answer[case], str) else set(answer[case] or ())
        if unknown := sorted(str(step) for step in given - set(STEPS)):
            return [f"{case}) {unknown[0]!r} is no step of this pipeline; the steps are {', '.join(STEPS)}."]
        if given - runs:
            said.append(_TOO_MANY[case])
        elif runs - given:
            said.append(_MISSED[case])
    return said


def key(make: Any) -> list[str]:
    """The cache key of a step: make(source, {parameter: digest}) gives something that can be compared."""
    if not callable(make):
        return [f"Found {type(make).__name__}; expected a function of code and inputs."]
    first = make("a", {"x": "1", "y": "2"})
    if first is None:
        return ["key returned None. It has to return what the result is filed under."]
    if isinstance(first, (list, dict, set)):
        return [f"key returned a {type(first).__name__}, which cannot be looked up in a dict; make it a text."]
    if make("a", {"x": "1", "y": "2"}) != first:
        return ["The same code and inputs gave two keys: nothing would ever be skipped."]
    return _stable(make, first) or _telling(make)


def _stable(make: Callable[[str, dict[str, str]], Any], first: Any) -> list[str]:
    if make("a", {"y": "2", "x": "1"}) != first:
        return ["The inputs came in another order and the key changed. Sort them: a dict's order is no change."]
    with patch.object(builtins, "hash", lambda thing: 7 ^ len(repr(thing))):
        if make("a", {"x": "1", "y": "2"}) != first:
            return ["The key rests on Python's hash(), which is another one in each process; use hashlib."]
    return []


def _telling(make: Callable[[str, dict[str, str]], Any]) -> list[str]:
    for one, other, wrong in _DIFFER:
        if make(one[0], dict(one[1])) == make(other[0], dict(other[1])):
            return [wrong]
    if len({make("a", {"x": str(number)}) for number in range(2000)}) < 2000:
        return ["Of 2,000 different inputs some share a key. Keep all of the hash."]
    return []

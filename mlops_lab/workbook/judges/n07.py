"""Judges of notebook 07: can we do it again, and only what changed?"""

import builtins
import json
import linecache
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from mlops_lab.pipeline import Ledger, Pipeline, glob, step
from mlops_lab.store import Store

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

TOTAL = "total"
_COUNTED = "def counted(clicks: list) -> int:\n    return len(clicks)\n"
_COMMENTED = _COUNTED.replace("\n", "  # how many?\n", 1)
_SUMMED = "def total(counted: dict) -> int:\n    return sum(counted.values())\n"
_DAYS = {1: "ab", 2: "a", 3: "abc", 4: "b", 5: "ca"}  # a letter is a click on that recipe
# What happens before the last run: (the days that change, the source of counted), one pair a run.
_CHANGES: dict[str, list[tuple[dict[int, str | None], str]]] = {
    "a": [({6: "bb"}, _COUNTED)],
    "b": [({3: "abb"}, _COUNTED)],
    "c": [({2: None}, _COUNTED)],
    "d": [({}, _COMMENTED)],
    "e": [({5: None, 7: _DAYS[5]}, _COUNTED)],
    "f": [({4: "bbb"}, _COUNTED), ({}, _COUNTED)],
}
# By case what to look at: days too many, days too few, total too much, total missing.
_LOOK = {
    "a": ("An old day is what it was, so its key was seen before.", "Nobody has counted the new day yet.", "",
          "There is one more count to add up."),
    "b": ("Only one file has other bytes.", "The file has other bytes; that the count is the same is known afterwards.",
          "How many clicks has day 3 now? Same bytes made, same key for total.", ""),
    "c": ("What is gone cannot be counted, and the other days are what they were.", "",
          "", "What was made of day 2 goes with it, so total takes something new."),
    "d": ("", "A fingerprint is taken of the source, and a comment is source: whose keys are new?",
          "Think of what is made: the same counts as before. total finds its key.", ""),
    "e": ("Nobody asks for the old day any more.", "A datum is its name and its bytes: a step could ask for the day.",
          "", "total takes counts by day; one of them has another day now."),
    "f": ("The ledger remembers the keys of all runs, not only of the last one.", "",
          "total takes what it took in its first run; the ledger has that key.", ""),
}  # fmt: skip


def which_run(answer: Any) -> list[str]:
    """For each of six changes to a pipeline of two steps what runs, {"a": {6, "total"}, ...}: it is tried."""
    if not isinstance(answer, Mapping) or set(map(str, answer)) != set(_LOOK):
        return ['Expected a dict with the keys "a" to "f", each with a set: {"a": {3, "total"}}.']
    said = []
    for case, runs in truth().items():
        if answer[case] is ...:
            said.append(f"{case}) is still open.")
            continue
        given = _set(answer[case])
        if unknown := [one for one in given if one != TOTAL and one not in range(1, 8)]:
            return [f"{case}) {unknown[0]!r} is neither a day from 1 to 7 nor {TOTAL!r}."]
        more, less, too_much, missing = _LOOK[case]
        wrong = {
            f"Not every day in your set is counted. {more}": given - runs - {TOTAL},
            f"A day is missing that is counted. {less}": runs - given - {TOTAL},
            f"total is not called. {too_much}": {TOTAL} & (given - runs),
            f"total is called. {missing}": {TOTAL} & (runs - given),
        }
        said += [f"{case}) {text}" for text, found in wrong.items() if found]
    return said


def _set(given: Any) -> set[Any]:
    return {given} if isinstance(given, (str, int)) else set(given or ())


@cache
def truth() -> dict[str, set[Any]]:
    """What runs in each case: found by running it, in a store that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        store, ledger = Store(Path(folder) / "store"), Ledger(Path(folder) / "ledger.sqlite")
        start = store.commit("log", {_path(day): _file(text) for day, text in _DAYS.items()})
        found = {}
        for case, changes in _CHANGES.items():
            _ran(store, ledger, start, _COUNTED)
            for days, source in changes:
                files = {_path(day): _file(text) for day, text in days.items()}
                store.branch("log", case, start)
                data = store.commit("log", files, branch=case) if files else start
                found[case] = _ran(store, ledger, data, source)
        return found


def _ran(store: Store, ledger: Ledger, data: Any, source: str) -> set[Any]:
    """The days that a run works on, and "total" where it is called."""
    steps = (step(_typed(source, "counted"), over="clicks"), _typed(_SUMMED, "total"))
    run = Pipeline("small", steps).run(store, ledger, {"clicks": glob(data, "day={day}/clicks.json")})
    state = {one.name: one.state for one in run.steps}
    datums = ledger.datums(f"{run.id}/counted") if state["counted"] == "ran" else []
    days = {int(datum["datum"].removeprefix("day=")) for datum in datums if datum["state"] == "SUCCESS"}
    return days | ({TOTAL} if state[TOTAL] == "ran" else set())


def _typed(source: str, name: str) -> Any:
    """A function as if typed into a cell, so that its fingerprint is taken of this text."""
    file, names = f"<cell {hash(source)}>", dict[str, Any]({"__name__": "cell"})
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec"), names)
    return names[name]


def _path(day: int) -> str:
    return f"day={day}/clicks.json"


def _file(text: str | None) -> bytes | None:
    return None if text is None else json.dumps(list(text)).encode()


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

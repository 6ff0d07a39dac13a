"""Plausible wrong answers for notebook 07."""

import hashlib
from itertools import count

from mlops_lab.workbook.judges import n07

n07.truth()  # once here, not in each of the processes that check an answer
_RIGHT = {"a": {6, "total"}, "b": {3}, "c": {"total"}, "d": {1, 2, 3, 4, 5}, "e": {7, "total"}, "f": set()}
_calls = count()


def _digest(*parts):
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def counted(code, inputs):
    return next(_calls)


def code_only(code, inputs):
    return _digest(code)


def inputs_only(code, inputs):
    return _digest(str(sorted(inputs.items())))


def without_names(code, inputs):
    return _digest(code, "|", "|".join(sorted(inputs.values())))


def names_and_values_apart(code, inputs):
    return _digest(code, "|", "|".join(sorted(inputs)), "|", "|".join(sorted(inputs.values())))


def glued(code, inputs):
    return _digest(code, *(name + inputs[name] for name in sorted(inputs)))


def glued_values(code, inputs):
    return _digest(code, "|", "|".join(sorted(inputs)), "|", *(inputs[name] for name in sorted(inputs)))


def glued_pairs(code, inputs):
    return _digest(code, "|", *(f"{name}{inputs[name]}" for name in sorted(inputs)))


def unsorted(code, inputs):
    return _digest(code, str(inputs))


def built_in(code, inputs):
    return hash((code, tuple(sorted(inputs.items()))))


def two_characters(code, inputs):
    return _digest(code, str(sorted(inputs.items())))[:4]


def mute(code, inputs):
    _digest(code, str(sorted(inputs.items())))


def listed(code, inputs):
    return [code, sorted(inputs.items())]


WRONG = {
    "07-1": [
        counted, code_only, inputs_only, without_names, names_and_values_apart, glued, glued_values, glued_pairs,
        unsorted, built_in, two_characters, mute, listed, "a key",
    ],
    "07-2": [
        {**_RIGHT, "a": {1, 2, 3, 4, 5, 6, "total"}},
        {**_RIGHT, "a": {6}},
        {**_RIGHT, "a": "total"},
        {**_RIGHT, "b": {3, "total"}},
        {**_RIGHT, "b": ()},
        {**_RIGHT, "c": set()},
        {**_RIGHT, "c": {1, 3, 4, 5, "total"}},
        {**_RIGHT, "d": set()},
        {**_RIGHT, "d": {1, 2, 3, 4, 5, "total"}},
        {**_RIGHT, "e": set()},
        {**_RIGHT, "e": {7}},
        {**_RIGHT, "e": {5, 7, "total"}},
        {**_RIGHT, "f": {4, "total"}},
        {**_RIGHT, "f": "total"},
        {**_RIGHT, "f": "totl"},
        {**_RIGHT, "f": ...},
        [6, 3, "total"],
    ],
}  # fmt: skip

"""Plausible wrong answers for notebook 07."""

import hashlib
from itertools import count

_RIGHT = {"a": {"popular"}, "b": {"quick"}, "c": {"popular", "shelf"}, "d": set()}
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
        {**_RIGHT, "a": {"popular", "shelf", "letter"}},
        {**_RIGHT, "a": set()},
        {**_RIGHT, "b": {"quick", "shelf", "letter"}},
        {**_RIGHT, "b": ()},
        {**_RIGHT, "c": {"popular", "shelf", "letter"}},
        {**_RIGHT, "c": {"popular"}},
        {**_RIGHT, "d": {"popular", "quick", "shelf", "letter"}},
        {**_RIGHT, "d": "qick"},
        ["popular", "quick", "shelf"],
    ],
    "07-2": [
        counted, code_only, inputs_only, without_names, names_and_values_apart, glued, glued_values, glued_pairs,
        unsorted, built_in, two_characters, mute, listed, "a key",
    ],
}  # fmt: skip

"""Plausible wrong answers for notebook 12."""

import hashlib
import random

_RIGHT = {"a": "continue", "b": "promote", "c": "abort", "d": "rollback", "e": "abort"}


def _lot(*parts):
    return int.from_bytes(hashlib.sha256("/".join(map(str, parts)).encode()).digest()[:8], "big") / 2**64


def dice(cook, version, share):
    return random.random() < share


def built_in(cook, version, share):
    return hash((cook, version)) % 1000 < share * 1000


def digits(cook, version, share):
    return (int(cook[1:]) + 37 * version) % 100 < share * 100


def without_version(cook, version, share):
    return _lot(cook) < share


def share_mixed_in(cook, version, share):
    return _lot(cook, version, share) < share


def first_cooks(cook, version, share):
    return int(cook[1:]) < 2000 * share


def half(cook, version, share):
    return _lot(cook, version) < 0.5


def percent(cook, version, share):
    return _lot(cook, version) * 100 < share


def too_few(cook, version, share):
    return _lot(cook, version) < share**2


def number(cook, version, share):
    return _lot(cook, version)


def taking_turns(cook, version, share):
    return (_lot(cook) + 0.3 * version) % 1 < share


def mute(cook, version, share):
    _lot(cook, version)


WRONG = {
    "12-1": [
        dice, built_in, digits, without_version, share_mixed_in, first_cooks, half, percent, too_few, number,
        taking_turns, mute, 0.2,
    ],
    "12-2": [
        {**_RIGHT, "a": "promote"},
        {**_RIGHT, "b": "continue"},
        {**_RIGHT, "c": "continue"},
        {**_RIGHT, "c": "rollback"},
        {**_RIGHT, "d": "abort"},
        {**_RIGHT, "d": "continue"},
        {**_RIGHT, "e": "promote"},
        {**_RIGHT, "e": "send away"},
        {**_RIGHT, "e": ...},
        ["continue", "promote", "abort", "rollback", "abort"],
    ],
}  # fmt: skip

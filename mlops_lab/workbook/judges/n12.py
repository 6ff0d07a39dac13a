"""Judges of notebook 12: how do we let it loose, slowly, and take it back?"""

import builtins
from collections.abc import Callable, Mapping
from typing import Any
from unittest.mock import patch

import numpy as np

from mlops_lab.delivery.policy import Policy, Trial, decide
from mlops_lab.delivery.rates import Arm

ACTIONS = ("promote", "abort", "rollback", "keep", "continue")
# Case -> (stage, trial); the notebook's table shows them.
EVENINGS = {
    "a": ("canary", Trial(3, Arm(600, 120), Arm(2400, 360))),
    "b": ("canary", Trial(8, Arm(1600, 234), Arm(6400, 960))),
    "c": ("canary", Trial(14, Arm(560, 78), Arm(2240, 336))),
    "d": ("watch", Trial(2, Arm(1600, 96), Arm(400, 60))),
    "e": ("canary", Trial(9, Arm(1800, 306, 108), Arm(7200, 1080))),
}
_WHY = {
    "a": "a) On which day is the first promotion possible? And is 'at best' below one, so that it has to go now?",
    "b": "b) Day 8 is late enough. Compare 'at worst' with the three quarters that are needed, not with one.",
    "c": "c) 'At worst' has to be above 0.75, and it is day 14. How many days are left to show it?",
    "d": "d) Look at 'at best': can it still be the better one? And it is no canary any more, but champion.",
    "e": "e) The rate is fine. Look at the last column: who gave those answers?",
}


def evenings(answer: Any) -> list[str]:
    """For five evenings of releases the action that the rules ask for: {"a": "continue", ...}."""
    if not isinstance(answer, Mapping) or set(map(str, answer)) != set(EVENINGS):
        return ['Expected a dict with the keys "a" to "e", each with an action: {"a": "keep"}.']
    said = []
    for case, (phase, trial) in EVENINGS.items():
        given, wanted = answer[case], decide(phase, trial, Policy()).action
        if given is ...:
            said.append(f"{case}) is still open.")
        elif given not in ACTIONS:
            return [f"{case}) {given!r} is no action; choose one of {', '.join(ACTIONS)}."]
        elif {given, wanted} == {"abort", "rollback"}:
            said.append(f"{case}) It has to go, yes; but a {phase} does not end with {given}. Who is champion there?")
        elif given != wanted:
            said.append(_WHY[case])
    return said


Inside = Callable[[str, int, float], Any]


def inside(lot: Any) -> list[str]:
    """Whether a cook meets a version: inside(cook, version, share), stable, fair, monotone, fresh for each version."""
    if not callable(lot):
        return [f"Found {type(lot).__name__}; expected a function of cook, version and share."]
    first = lot("c00012", 4, 0.5)
    if not isinstance(first, bool | np.bool_):
        return [f"inside returned {type(first).__name__}; it has to say True or False."]
    return _stable(lot) or _fair(lot) or _growing(lot) or _fresh(lot)


def _members(lot: Inside, version: int, share: float, step: int = 1) -> np.ndarray:
    """Who of 2,000 cooks is inside; step: distance between their numbers."""
    return np.array([bool(lot(f"c{number * step:05d}", version, share)) for number in range(2000)])


def _stable(lot: Inside) -> list[str]:
    once = _members(lot, 4, 0.5)
    if (once != _members(lot, 4, 0.5)).any():
        return ["Asked twice, some cooks got another answer: they would flicker between two rankings."]
    with patch.object(builtins, "hash", lambda thing: 7 ^ sum(map(ord, repr(thing)))):
        if (once != _members(lot, 4, 0.5)).any():
            return ["The lot rests on Python's hash(), which is another one in each process; use hashlib."]
    return []


def _fair(lot: Inside) -> list[str]:
    if _members(lot, 4, 0.0).any():
        return ["With share 0 somebody is still inside. Is share used at all?"]
    if not _members(lot, 4, 1.0).all():
        return ["With share 1 somebody is left out. A share is a part of one, not a percentage."]
    for share in (0.1, 0.5):
        members = _members(lot, 4, share)
        if abs(members.mean() - share) > 0.05:
            return [
                f"With share {share}, {members.mean():.0%} of the cooks are inside. Draw a number in (0, 1) for each."
            ]
        if abs(members[:1000].mean() - members[1000:].mean()) > 0.1:
            return ["Those inside have neighbouring numbers: they joined at one time, and are not like the others."]
        for step in (2, 10, 100):
            if abs(_members(lot, 4, share, step).mean() - share) > 0.05:
                return ["The digits of the id decide, so some groups of ids are all in or all out. Hash the whole id."]
    return []


def _growing(lot: Inside) -> list[str]:
    few, some, many = (_members(lot, 4, share) for share in (0.1, 0.2, 0.5))
    if (few & ~some).any() or (some & ~many).any():
        return ["The share grew, and cooks who were inside fell out. Compare with share, do not mix it into the lot."]
    return []


def _fresh(lot: Inside) -> list[str]:
    one, other = _members(lot, 4, 0.2), _members(lot, 5, 0.2)
    if (one & other).sum() > 0.5 * one.sum():
        return ["Version 5 meets the cooks of version 4: always the same ones try everything. Mix the version in."]
    if not (one & other).any():
        return ["No cook of version 4 ever meets version 5. Versions that avoid each other are not drawn apart."]
    return []

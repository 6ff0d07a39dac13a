"""Judges of notebook 06: is the best trial really the best?"""

import math
from collections.abc import Mapping
from numbers import Real
from statistics import fmean, median
from typing import Any

BEST_OF_TWENTY = 0.0187  # of draws with a standard deviation of 0.01


def prediction(answer: Any) -> list[str]:
    """What twenty trials without any true gain promise and keep, with noise of 0.01."""
    if not isinstance(answer, Mapping) or set(answer) != {"promised", "fresh"}:
        return ['Found something else; expected {"promised": a number, "fresh": a number}.']
    numbers = {name: answer[name] for name in ("promised", "fresh")}
    for name, number in numbers.items():
        if isinstance(number, bool) or not isinstance(number, Real) or not math.isfinite(number):
            return [f"{name} is {number!r}; expected a number such as 0.005."]
    promised, fresh = numbers["promised"], numbers["fresh"]
    if promised < 0.004:
        return ["A single trial would promise about 0. But this is the best of twenty, chosen because it was high."]
    if promised > 0.028:
        return [
            f"{promised:g} lies {promised / 0.01:.0f} standard deviations up; the best of twenty is seldom so lucky."
        ]
    if abs(promised - BEST_OF_TWENTY) > 0.005:
        side = "more" if promised < BEST_OF_TWENTY else "less"
        return [
            f"{side.capitalize()} than {promised:g}: draw 20 numbers from a bell curve of width 0.01, look at the best."
        ]
    if fresh > 0.003:
        return ["On fresh days the luck is drawn again, and the true gain of all twenty is nothing."]
    if fresh < -0.003:
        return [
            "The winner is no worse than the others either: on fresh days it is as good as the default, on average."
        ]
    return []


FLAT = [[0.0, 0.2, 0.1, 0.3], [0.1, 0.1, 0.1, 0.1], [0.3, 0.1, 0.2, 0.2]]
CASES = [
    ([-0.5, -0.4], [], {}, "Nobody has finished yet, so there is nobody to compare with."),
    ([-0.5, -0.4], FLAT[:2], {}, "Only 2 others, and least is 3: too few for a median."),
    ([-0.5], FLAT, {}, "This trial has made one step, and start_step is 2."),
    ([0.2, -0.9], FLAT, {}, "Its last report is bad, but its best one is not: one bad step is forgiven."),
    ([0.08, 0.0], FLAT, {}, "Its best report lies below the median of the others' averages, so it must stop."),
    ([0.0, 0.05], [[0.0, 0.0, 9.0, 9.0]] * 3, {}, "The others became good later. Average only as many of "
     "their steps as this trial has made."),
    ([0.0, 0.15], [[0.0, 0.2], [0.0, 0.2], [0.0, 0.2]], {}, "Compare with the others' averages up to this "
     "step, not with their reports at it."),
    ([0.2, 0.2], [[0.1, 0.1], [0.1, 0.1], [9.0, 9.0]], {}, "One of the others is far ahead: that moves a "
     "mean, not a median."),
    ([0.1, 0.1], [[0.1, 0.1]] * 3, {}, "Exactly at the median it is not worse, so it goes on."),
    ([0.0, 0.0, 0.0], [[0.1, 0.1], [0.1, 0.1], [0.1, 0.1, 0.1]], {}, "Two of the three others were stopped "
     "before this step. Only those who came this far count."),
    ([0.0], [[0.1]] * 3, {"start_step": 1}, "start_step is 1 here; use the parameter."),
    ([0.0, 0.0], [[0.1, 0.1]] * 3, {"least": 4}, "least is 4 here; use the parameter."),
]  # fmt: skip


def median_rule(rule: Any) -> list[str]:
    """mine (reports so far), others (reports of finished trials): may this one go on?"""
    if not callable(rule):
        return [f"Found {type(rule).__name__}; expected a function of mine, others, start_step and least."]
    for mine, others, more, why in CASES:
        said = rule(list(mine), [list(one) for one in others], **more)
        if not isinstance(said, bool) and type(said).__name__ not in ("bool", "bool_"):
            return [f"Found {type(said).__name__}; expected True (stop) or False (go on)."]
        if bool(said) != _stops(mine, others, **more):
            return [f"mine={mine}, others={others}: you say {bool(said)}. {why}"]
    return []


def _stops(mine: list[float], others: list[list[float]], start_step: int = 2, least: int = 3) -> bool:
    averages = [fmean(one[: len(mine)]) for one in others if len(one) >= len(mine)]
    return len(mine) >= start_step and len(averages) >= least and max(mine) < median(averages)


EDGES = [
    (5000, 5, 5000, True, "The very end of the space is an edge."),
    (0.5, 0.5, 200, True, "The very beginning of the space is an edge, too."),
    (50, 5, 5000, False, "From 5 to 5,000 in factors of ten, 50 has come a third of the way. Measure with logarithms."),
    (4700, 5, 5000, True, "4,700 is not the end, but on the way from 5 to 5,000 it has come 99 % of the way."),
    (0.53, 0.5, 200, True, "From 0.5 to 200 in factors, 0.53 has come 1 % of the way: an edge."),
    (183, 5, 300, False, "183 has room on both sides."),
    (4000, 5, 5000, False, "4,000 of 5,000 is 97 % of the way in factors, and 2 % is the limit."),
    (0.0005, 0.0001, 1, False, "In a logarithmic space 0.0005 lies well inside of 0.0001 to 1."),
]  # fmt: skip


def on_the_edge(answer: Any) -> list[str]:
    """value, low, high of a logarithmic space: within 2 % of the way to an end."""
    if not callable(answer):
        return [f"Found {type(answer).__name__}; expected a function of value, low and high."]
    for value, low, high, edge, why in EDGES:
        said = answer(value, low, high)
        if not isinstance(said, bool) and type(said).__name__ not in ("bool", "bool_"):
            return [f"Found {type(said).__name__}; expected True (on the edge) or False."]
        if bool(said) != edge:
            return [f"value={value}, low={low}, high={high}: you say {bool(said)}. {why}"]
    return []

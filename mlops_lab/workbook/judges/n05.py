"""Judges of notebook 05: is it better than the most popular recipe?"""

import math
from collections.abc import Callable
from typing import Any

import pandas as pd

Measure = Callable[..., Any]
LIST = [f"r{number:02d}" for number in range(20)]


def ndcg(measure: Measure) -> list[str]:
    """NDCG of one list: ranked ids, a set of chosen ids, k."""
    return _ends(measure) or _order(measure) or _cut(measure) or _ideal(measure) or _exactly(measure)


def _ends(measure: Measure) -> list[str]:
    none, all_of_it = _number(measure(LIST, {"x"}, 10)), _number(measure(LIST, {"r00"}, 10))
    if isinstance(none, str) or isinstance(all_of_it, str):
        return [none if isinstance(none, str) else str(all_of_it)]
    if abs(none) > 1e-9:
        return [f"A list without a single hit gets {none:.3f} from you; it has earned nothing, so 0."]
    if abs(all_of_it - 1) > 1e-6:
        return [f"One recipe was chosen and it stands first: a perfect list, so 1. You give it {all_of_it:.3f}."]
    return []


def _order(measure: Measure) -> list[str]:
    high, low = (_value(measure, LIST, {recipe}, 10) for recipe in ("r01", "r08"))
    if not low < high < 1:
        return [f"A hit in the second place gets {high:.3f} from you, one in the ninth {low:.3f}. "
                "The lower it stands, the less it should earn."]  # fmt: skip
    return []


def _cut(measure: Measure) -> list[str]:
    if _value(measure, LIST, {"r15"}, 10) > 1e-9:
        return ["A hit below place k still earns something. Only the first k places are shown to anybody."]
    if _value(measure, LIST, {"r02"}, 2) > 1e-9:
        return ["With k=2 a hit in the third place still earns something. Use k, not 10."]
    return []


def _ideal(measure: Measure) -> list[str]:
    two = _value(measure, LIST, {"r00", "r01"}, 10)
    if abs(two - 1) > 1e-6:
        return [f"Two recipes were chosen and they stand on top: perfect, so 1. You give {two:.3f}. "
                "Divide by what the best possible list would earn."]  # fmt: skip
    many = _value(measure, LIST, set(LIST), 5)
    if abs(many - 1) > 1e-6:
        return [f"Twenty were chosen and all 5 places hit: no list could do better, so 1. You give {many:.3f}. "
                "The ideal list has k places too."]  # fmt: skip
    return []


def _exactly(measure: Measure) -> list[str]:
    for chosen, k in (({"r01"}, 10), ({"r03", "r07", "x"}, 10), ({"r00", "r04"}, 5), ({"r02", "r03", "r11"}, 12)):
        found, true = _value(measure, LIST, chosen, k), _ndcg(LIST, chosen, k)
        if abs(found - true) > 1e-6:
            places = ", ".join(str(LIST.index(one) + 1) if one in LIST else "none" for one in sorted(chosen))
            return [f"Chosen recipes in places {places} with k={k}: you find {found:.3f}, and it is {true:.3f}. "
                    "A hit in place i, counted from 0, earns 1 / log2(i + 2)."]  # fmt: skip
    three, four = LIST[:3], {"r00", "r01", "r02", "x"}
    if abs(_value(measure, three, four, 10) - _ndcg(three, four, 10)) > 1e-6:
        return ["A list of 3 places with 4 chosen recipes is measured wrongly: the ideal depends on k and on what was "
                "chosen, not on how long the list happens to be."]  # fmt: skip
    return []


def _ndcg(ranked: list[str], chosen: set[str], k: int) -> float:
    weights = [1 / math.log2(place + 2) for place in range(k)]
    gain = sum(weight for weight, recipe in zip(weights, ranked, strict=False) if recipe in chosen)
    return gain / sum(weights[: min(k, len(chosen))])


def _value(measure: Measure, ranked: list[str], chosen: set[str], k: int) -> float:
    number = _number(measure(list(ranked), set(chosen), k))
    return math.nan if isinstance(number, str) else number


def _number(found: Any) -> "float | str":
    try:
        number = float(found)
    except (TypeError, ValueError):
        return f"Found {type(found).__name__}; expected one number between 0 and 1."
    return number if math.isfinite(number) else "Your function gave something that is not a finite number."


def leaks(detect: Callable[[pd.DataFrame, pd.DataFrame], Any]) -> list[str]:
    """Whether a row of train had not arrived before the first row of test arrived."""
    early, late = _rows([(1, 2), (9, 9), (3, 4)]), _rows([(8, 10), (12, 14), (11, 20)])
    said = detect(early, late)
    if not isinstance(said, bool) and type(said).__name__ not in ("bool", "bool_"):
        return [f"Found {type(said).__name__}; expected True (it leaks) or False."]
    if said:
        return ["Train arrived up to day 9, test from day 10 on. Nothing leaks there, even though a dinner of day 8 is "
                "rated in test: nobody knew of it before."]  # fmt: skip
    for train, test, why in _leaky(early, late):
        if not detect(train, test):
            return [why]
    for train, test in ((early, late), (early.iloc[::-1], late.iloc[::-1])):
        if detect(train.reset_index(drop=True), test.reset_index(drop=True)):
            return ["Shuffled or numbered anew, the same honest split leaks according to you. Only arrival counts."]
    return []


def _leaky(early: pd.DataFrame, late: pd.DataFrame) -> list[tuple[pd.DataFrame, pd.DataFrame, str]]:
    whole = pd.concat([early, late], ignore_index=True)
    return [
        (whole.iloc[::2], whole.iloc[1::2], "A split by lot passes your test: later rows stand in train."),
        (_rows([(1, 2), (3, 12)]), _rows([(5, 6), (8, 9)]),
         "Every dinner of train comes before every dinner of test, yet a rating in train arrived on day 12. Look at "
         "when we learned of it, not at when it happened."),
        (_rows([(1, 12), (2, 4)]), _rows([(5, 20), (8, 10)]),
         "The row that arrived too late is not the last one of train, and the first to arrive is not the first one of "
         "test. Look at all the rows, in whatever order they come."),
        (_rows([(1, 2), (3, 10)]), _rows([(8, 10), (9, 11)]),
         "A row of train arrived on the very day on which test begins. It was not there in the morning, so it leaks."),
    ]  # fmt: skip


def _rows(days: list[tuple[int, int]]) -> pd.DataFrame:
    """Ratings by (day, arrived)."""
    cook = [f"c{number:02d}" for number in range(len(days))]
    return pd.DataFrame(days, columns=["day", "arrived"]).assign(cook=cook, recipe="r01", stars=5)

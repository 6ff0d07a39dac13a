"""Judges of notebook 04: what was known at the moment of asking?"""

import random
from numbers import Real
from typing import Any

import pandas as pd

SUSPECTS = ("choice_rate", "log_age_days", "log_choices_ever", "log_choices_recently", "market_lift")


def first_morning(answer: Any) -> list[str]:
    """The morning on which a review of day 3 that arrives on day 9 is counted first."""
    if isinstance(answer, bool) or not isinstance(answer, Real) or answer != answer // 1:
        return [f"Found {answer!r}; expected the number of a day."]
    if answer in (3, 4):
        return [f"By day {answer} the cook had written it, but it had not arrived, and nobody at the company knew."]
    if answer == 9:
        return ["It arrives in the course of day 9. Who asks that morning is answered without it."]
    if answer < 9:
        return [f"On the morning of day {answer} the review was still on its way."]
    return [] if answer == 10 else [f"It is known earlier than day {answer}; the day after its arrival is enough."]


def reviews_known(known: Any) -> list[str]:
    """known(reviews, recipe, day, window): reviews of the recipe that arrived on days [day - window, day)."""
    if not callable(known):
        return [f"Found {type(known).__name__}; expected a function of reviews, recipe, day and window."]
    one = pd.DataFrame({"day": [2], "arrived": [5], "cook": ["c1"], "recipe": ["soup"], "stars": [4]})
    twice = pd.concat([one, one.assign(day=3, arrived=6, stars=0), one.assign(recipe="stew")], ignore_index=True)
    asked = [
        (one, "soup", 6, 28, 1, "A review that arrived on day 5 is known on the morning of day 6."),
        (one, "stew", 6, 28, 0, "Only reviews of the recipe that was asked for count."),
        (
            one,
            "soup",
            4,
            28,
            0,
            "It was written on day 2 and arrived on day 5; on day 4 nobody knew: see `arrived`.",
        ),
        (one, "soup", 5, 28, 0, "What arrives on day 5 arrives in its course; that morning it is not known yet."),
        (one, "soup", 33, 28, 1, "On day 33 the last 28 days are days 5 to 32, and day 5 is one of them."),
        (one, "soup", 34, 28, 0, "On day 34 the last 28 days are days 6 to 33; what came on day 5 is too old."),
        (one, "soup", 9, 3, 0, "The window is 3 here, not 28: take it from the parameter."),
        (twice, "soup", 7, 28, 2, "Two reviews of one recipe are two, whoever wrote them and with whatever stars."),
        (one[:0], "soup", 7, 28, 0, "Without any review the answer is the number 0."),
    ]
    for reviews, recipe, day, window, expected, why in asked:
        found = known(reviews.copy(), recipe, day, window)
        if not isinstance(found, Real):
            return [f"Expected one number, how many reviews were known; found {type(found).__name__}."]
        if found != expected:
            return [f"{why} Expected {expected}, found {found}."]
    return []


def secret() -> str:
    """The feature that is delivered with a day too much; the notebook draws the same."""
    return random.Random("thyme").choice([name for name in SUSPECTS if name != "log_age_days"])


def which_leaks(answer: Any) -> list[str]:
    """The name of the delivered feature that changes when the future arrives."""
    if not isinstance(answer, str) or answer not in SUSPECTS:
        return [f"Found {answer!r}; expected one of {', '.join(SUSPECTS)}."]
    if answer != secret():
        return [f"{answer} is the same in both deliveries: it did not notice that the future had arrived."]
    return []

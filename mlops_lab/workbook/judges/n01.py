"""Judges of notebook 01: who cooks, what is logged, what is hidden?"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

NEAR, PLACES = 0.07, 5
FADING = np.array([1.0, 0.8, 0.5, 0.4, 0.3])
EVEN = np.ones(PLACES)


def one_review(answer: Any, made: Any) -> list[str]:
    """The share of cooks with ratings who have exactly one, in the lab that begin made, within NEAR."""
    try:
        said = float(answer)
    except (TypeError, ValueError):
        return [f"Found {type(answer).__name__}; expected a share between 0 and 1, such as 0.2."]
    if not 0 <= said <= 1:
        return [f"Found {said:g}; a share lies between 0 and 1. Write one half as 0.5."]
    counted = made[1].table("ratings")["cook"].value_counts()
    share = float((counted == 1).mean())
    if said < share - NEAR:
        return ["More than that. Think of the people who come once, say thank you, and are never seen again."]
    if said > share + NEAR:
        return ["Fewer than that. A few cooks review again and again, and some come back once."]
    return []


def places(worth: Any) -> list[str]:
    """What each place is worth compared with the first, found in logs where it is known."""
    if not callable(worth):
        return [f"Found {type(worth).__name__}; expected a function of a table like `shown`."]
    alone = _numbers(worth(_log(FADING, qualities=[0.4])))
    if isinstance(alone, str):
        return [alone]
    if abs(alone[0] - 1) > 0.01:
        return [f"The first number is {alone[0]:.2f}. Give each place relative to the first one, which is then 1."]
    even = _numbers(worth(_log(EVEN, qualities=np.linspace(0.1, 0.9, 12))))
    if isinstance(even, str):
        return [even]
    if np.allclose(alone, even, atol=0.02):
        return ["Two companies with different cooks get the same numbers from you. Count them in the table you get."]
    if not _near(alone, FADING):
        return [f"In a log of a single recipe, place 2 has half the click rate of place 0; you find {alone[2]:.2f}. "
                "A place that was shown more often has more clicks: divide by its impressions."]  # fmt: skip
    return _about_taste(worth, even)


def _about_taste(worth: Callable[[pd.DataFrame], Any], even: np.ndarray) -> list[str]:
    """Logs in which the better recipes stand higher."""
    if not _near(even, EVEN):
        return [f"In a log where the place does not matter at all, and good recipes merely stand higher, you find "
                f"{even[-1]:.2f} for the last place instead of 1. Compare each recipe with itself."]  # fmt: skip
    mixed = _numbers(worth(_log(FADING, qualities=np.linspace(0.1, 0.9, 12)).sample(frac=1, random_state=0)))
    if isinstance(mixed, str):
        return [mixed]
    if not _near(mixed, FADING):
        return [f"Where places fade to 0.30 and good recipes stand higher, you find {mixed[-1]:.2f} for the last."]
    gaps = _numbers(worth(_log(FADING, qualities=np.linspace(0.1, 0.9, 12), absent=True)))
    if isinstance(gaps, str) or not _near(gaps, FADING):
        found = gaps if isinstance(gaps, str) else f"You find {gaps[-1]:.2f} for the last place, and it is 0.30."
        return [f"Some recipes never stood in the first place. Leave them out of the comparison with it. {found}"]
    return []


def _near(found: np.ndarray, true: np.ndarray) -> bool:
    return bool(np.all(np.abs(found - true) <= 0.05))


def _numbers(found: Any) -> "np.ndarray | str":
    """The answer as PLACES finite numbers, or what is wrong with it."""
    try:
        numbers = np.asarray(list(found.values()) if isinstance(found, dict) else found, dtype=np.float64)
    except (TypeError, ValueError):
        return f"Found {type(found).__name__}; expected one number for each place, from the first to the last."
    if numbers.shape != (PLACES,):
        return f"Found the shape {numbers.shape} for {PLACES} places; expected {PLACES} numbers, one a place."
    if not np.isfinite(numbers).all():
        return "One of your numbers is not a number. Did a recipe that was never shown in a place take part?"
    return numbers


def _log(worth: np.ndarray, qualities: Any, absent: bool = False) -> pd.DataFrame:
    """Impressions with exactly the clicks to expect: rate = quality x worth of the place; good recipes stand higher.

    absent: the worst recipes never stand in the first place, and the best never in the last.
    """
    rows = []
    last = len(qualities) - 1
    for recipe, quality in enumerate(qualities):
        for place in range(PLACES):
            if absent and ((place == 0 and recipe < 4) or (place == PLACES - 1 and recipe > last - 2)):
                continue
            liking = recipe / last if last else 0.5
            shown = int(100 * (1 + 9 * abs(place / (PLACES - 1) - (1 - liking)) ** 2)) if last else 200 * (place + 1)
            shown = 1100 - shown if last else shown  # a recipe stands most often where its liking puts it
            clicks = round(shown * quality * worth[place])
            clicked = np.arange(shown) < clicks
            rows.append(pd.DataFrame({"recipe": f"r{recipe:02d}", "position": place, "clicked": clicked}))
    log = pd.concat(rows, ignore_index=True)
    return log.assign(clicked=log["clicked"].astype(int))

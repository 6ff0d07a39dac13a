"""What the fields of Food.com mean: ids, dates in three spellings, list literals, tags.

What cannot be read is handed back as it was, so that the screen refuses it with its reason.
"""

import ast
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

EPOCH = date(1970, 1, 1)
NO_DAY = 10**9  # outside every contract: a date that is one, but not of this site's life
_LONGEST = 20_000  # characters of a list literal; ast is slow and deep nesting is nobody's recipe
_ID = re.compile(r"\+?0*(\d{1,18})(\.0*)?", re.ASCII)
_DATE = re.compile(r"(?:(\d{4})[-/](\d{1,2})[-/](\d{1,2})|(\d{1,2})/(\d{1,2})/(\d{4}))(?:[ T]\d.*)?", re.ASCII)
DATE_LOOK = r"\s*(\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}/\d{1,2}/\d{4}).*"
ID_LOOK = r"\s*\d+(\.0*)?\s*"

# Nations first: a recipe tagged "asian" and "thai" is Thai.
_NATIONS = (
    "american", "australian", "brazilian", "cajun", "canadian", "chinese", "cuban", "danish", "dutch", "english",
    "filipino", "french", "german", "greek", "hawaiian", "hungarian", "indian", "indonesian", "irish", "italian",
    "jamaican", "japanese", "korean", "lebanese", "malaysian", "mexican", "moroccan", "pakistani", "persian", "polish",
    "portuguese", "puerto-rican", "russian", "scottish", "spanish", "swedish", "swiss", "thai", "turkish", "vietnamese",
)  # fmt: skip
_REGIONS = (
    "african", "asian", "caribbean", "creole", "european", "middle-eastern", "native-american", "scandinavian",
    "south-american", "southern-united-states", "southwestern-united-states", "tex-mex", "north-american",
)  # fmt: skip
_SEASON_OF_TAG = {"winter": "winter", "spring": "spring", "summer": "summer", "fall": "autumn", "autumn": "autumn"}


def by_distinct(column: pd.Series, read: Callable[[str], Any]) -> np.ndarray:
    """read() of each text, asked once for each distinct one; (n,) objects."""
    codes, distinct = pd.factorize(column.array)
    answers = np.empty(len(distinct), dtype=object)
    for at, text in enumerate(distinct.tolist()):
        answers[at] = read(text)
    return answers[codes]


def id_of(text: str) -> str | None:
    """A whole number as its plain digits ("38094.0", as pandas writes ids beside gaps, is 38094); None otherwise."""
    found = _ID.fullmatch(text.strip())
    return found.group(1) if found else None


def ids(column: pd.Series) -> tuple[pd.Series, np.ndarray]:
    """Ids as plain digits, other text as it was; and where there is something that is no id (n,) bool."""
    text = pd.Series(by_distinct(column, lambda text: id_of(text) or text.strip()), dtype="str")
    wrong = by_distinct(text, lambda text: text != "" and id_of(text) is None)
    return text, wrong.astype(bool)


def day_of_date(text: str) -> int | str:
    """Days since 1970 of "2017-08-18", "2017/8/18" or "9/16/2005" (month first); the text itself if it is no date."""
    found = _DATE.fullmatch(text.strip())
    if not found:
        return text
    year, month, day, us_month, us_day, us_year = found.groups()
    try:
        when = date(int(year or us_year), int(month or us_month), int(day or us_day))
    except ValueError:
        return text
    return (when - EPOCH).days if 1970 <= when.year < 2100 else NO_DAY


def days(column: pd.Series) -> pd.Series:
    """Dates as days since 1970; texts that are no dates stay."""
    return pd.Series(by_distinct(column, day_of_date), dtype=object)


def listed(text: str) -> list[str] | None:
    """The texts of a Python list literal; None if it is anything else. Nothing is ever evaluated."""
    text = text.strip()
    if text.startswith("['") and text.endswith("']") and '"' not in text and "\\" not in text:
        inside = text[2:-2].split("', '")
        if not any("'" in item for item in inside):
            return inside
    try:
        found = ast.literal_eval(text) if len(text) <= _LONGEST else None
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return found if isinstance(found, list) and all(isinstance(item, str) for item in found) else None


def kcal_of(nutrition: str) -> str:
    """The first number of the nutrition list, as text: kcal of the whole recipe."""
    text = nutrition.strip()
    return text[1:-1].split(",")[0].strip() if text[:1] == "[" and text[-1:] == "]" else text


def cuisine_of(tags: list[str]) -> str:
    """The first tag that names a nation's cuisine, else a region's, else "other"."""
    return next((t for t in tags if t in _NATIONS), None) or next((t for t in tags if t in _REGIONS), "other")


def diet_of(tags: list[str]) -> str:
    """The strictest diet among the tags, "any" without one."""
    return next((diet for diet in ("vegan", "vegetarian") if diet in tags), "any")


def season_of(tags: list[str]) -> str:
    """The first season among the tags, "any" without one."""
    return next((_SEASON_OF_TAG[tag] for tag in tags if tag in _SEASON_OF_TAG), "any")

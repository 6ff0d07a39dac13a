"""One raw column, read as the kind of value its rule asks for.

Raw columns come from a world (typed), from CSV (all text) or from a broken producer (anything). The common case, a
column that already has its type, costs one look at its missing values.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mlops_lab.data.contracts import Rule

NOTHING = ("", "nan", "na", "null", "none")  # what CSV writers put where a number is missing
_FAR = float(2**53)  # beyond every bound of every rule, and exact


@dataclass(frozen=True)
class Typed:
    """values in the rule's type, a placeholder where missing or wrong; masks (n,) bool, None for nowhere."""

    values: np.ndarray | pd.api.extensions.ExtensionArray
    missing: np.ndarray | None = None
    wrong: np.ndarray | None = None


def typed(raw: pd.Series, rule: Rule) -> Typed:
    """Read a column. Numbers may come as text, as CSV brings them; text must come as text."""
    if rule.kind == "text":
        return _text(raw, rule)
    if rule.kind == "bool":
        return _bool(raw)
    return _number(raw, rule.kind)


def absent(rows: int, rule: Rule) -> Typed:
    """A column that is not there: missing in every row."""
    return typed(pd.Series([None] * rows, dtype=object), rule)


def _some(mask: np.ndarray) -> np.ndarray | None:
    return mask if mask.any() else None


def _either(a: np.ndarray | None, b: np.ndarray | None) -> np.ndarray | None:
    return b if a is None else a if b is None else a | b


def _text(raw: pd.Series, rule: Rule) -> Typed:
    missing, wrong, text = (
        _some(np.asarray(raw.array.isna() if _is_text(raw) else raw.isna(), dtype=bool)),
        None,
        raw.array,
    )
    if not _is_text(raw):
        cells = raw.astype(object).tolist()
        no_text = np.array([not isinstance(cell, str) or not _storable(cell) for cell in cells], dtype=bool)
        wrong = _some(no_text if missing is None else no_text & ~missing)
        text = pd.array(["" if no else str(cell) for cell, no in zip(cells, no_text, strict=True)], dtype="str")
    elif missing is not None:
        text = raw.where(~missing, "").array
    if not rule.may_be_empty:
        blank = np.asarray(text == "", dtype=bool)
        missing = _either(missing, _some(blank if wrong is None else blank & ~wrong))
    return Typed(text, missing, wrong)


def _is_text(raw: pd.Series) -> bool:
    return bool(raw.dtype == "str")


def _storable(text: str) -> bool:
    """Half of a surrogate pair is a str in Python and no text anywhere else."""
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def _number(raw: pd.Series, kind: str) -> Typed:
    if isinstance(raw.dtype, np.dtype) and raw.dtype.kind == ("i" if kind == "int" else "f"):
        values = raw.to_numpy()
        gaps = _some(np.isnan(values)) if kind == "float" else None
        values = values if gaps is None else np.where(gaps, 0.0, values)
        return Typed(values.astype(np.int64 if kind == "int" else np.float64, copy=False), gaps)
    numbers, missing, wrong = _floats(raw)
    numbers = np.where(missing | wrong, 0.0, numbers)
    if kind == "int":
        numbers = np.clip(numbers, -_FAR, _FAR)
        wrong = wrong | (numbers != np.floor(numbers))
        numbers = numbers.astype(np.int64)
    return Typed(numbers, _some(missing), _some(wrong))


def _floats(raw: pd.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The column as float64, where it is missing, and where it holds something else than a number."""
    missing = raw.isna().to_numpy(dtype=bool)
    if pd.api.types.is_bool_dtype(raw.dtype):
        return np.zeros(len(raw)), missing, ~missing
    if pd.api.types.is_numeric_dtype(raw.dtype) and not pd.api.types.is_complex_dtype(raw.dtype):
        return raw.to_numpy(dtype=np.float64, na_value=np.nan), missing, np.zeros(len(raw), dtype=bool)
    if not _is_text(raw):
        raw = pd.Series(
            ["no number" if _no_number(cell) else cell for cell in raw.astype(object).tolist()], dtype=object
        )
    numbers = pd.to_numeric(raw, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    unread = np.isnan(numbers)
    blank = np.zeros(len(raw), dtype=bool)
    blank[unread] = [isinstance(c, str) and c.strip().casefold() in NOTHING for c in raw[unread].tolist()]
    return numbers, missing | blank, unread & ~missing & ~blank


def _no_number(cell: object) -> bool:
    """True is 1 to Python and to pandas; in a column of numbers it is a mistake."""
    return not (cell is None or cell is pd.NA or isinstance(cell, (str, int, float, np.number))) or isinstance(
        cell, bool
    )


def _bool(raw: pd.Series) -> Typed:
    if isinstance(raw.dtype, np.dtype) and raw.dtype.kind == "b":
        return Typed(raw.to_numpy())
    cells = raw.astype(object).tolist()
    words = [str(c).strip().casefold() if isinstance(c, (str, bool, np.bool_)) else "no truth" for c in cells]
    missing = raw.isna().to_numpy(dtype=bool) | np.array([word in NOTHING for word in words], dtype=bool)
    wrong = np.array([word not in ("true", "false") for word in words], dtype=bool) & ~missing
    return Typed(np.array([word == "true" for word in words], dtype=bool), _some(missing), _some(wrong))

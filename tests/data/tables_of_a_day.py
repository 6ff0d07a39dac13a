"""Good rows of every table, made by hand."""

import pandas as pd

from mlops_lab.data.formats import TABLES, Traffic, empty

VALUES = {
    "market": "north", "diet": "any", "season": "any", "cuisine": "thai", "minutes": 30.0, "kcal": 400.0, "stars": 5,
    "version": 1, "variant": "champion", "fallback": False, "features": "{}",
}  # fmt: skip


def good(table: str, rows: int, day: int = 0, first: int = 0) -> pd.DataFrame:
    """Rows that keep the contract: cook c0 ... and recipe r0 ..., keys all different."""
    made = {column: [value(table, column, n, day) for n in range(first, first + rows)] for column in TABLES[table]}
    return pd.DataFrame(made).astype(empty(table).dtypes.to_dict())


def value(table: str, column: str, n: int, day: int) -> object:
    if column in VALUES:
        return VALUES[column]
    if column in ("day", "arrived"):
        return day
    if column == "request":
        return f"q{day}-{n}"
    kind = TABLES[table][column]
    return f"{column[0]}{n}" if kind == "text" else float(n) if kind == "float" else n


def traffic(day: int, rows: int = 3, **tables: pd.DataFrame) -> Traffic:
    """A good day with some tables replaced; day 0 is a Monday."""
    date = pd.Timestamp("2025-03-03") + pd.Timedelta(days=day)
    names = [name for name in TABLES if name != "predictions"]
    return Traffic(day, date.date().isoformat(), {**{name: good(name, rows, day) for name in names}, **tables})

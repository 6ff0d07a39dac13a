"""Did the data arrive, whole and as usual? Volume, quarantine, missing values, drift of the recipes' columns."""

from collections.abc import Iterator, Sequence

import numpy as np

from mlops_lab.monitoring.checks import LUCK, Check, check, good_days
from mlops_lab.monitoring.drift import expected_psi, psi
from mlops_lab.monitoring.facts import Facts

COUNTED = ("requests", "impressions", "clicks", "cooked", "ratings")
LATE = ("cooked", "ratings")  # these grow during the first week, because they report about days before
FACTOR = 2.0  # half or double the usual rows is no news: promotions and holidays do that
BURSTS = 2.0  # rows come in sessions, so their counts vary more than independent ones
QUARANTINED, ROWS = 0.03, 5  # the share and the number of bad rows that are never worth a page
MISSING = 0.05
MOVED = 0.2  # psi: between "look at it" (.1) and "it moved" (.25)


def volume(today: Facts, past: Sequence[Facts]) -> Iterator[Check]:
    """How many times more or fewer rows than on the same weekday in the last four weeks."""
    for table in COUNTED:
        name = f"volume.{table}"
        # A day without a row is no measure: on the first one nothing can be shown yet.
        days = [day for day in good_days(name, past) if day.rows.get(table) and not (table in LATE and day.day < 7)]
        alike = [day for day in days if (today.day - day.day) % 7 == 0]
        if not alike and table not in LATE and len(days) >= 3:
            alike = days
        if alike and table in today.rows:
            usual = max(float(np.mean([day.rows[table] for day in alike])), 0.5)
            yield check(name, *_times(today.rows[table], usual, len(alike)), table)


def _times(rows: int, usual: float, days: int) -> tuple[float, float]:
    """How many times more or fewer, and how many are normal. Square roots of counts vary alike, few or many."""
    spread = LUCK / 2 * np.sqrt(BURSTS * (1 + 1 / days))
    if rows >= usual:
        return rows / usual, float((np.sqrt(FACTOR * usual) + spread) ** 2 / usual)
    least = max(np.sqrt(usual / FACTOR) - spread, 0.5) ** 2  # a quarter of a row: even none at all is then normal
    return usual / max(rows, 0.5), float(usual / least)


def quarantine(today: Facts, past: Sequence[Facts]) -> Iterator[Check]:
    """Share of read rows in quarantine, by table and reason, beyond what is usual there."""
    for table, reasons in today.quarantined.items():
        read = max(today.read.get(table, 0), 1)
        for reason, count in reasons.items():
            name = f"quarantine.{table}.{reason}"
            before = [_quarantined(day, table, reason) for day in good_days(name, past) if day.read.get(table)]
            usual = float(np.median(before)) if before else 0.0
            limit = usual + max(usual, QUARANTINED) + LUCK * np.sqrt(max(usual, 0.01) / read)
            yield check(name, count / read, max(limit, ROWS / read), _culprit(table, reason))


def _quarantined(day: Facts, table: str, reason: str) -> float:
    return day.quarantined.get(table, {}).get(reason, 0) / day.read[table]


def _culprit(table: str, reason: str) -> str:
    """The column, where the reason names one: "out of range minutes" accuses recipes.minutes, "duplicate" the table."""
    for kind in ("missing ", "wrong type ", "out of range ", "unknown value "):
        if reason.startswith(kind):
            return f"{table}.{reason.removeprefix(kind)}"
    return table


def missing(today: Facts, past: Sequence[Facts]) -> Iterator[Check]:
    """Share of missing values by column, beyond what is usual there."""
    for column, share in today.missing.items():
        name = f"missing.{column}"
        before = [day.missing[column] for day in good_days(name, past) if column in day.missing]
        if before:
            usual, read = float(np.median(before)), max(today.read.get(column.partition(".")[0], 0), 1)
            spread = np.sqrt(max(usual * (1 - usual), 0.01) / read)
            yield check(name, share, usual + MISSING + LUCK * spread, column)


def drift(today: Facts, past: Sequence[Facts]) -> Iterator[Check]:
    """How far each column of today's catalogue lies from the catalogues before, as psi."""
    for column in [*today.numbers, *today.words]:
        name = f"drift.{column}"
        before = [day for day in good_days(name, past) if column in day.numbers or column in day.words]
        if before:
            now, usual = _on_common_bins(column, today, before)
            yield check(name, psi(usual, now), MOVED + 4 * expected_psi(usual, now), column)


def _on_common_bins(column: str, today: Facts, before: Sequence[Facts]) -> tuple[np.ndarray, np.ndarray]:
    """Today's counts and the mean of those before, on the same bins or values."""
    if column in today.numbers:
        return np.array(today.numbers[column]), np.mean([day.numbers[column] for day in before], axis=0)
    values = sorted({value for day in [today, *before] for value in day.words[column]})
    rows = np.array([[day.words[column].get(value, 0) for value in values] for day in [today, *before]])
    return rows[0], rows[1:].mean(axis=0)

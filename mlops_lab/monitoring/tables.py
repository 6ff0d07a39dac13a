"""Did the data arrive, whole and as usual? Volume, quarantine, missing values, drift, and who makes most rows."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from mlops_lab.monitoring.checks import LUCK, REPORTS, Check, check, good_days, spans
from mlops_lab.monitoring.drift import expected_psi, psi
from mlops_lab.monitoring.facts import Facts

COUNTED = ("requests", "impressions", "clicks")
FACTOR = 2.0  # half or double the usual rows is no news: promotions and holidays do that
FACTOR_WEEK = 1.3  # of a week
BURSTS = 2.0  # rows come in sessions, so their counts vary more than independent ones
QUARANTINED, ROWS = 0.03, 5  # the share and the number of bad rows that are never worth a page
MISSING = 0.05
MOVED = 0.2  # psi: between "look at it" (.1) and "it moved" (.25)
MOVED_PEOPLE = 0.15  # of who asks and when they tell, which vary less than half as much, holidays included
FEW, GATHERED = 3, 0.05  # the share of all rows that the three most frequent values may gain


def volume(today: Facts, past: Sequence[Facts]) -> Iterator[Check]:
    """How many times more or fewer rows than on the same weekday in the last four weeks; of reports, in a week."""
    for table in COUNTED:
        name = f"volume.{table}"
        # A day without a row is no measure: on the first one nothing can be shown yet.
        days = [day for day in good_days(name, past) if day.rows.get(table)]
        alike = [day for day in days if (today.day - day.day) % 7 == 0]
        if not alike and len(days) >= 3:
            alike = days
        if alike and table in today.rows:
            usual = max(float(np.mean([day.rows[table] for day in alike])), 0.5)
            yield check(name, *_times(today.rows[table], usual, len(alike), FACTOR), table)
    for table in REPORTS:
        recent, good = spans(f"volume.{table}", table, today, past)
        if good and table in today.rows:
            rows, before = ([day.rows.get(table, 0) for day in days] for days in (recent, good))
            usual = max(float(np.mean(before)) * len(rows), 0.5)
            yield check(f"volume.{table}", *_times(sum(rows), usual, len(before) / len(rows), FACTOR_WEEK), table)


def _times(rows: int, usual: float, days: float, factor: float) -> tuple[float, float]:
    """How many times more or fewer, and how many are normal. Square roots of counts vary alike, few or many."""
    spread = LUCK / 2 * np.sqrt(BURSTS * (1 + 1 / days))
    if rows >= usual:
        return rows / usual, float((np.sqrt(factor * usual) + spread) ** 2 / usual)
    least = max(np.sqrt(usual / factor) - spread, 0.5) ** 2  # a quarter of a row: even none at all is then normal
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
    """How far each column of today's rows lies from the days before, as psi."""
    for column in [*today.numbers, *today.words]:
        name = f"drift.{column}"
        recent, good = spans(name, column.partition(".")[0], today, past)
        before = [day for day in good if column in day.numbers or column in day.words]
        if before:
            now, usual = _on_common_bins(column, recent, before)
            moved = MOVED if column.startswith("recipes.") else MOVED_PEOPLE
            yield check(name, psi(usual, now), moved + 4 * expected_psi(usual, now), column)


def _on_common_bins(column: str, recent: Sequence[Facts], before: Sequence[Facts]) -> tuple[np.ndarray, np.ndarray]:
    """Counts of the recent days, and the mean of as many days before, on the same bins or values."""
    if column in recent[-1].numbers:
        return np.array(recent[-1].numbers[column]), np.mean([day.numbers[column] for day in before], axis=0)
    both = [[day.words.get(column, {}) for day in days] for days in (recent, before)]
    values = sorted({value for days in both for words in days for value in words})
    now, usual = (np.array([[words.get(value, 0) for value in values] for words in days]) for days in both)
    return now.sum(axis=0), usual.mean(axis=0) * len(recent)


def concentration(today: Facts, past: Sequence[Facts]) -> Iterator[Check]:
    """Share of the requests that three cooks make, and of the ratings that three recipes get: bots and rings."""
    for column in today.heads:
        name, table = f"concentration.{column}", column.partition(".")[0]
        recent, good = spans(name, table, today, past)
        (now, rows), (before, rows_before) = (_head(column, table, days) for days in (recent, good))
        if rows and rows_before:
            usual = before / rows_before
            luck = LUCK * np.sqrt(usual * (1 - usual) / rows)
            yield check(name, now / rows, usual + GATHERED + luck, column)


def _head(column: str, table: str, days: Sequence[Facts]) -> tuple[int, int]:
    """Rows of the FEW most frequent values over the days, and all rows."""
    counts: Counter[str] = Counter()
    for day in days:
        counts.update(day.heads.get(column, {}))
    return sum(sorted(counts.values())[-FEW:]), sum(day.rows.get(table, 0) for day in days if column in day.heads)

"""A span (a day) examined beside all spans before it: statistics, then anomalies. Nothing is written, none refused."""

from dataclasses import dataclass, field

import pandas as pd

from mlops_lab.data.anomalies import Anomaly, astray, refused, twice, unsettled
from mlops_lab.data.comparators import compared
from mlops_lab.data.contracts import promised
from mlops_lab.data.formats import Traffic, empty
from mlops_lab.data.ingest import Known, sorted_out
from mlops_lab.data.statistics import Statistics, added, statistics, words_alone


@dataclass
class Past:
    """What the spans before have left: whom and what one knows, and their statistics added up, by table."""

    known: Known = field(default_factory=lambda: Known(set(), empty("recipes"), set()))
    statistics: dict[str, Statistics] = field(default_factory=dict)
    spans: int = 0

    def __repr__(self) -> str:
        return f"Past({self.spans} spans, {len(self.known.cooks)} cooks, {len(self.known.recipe_ids)} recipes)"


@dataclass(frozen=True)
class Examined:
    """A span: its statistics by table (a day as its age on the span's day), its anomalies, what is known after it."""

    day: int
    statistics: dict[str, Statistics]
    anomalies: tuple[Anomaly, ...]
    known: Known

    def __repr__(self) -> str:
        return f"Examined(day {self.day}: {len(self.statistics)} tables, {len(self.anomalies)} anomalies)"


def examined(traffic: Traffic, past: Past) -> Examined:
    """A span as it arrives, beside the spans before it; `past` stays as it is."""
    known = Known(past.known.cooks, past.known.recipes, past.known.recipe_ids, past.known.catalogue)
    screened = sorted_out(known, traffic)
    kept = {table: found.kept for table, found in screened.items() if found.read}
    told = {table: statistics(aged(table, frame, traffic.day)) for table, frame in kept.items()}
    anomalies = [anomaly for found in screened.values() for anomaly in refused(found)]
    if past.spans and "recipes" in kept:
        anomalies += unsettled("recipes", past.known.recipes, kept["recipes"])
    anomalies += [*astray(kept), *twice(kept)]
    for table, now in told.items():
        anomalies += compared(table, past.statistics.get(table, {}), now, promised()[table])
    return Examined(traffic.day, told, tuple(anomalies), known)


def learned(past: Past, found: Examined) -> Past:
    """The past with one span more; only spans in which nothing is wrong should get there.

    The first span brings all that was before it and is no day like others: of it only the words are learned.
    """
    now = found.statistics if past.spans else {t: words_alone(told) for t, told in found.statistics.items()}
    told = {t: added([one[t] for one in (past.statistics, now) if t in one]) for t in {**past.statistics, **now}}
    return Past(found.known, told, past.spans + 1)


def aged(table: str, frame: pd.DataFrame, day: int) -> pd.DataFrame:
    """The table with its days as ages, so that spans can be compared: 0 is the span's own day.

    A settled day is left out: its age grows with every span, and that is no news.
    """
    clocks = {column: rule for column, rule in promised()[table].items() if rule.clock and column in frame}
    ages = {column: day - frame[column] for column, rule in clocks.items() if not rule.settled}
    return frame.drop(columns=[column for column, rule in clocks.items() if rule.settled]).assign(**ages)

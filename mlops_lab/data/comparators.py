"""Is a column spread as it was? TFX's comparators: L-infinity for words, Jensen-Shannon for numbers.

A distance counts only beyond what matters and what luck gives. Matters: one share moved by .01; for numbers the
divergence that goes with a stability index of .1, below which banks call a column stable. Luck: at most one comparison
in a hundred thousand, of rows that come in sessions and so vary like half as many.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from mlops_lab.data.anomalies import Anomaly
from mlops_lab.data.contracts import Rules
from mlops_lab.data.distances import jensen_shannon, shares

LUCK = 1e-5
BURSTS = 2.0
SHARE = 0.01
BITS = 0.1 / (8 * np.log(2))  # psi is about 8 ln 2 times the divergence in bits, for small ones
LISTED = 10  # times as many rows as words make a column a list of words; else its words are names

Column = Mapping[str, Any]


def compared(
    table: str, before: Mapping[str, Column], now: Mapping[str, Column], rules: Rules, kind: str = "drift"
) -> Iterator[Anomaly]:
    """Anomalies of the columns of one table between two statistics; kind: drift (spans) or skew (environments)."""
    for name, told in now.items():
        usual = before.get(name)
        if usual is None or not usual["count"] or not told["count"]:
            continue
        named = name in rules and (rules[name].word or rules[name].known)
        if "words" in usual and not named and _is_list(usual["words"]):
            yield from _of_words(table, name, usual, told, kind)
        elif "histogram" in usual and "histogram" in told:
            yield from _of_numbers(table, name, np.array(usual["histogram"]), np.array(told["histogram"]), kind)
        if _is_list(usual.get("shapes", {})) and (odd := told.get("shapes", {}).keys() - usual["shapes"]):
            said = f"No {name} of {table} has been written like {min(odd)!r} before (a letter, 0 a digit)."
            yield Anomaly(table, name, "domain", said)
        if told.get("distinct") == 1 and usual.get("alike", 1.0) ** (told["count"] - 1) < LUCK:
            said = f"All {told['count']} rows of {table} have the same {name}, {next(iter(told['top']))!r}."
            yield Anomaly(table, name, "uniqueness", said)


def _is_list(words: Mapping[str, int]) -> bool:
    return sum(words.values()) >= LISTED * len(words) > 0


def _of_words(table: str, name: str, usual: Column, told: Column, kind: str) -> Iterator[Anomaly]:
    now = told.get("words")
    strange = (
        [word for word in told["top"] if word not in usual["words"]] if now is None else now.keys() - usual["words"]
    )
    if strange:
        said = f"{sorted(strange)[0]!r} has not been a {name} of {table} before; if it is meant, say so."
        yield Anomaly(table, name, "domain", said)
    if now is not None:
        words = sorted({*now, *usual["words"]})
        rows = np.array([[one.get(word, 0) for word in words] for one in (usual["words"], now)])
        yield from _further(table, name, kind, *l_infinity_limit(rows[0], rows[1]), "L-infinity")


def _of_numbers(table: str, name: str, usual: np.ndarray, now: np.ndarray, kind: str) -> Iterator[Anomaly]:
    new = int(now[usual == 0].sum())
    if new and _unseen(new, usual, int(now.sum())) < LUCK:
        said = f"{new} of {now.sum()} {name} of {table} lie where none of {usual.sum()} before did."
        yield Anomaly(table, name, "range", said)
    yield from _further(table, name, kind, *divergence_limit(usual, now), "Jensen-Shannon")


def _unseen(new: int, usual: np.ndarray, rows: int) -> float:
    """How likely so many rows are in bins never seen: those seen once tell of those seen never (Good, Turing)."""
    from scipy.stats import poisson

    rate = max(int(np.sum(usual == 1)), 1) / max(usual.sum(), 1)
    return float(poisson.sf(new - 1, BURSTS * rate * rows))


def l_infinity_limit(usual: np.ndarray, now: np.ndarray) -> tuple[float, float]:
    """The largest difference of a share between two rows of counts, and the largest that is no news."""
    from scipy.stats import norm

    apart = np.abs(shares(usual) - shares(now))
    pooled = shares(usual + now)[int(np.argmax(apart))]
    noise = norm.isf(LUCK / 2) * np.sqrt(BURSTS * pooled * (1 - pooled) * (1 / usual.sum() + 1 / now.sum()))
    return float(apart.max()), SHARE + float(noise)


def divergence_limit(usual: np.ndarray, now: np.ndarray) -> tuple[float, float]:
    """The divergence of two rows of counts in bits, and the largest that is no news.

    Without a change, 8 ln 2 / (1/n + 1/m) times the divergence follows chi-square with bins - 1 degrees of freedom.
    """
    from scipy.stats import chi2

    used = int(np.sum((usual + now) > 0))
    noise = chi2.isf(LUCK, max(used - 1, 1)) * BURSTS * (1 / usual.sum() + 1 / now.sum()) / (8 * np.log(2))
    return jensen_shannon(usual, now), BITS + float(noise)


def _further(table: str, name: str, kind: str, distance: float, limit: float, measure: str) -> Iterator[Anomaly]:
    if distance > limit:
        than = "in training" if kind == "skew" else "before"
        said = (
            f"{name} of {table} is spread otherwise than {than}: {measure} {distance:.3f}, no news up to {limit:.3f}."
        )
        yield Anomaly(table, name, kind, said)

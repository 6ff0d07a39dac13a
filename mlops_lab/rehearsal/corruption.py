"""How strong are the data tests? Clean spans, corrupted in one way at a time: caught, missed, and false anomalies."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mlops_lab.data.anomalies import Anomaly
from mlops_lab.data.contracts import Rule, promised
from mlops_lab.data.formats import Traffic
from mlops_lab.data.spans import Examined, Past, examined, learned
from mlops_lab.draws import draw
from mlops_lab.errors import BadInput
from mlops_lab.lab import Lab
from mlops_lab.rehearsal.loop import make_world

SHARES = (0.01, 0.05, 0.25, 1.0)  # of the rows of a table, one at least
UNITS = {"minutes": 60.0, "kcal": 4.184, "stars": 2.0}  # in seconds, in kJ, out of ten
LINKED = ("requests", "impressions", "clicks")  # whose rows belong to each other
IDS = ("cook", "recipe", "request")
WARM = 7  # spans that the first comparison needs behind it
Change = Callable[[pd.DataFrame, str, np.ndarray, float], pd.DataFrame]


def _set(values: Callable[[pd.Series, float], Any]) -> Change:
    """A change of the chosen rows of a column to other values."""

    def change(frame: pd.DataFrame, column: str, at: np.ndarray, lot: float) -> pd.DataFrame:
        cells = frame[column].astype(object).to_numpy(copy=True)
        cells[at] = values(frame[column].iloc[at], lot)
        return frame.assign(**{column: pd.Series(cells, index=frame.index, dtype=object).infer_objects()})

    return change


def _swapped(frame: pd.DataFrame, column: str, at: np.ndarray, lot: float) -> pd.DataFrame:
    others = [c for c in frame.columns if c != column and frame[c].dtype == frame[column].dtype]
    other = others[int(lot * len(others))] if others else column
    taken = {a: _set(lambda cells, _, b=b: frame[b].iloc[at])(frame, a, at, lot)[a]  # type: ignore[misc]
             for a, b in ((column, other), (other, column))}  # fmt: skip
    return frame.assign(**taken)


def _repeated(frame: pd.DataFrame, column: str, at: np.ndarray, lot: float) -> pd.DataFrame:
    return pd.concat([frame, frame.iloc[at]], ignore_index=True)


def _broken_letters(cells: pd.Series, lot: float) -> list[str]:
    """Text that was UTF-8 and was read as Latin-1, once an accent was in it."""
    return ["".join((text[:1], "é", text[2:])).encode().decode("latin-1") for text in cells.tolist()]


def _number(rule: Rule) -> bool:
    return rule.kind in ("int", "float") and not rule.clock


# What it is, which columns it can befall, what it does to the chosen rows.
KINDS: dict[str, tuple[Callable[[str, Rule], bool], Change]] = {
    "nulls": (lambda name, rule: True, _set(lambda cells, lot: None)),
    "type change": (lambda name, rule: rule.kind != "text", _set(lambda cells, lot: [f"about {c}" for c in cells])),
    "unit change": (
        lambda name, rule: name in UNITS,
        lambda frame, name, at, lot: _set(lambda cells, _: cells * UNITS[name])(frame, name, at, lot),
    ),
    "scaled by 1.1": (lambda name, rule: _number(rule), _set(lambda cells, lot: cells * 1.1)),
    "out of range": (
        lambda name, rule: _number(rule), _set(lambda cells, lot: -1 - cells if lot < 0.5 else cells * 1000 + 1000)
    ),
    "unknown category": (
        lambda name, rule: bool(rule.values) or name in ("market", "cuisine"), _set(lambda cells, lot: "klingon")
    ),
    "truncated text": (
        lambda name, rule: rule.kind == "text", _set(lambda cells, lot: [c[: (len(c) + 1) // 2] for c in cells])
    ),
    "broken letters": (lambda name, rule: rule.kind == "text", _set(_broken_letters)),
    "shifted dates": (lambda name, rule: rule.clock, _set(lambda cells, lot: cells + (-7, -1, 1, 7)[int(lot * 4)])),
    "swapped columns": (lambda name, rule: True, _swapped),
    "shuffled ids": (lambda name, rule: name in IDS, _set(lambda cells, lot: np.roll(cells.to_numpy(), 1))),
    "constant column": (
        lambda name, rule: not rule.clock,
        lambda frame, name, at, lot: frame.assign(**{name: frame[name].iloc[int(lot * len(frame))]}),
    ),
    "dropped column": (lambda name, rule: True, lambda frame, name, at, lot: frame.drop(columns=name)),
    "repeated rows": (lambda name, rule: True, _repeated),
}  # fmt: skip


def corrupted(traffic: Traffic, seed: int, number: int) -> tuple[Traffic, dict[str, Any]]:
    """A span with one thing wrong, and what: kind, table, column, share of its rows. The lot is a hash of the number.

    What changes nothing (a shuffle of two equal ids) is drawn again.
    """
    for attempt in range(100):
        lots = draw(seed, "corruption", traffic.day, number, attempt, np.arange(5)).tolist()
        kind, (befalls, change) = list(KINDS.items())[int(lots[0] * len(KINDS))]
        places = [(table, column) for table, frame in traffic.tables.items() if len(frame)
                  for column, rule in promised()[table].items() if befalls(column, rule)]  # fmt: skip
        table, column = places[int(lots[1] * len(places))]
        frame, share = traffic.tables[table], SHARES[int(lots[2] * len(SHARES))]
        rows = np.argsort(draw(seed, "rows", traffic.day, number, np.arange(len(frame))), kind="stable")
        at = np.sort(rows[: max(round(share * len(frame)), 1)])
        wrong = change(frame, column, at, lots[3])
        if not wrong.astype(object).equals(frame.astype(object)):
            share = 1.0 if kind in ("constant column", "dropped column") else share
            what = {"kind": kind, "table": table, "column": column, "share": share, "day": traffic.day}
            return replace(traffic, tables={**traffic.tables, table: wrong}), what
    raise BadInput(f"Day {traffic.day} holds nothing that can be corrupted; take a day with rows.")


def clean_spans(seed: int, days: int, size: str = "default") -> Iterator[tuple[Traffic, Examined, Past]]:
    """Every day of a world as the lab gets it, examined beside the days before it; every day is learned from."""
    past = Past()
    with tempfile.TemporaryDirectory() as folder:
        lab, world = Lab(Path(folder) / "lab", train_every=28), make_world(seed, size)
        for day in range(days):
            traffic = world.play(day, lab.recommend)
            found = examined(traffic, past)
            yield traffic, found, past
            past = learned(past, found)
            lab.take_in(traffic)


def corruption(
    corruptions: int = 1_000, seeds: int = 4, days: int = 91, first_seed: int = 101, size: str = "default"
) -> dict[str, Any]:
    """Caught and missed of so many corruptions, spread evenly over the spans of `seeds` worlds, and false anomalies.

    A corruption is caught when the corrupted span has an anomaly that the clean one has not. The first WARM days of a
    world have too little behind them and are not counted.
    """
    if corruptions < 1 or seeds < 1 or days <= WARM:
        raise BadInput(f"{corruptions} corruptions of {days} days, {seeds} seeds; ask for 1, {WARM + 1} and 1 or more.")
    spans = seeds * (days - WARM)
    tried: list[dict[str, Any]] = []
    false: list[dict[str, Any]] = []
    span = 0
    for seed in range(first_seed, first_seed + seeds):
        for traffic, clean, past in clean_spans(seed, days, size):
            if traffic.day < WARM:
                continue
            false += [{"seed": seed, "day": clean.day, "anomaly": str(one)} for one in clean.anomalies]
            for number in range(span * corruptions // spans, (span + 1) * corruptions // spans):
                wrong, what = corrupted(traffic, seed, number)
                found = set(_again(wrong, what["table"], clean, past)) - set(clean.anomalies)
                tried.append({"seed": seed, **what, "caught_by": _first(found)})
            span += 1
    told = f"--corruptions {corruptions} --seeds {seeds} --days {days} --first-seed {first_seed} --size {size}"
    return {
        "command": f"mlops-lab study corruption {told}",
        "version": version("mlops_lab"),
        **_summary(tried, false, spans),
    }


def _again(wrong: Traffic, table: str, clean: Examined, past: Past) -> tuple[Anomaly, ...]:
    """Anomalies of the tables that can see what is wrong with one: the others say what they said of the clean span."""
    if table in ("cooks", "recipes"):  # all others ask whom and what these have introduced
        return examined(wrong, past).anomalies
    seeing = LINKED if table in LINKED else (table,)
    tables = {name: wrong.tables[name] for name in seeing if name in wrong.tables}
    return examined(replace(wrong, tables=tables), replace(past, known=clean.known)).anomalies


def _first(found: set[Anomaly]) -> str:
    """The kind of the anomaly that says most plainly what is wrong; "" when there is none."""
    order = ("type", "presence", "domain", "uniqueness", "reference", "settled", "range", "drift")
    return min((anomaly.kind for anomaly in found), key=order.index, default="")


def _summary(tried: list[dict], false: list[dict], spans: int) -> dict[str, Any]:
    kinds = []
    for kind in KINDS:
        own = [one for one in tried if one["kind"] == kind]
        caught = [one["caught_by"] for one in own if one["caught_by"]]
        kinds.append({"kind": kind, "tried": len(own), "caught": len(caught), "missed": len(own) - len(caught),
                      "caught_by": dict(sorted(Counter(caught).items()))})  # fmt: skip
    missed = [one for one in tried if not one["caught_by"]]
    where = Counter(f"{one['kind']} in {one['table']}" for one in missed)
    return {
        "corruptions": len(tried), "caught": len(tried) - len(missed), "spans": spans,
        "false_spans": len({(one["seed"], one["day"]) for one in false}), "kinds": kinds,
        "missed_where": dict(where.most_common()), "missed": missed, "false": false,
    }  # fmt: skip

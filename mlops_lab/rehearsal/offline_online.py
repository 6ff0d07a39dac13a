"""How well what is measured on a log agrees with the true click rate, rung by rung, seed by seed, log by log."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from itertools import repeat

import numpy as np

from mlops_lab.draws import draw
from mlops_lab.errors import BadInput
from mlops_lab.evaluation import offpolicy
from mlops_lab.evaluation.intervals import metric, resampled
from mlops_lab.lab.candidates import BASELINE
from mlops_lab.rehearsal.season import LOT, Season, season
from mlops_lab.world import World

NDCG = "ndcg@10"


@dataclass(frozen=True)
class Written:
    """Who wrote a log, in a world of what size, and how wide its targets are (estimates are those of the first)."""

    champion: str
    tops: tuple[int, ...] = (50, 10, 1)
    world: Callable[..., World] = World


LOGS = {
    "by popularity": Written(BASELINE),
    "by lot": Written(LOT),
    "by popularity, busy": Written(BASELINE, (20, 5, 1), partial(World, cooks=8000, recipes=250, requests=5000)),
}


def offline_online(seeds: int = 3, days: int = 28, logs: Sequence[str] = tuple(LOGS), workers: int = 2) -> dict:
    """Rows by log, seed and model; how each measure agrees with the truth; where paper and kitchen invert an order."""
    if seeds < 1 or days < 1 or set(logs) - set(LOGS):
        said, known = (", ".join(names) for names in (logs, LOGS))
        raise BadInput(f"{seeds} seeds, {days} days of {said} cannot be studied; ask for 1 or more each, of {known}.")
    asked = [(log, seed) for log in logs for seed in range(1, seeds + 1)]
    with ProcessPoolExecutor(workers) as pool:
        parts = list(pool.map(judged, *zip(*asked, strict=True), repeat(days)))
    return {
        "command": f"mlops-lab study offline-online --seeds {seeds} --days {days}",
        "version": version("mlops_lab"),
        "rows": [row for part in parts for row in part["rows"]],
        "correlations": [row for log in logs for row in correlations([p for p in parts if p["log"] == log])],
        "widths": [row for part in parts for row in part["widths"]],
        "inversions": [row for part in parts for row in part["inversions"]],
        "coverage": [{"log": log} | coverage([r for p in parts for r in p["rows"] if p["log"] == log]) for log in logs],
    }  # fmt: skip


def correlations(parts: Sequence[dict]) -> list[dict]:
    """Of one log, over its seeds: {log, measure, spearman, kendall}, each with its interval."""
    measured = parts[0]["agreement"]
    found = {of: [part["agreement"][of] for part in parts] for of in measured}
    return [
        {"log": parts[0]["log"], "measure": of} | {rho: over_seeds([one[rho] for one in each]) for rho in each[0]}
        for of, each in found.items()
    ]


def judged(log: str, seed: int, days: int) -> dict:
    """One season: its rows, what it inverts, and the agreement of every measure, drawn again by cook."""
    how = LOGS[log]
    found = season(how.world(seed), champion=how.champion, days=days, tops=how.tops)
    drawn, top = measures(found), how.tops[0]
    at, rows = {"log": log, "seed": seed}, []
    for c, name in enumerate(found.names):
        truth = {"online": round(float(found.online[c]), 9), "place": round(float(found.place[top][c]), 9)}
        told = offpolicy.estimates(found.found, found.aims[name], found.group)
        rows.append({**at, "model": name, **truth, NDCG: _metric(drawn[NDCG][:, c]), **told})
    places = {f"truth of the last place, top {top}": found.place[top][None] for top in how.tops}
    return {
        "log": log,
        "rows": rows,
        "agreement": {name: agreement(values, found.online) for name, values in (drawn | places).items()},
        "widths": [{**at, "top": top, "days_needed": days_needed(found, top, days)} for top in how.tops],
        "inversions": [{**at, **row} for row in inversions(found, drawn, days_needed(found, top, days))],
    }


def measures(found: Season) -> dict[str, np.ndarray]:
    """NDCG and every estimate of every rung: the value, then RESAMPLES of it with the cooks drawn again, (1 + R, c)."""
    terms = [offpolicy.terms(found.found, found.aims[name], found.group) for name in found.names]
    values = [offpolicy.estimated(rows.sum(axis=0))[None] for rows in terms]
    drawn = [offpolicy.bootstrapped(found.found, rows) for rows in terms]
    every = np.stack([np.vstack(pair) for pair in zip(values, drawn, strict=True)], axis=1)
    ndcg = np.vstack([found.ndcg.mean(axis=0), resampled(found.ndcg)])
    return {NDCG: ndcg} | {name: every[:, :, at] for at, name in enumerate(offpolicy.ESTIMATORS)}


def agreement(measured: np.ndarray, online: np.ndarray) -> dict[str, np.ndarray]:
    """Rank correlations of (r, c) measured values with the true ones (c,): Spearman's rho, Kendall's tau-b, each (r,).

    Both follow from the signs of all differences; 0 where everything measured is equal.
    """
    one, other = (np.sign(v[..., :, None] - v[..., None, :]) for v in (np.round(measured, 12), online))
    pairs = {"spearman": (one.sum(axis=-1), other.sum(axis=-1)), "kendall": (one.reshape(len(one), -1), other.ravel())}
    return {
        name: (a @ b) / np.maximum(np.sqrt((a * a).sum(axis=-1) * (b @ b)), 1e-12) for name, (a, b) in pairs.items()
    }


def over_seeds(drawn: Sequence[np.ndarray]) -> dict[str, float]:
    """The mean over seeds of a first value, with an interval over seeds and, where there are resamples, cooks."""
    values = np.array(drawn)
    resamples = np.arange(1000)
    seed = (draw(0, "seed", resamples[:, None], np.arange(len(values))[None, :]) * len(values)).astype(np.int64)
    means = values[seed, np.minimum(resamples + 1, values.shape[1] - 1)[:, None]].mean(axis=1)
    return metric(values[:, 0].mean(), *np.quantile(means, [0.025, 0.975]))


def days_needed(found: Season, top: int, days: int) -> dict[str, int | None]:
    """Days of a log like this one until the last place tells a rung from popularity (95 % level, power 80 %)."""
    needed = np.ceil(found.lots_needed(top) * days / len(found.found))
    return {name: None if np.isnan(n) else int(n) for name, n in zip(found.names, needed, strict=True)}


def inversions(found: Season, drawn: dict[str, np.ndarray], needed: dict[str, int | None]) -> list[dict]:
    """Rungs that NDCG puts below (or above) popularity beyond doubt, and the kitchen the other way round.

    Differences from popularity: on paper, in the kitchen, and what the last place says and would say in the end.
    """
    base, told = found.names.index(BASELINE), []
    for c, name in enumerate(found.names):
        paper, place = (_metric(drawn[m][:, c] - drawn[m][:, base]) for m in (NDCG, "ips"))
        kitchen, end = (float(v[c] - v[base]) for v in (found.online, next(iter(found.place.values()))))
        if (paper["low"] > 0 > kitchen) or (paper["high"] < 0 < kitchen):
            rates = {"online": round(kitchen, 9), "place": round(end, 9)}
            told.append({"model": name, NDCG: paper, **rates, "ips": place, "days_needed": needed[name]})
    return told


def coverage(rows: Sequence[dict]) -> dict[str, float]:
    """The share of 95 % intervals that hold the true value of the last place, by estimator."""
    held = {
        name: [row[name]["low"] <= row["place"] <= row[name]["high"] for row in rows] for name in offpolicy.ESTIMATORS
    }
    return {name: round(sum(inside) / len(inside), 3) for name, inside in held.items()}


def _metric(drawn: np.ndarray) -> dict[str, float]:
    return metric(drawn[0], *np.quantile(drawn[1:], [0.025, 0.975]))

"""How soon is each kind of incident noticed, and how often is there an alarm without one?

Every seed has a start of its own. Its clean past is played once; each incident goes on from a copy of it, as a killed
lab would. The monitors have one set of defaults and are told nothing.
"""

import multiprocessing
import shutil
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.metadata import version
from pathlib import Path

from mlops_lab.draws import draw
from mlops_lab.errors import BadInput
from mlops_lab.rehearsal.loop import run_loop
from mlops_lab.world import INCIDENTS, Incident

AFTER_DAYS = 28  # played from an incident's start on; labels held up for three weeks need as long to be missed
EARLIEST, LATEST = 14, 34  # days on which incidents may start
STRUCK = 5  # seeds that have incidents; the others are played for false alarms alone
WORKERS = 2


def detection(days: int = 56, seeds: int = 20, kinds: Sequence[str] = tuple(INCIDENTS)) -> dict:
    """False alerts of clean runs, and for each kind the days until the first alert whose cause it can be.

    Each kind comes at once and in full, and growing for a week to half its strength (one that cannot grow: at half
    strength). `others`: alerts after the start with a cause outside of the blast radius. Raises BadInput.
    """
    if days < LATEST + 1 or seeds < 1:
        raise BadInput(f"{days} days and {seeds} seeds cannot be studied; ask for more than {LATEST} days and 1 seed.")
    with ProcessPoolExecutor(WORKERS, multiprocessing.get_context("spawn")) as workers:
        runs = list(workers.map(partial(of_seed, days=days, kinds=kinds), range(1, seeds + 1)))
    clean = [{"seed": run["seed"], "start": run["start"], "alerts": run["alerts"]} for run in runs]
    false = sum(len(run["alerts"]) for run in clean)
    return {
        "command": f"mlops-lab study detection --days {days} --seeds {seeds}",
        "version": version("mlops_lab"),
        "false_alerts": false,
        "false_alerts_per_run": round(false / len(clean), 3),
        "clean": clean,
        "incidents": [_together(found) for found in zip(*(run["found"] for run in runs[:STRUCK]), strict=True)],
    }


def of_seed(seed: int, days: int, kinds: Sequence[str]) -> dict:
    """One seed: alerts of its clean run, and what became of each incident at the seed's start."""
    start = EARLIEST + int(draw(seed, "start of incidents") * (LATEST - EARLIEST + 1))
    with tempfile.TemporaryDirectory() as home:
        lab = Path(home) / "lab"
        run_loop(lab, days=start, seed=seed)
        incidents = [incident for kind in kinds for incident in forms(kind, start)] if seed <= STRUCK else []
        found = [_struck(lab, incident, seed) for incident in incidents]
        alerts = run_loop(lab, days=days - start, seed=seed)["alerts"]
    return {"seed": seed, "start": start, "alerts": alerts, "found": found}


def forms(kind: str, start: int) -> list[Incident]:
    """A kind at once and in full, and gradually to one half."""
    return [Incident(kind, start), Incident(kind, start, width=7 * INCIDENTS[kind].gradual, strength=0.5)]


def _struck(past: Path, incident: Incident, seed: int) -> dict:
    """What happened when a copy of the past went on with an incident."""
    copy = past.with_name("struck")
    shutil.copytree(past, copy)
    told = run_loop(copy, days=AFTER_DAYS, seed=seed, incidents=[str(incident)])
    shutil.rmtree(copy)
    detected, after = told["incidents"][0]["detected_day"], [a for a in told["alerts"] if a["day"] >= incident.day]
    return {
        "kind": incident.kind, "width": incident.width, "strength": incident.strength,
        "delay": None if detected is None else detected - incident.day,
        "first": next((a["name"] for a in after if a["day"] == detected and a["cause"] in incident.causes), None),
        "others": [a["name"] for a in after if a["cause"] not in incident.causes],
        "actions": sorted({r["action"] for r in told["releases"] if r["day"] >= incident.day}),
    }  # fmt: skip


def _together(found: Sequence[dict]) -> dict:
    """One row of all seeds."""
    delays = [one["delay"] for one in found]
    same = {name: found[0][name] for name in ("kind", "width", "strength")}
    rest = {name: [one[name] for one in found] for name in ("first", "others", "actions")}
    return {**same, "delays": delays, "missed": delays.count(None), **rest}

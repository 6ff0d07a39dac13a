"""Long statistics over many seeds, as plain data: what a single run cannot tell."""

import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from mlops_lab.errors import BadInput
from mlops_lab.lab import Lab
from mlops_lab.rehearsal.loop import document, make_world, play, run_loop
from mlops_lab.world import INCIDENTS, Incident


def detection(days: int = 56, seeds: int = 20, start: int = 35, kinds: Sequence[str] = tuple(INCIDENTS)) -> dict:
    """False alerts in clean runs of `seeds` seeds, and for each incident kind the days until its first alert.

    Alerts before an incident's start, or on a clean run, are false. Each incident runs on the first five seeds.
    """
    if days <= start or seeds < 1:
        raise BadInput(f"{days} days and {seeds} seeds cannot be studied; ask for more than {start} days and 1 seed.")
    clean = [{"seed": seed, "alerts": _run(days, seed, [])["alerts"]} for seed in range(1, seeds + 1)]
    found = []
    for kind in kinds:
        runs = [(seed, _run(days, seed, [f"{kind}@{start}"])) for seed in range(1, min(seeds, 5) + 1)]
        delays = [_delay(told, Incident.parse(f"{kind}@{start}")) for _, told in runs]
        actions = [sorted({r["action"] for r in told["releases"] if r["day"] >= start}) for _, told in runs]
        found.append({"kind": kind, "delays": delays, "missed": delays.count(None), "actions": actions})
    false = sum(len(run["alerts"]) for run in clean)
    return {
        "command": f"mlops-lab study detection --days {days} --seeds {seeds}",
        "version": version("mlops_lab"),
        "false_alerts": false,
        "false_alerts_per_run": round(false / len(clean), 3),
        "clean": clean,
        "incidents": found,
    }


def _run(days: int, seed: int, incidents: list[str]) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        return run_loop(Path(folder) / "lab", days=days, seed=seed, incidents=incidents)


def _delay(told: dict, incident: Incident) -> int | None:
    day = next(i["detected_day"] for i in told["incidents"] if i["kind"] == incident.kind)
    return None if day is None else day - incident.day


def paired(kind: str, day: int, days: int, seed: int = 7, size: str = "default") -> tuple[dict, dict]:
    """The same world with and without one incident, in labs of their own: (with, without)."""
    told = []
    for incidents in ([Incident(kind, day)], []):
        with tempfile.TemporaryDirectory() as folder:
            lab = Lab(Path(folder) / "lab")
            play(lab, make_world(seed, size, incidents), range(days), incidents)
            told.append(document(lab, incidents))
    return told[0], told[1]

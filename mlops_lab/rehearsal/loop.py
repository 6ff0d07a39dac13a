"""The closed loop: cooks ask, the lab answers, cooks choose, the lab takes the day in."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from mlops_lab.errors import BadInput
from mlops_lab.lab import Lab
from mlops_lab.lab.workspace import settings, settle, workspace_path
from mlops_lab.rehearsal.seams import enter, surround
from mlops_lab.world import INCIDENTS, Incident, World

SIZES = ("default", "quick")


def make_world(seed: int, size: str, incidents: Sequence[Incident] = ()) -> World:
    """A world of the default size (2,000 cooks) or the quick one for notebooks and tests."""
    if size not in SIZES:
        raise BadInput(f"Size {size!r} is not known; use one of {', '.join(SIZES)}.")
    return World(seed, incidents=incidents) if size == "default" else World.small(seed, incidents=incidents)


def play(lab: Lab, world: World, days: Iterable[int], incidents: Sequence[Incident] = ()) -> None:
    """Play days into the lab. Incidents of the world are in the world; those of the lab enter through its seams."""
    surround(lab, incidents)
    lab.catch_up()
    for day in days:
        for incident in incidents:
            if incident.day == day and incident.kind == "worse-model":
                enter(lab, incident)
        lab.take_in(world.play(day, lab.recommend))


def run_loop(
    workspace: str | Path,
    *,
    days: int,
    seed: int,
    incidents: Sequence[str] = (),
    size: str = "default",
    progress: bool = False,
) -> dict:
    """`days` more days of a workspace, new or used; the document of the command `loop`.

    Raises BadInput for days < 1, unknown incidents, or a used workspace that was played with another seed or size.
    """
    if days < 1:
        raise BadInput(f"{days} days cannot be played; ask for 1 or more.")
    parsed = [Incident.parse(text) for text in incidents]
    path = workspace_path(workspace)
    known = settings(path).get("world")
    lab = Lab(path)
    if known is None and lab.newest_day >= 0:
        raise BadInput(f"Workspace {path.name!r} holds ingested data, not a played world; name another workspace.")
    if known is not None and (known["seed"], known["size"]) != (seed, size):
        raise BadInput(
            f"Workspace {path.name!r} was played with seed {known['seed']} and size {known['size']}, not seed {seed} "
            f"and size {size}; use the same, or name another workspace."
        )
    start = lab.newest_day + 1
    earlier = [Incident.parse(text) for text in known["incidents"]] if known else []
    every = list(dict.fromkeys([*earlier, *parsed]))
    _check_days([incident for incident in parsed if incident not in earlier], start)
    # A run that was killed is finished by the same command; a finished one goes on for as many days again.
    goal = known["goal"] if known and known["days"] == days and start < known["goal"] else start + days
    world = make_world(seed, size, every)
    told = {"seed": seed, "size": size, "incidents": [str(incident) for incident in every], "days": days, "goal": goal}
    settle(path, world=told)
    if start:
        world.remember({name: lab.table(name) for name in ("clicks", "cooked", "ratings")})
    play(lab, world, _bar(range(start, goal), progress), every)
    return document(lab, every)


def _check_days(incidents: Sequence[Incident], start: int) -> None:
    for incident in incidents:
        first = max(start, 1) if INCIDENTS[incident.kind].where == "lab" else start
        if incident.day < first:
            why = "is already played" if incident.day < start else "comes before there is any model"
            raise BadInput(f"Day {incident.day} of {incident} {why}; name day {first} or later.")


def _bar(days: range, progress: bool) -> Iterable[int]:
    if not progress:
        return days
    from tqdm import tqdm

    return tqdm(days, unit="day", desc="loop")


def document(lab: Lab, incidents: Sequence[Incident] = ()) -> dict:
    """What happened in a lab so far, with the incidents and the day each was detected."""
    told = lab.report().document()
    told["incidents"] = [
        {**asdict(incident), "detected_day": detected(told["alerts"], incident)} for incident in incidents
    ]
    return told


def detected(alerts: Sequence[dict], incident: Incident) -> int | None:
    """The first day with an alert whose cause lies in the incident's blast radius, None if there is none."""
    days = [alert["day"] for alert in alerts if alert["day"] >= incident.day and alert["cause"] in incident.causes]
    return min(days, default=None)

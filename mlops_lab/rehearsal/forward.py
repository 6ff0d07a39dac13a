"""A workspace as it is on some day: played once for each version of the code, then copied from a cache."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from mlops_lab.lab import Lab
from mlops_lab.lab.workspace import workspace_path
from mlops_lab.rehearsal.loop import make_world, run_loop
from mlops_lab.rehearsal.seams import surround
from mlops_lab.world import Incident, World


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mlops-lab" / "rehearsals"


def code() -> str:
    """A digest of the package's sources: other code, other rehearsal."""
    root = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for file in sorted([*root.rglob("*.py"), *root.glob("data/*.toml")]):
        if "workbook" not in file.parts:
            digest.update(file.relative_to(root).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()


def fast_forward(
    day: int, *, seed: int = 7, size: str = "quick", incidents: Sequence[str] = (), workspace: str = "kitchen"
) -> tuple[World, Lab]:
    """The world and a fresh lab on the morning of `day`: days 0 to day - 1 are played and taken in.

    Trouble that is still to come leaves no trace on the days before it, so runs that differ in it share their past.
    """
    path = workspace_path(workspace)
    troubles = [Incident.parse(text) for text in incidents]
    earlier = [str(incident) for incident in troubles if incident.day < day]
    name = hashlib.sha256(f"{code()} {day} {seed} {size} {earlier}".encode()).hexdigest()[:20]
    played = _cache() / name
    if day > 0 and not played.is_dir():
        _play(played, day, seed, size, earlier)
    if day > 0:
        shutil.copytree(played, path, dirs_exist_ok=True)
    lab = Lab(path)
    surround(lab, troubles)
    world = make_world(seed, size, troubles)
    if day > 0:
        world.remember({name: lab.table(name) for name in ("clicks", "cooked", "ratings")})
    return world, lab


def _play(played: Path, day: int, seed: int, size: str, incidents: Sequence[str]) -> None:
    """Play aside, then rename: a half-played folder is never taken for a finished one."""
    played.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=played.parent, prefix="playing-"))
    run_loop(aside / "lab", days=day, seed=seed, size=size, incidents=incidents)
    try:
        (aside / "lab").rename(played)
    except OSError:
        pass  # another process was first, with the same result
    shutil.rmtree(aside, ignore_errors=True)

"""The world beside Food.com: its figures after some weeks in a lab, and its growth and decay over as many years."""

import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np

from mlops_lab.errors import BadInput
from mlops_lab.lab import Lab
from mlops_lab.rehearsal.loop import make_world, play
from mlops_lab.world import World

STEP = 5  # days from one look at the volume to the next; seven looks meet every weekday


def fidelity(days: int = 56, seed: int = 7) -> dict:
    """The world's marginals beside Food.com's published figures, after days in a default lab. Raises BadInput."""
    from mlops_lab.world.fidelity import YEARS, life
    from mlops_lab.world.fidelity import fidelity as figures

    if days < 1:
        raise BadInput(f"{days} days cannot be studied; ask for 1 or more.")
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder) / "lab")
        play(lab, make_world(seed, "default"), range(days))
        tables = {name: lab.table(name) for name in ("ratings", "recipes")}
    volume = yearly(make_world(seed, "default"), YEARS)
    return {
        "command": f"mlops-lab study fidelity --days {days} --seed {seed}",
        "version": version("mlops_lab"),
        "rows": [*figures(tables).to_dict("records"), *life(volume).to_dict("records")],
        "requests_a_day_by_year": volume.round(1).tolist(),
    }


def yearly(world: World, years: int) -> np.ndarray:
    """Requests a day, averaged over each of so many years; (years,). Nobody has to be answered for that."""
    looks = np.arange(0, 365 * years, STEP)
    volume = np.array([len(world.clock(day)) for day in looks.tolist()])
    return np.array([volume[looks // 365 == year].mean() for year in range(years)])

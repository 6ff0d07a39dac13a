"""How long does a year of the closed loop take, and is a late day dearer than an early one?

    python benchmarks/loop.py [--days 365] [--seed 7] [--json FILE]

The default lab and world in this process: traffic, answers, ingest, monitors, and a training every seventh day. Told
are the wall seconds of all days, and the CPU seconds of days 302 to 329 over those of days 62 to 89: whole weeks, so
that either holds four trainings.
"""

import argparse
import json
import os
import platform
import tempfile
import time
from pathlib import Path

import numpy as np

from mlops_lab import Lab, World

TARGETS = {"seconds": 90, "late_over_early": 1.1}
EARLY, LATE = slice(62, 90), slice(302, 330)


def year(days: int, seed: int, home: Path) -> tuple[float, np.ndarray]:
    """Wall seconds of all days, and the CPU seconds of each (days,)."""
    world, lab = World(seed=seed), Lab(home)
    cpu = [time.process_time()]
    started = time.perf_counter()
    for day in world.days(days):
        lab.take_in(world.play(day, lab.recommend))
        cpu.append(time.process_time())
    return time.perf_counter() - started, np.diff(cpu)


def main() -> None:
    """Play, tell, and keep the result where asked."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--days", type=int, default=365)
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--json", type=Path)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as home:
        seconds, cpu = year(given.days, given.seed, Path(home) / "lab")
        size = sum(path.stat().st_size for path in Path(home).rglob("*") if path.is_file())
    told = {
        "command": f"python benchmarks/loop.py --days {given.days} --seed {given.seed}",
        "targets": TARGETS,
        "seconds": round(seconds, 1),
        "late_over_early": round(float(cpu[LATE].sum() / cpu[EARLY].sum()), 3) if given.days >= LATE.stop else None,
        "megabytes": round(size / 1e6),
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "numpy": np.__version__},
    }
    print(json.dumps(told, indent=1))
    if given.json:
        given.json.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()

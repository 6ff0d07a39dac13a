"""A drill with a stopwatch: a new feature, from its first line to the prediction log, on a copy of the package.

Breck et al. 2017, test data-6: new features can be added quickly. What is measured is the machine's part, and what must
be touched; thinking of a good feature takes longer.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mlops_lab.errors import BadInput

ROOT = Path(__file__).parent.parent
CATALOGUE = "mlops_lab/features/catalogue.py"
DAYS = 2  # of a very small company, before the ranker with the new feature goes live


@dataclass(frozen=True)
class Drill:
    """touched: file -> lines added. in_model: the ranker has learned it. logged: answers that tell it, of all."""

    touched: dict[str, int]
    in_model: bool
    answers: int
    logged: int
    seconds: float

    def __repr__(self) -> str:
        added = [(f"{n} line" if n == 1 else f"{n} lines", file.rsplit("/", 1)[-1]) for file, n in self.touched.items()]
        lines = ", ".join(f"{lines} of {file}" for lines, file in added)
        return f"Drill({lines}; in the model: {self.in_model}; told by {self.logged} of {self.answers} answers)"


def drilled(name: str, added: Mapping[str, str], then: str = "") -> Drill:
    """Append text to files of a copy of the clone (path from its root -> text), then play, train, promote and serve.

    name: of the new feature. then: more Python to run in the copy first, for example its test. Raises BadInput with the
    last line of what went wrong.
    """
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT, Path(folder, ROOT.name), ignore=shutil.ignore_patterns("__pycache__"))
        for file, text in added.items():
            there = Path(folder, file)
            if not there.exists():
                shutil.copytree((ROOT.parent / file).parent, there.parent)
            there.write_text(there.read_text(encoding="utf-8") + text, encoding="utf-8")
        code = f"{then}\nfrom mlops_lab.rehearsal.drill import company\ncompany({name!r}, {folder!r})"
        environment = os.environ | {"PYTHONPATH": folder}
        done = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise BadInput(f"The drill with {name!r} failed: {done.stderr.strip().splitlines()[-1]}")
    touched = {file: sum(1 for line in text.splitlines() if line.strip()) for file, text in added.items()}
    return Drill(touched, **json.loads(done.stdout.splitlines()[-1]), seconds=time.perf_counter() - began)


def company(name: str, folder: str) -> None:
    """Some days of a small company whose champion becomes a ranker that knows the feature; prints JSON."""
    from mlops_lab.lab import Lab
    from mlops_lab.lab.candidates import fit, ladder
    from mlops_lab.models import saved
    from mlops_lab.world import World

    world, lab = World(seed=7, cooks=80, recipes=60, requests=80), Lab(Path(folder) / "lab")
    for day in world.days(DAYS):
        lab.take_in(world.play(day, lab.recommend))
    log = lab.memory().log()
    ranker = fit(ladder(log)["ranker"], log, None, DAYS)
    version = lab.registry.register(
        saved.to_bytes(ranker), digest=saved.digest(ranker), kind=ranker.kind, data_commit=str(lab.memory().commit),
        run="", metrics={}, blessed=True, reasons=["A drill."],
    )  # fmt: skip
    lab.promote(version.number, who="drill", why="to see the new feature served")
    lab.take_in(world.play(DAYS, lab.recommend))
    answers = lab.table("predictions", (DAYS, DAYS))
    served = answers[answers["version"] == version.number]["features"].map(json.loads)
    found = {"in_model": name in ranker.numeric + ranker.categorical, "answers": len(answers)}
    print(json.dumps(found | {"logged": sum(name in features for features in served)}))

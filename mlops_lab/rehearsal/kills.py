"""Kill -9 at random moments of a lab at work: it must be whole afterwards, and go on to the very same end.

    python -m mlops_lab.rehearsal.kills FOLDER

plays a small lab's days there: each is taken in, trained on when it is time, and gone over by a pipeline, datum by
datum; at the end the newest version is promoted. The same command goes on where a killed one stopped. It says "begin"
when everything is imported, and then every repo that it commits to.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from mlops_lab.draws import draw
from mlops_lab.errors import BadInput
from mlops_lab.lab import Lab
from mlops_lab.pipeline import Pipeline, glob, step
from mlops_lab.rehearsal.forward import code
from mlops_lab.rehearsal.loop import make_world, play
from mlops_lab.store import Store

DAYS, SEED, WORKERS = 8, 7, 2
THE_END = "the end"


def counted(clicks: pd.DataFrame, day: str) -> dict:
    """How often one day's recipes were clicked."""
    return {"day": day, "clicks": len(clicks), "recipes": int(clicks["recipe"].nunique())}


def rated(counted: dict) -> float:
    """Clicks a recipe."""
    return counted["clicks"] / max(counted["recipes"], 1)


DAILY = Pipeline("daily", (step(counted, over="clicks"), step(rated, over="counted")))


def live(folder: Path) -> None:
    """All days of the small lab, from where it stands."""
    print("begin", flush=True)
    lab, world = Lab(folder), make_world(SEED, "quick")
    lab.store.subscribe(lambda commit, branch: print(commit.repo, flush=True))
    if lab.newest_day >= 0:
        world.remember({name: lab.table(name) for name in ("clicks", "cooked", "ratings")})
    for day in range(lab.newest_day, DAYS):  # what a killed process left over belongs to the newest day
        play(lab, world, [day] if day > lab.newest_day else [])
        if day >= 0:
            DAILY.run(lab.store, lab.ledger, {"clicks": glob("traffic", "day={day}/clicks.parquet")})
    newest = len(lab.registry.versions())
    if lab.registry.alias("champion") != newest:
        lab.promote(newest, why="The season opens.")


@dataclass(frozen=True)
class End:
    """What a lab has become. pointers: branch or tag -> commit. runs and made: what the ledger says."""

    pointers: dict[str, str]
    versions: list[str]
    runs: list[tuple[str, str]]
    made: list[tuple[str, str, str]]

    def differences(self, wanted: "End") -> list[str]:
        """What is otherwise than wanted, one word or row each; none when the two are equal."""
        branches = sorted(self.pointers.items() ^ wanted.pointers.items())
        rows = [set(mine) ^ set(theirs) for mine, theirs in ((self.runs, wanted.runs), (self.made, wanted.made))]
        found = [f"{name} -> {commit}" for name, commit in branches] + [
            str(row) for part in rows for row in sorted(part)
        ]
        return found or ([] if self == wanted else ["versions, or a row twice"])


def end(folder: Path) -> End:
    """What a lab has become, to be compared."""
    lab = Lab(folder)
    pointers = {f"{r}@{b}": lab.store.get(f"{r}@{b}").id for r in lab.store.repos() for b in lab.store.branches(r)}
    with lab.ledger.open() as book:
        made = book.rows("SELECT execution, artifact, type FROM events WHERE direction = 'output' ORDER BY 1, 2, 3")
        runs = book.rows("SELECT id, state FROM contexts WHERE type = 'run' ORDER BY 1")
    return End(pointers, [v.digest for v in lab.registry.versions()], runs, made)


def played(folder: Path, seconds: float | None = None) -> tuple[list[str], float]:
    """Run the command in a folder and kill it after so many seconds of work: what it said, how long it worked."""
    environment = {**os.environ, "TMPDIR": str(folder.parent)}
    command = [sys.executable, "-m", __name__, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        said, started = [process.stdout.readline().strip()], time.perf_counter()
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        said += process.stdout.read().split()
    if seconds is None and process.returncode:
        raise BadInput(f"The lab in {folder} did not come to its end (exit code {process.returncode}); see above.")
    return [*said, THE_END] if process.returncode == 0 else said, time.perf_counter() - started


def killed(folder: Path, seconds: float, wanted: End) -> dict:
    """One moment: what was said last before the kill, was the store clean then, is the end as wanted.

    A lab that was at its end already, because the machine is less busy now, is played anew and killed in half the time.
    """
    said, _ = played(folder, seconds)
    if said[-1] == THE_END:
        return killed(folder.with_name(f"{folder.name}-again"), seconds / 2, wanted)
    clean = Store(folder / "store").verify() == []
    played(folder)
    found = end(folder).differences(wanted) + [problem.problem for problem in Store(folder / "store").verify()]
    return {"after": said[-1], "clean": clean, "equal": not found, "differs": found[:12]}


def kills(moments: int = 200, seed: int = 1) -> dict:
    """Kill a lab at so many moments of its work, each after a hash-drawn share of the usual duration."""
    if moments < 1:
        raise BadInput(f"{moments} moments cannot be studied; ask for 1 or more.")
    before = code()
    with tempfile.TemporaryDirectory(prefix="kills-") as home, ThreadPoolExecutor(WORKERS) as workers:
        labs = [Path(home) / f"{moment}" / "lab" for moment in range(moments + WORKERS)]
        for lab in labs:
            lab.parent.mkdir()
        usual = min(seconds for _, seconds in workers.map(played, labs[-WORKERS:]))
        wanted = end(labs[-1])
        shares = [float(draw(seed, "kill", moment)) for moment in range(moments)]
        found = list(workers.map(lambda lab, share: killed(lab, share * usual, wanted), labs, shares))
    if code() != before:  # other code is another run, and its end another end
        raise BadInput("The package was edited while the study ran, so its ends cannot be compared; run it again.")
    wrong = [{"share": round(share, 4), **one} for share, one in zip(shares, found, strict=False) if not sound(one)]
    return {
        "command": f"mlops-lab study kills --moments {moments} --seed {seed}",
        "version": version("mlops_lab"),
        "moments": moments,
        "usual_seconds": round(usual, 1),
        "clean": sum(one["clean"] for one in found),
        "equal": sum(one["equal"] for one in found),
        "after": dict(sorted(Counter(one["after"] for one in found).items())),
        "wrong": wrong,
    }


def sound(one: dict) -> bool:
    """Did a lab survive its kill?"""
    return one["clean"] and one["equal"]


if __name__ == "__main__":
    live(Path(sys.argv[1]))

"""What does a pipeline cost beside plain Python, joblib.Memory, KFP local and DVC? Is an edit as cheap in ten years?

    python benchmarks/pipeline.py [--rounds 7] [--days 30 365 3650] [--edits 15] [--dvc PATH] [--json FILE]

Six trivial steps hand a small table on, as whole processes in a fresh folder: once cold, then again unchanged. Every
contender runs in every round, the first round warms up (byte code, file cache) and does not count; a ratio is the
median, over rounds, of a contender by plain Python in the same round. Ours commits durably and records lineage: on a
disk that others use, wall time has their writes in it, and so the CPU's time stands beside it.

Then a log of so many days, one file each: one day is edited and committed, and a chain of two fan-outs runs. Sizes take
turns, edit by edit; counted is that exactly this day's datum was worked on in both steps.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from mlops_lab.pipeline import Ledger, Pipeline, Run, glob, step
from mlops_lab.store import Store

QUIET = {"DO_NOT_TRACK": "1", "DVC_NO_ANALYTICS": "1"}
TARGETS = {"cold": 1.1, "again": 0.25, "flat": 1.5}  # ours by plain Python; an edit among the most days by the fewest
NUMBERS = range(1, 6)

STEPS = """
import pandas as pd

def make():
    return pd.DataFrame({"a": range(1000), "b": [i % 7 for i in range(1000)], "c": [i * 0.5 for i in range(1000)]})

def more(table, n):
    return table.assign(**{f"s{n}": table["a"] * n + 1})
"""
PLAIN = """
import pandas as pd
from steps import make, more
make().to_parquet("d0.parquet")
for n in range(1, 6):
    more(pd.read_parquet(f"d{n - 1}.parquet"), n).to_parquet(f"d{n}.parquet")
"""
# The same functions as steps; nothing is imported that a skipped step does not need.
OURS_FLOW = """
from mlops_lab.pipeline import Ledger, Pipeline
from mlops_lab.store import Store

def d0():
    import pandas as pd
    return pd.DataFrame({"a": range(1000), "b": [i % 7 for i in range(1000)], "c": [i * 0.5 for i in range(1000)]})

def more(table, n):
    return table.assign(**{f"s{n}": table["a"] * n + 1})
""" + "".join(f"\ndef d{n}(d{n - 1}):\n    return more(d{n - 1}, {n})\n" for n in NUMBERS)
OURS = """
from flow import Ledger, Pipeline, Store, d0, d1, d2, d3, d4, d5
Pipeline("six", (d0, d1, d2, d3, d4, d5)).run(Store("store"), Ledger("lineage.sqlite"), {})
"""
JOBLIB = """
from joblib import Memory
from steps import make, more
memory = Memory("cache", verbose=0)
table = memory.cache(make)()
for n in range(1, 6):
    table = memory.cache(more)(table, n)
"""
KFP = """
from kfp import dsl, local
local.init(runner=local.SubprocessRunner(use_venv=False), pipeline_root="out")

@dsl.component(install_kfp_package=False)
def make(out: dsl.Output[dsl.Dataset]):
    import steps
    steps.make().to_parquet(out.path)

@dsl.component(install_kfp_package=False)
def more(table: dsl.Input[dsl.Dataset], n: int, out: dsl.Output[dsl.Dataset]):
    import pandas as pd
    import steps
    steps.more(pd.read_parquet(table.path), n).to_parquet(out.path)

@dsl.pipeline
def six():
    task = make()
    for n in range(1, 6):
        task = more(table=task.outputs["out"], n=n)

six()
"""
DVC_STEP = """
import sys
import pandas as pd
from steps import make, more
n = int(sys.argv[1])
(more(pd.read_parquet(f"d{n - 1}.parquet"), n) if n else make()).to_parquet(f"d{n}.parquet")
"""
DVC = "stages:\n" + "".join(
    f"  s{n}:\n    cmd: '{sys.executable} step.py {n}'\n"
    f"    deps: [step.py, steps.py{f', d{n - 1}.parquet' if n else ''}]\n    outs: [d{n}.parquet]\n"
    for n in range(6)
)


def contenders(peers: list[str], dvc: str | None) -> dict[str, tuple[dict[str, str], list[str]]]:
    """Name -> files of its project and its command, for all that are installed."""
    python = [sys.executable, "main.py"]
    found = {"plain Python": ({"main.py": PLAIN}, python), "ours": ({"flow.py": OURS_FLOW, "main.py": OURS}, python)}
    if "joblib" in peers and installed("joblib"):
        found["joblib.Memory"] = {"main.py": JOBLIB}, python
    if "kfp" in peers and installed("kfp"):
        found["kfp.local"] = {"main.py": KFP}, python
    if "dvc" in peers and dvc:
        found["DVC"] = {"step.py": DVC_STEP, "dvc.yaml": DVC}, [dvc, "repro", "-q"]
    return found


def installed(name: str) -> str | None:
    """The version of a package, None when it is not there."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def run(folder: Path, *command: str) -> tuple[float, float]:
    """Run a command in a folder after a sync; seconds on the wall and of the CPU. Ends the program when it fails."""
    quiet = {**os.environ, **QUIET, "DVC_SITE_CACHE_DIR": str(folder), "PYTHONPATH": str(folder)}
    quiet.pop("PYTHONDONTWRITEBYTECODE", None)  # imports would take three times as long
    os.sync()  # nobody waits for what another left to be written
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, env=quiet, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed: {done.stderr.strip()[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - start, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def six_steps(home: Path, rounds: int, peers: list[str], dvc: str | None) -> dict[str, dict[str, float]]:
    """Contender -> median seconds cold and again, and both by plain Python in the same round, on the wall and CPU."""
    rows: dict[str, list[dict[str, float]]] = {}
    for number in range(-1, rounds):
        for name, (files, command) in contenders(peers, dvc).items():
            folder = home / f"{number}-{name.replace(' ', '-')}"
            folder.mkdir()
            for file, text in {"steps.py": STEPS, **files}.items():
                (folder / file).write_text(text)
            if name == "DVC":
                run(folder, command[0], "init", "-q", "--no-scm")
            both = {"cold": run(folder, *command), "again": run(folder, *command)}
            wall = {when: seconds for when, (seconds, _) in both.items()}
            rows.setdefault(name, []).append({**wall, **{f"{when}_cpu": cpu for when, (_, cpu) in both.items()}})
    return {name: summed(mine[1:], rows["plain Python"][1:]) for name, mine in rows.items()}


def summed(mine: list[dict[str, float]], plain: list[dict[str, float]]) -> dict[str, float]:
    """Medians of seconds, and of ratios to a cold run of plain Python."""
    pairs = list(zip(mine, plain, strict=True))
    seconds = {f"{when}_s": statistics.median(row[when] for row in mine) for when in ("cold", "again")}
    for when, base in (("cold", "cold"), ("again", "cold"), ("cold_cpu", "cold_cpu"), ("again_cpu", "cold_cpu")):
        seconds[f"{when}_ratio"] = statistics.median(row[when] / beside[base] for row, beside in pairs)
    return {name: round(value, 3) for name, value in seconds.items()}


def counted(clicks: list, day: str) -> dict:
    """How often which recipe was clicked on one day."""
    return {"day": day, "clicks": len(clicks), "recipes": len(set(clicks))}


def rated(counted: dict) -> float:
    """Clicks a recipe."""
    return counted["clicks"] / max(counted["recipes"], 1)


CHAIN = Pipeline("chain", (step(counted, over="clicks"), step(rated, over="counted")))


class Log:
    """A log of some days in a store, and a chain of two fan-outs over them."""

    def __init__(self, home: Path, days: int):
        self.days, self.seconds, self.worked = days, list[float](), list[int]()
        self.store, self.ledger = Store(home / f"{days}"), Ledger(home / f"{days}.sqlite")
        self.store.commit("traffic", {self.path(day): self.clicks(day) for day in range(days)})
        start = time.perf_counter()
        self.run()
        self.first = time.perf_counter() - start

    def path(self, day: int) -> str:
        """Where a day lies."""
        return f"day={day % self.days:04d}/clicks.json"

    def clicks(self, number: int) -> bytes:
        """A day's clicks, never the same for two numbers."""
        return json.dumps([number, *(number * k % 97 for k in range(200))]).encode()

    def run(self) -> Run:
        """The chain on what is there now."""
        return CHAIN.run(self.store, self.ledger, {"clicks": glob("traffic", "day={day}/clicks.json")})

    def edit(self, number: int) -> None:
        """Another upload of one day, committed and worked on."""
        content = self.clicks(100_000 + number)
        start = time.perf_counter()
        self.store.commit("traffic", {self.path(7 * number): content})
        done = self.run()
        self.seconds.append(time.perf_counter() - start)
        self.worked += [sum(n for state, n in one.datums.items() if state != "SKIPPED") for one in done.steps]

    def beside(self, other: "Log") -> float:
        """How much longer an edit took than the same edit of another log; median without the first."""
        pairs = zip(self.seconds[1:], other.seconds[1:], strict=True)
        return round(statistics.median(mine / its for mine, its in pairs), 2)

    def results(self) -> dict[str, float]:
        """Medians without the first edit, and the most datums that one edit made a step work on."""
        edit = round(statistics.median(self.seconds[1:]), 4)
        return {"days": self.days, "edit_s": edit, "first_run_s": round(self.first, 3), "worked": max(self.worked)}


def flatness(home: Path, days: list[int], edits: int) -> list[dict[str, float]]:
    """The same edits in logs of different lengths, taking turns; ratio: by the shortest log, edit by edit."""
    logs = [Log(home, one) for one in sorted(days)]
    for number in range(edits + 1):
        for log in logs:
            log.edit(number)
    return [{**log.results(), "ratio": log.beside(logs[0])} for log in logs]


def table(steps: dict[str, dict[str, float]], logs: list[dict[str, float]], absent: list[str]) -> str:
    """Both measurements for people."""
    columns = ("cold_s", "again_s", "cold_ratio", "again_ratio", "cold_cpu_ratio", "again_cpu_ratio")
    heads = ("cold s", "again s", "cold x", "again x", "cpu cold x", "cpu again x")
    lines = ["  six steps       " + "".join(f"{head:>12}" for head in heads)]
    lines += [f"  {name:<16}" + "".join(f"{row[one]:>12.2f}" for one in columns) for name, row in steps.items()]
    lines.append(f"  targets of ours {'':>24}{TARGETS['cold']:>12.2f}{TARGETS['again']:>12.2f}")
    lines += ["", f"  {'days of log':<16}{'edit':>9}{'x':>7}{'datums':>8}{'first run':>11}"]
    for row in logs:
        lines.append("  {days:<16}{edit_s:>9.4f}{ratio:>7.2f}{worked:>8}{first_run_s:>11.2f}".format(**row))
    lines.append(f"  target {'':>19}{TARGETS['flat']:>6}       1")
    return "\n".join([*lines, f"\nnot installed: {', '.join(absent) or 'nothing'}"])


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--days", type=int, nargs="+", default=[30, 365, 3650])
    parser.add_argument("--edits", type=int, default=15)
    parser.add_argument("--peers", nargs="*", default=["joblib", "kfp", "dvc"])
    parser.add_argument("--dvc", default=shutil.which("dvc"), help="DVC's command, default the one on the PATH")
    parser.add_argument("--json", type=Path, help="write the results here, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pipeline-") as home:
        steps = six_steps(Path(home), options.rounds, options.peers, options.dvc)
        logs = flatness(Path(home), options.days, options.edits)
    versions = {name: installed(name) for name in ("mlops_lab", "pandas", "joblib", "kfp")}
    if options.dvc:
        said = subprocess.run([options.dvc, "--version"], capture_output=True, text=True)
        versions["dvc"] = said.stdout.strip()
    absent = [name for name in options.peers if not versions.get(name)]
    print(table(steps, logs, absent))
    if options.json:
        machine = {"python": platform.python_version(), "cores": os.cpu_count(), "system": platform.system()}
        command = f"python benchmarks/pipeline.py --rounds {options.rounds} --edits {options.edits}"
        document = {"command": command, "machine": machine, "versions": versions, "absent": absent, "targets": TARGETS,
                    "six_steps": steps, "flatness": logs}  # fmt: skip
        options.json.write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()

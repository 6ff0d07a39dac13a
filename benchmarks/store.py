"""How fast is the store beside cp, tar, git and DVC? Everything paired, round by round, in one run.

    python benchmarks/store.py [--small 10000x10000] [--big 1000x1000000] [--rounds 5] [--dvc PATH] [--json FILE]

Fair to the peers and to us: every writer ends durable (with a sync of the file system where the tool does none), every
action starts after a sync, the first round warms up and does not count, nothing is deleted before the end (some disks
create files twenty times slower after mass deletions), and the run stops when two `cp -r` of one profile differ by
more than `--spread`. A ratio is the median, over rounds, of ours by theirs in the same round.
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
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path

from mlops_lab.store import Store

FOLDERS = 100
# What is ours, beside the sum of which actions, and the target: a ratio, or seconds beside nothing.
TARGETS = {
    "small": {
        "first commit": ("store: commit", ["cp -r + sync"], 0.75),
        "verified check out": ("store: check out", ["cp -r"], 1.0),
        "1 %, every folder (s)": ("store: commit 1 %", [], 0.08),
        "1 %, one folder (s)": ("store: commit 1 %, one folder", [], 0.08),
    },
    "big": {
        "first commit": ("store: commit", ["cp -r + sync", "sha256"], 1.0),
        "verified check out": ("store: check out", ["cp -r"], 1.2),
    },
}


class Profile:
    """Files of one size, and the seconds that each action took in each round."""

    def __init__(self, name: str, size: str, home: Path, dvc: str | None, peer_rounds: int):
        self.name, self.home, self.dvc, self.peer_rounds = name, home / name, dvc, peer_rounds
        self.files, self.bytes = (int(number) for number in size.split("x"))
        self.seconds: dict[str, list[float]] = {}
        self.cps: list[float] = []
        self.source = self.home / "source"
        self.write(self.source, range(self.files))

    def write(self, folder: Path, numbers: Iterable[int]) -> None:
        """Random content for some of the files."""
        for i in numbers:
            target = folder / f"{i % FOLDERS:02d}" / f"f{i:06d}.bin"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(os.urandom(self.bytes))

    def one_percent(self, number: int) -> set[int]:
        """1 % of the files, one in each folder: the worst case for trees."""
        return {(FOLDERS * (k + number) + k) % self.files for k in range(max(1, self.files // 100))}

    def one_folder(self, number: int) -> range:
        """1 % of the files, all in one folder."""
        return range(number % FOLDERS, self.files, FOLDERS)

    def timed(self, action: str, act: Callable[[], object]) -> None:
        """Do something after a sync, and note how long it took."""
        os.sync()
        start = time.perf_counter()
        act()
        self.seconds.setdefault(action, []).append(time.perf_counter() - start)

    def round(self, number: int) -> None:
        """Everything once."""
        out = self.home / f"round-{number}"
        out.mkdir()
        self.limits(out)
        self.ours(out, number)
        if 0 <= number < self.peer_rounds and shutil.which("git"):
            self.git(out / "git", number)
        if 0 <= number < self.peer_rounds and self.dvc:
            self.with_dvc(self.dvc, out / "dvc", number)

    def limits(self, out: Path) -> None:
        """What reading, hashing and writing cost at least."""
        for name in ("cp -r", "cp -r + sync"):
            self.timed(name, lambda: self.cps.append(self.copy(out / name, sync="sync" in name)))  # noqa: B023
        self.timed("tar + sync", lambda: run(out, "tar", "cf", "tar", self.source) + run(out, "sync", "-f", "."))
        self.timed("sha256", lambda: [sha256(path.read_bytes()) for path in self.source.rglob("*.bin")])
        self.timed("stat", lambda: [file.stat() for folder in os.scandir(self.source) for file in os.scandir(folder)])

    def copy(self, target: Path, sync: bool) -> float:
        """A copy of the files; the seconds of the copying alone."""
        seconds = run(self.home, "cp", "-r", self.source, target)
        if sync:
            run(self.home, "sync", "-f", ".")
        return seconds

    def ours(self, out: Path, number: int) -> None:
        """The store, in this process; it syncs itself."""
        store = Store(out / "store")
        self.timed("store: commit", lambda: store.snapshot("data", self.source))
        self.timed("store: check out", lambda: Store(store.path).checkout("data", out / "checkout"))
        self.write(self.source, self.one_percent(number))
        self.timed("store: commit 1 %", lambda: store.snapshot("data", self.source))
        self.write(self.source, self.one_folder(number))
        self.timed("store: commit 1 %, one folder", lambda: store.snapshot("data", self.source))

    def git(self, out: Path, number: int) -> None:
        """git, as commands."""
        out.mkdir()
        self.copy(out / "data", sync=True)
        for words in ("init -q -b main", "config gc.auto 0", "config user.name n", "config user.email n@n"):
            run(out, "git", *words.split())
        commit = "git add -A data && git commit -qm c && sync -f ."
        self.timed("git: commit", lambda: run(out, "sh", "-c", commit))
        self.timed("git: check out", lambda: run(out, "git", "worktree", "add", "-q", "../git-checkout"))
        self.write(out / "data", self.one_percent(number))
        self.timed("git: commit 1 %", lambda: run(out, "sh", "-c", commit))

    def with_dvc(self, dvc: str, out: Path, number: int) -> None:
        """DVC without git, as commands."""
        out.mkdir()
        self.copy(out / "data", sync=True)
        run(out, dvc, "init", "-q", "--no-scm")
        commit = f"{dvc} add -q data && sync -f ."
        self.timed("dvc: commit", lambda: run(out, "sh", "-c", commit))
        (out / "data").rename(out / "aside")
        self.timed("dvc: check out", lambda: run(out, dvc, "checkout", "-q"))
        self.write(out / "data", self.one_percent(number))
        self.timed("dvc: commit 1 %", lambda: run(out, "sh", "-c", commit))

    def results(self) -> dict[str, object]:
        """Medians, and ratios with their targets."""
        medians = {action: round(statistics.median(seconds), 4) for action, seconds in self.seconds.items()}
        ratios = {}
        for name, (ours, theirs, target) in TARGETS[self.name].items():
            rounds = zip(self.seconds[ours], *(self.seconds[action] for action in theirs), strict=True)
            each = sorted(mine / (sum(beside) or 1) for mine, *beside in rounds)
            ratios[name] = {
                "value": round(statistics.median(each), 3), "low": round(each[0], 3), "high": round(each[-1], 3),
                "target": target, "beside": " + ".join(theirs) or "the clock",
            }  # fmt: skip
        return {"files": self.files, "bytes_each": self.bytes, "seconds": medians, "ratios": ratios,
                "cp_spread": round(max(self.cps) / min(self.cps), 2)}  # fmt: skip


def run(folder: Path, *command: str | Path) -> float:
    """Run a command in a folder; how long it took."""
    quiet = {**os.environ, "DVC_NO_ANALYTICS": "1", "DVC_SITE_CACHE_DIR": str(folder), "HOME": str(folder)}
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=quiet, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command[0]} failed: {done.stderr.strip()}")
    return time.perf_counter() - start


def measured(profile: Profile, rounds: int, spread: float) -> dict[str, object]:
    """A warm-up and some rounds; ends the program when the disk is too uneven to compare anything."""
    for number in range(-1, rounds):
        profile.round(number)
        if number < 0:  # a first write of a GB takes twice as long
            profile.seconds, profile.cps = {}, []
        elif max(profile.cps) > spread * min(profile.cps):
            seconds = " ".join(f"{cp:.3f}" for cp in profile.cps)
            sys.exit(f"{profile.name}: cp -r took {seconds} s, more than {spread:g}x apart; try again on a quiet disk.")
    return profile.results()


def table(results: dict[str, dict]) -> str:
    """Seconds, then ratios beside their targets."""
    lines = []
    for name, result in results.items():
        lines += [f"\n{name}: {result['files']:,} files of {result['bytes_each']:,} bytes", ""]
        lines += [f"  {action:<32}{seconds:>9.3f} s" for action, seconds in result["seconds"].items()]
        lines += ["", f"  {'ours':<32}{'median':>9}  {'low':>6} {'high':>6}  target  beside"]
        lines += [
            f"  {what:<32}{r['value']:>9.3f}  {r['low']:>6.3f} {r['high']:>6.3f}  <= {r['target']:<4}  {r['beside']}"
            for what, r in result["ratios"].items()
        ]
    return "\n".join(lines)


def machine(home: Path) -> dict[str, object]:
    """Where this was measured; a journal matters."""
    found = subprocess.run(["findmnt", "-no", "FSTYPE,SOURCE", "-T", str(home)], capture_output=True, text=True)
    kind, _, source = found.stdout.strip().partition(" ")
    journal = kind != "ext4" or any(Path("/proc/fs/jbd2").glob(f"{Path(source.strip()).name}-*"))
    return {"python": platform.python_version(), "cores": os.cpu_count(), "system": platform.system(),
            "file_system": kind or "unknown", "journal": journal}  # fmt: skip


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", default="10000x10000", help="FILESxBYTES, default 10,000 of 10 kB; 0 leaves it out")
    parser.add_argument("--big", default="1000x1000000", help="FILESxBYTES, default 1,000 of 1 MB; 0 leaves it out")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer-rounds", type=int, default=3, help="rounds of git and DVC, which need time and room")
    parser.add_argument("--spread", type=float, default=2.0, help="stop when two cp -r differ by more than this factor")
    parser.add_argument("--where", type=Path, help="folder on the disk to measure, default the temporary one")
    parser.add_argument("--dvc", default=shutil.which("dvc"), help="DVC's command, default the one on the PATH")
    parser.add_argument("--json", type=Path, help="write the results here, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.where, prefix="store-") as home:
        sizes = {"small": options.small, "big": options.big}
        words = (Path(home), options.dvc, options.peer_rounds)
        profiles = [Profile(name, size, *words) for name, size in sizes.items() if size != "0"]
        results = {profile.name: measured(profile, options.rounds, options.spread) for profile in profiles}
        where = machine(Path(home))
    absent = [name for name in ("git", "dvc", "tar") if not shutil.which(options.dvc or "" if name == "dvc" else name)]
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000
    print(table(results), f"\npeak memory {peak_mb} MB; {where}; not installed: {', '.join(absent) or 'nothing'}")
    if options.json:
        rounds = {"rounds": options.rounds, "peer_rounds": options.peer_rounds}
        document = {**results, **rounds, "machine": where, "absent": absent, "peak_memory_mb": peak_mb}
        options.json.write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""The seed log in `data/`: four weeks of a quick lab as CSV files, made again to the byte by one command.

python -m mlops_lab.rehearsal.seed_log data
"""

import hashlib
import shutil
import sys
import tempfile
from pathlib import Path

from mlops_lab.data.formats import Traffic
from mlops_lab.data.labfiles import write_day
from mlops_lab.lab import Lab
from mlops_lab.rehearsal.loop import make_world

SEED, DAYS = 7, 28
SUMS = "SHA256SUMS"


def write_seed_log(folder: Path, *, seed: int = SEED, days: int = DAYS) -> list[Path]:
    """Play `days` days and write day=NN/<table>.csv and a file of checksums; other files of the folder stay.

    Returns what was written, sorted.
    """
    with tempfile.TemporaryDirectory() as aside:
        lab, world = Lab(Path(aside) / "lab"), make_world(seed, "quick")
        fresh = Path(aside) / "log"
        for day in world.days(days):
            traffic: Traffic = world.play(day, lab.recommend)
            lab.take_in(traffic)
            write_day(fresh, traffic)
        files = sorted(path for path in fresh.rglob("*") if path.is_file())
        lines = [f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.relative_to(fresh).as_posix()}\n" for f in files]
        (fresh / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")
        for old in folder.glob("day=*"):
            shutil.rmtree(old)
        shutil.copytree(fresh, folder, dirs_exist_ok=True)
        return sorted(folder / path.relative_to(fresh) for path in [*files, fresh / SUMS])


if __name__ == "__main__":
    written = write_seed_log(Path(sys.argv[1]))
    print(f"{len(written)} files, {sum(path.stat().st_size for path in written):,} bytes")

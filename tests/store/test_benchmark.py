"""The benchmark runs and says what it promises; how fast we are depends on the machine and is no test."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_benchmark_gives_ratios_beside_the_peers_that_are_there(tmp_path):
    sizes = ["--small", "40x100", "--big", "2x2000000", "--rounds", "1", "--spread", "1000", "--dvc", ""]
    where = ["--where", str(tmp_path), "--json", str(tmp_path / "store.json")]
    command = [sys.executable, "benchmarks/store.py", *sizes, *where]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    found = json.loads((tmp_path / "store.json").read_text())
    assert "verified check out" in done.stdout and "dvc" in found["absent"]
    assert {name: set(found[name]["ratios"]) for name in ("small", "big")} == {
        "small": {"first commit", "verified check out", "1 %, every folder (s)", "1 %, one folder (s)"},
        "big": {"first commit", "verified check out"},
    }
    assert all(r["low"] <= r["value"] <= r["high"] for name in ("small", "big") for r in found[name]["ratios"].values())
    assert [p.name for p in tmp_path.iterdir()] == ["store.json"]


@pytest.mark.slow
def test_a_disk_that_is_too_uneven_stops_the_benchmark(tmp_path):
    command = [sys.executable, "benchmarks/store.py", "--small", "40x100", "--big", "0", "--spread", "0", "--dvc", ""]
    done = subprocess.run([*command, "--where", str(tmp_path)], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1 and "more than 0x apart; try again on a quiet disk" in done.stderr

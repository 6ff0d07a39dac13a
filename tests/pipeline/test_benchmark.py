"""The benchmark runs on something tiny and says what it measured; how long it took is not asserted."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_pipeline_benchmark_runs(tmp_path):
    options = ["--rounds", "1", "--days", "3", "6", "--edits", "2", "--peers", "joblib", "another"]
    command = [sys.executable, "benchmarks/pipeline.py", *options, "--json", str(tmp_path / "told.json")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    told = json.loads((tmp_path / "told.json").read_text())
    assert set(told["six_steps"]) == {"plain Python", "ours", "joblib.Memory"}
    assert [(row["days"], row["worked"]) for row in told["flatness"]] == [(3, 1), (6, 1)]
    assert told["absent"] == ["another"] and "not installed: another" in done.stdout

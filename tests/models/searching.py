"""A search for tests, in a process of its own: python -m tests.models.searching FILE [SECONDS a step].

It says "begun" for every trial that begins, and how it ended at last.
"""

import os
import sys
import time
from pathlib import Path

from mlops_lab.models.experiment import Experiment, Parameter
from mlops_lab.models.tuning import run_experiment

SPACE = (
    Parameter("depth", "int", 1, 64, distribution="logUniform"),
    Parameter("rate", "double", 0.001, 1, distribution="logUniform"),
    Parameter("kind", "categorical", values=("a", "b")),
)
EXPERIMENT = Experiment("hill", SPACE, max_trial_count=12, parallel_trial_count=3, data="a made-up hill")


def hill(depth: int, rate: float, kind: str, seconds: float = 0.0):
    """Four steps up a hill whose top is at depth 8, rate 0.1, kind a."""
    for step in range(4):
        time.sleep(seconds)
        yield -abs(depth - 8) / 64 - abs(rate - 0.1) - (kind == "b") - 0.01 / (step + 1), 1.0 + step


def aloud(**given):
    """The hill, with a word when a trial begins."""
    os.write(1, b"begun\n")  # one write: print would let two trials share a line
    return hill(**given, seconds=float(sys.argv[2]) if sys.argv[2:] else 0.0)


if __name__ == "__main__":
    status = run_experiment(EXPERIMENT, aloud, Path(sys.argv[1]))
    print(status.digest, status.best.assignments)

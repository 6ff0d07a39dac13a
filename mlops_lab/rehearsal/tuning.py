"""Is the best trial really the best? Searches over many worlds: what they promise, and what is left of it later."""

import tempfile
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from mlops_lab.errors import BadInput
from mlops_lab.evaluation.intervals import interval
from mlops_lab.features.log import Log
from mlops_lab.lab import Lab
from mlops_lab.lab.tuning import Question, experiment, found
from mlops_lab.models.experiment import Status
from mlops_lab.models.tuning import run_experiment
from mlops_lab.rehearsal.loop import make_world, play

KINDS = ("item-knn", "ease")


def log_of(seed: int, days: int, size: str) -> Log:
    """The rows of a lab that trained once in so many days."""
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder) / "lab", train_every=max(days // 2, 1))
        play(lab, make_world(seed, size), range(days))
        return lab.memory().log()


def searched(question: Question, **settings: Any) -> tuple[Status, float]:
    """One experiment without a record, and its CPU seconds."""
    started = time.process_time()
    status = run_experiment(experiment(question.kind, **settings), question)
    return status, time.process_time() - started


def one_world(question: Question, seed: int) -> dict:
    """A search with median stopping and one without; the winner's gain, and that of all trials, then and later."""
    again = run_experiment(experiment(question.kind, seed=seed), question, workers=1)
    stopped, seconds = searched(question, seed=seed)
    whole, longer = searched(question, seed=seed, early_stopping=None)
    told, best = found(stopped, question), (whole.best or whole.trials[0])
    later = [float(question.gains(trial.assignments, fresh=True).mean()) for trial in whole.trials]
    return {
        "seed": seed, "kind": question.kind, "states": stopped.counts, "reason": stopped.reason,
        "saved": round(stopped.saved, 4), "cpu_saved": round(1 - seconds / longer, 3),
        "same_best": stopped.best == best, "bit_equal": again.digest == stopped.digest,
        "parameters": told["parameters"],
        "promised": round(told["promised"], 6), "fresh": told["difference"], "accepted": told["accepted"],
        "all_promised": round(float(np.mean([trial.value or 0.0 for trial in whole.trials])), 6),
        "all_fresh": round(float(np.mean(later)), 6),
    }  # fmt: skip


def curse(rows: list[dict]) -> dict:
    """What selection promises too much, over worlds: of the winner, and of all trials, which nobody has selected."""
    winner = np.array([row["promised"] - row["fresh"]["value"] for row in rows])
    everyone = np.array([row["all_promised"] - row["all_fresh"] for row in rows])
    return {
        "promised": interval(np.array([row["promised"] for row in rows])),
        "fresh": interval(np.array([row["fresh"]["value"] for row in rows])),
        "curse": interval(winner), "without_selection": interval(everyone), "by_selection": interval(winner - everyone),
        "accepted": sum(row["accepted"] for row in rows), "worlds": len(rows),
        "saved": interval(np.array([row["saved"] for row in rows])),
        "same_best": sum(row["same_best"] for row in rows), "bit_equal": sum(row["bit_equal"] for row in rows),
    }  # fmt: skip


def same_distribution(question: Question, searches: int) -> dict:
    """Best gains of many seeds: two groups of the same search, which KS must not part, and one of a shorter search."""
    from scipy.stats import ks_2samp

    asked = experiment(question.kind, algorithm="random")
    shorter = replace(asked, max_trial_count=4)
    runs = [(asked, range(searches)), (asked, range(searches, 2 * searches)), (shorter, range(searches))]
    groups = [[run_experiment(replace(one, seed=s), question).best for s in seeds] for one, seeds in runs]
    gains = [[best.value or 0.0 for best in group if best is not None] for group in groups]
    names = ("same_search", "shorter_search")
    p = {name: round(float(ks_2samp(gains[0], other).pvalue), 6) for name, other in zip(names, gains[1:], strict=True)}
    return {"searches": searches, "p": p, "medians": [round(float(np.median(group)), 6) for group in gains]}


def tuning(seeds: int = 16, days: int = 42, size: str = "quick", searches: int = 40) -> dict:
    """Every kind of model tuned in so many worlds. Raises BadInput for less than two seeds."""
    if seeds < 2 or searches < 2:
        raise BadInput(f"{seeds} seeds and {searches} searches tell nothing about luck; ask for 2 or more of each.")
    rows = []
    for seed in range(1, seeds + 1):
        log = log_of(seed, days, size)
        for kind in KINDS:
            rows.append(one_world(Question(log, kind), seed))
    smaller = Question(log_of(1, days, "quick"), KINDS[0])
    return {
        "command": f"mlops-lab study tune --seeds {seeds} --days {days} --size {size} --searches {searches}",
        "version": version("mlops_lab"),
        "models": {kind: curse([row for row in rows if row["kind"] == kind]) for kind in KINDS},
        "same_distribution": same_distribution(smaller, searches),
        "rows": rows,
    }

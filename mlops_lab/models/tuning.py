"""Running an experiment: suggestions in batches, trials side by side, every end recorded in an SQLite file by Optuna.

A suggestion is made from the seed, its number and the trials of earlier batches alone, and so is the decision to stop
a trial. Nothing else is remembered: what a killed process had begun is suggested again, and comes out the same. The
size of a batch (parallel_trial_count) is part of the experiment; how many of it really run at a time is not.
"""

import itertools
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from mlops_lab.draws import bits, draw
from mlops_lab.errors import BadInput
from mlops_lab.models.experiment import (
    EARLY_STOPPED,
    FAILED,
    SUCCEEDED,
    UNAVAILABLE,
    Experiment,
    Parameter,
    Status,
    Trial,
    stops,
)
from mlops_lab.threads import one_thread

Objective = Callable[..., Iterable[tuple[float, float]]]  # parameters -> (metric, cost) of each step
STARTUP = 6  # trials before TPE trusts what it has seen
EDITABLE = ("max_trial_count", "max_failed_trial_count", "resume_policy")


def run_experiment(
    experiment: Experiment, objective: Objective, path: Path | None = None, *, workers: int | None = None
) -> Status:
    """Run an experiment to its end, or go on with it; the record lies in the SQLite file at path, if one is named.

    workers: trials at a time (threads), by default the whole batch; it does not change what comes out. An experiment
    that is over goes on when it is given a larger max_trial_count, unless its resume_policy is Never.
    Raises BadInput for one of the same name that is otherwise another, and when another process runs it.
    """
    study, status = _opened(experiment, path)
    size = experiment.parallel_trial_count
    with one_thread(), ThreadPoolExecutor(workers or size) as pool:
        while not status.reason:
            done = len(status.trials) // size * size
            past = status.trials[:done]
            wanted = suggestions(experiment, past)[len(status.trials) - done :]
            if not wanted:
                return replace(status, ended=True)
            begun = [Trial(len(status.trials) + at, assignments) for at, assignments in enumerate(wanted)]
            for trial in pool.map(partial(run, experiment, objective, past), begun):
                _record(study, experiment, trial)
                status = replace(status, trials=(*status.trials, trial))
    return status


def run(experiment: Experiment, objective: Objective, past: Sequence[Trial], trial: Trial) -> Trial:
    """A trial at its end. An error is a failed trial, and no number at all is one whose metrics are unavailable."""
    reports: list[float] = []
    cost = 0.0
    state, message = SUCCEEDED, ""
    try:
        for value, price in objective(**trial.assignments):
            reports.append(float(value))
            cost += float(price)
            if stops(experiment, reports, past):
                state = EARLY_STOPPED
                break
    except Exception as error:  # noqa: BLE001 - whatever went wrong in it, the experiment goes on
        state, message = FAILED, " ".join(f"{type(error).__name__}: {error}".split())
    if state == SUCCEEDED and not (reports and math.isfinite(reports[-1])):
        state, message = UNAVAILABLE, "It ended without a number."
    finite = tuple(report for report in reports if math.isfinite(report))
    return replace(trial, state=state, reports=finite, cost=cost, message=message)


def suggestions(experiment: Experiment, past: Sequence[Trial]) -> list[dict[str, Any]]:
    """The parameters of the next batch; fewer when the algorithm or the experiment comes to its end."""
    count = min(experiment.parallel_trial_count, experiment.max_trial_count - len(past))
    numbers, space = range(len(past), len(past) + count), experiment.parameters
    if experiment.algorithm == "grid":
        points = itertools.islice(itertools.product(*(one.grid() for one in space)), numbers.start, numbers.stop)
        return [dict(zip([one.name for one in space], point, strict=True)) for point in points]
    if experiment.algorithm.endswith("tpe"):
        return _by_tpe(experiment, past, numbers)
    return [{one.name: one.at(share) for one, share in zip(space, _point(experiment, n), strict=True)} for n in numbers]


def _point(experiment: Experiment, number: int) -> list[float]:
    """A point of the unit cube: by lot, or the next of a scrambled Sobol sequence."""
    axes = range(len(experiment.parameters))
    if experiment.algorithm == "random":
        return [float(draw(experiment.seed, "suggestion", number, axis)) for axis in axes]
    from scipy.stats.qmc import Sobol

    sequence = Sobol(len(axes), rng=_seed(experiment, 0))
    return [float(share) for share in sequence.random_base2(number.bit_length())[number]]


def _by_tpe(experiment: Experiment, past: Sequence[Trial], numbers: range) -> list[dict[str, Any]]:
    """Tree-structured Parzen estimators (Bergstra et al., NeurIPS 2011), by Optuna; each number has its own luck."""
    optuna, space = _optuna(), {one.name: one for one in experiment.parameters}
    study = optuna.create_study(direction=experiment.type)
    study.add_trials([_frozen(experiment, trial) for trial in past])
    found = []
    for number in numbers:
        study.sampler = optuna.samplers.TPESampler(
            seed=_seed(experiment, number), n_startup_trials=STARTUP, multivariate=experiment.algorithm != "tpe"
        )
        asked = study.ask({name: _distribution(one) for name, one in space.items()}).params
        found.append({name: one.rounded(asked[name]) for name, one in space.items()})
    return found


def _seed(experiment: Experiment, number: int) -> int:
    return int(bits(experiment.seed, "suggestion", number) % 2**32)


def _distribution(parameter: Parameter) -> Any:
    kinds, log = _optuna().distributions, parameter.distribution == "logUniform"
    if parameter.values:
        return kinds.CategoricalDistribution(parameter.values)
    if parameter.type == "int":
        return kinds.IntDistribution(int(parameter.min), int(parameter.max), log=log, step=int(parameter.step or 1))
    return kinds.FloatDistribution(parameter.min, parameter.max, log=log, step=parameter.step)


def _optuna() -> Any:
    """Optuna, which sends nothing anywhere, without its log."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


def _opened(experiment: Experiment, path: Path | None) -> tuple[Any, Status]:
    """The record of an experiment, new or begun, and how far it has come."""
    optuna = _optuna()
    storage = None
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        storage = optuna.storages.RDBStorage(f"sqlite:///{path}")
    study = optuna.create_study(
        storage=storage, study_name=experiment.name, direction=experiment.type, load_if_exists=True
    )
    trials = tuple(_thawed(one) for one in study.get_trials(deepcopy=False))
    told, wanted = study.user_attrs.get("experiment"), json.loads(json.dumps(asdict(experiment)))
    changed = [name for name in wanted if told and wanted[name] != told.get(name)]
    for name in changed:
        if name not in EDITABLE:
            raise BadInput(f"Experiment {experiment.name!r} was begun with another {name}; take a new name.")
    if changed and experiment.resume_policy == "Never":
        before = Status(replace(experiment, **{name: told[name] for name in EDITABLE}), trials)
        if before.reason:
            raise BadInput(
                f"Experiment {before.experiment.name!r} is over ({before.reason}) and never resumed; take a new name."
            )
    if told != wanted:
        study.set_user_attr("experiment", wanted)
    return study, Status(experiment, trials)


def _record(study: Any, experiment: Experiment, trial: Trial) -> None:
    """One transaction: a trial is in the record as a whole, or not at all."""
    if len(study.get_trials(deepcopy=False)) != trial.number:
        raise BadInput(f"Another process runs experiment {experiment.name!r}; let it end, then run this again.")
    study.add_trial(_frozen(experiment, trial))


def _frozen(experiment: Experiment, trial: Trial) -> Any:
    optuna = _optuna()
    states = {SUCCEEDED: optuna.trial.TrialState.COMPLETE, EARLY_STOPPED: optuna.trial.TrialState.PRUNED}
    told: Mapping[str, Any] = {"state": trial.state, "cost": trial.cost, "message": trial.message}
    return optuna.trial.create_trial(
        state=states.get(trial.state, optuna.trial.TrialState.FAIL), value=trial.value, params=dict(trial.assignments),
        distributions={one.name: _distribution(one) for one in experiment.parameters}, user_attrs=told,
        intermediate_values=dict(enumerate(trial.reports)),
    )  # fmt: skip


def _thawed(told: Any) -> Trial:
    reports = tuple(value for _, value in sorted(told.intermediate_values.items()))
    return Trial(told.number, dict(told.params), reports=reports, **told.user_attrs)

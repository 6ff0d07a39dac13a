"""A search for parameters in the words of Katib: what is looked for, where, and what came of every attempt.

    experiment   the parameters and their space, the metric, how many trials, at most how many failed, the algorithm
    suggestion   parameter values for the next trials, made from the trials before them
    trial        one attempt; it reports the metric after every step: Created, Running, then one of four ends
    median stop  a trial whose best report is worse than the median of the others' averages goes no further
    condition    Running, Succeeded or Failed, with Katib's reason

An early-stopped trial has seen less than the others, so its last report is no value: the best trial is one that
succeeded. (Katib takes the best of all reports.)
"""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean, median
from typing import Any

from mlops_lab.errors import BadInput

SUCCEEDED, EARLY_STOPPED, FAILED, UNAVAILABLE = "Succeeded", "EarlyStopped", "Failed", "MetricsUnavailable"
ALGORITHMS = ("random", "grid", "sobol", "tpe", "multivariate-tpe")
RESUME = ("Never", "LongRunning", "FromVolume")
EDGE = 0.02  # of the way through the space
GRID = 5  # points of a parameter without a step


@dataclass(frozen=True)
class Parameter:
    """One dimension of the space: an int or double from min to max, or a categorical or discrete one out of values.

    distribution: uniform or logUniform (a step of the logarithm counts the same everywhere).
    """

    name: str
    type: str
    min: float = 0.0
    max: float = 0.0
    step: float | None = None
    values: tuple[Any, ...] = ()
    distribution: str = "uniform"

    def at(self, share: float) -> Any:
        """The value that lies so far through the space, 0 <= share <= 1, in six digits at most."""
        if self.values:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        if self.distribution == "logUniform":
            value = self.min * (self.max / self.min) ** share
        else:
            value = self.min + (self.max - self.min) * share
        if self.step:
            value = self.min + self.step * min(round((value - self.min) / self.step), int(self._steps))
        return self.rounded(value)

    def rounded(self, value: Any) -> Any:
        """A value as trials get it: a whole number for an int, six digits for a double."""
        return round(value) if self.type == "int" else float(f"{value:.6g}") if self.type == "double" else value

    @property
    def sound(self) -> bool:
        """Whether there is a space: values for a categorical or discrete one, else numbers in order."""
        if self.type in ("categorical", "discrete"):
            return bool(self.values)
        log = self.distribution == "logUniform"
        return self.type in ("int", "double") and not self.values and self.min < self.max and (self.min > 0 or not log)

    @property
    def _steps(self) -> float:
        return (self.max - self.min) / self.step + 1e-9 if self.step else GRID - 1

    def read(self, text: str) -> Any:
        """A value out of its text. Raises BadInput for what lies outside of the space."""
        known = {str(value): value for value in self.values}
        try:
            value = known[text] if known else (int if self.type == "int" else float)(text)
        except (KeyError, ValueError):
            value = None
        if value is None or not (known or self.min <= value <= self.max):
            space = ", ".join(known) if known else f"{self.type} from {self.min:g} to {self.max:g}"
            raise BadInput(f"Found {self.name}={text}; expected {space}.")
        return value

    def share(self, value: float) -> float:
        """How far through the space a number lies."""
        if self.distribution == "logUniform":
            return math.log(value / self.min) / math.log(self.max / self.min)
        return (value - self.min) / (self.max - self.min)

    def on_edge(self, value: Any) -> bool:
        """Whether a number lies at an end of its space, beyond which nobody has looked."""
        return not self.values and not EDGE < self.share(value) < 1 - EDGE

    def grid(self) -> list[Any]:
        """The values that a grid search tries."""
        if self.values:
            return [*self.values]
        last = max(int(self._steps), 1)
        return list(dict.fromkeys(self.at(at / last) for at in range(last + 1)))


@dataclass(frozen=True)
class Experiment:
    """What Katib's Experiment holds. data: the identity of what trials look at; another one is another experiment.

    early_stopping: settings of medianstop, min_trials_required and start_step; None lets every trial go on to its end.
    Raises BadInput for what Katib would refuse as well.
    """

    name: str
    parameters: tuple[Parameter, ...]
    metric: str = "ndcg@10"
    type: str = "maximize"
    goal: float | None = None
    algorithm: str = "tpe"
    max_trial_count: int = 12
    parallel_trial_count: int = 2
    max_failed_trial_count: int = 3
    early_stopping: tuple[int, int] | None = (3, 2)
    resume_policy: str = "Never"
    seed: int = 0
    data: str = ""

    def __post_init__(self) -> None:
        most = self.max_trial_count
        wrong = [
            text
            for text, right in (
                ("it has no parameters; name one or more", self.parameters),
                (f"it is to {self.type}; expected maximize or minimize", self.type in ("maximize", "minimize")),
                (f"algorithm {self.algorithm!r} is none of {', '.join(ALGORITHMS)}", self.algorithm in ALGORITHMS),
                (f"resume policy {self.resume_policy!r} is none of {', '.join(RESUME)}", self.resume_policy in RESUME),
                (f"{self.parallel_trial_count} at a time; give 1 to {most}", 1 <= self.parallel_trial_count <= most),
                (f"{self.max_failed_trial_count} may fail; give 0 to {most}", 0 <= self.max_failed_trial_count <= most),
                *((f"{one.name} has no space: {one}; give min < max (above 0 for logUniform), or values", one.sound)
                  for one in self.parameters),
            ) if not right
        ]  # fmt: skip
        if wrong:
            raise BadInput(f"Experiment {self.name!r} cannot be run: {wrong[0]}.")

    @property
    def sign(self) -> int:
        """1 where more is better, else -1."""
        return 1 if self.type == "maximize" else -1


@dataclass(frozen=True)
class Trial:
    """One attempt and its end. reports: the metric after each step, the last one on everything. cost: of its steps."""

    number: int
    assignments: Mapping[str, Any]
    state: str = "Created"
    reports: tuple[float, ...] = ()
    cost: float = 0.0
    message: str = ""

    @property
    def value(self) -> float | None:
        """What the trial is judged by: its last report if it succeeded, else None."""
        return self.reports[-1] if self.state == SUCCEEDED else None


@dataclass(frozen=True)
class Status:
    """What has come of an experiment so far. ended: the algorithm has nothing more to suggest."""

    experiment: Experiment
    trials: tuple[Trial, ...]
    ended: bool = False

    def __repr__(self) -> str:
        counts = ", ".join(f"{number} {state}" for state, number in sorted(self.counts.items()))
        return f"Status({self.condition}{f', {self.reason}' if self.reason else ''}: {counts or 'no trials'})"

    @property
    def counts(self) -> dict[str, int]:
        """Trials by state."""
        return dict(Counter(trial.state for trial in self.trials))

    @property
    def best(self) -> Trial | None:
        """Katib's currentOptimalTrial; of equals the first."""
        judged = [trial for trial in self.trials if trial.value is not None]
        return max(judged, key=lambda trial: (self.experiment.sign * (trial.value or 0.0), -trial.number), default=None)

    @property
    def reason(self) -> str:
        """Why it is over, in Katib's word; "" while it runs."""
        asked, failed = self.experiment, self.counts.get(FAILED, 0) + self.counts.get(UNAVAILABLE, 0)
        value = None if self.best is None else self.best.value
        if value is not None and asked.goal is not None and asked.sign * (value - asked.goal) >= 0:
            return "ExperimentGoalReached"
        if failed and failed >= asked.max_failed_trial_count:
            return "ExperimentFailed"
        if len(self.trials) >= asked.max_trial_count:
            return "ExperimentMaxTrialsReached"
        return "ExperimentSuggestionEndReached" if self.ended else ""

    @property
    def condition(self) -> str:
        """Running, Succeeded or Failed."""
        return "Running" if not self.reason else FAILED if self.reason == "ExperimentFailed" else SUCCEEDED

    @property
    def saved(self) -> float:
        """Share of the compute that early stopping saved, as if its trials had cost as much as the others."""
        whole = [trial.cost for trial in self.trials if trial.state == SUCCEEDED]
        short = [trial.cost for trial in self.trials if trial.state == EARLY_STOPPED]
        full = fmean(whole) * (len(whole) + len(short)) if whole else 0.0
        return 1 - (sum(whole) + sum(short)) / full if full else 0.0

    @property
    def digest(self) -> str:
        """The identity of all that was tried and found, to the last bit."""
        told = json.dumps([asdict(trial) for trial in self.trials], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()


def stops(experiment: Experiment, reports: Sequence[float], others: Sequence[Trial]) -> bool:
    """Whether a trial with these reports goes no further: the median stopping rule (Golovin et al., KDD 2017).

    Its best report must not be worse than the median, over the others that succeeded, of their average up to this step.
    """
    step = len(reports)
    averages = [fmean(one.reports[:step]) for one in others if one.state == SUCCEEDED and len(one.reports) >= step]
    if experiment.early_stopping is None:
        return False
    least, start = experiment.early_stopping
    if step < start or len(averages) < least:
        return False
    sign = experiment.sign
    return max(sign * report for report in reports) < sign * median(averages)

"""Looking for better parameters of one model in a lab's own data, and what it takes to believe in what was found.

    learn | validate, in four windows | fresh | the days on which the trained model will be judged

A trial fits its model before each window in turn and reports its gain over the default so far: NDCG@10 on the same
cooks, so that neither an easy cook nor an easy week counts. The best trial is asked once more on days that no trial has
seen. All days lie before the training's own split, so a tuned model is judged on days that did not choose it.

What was found is a commit of the repo "tuning"; training takes what was accepted (TFX: Tuner, then Trainer).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mlops_lab.errors import BadInput
from mlops_lab.evaluation.blessing import bless
from mlops_lab.evaluation.evaluate import per_cook
from mlops_lab.features.examples import split_day
from mlops_lab.features.log import Log
from mlops_lab.lab.candidates import fit, held_out, ladder
from mlops_lab.models.experiment import SUCCEEDED, Experiment, Parameter, Status
from mlops_lab.models.tuning import run_experiment
from mlops_lab.store import Commit

if TYPE_CHECKING:
    from mlops_lab.lab.workspace import Workspace

REPO, GAIN = "tuning", "ndcg-gain"
BOUNDS = (0.5, 0.575, 0.65, 0.725, 0.8)  # shares of the choices before which the windows, and the fresh days, begin
ENOUGH = 10  # trials that succeeded
TOLERANCE = 0.002  # NDCG@10 below the best
SPACES = {
    "popularity-recent": (Parameter("half_life_days", "double", 2, 200, distribution="logUniform"),),
    "item-knn": (
        Parameter("k", "int", 5, 300, distribution="logUniform"),
        Parameter("shrink", "double", 0.5, 200, distribution="logUniform"),
    ),
    "ease": (Parameter("l2", "double", 5, 5000, distribution="logUniform"),),
    "als": (
        Parameter("factors", "int", 4, 64, distribution="logUniform"),
        Parameter("alpha", "double", 0.2, 20, distribution="logUniform"),
        Parameter("l2", "double", 1, 200, distribution="logUniform"),
    ),
}


class Question:
    """What the trials of one kind of model are asked: an objective, and the gain of every cook behind it.

    days: first day of every window, of the fresh days, and of what is not for tuning. Raises BadInput for too few.
    """

    def __init__(self, log: Log, kind: str):
        if kind not in SPACES:
            raise BadInput(f"{kind!r} has no parameters to look for; tune one of {', '.join(SPACES)}.")
        self.log, self._model = log, ladder(log)[kind]
        self.kind, self.default = kind, dict(self._model.params)
        end = split_day(log)
        past = np.sort(log.choice_day[log.choice_day < end])
        self.days = [0]
        for share in BOUNDS:
            self.days.append(max(self.days[-1] + 1, int(past[int(share * len(past))]) if len(past) else end))
        self.days = [*self.days[1:], end]
        ends = zip(self.days, self.days[1:], strict=False)
        self._asked = [(day, *held_out(before(log, until), day)) for day, until in ends if day < until]
        if len(self._asked) < len(BOUNDS) or not all(truth.shape[0] for _, _, truth in self._asked):
            raise BadInput(f"{len(past)} choices on {end} days cannot be cut into windows; take in more, then tune.")
        self._usual = [self._values(self.default, *asked) for asked in self._asked]

    def __call__(self, **parameters: Any) -> Iterator[tuple[float, float]]:
        """(gain so far, choices learned from) after each window."""
        gains: list[np.ndarray] = []
        for asked, usual in zip(self._asked[:-1], self._usual, strict=False):
            gains.append(self._values(parameters, *asked) - usual)
            yield float(np.concatenate(gains).mean()), float((self.log.choice_day < asked[0]).sum())

    def gains(self, parameters: Mapping[str, Any], fresh: bool = False) -> np.ndarray:
        """Of every cook (n,): on the days to validate on (once a window), or on the fresh days."""
        where = slice(-1, None) if fresh else slice(0, -1)
        pairs = zip(self._asked[where], self._usual[where], strict=True)
        return np.concatenate([self._values(parameters, *asked) - usual for asked, usual in pairs])

    def _values(self, parameters: Mapping[str, Any], day: int, view: Any, truth: Any) -> np.ndarray:
        return per_cook(fit(type(self._model)(**parameters), self.log, None, day), view, truth)["ndcg@10"]


def before(log: Log, day: int) -> Log:
    """The same log without the choices on and after a day."""
    kept = log.choice_day < day
    return replace(log, **{name: getattr(log, name)[kept] for name in ("choice_cook", "choice_recipe", "choice_day")})


def experiment(kind: str, data: str = "", **settings: Any) -> Experiment:
    """The experiment on one kind of model and one data commit; settings as in Experiment."""
    if kind not in SPACES:
        raise BadInput(f"{kind!r} has no parameters to look for; tune one of {', '.join(SPACES)}.")
    name = "-".join([kind, *([data[:12]] if data else []), str(settings.get("seed", 0))])
    return Experiment(name, SPACES[kind], metric=GAIN, data=data, **{"max_trial_count": 20, **settings})


def verdict(status: Status, served: Mapping[str, Any], fresh: np.ndarray) -> dict[str, Any]:
    """May these parameters be served? {accepted, reasons, difference} (ML Test Score, model test 3).

    fresh: their gain over the default (n cooks,) on fresh days. The search must have been long enough, the parameters
    near its best and not on the edge of its space, and better than the default beyond doubt; otherwise that stays.
    """
    succeeded, best = status.counts.get(SUCCEEDED, 0), status.best
    found = [
        trial.value for trial in status.trials if dict(trial.assignments) == dict(served) and trial.value is not None
    ]
    edges = [one.name for one in status.experiment.parameters if one.name in served and one.on_edge(served[one.name])]
    blessing = bless(fresh, np.zeros(len(fresh)), candidate_name="tuned", champion_name="default")
    wrong = [f"{succeeded} trials succeeded; at least {ENOUGH} must."] if succeeded < ENOUGH else []
    if best is None or not found or abs(found[0] - (best.value or 0.0)) > TOLERANCE:
        wrong.append(f"No trial with {dict(served)} came within {TOLERANCE} of the best.")
    wrong += [f"{name}={served[name]} lies on the edge of its space; the best may lie beyond." for name in edges]
    wrong += [] if blessing.blessed else blessing.reasons
    return {"accepted": not wrong, "reasons": wrong or list(blessing.reasons), "difference": blessing.difference}


def found(status: Status, question: Question) -> dict[str, Any]:
    """What an experiment found, with the verdict on its best: `promised` is its gain, `difference` the fresh one."""
    best, asked = status.best, status.experiment
    told = {
        "experiment": asked.name, "kind": question.kind, "data_commit": asked.data, "condition": status.condition,
        "reason": status.reason, "trials": len(status.trials), "states": status.counts, "digest": status.digest,
        "saved": round(status.saved, 4), "default": question.default,
    }  # fmt: skip
    if best is None:
        return {**told, "accepted": False, "reasons": ["No trial succeeded."]}
    judged = verdict(status, best.assignments, question.gains(best.assignments, fresh=True))
    return {**told, "parameters": dict(best.assignments), "promised": best.value, **judged}


def tune(lab: "Workspace", log: Log, kind: str, **settings: Any) -> dict[str, Any]:
    """Run or resume the experiment on the newest data and commit what was found, once. log: the rows of that data.

    The trials are recorded in tuning.sqlite of the workspace as they end. Raises BadInput without data.
    """
    data, question = lab.data, Question(log, kind)
    if data is None:
        raise BadInput("The workspace holds no data; run `mlops-lab ingest` or `mlops-lab loop` first.")
    asked = experiment(kind, data.id, **settings)
    status = run_experiment(asked, question, lab.path / "tuning.sqlite")
    told = found(status, question)
    files = {"found": told, "experiment": asdict(asked), "trials": [asdict(trial) for trial in status.trials]}
    content = {f"{name}.json": (json.dumps(one, indent=1) + "\n").encode() for name, one in files.items()}
    with lab.store.writing():
        if content["found.json"] not in [lab.store.read(commit, "found.json") for commit in _log(lab)]:
            lab.store.commit(
                REPO, content, message=f"{kind}: {'accepted' if told['accepted'] else 'the default stays'}",
                provenance=(data.id,), metadata={"kind": kind, "accepted": told["accepted"]},
            )  # fmt: skip
    return told


def trial(log: Log, kind: str, values: Sequence[str]) -> Iterator[tuple[float, float]]:
    """One trial, as another engine asks for it: NAME=VALUE of every parameter. Raises BadInput for other ones."""
    space, given = (
        {one.name: one for one in experiment(kind).parameters},
        dict(text.partition("=")[::2] for text in values),
    )
    if set(given) != set(space):
        raise BadInput(f"Found {', '.join(given) or 'nothing'}; give {' '.join(f'{name}=...' for name in space)}.")
    return Question(log, kind)(**{name: space[name].read(text) for name, text in given.items()})


def in_words(told: Mapping[str, Any]) -> str:
    """What was found, for people."""
    states = ", ".join(f"{number} {state}" for state, number in told["states"].items())
    lines = [
        f"{told['experiment']}: {told['condition']} ({told['reason']}); {states}; {told['saved']:.0%} of compute saved"
    ]
    if "parameters" in told:
        fresh = "fresh days: {value:+.4f} ({low:+.4f} to {high:+.4f})".format(**told["difference"])
        lines.append(f"best: {told['parameters']}, promised {told['promised']:+.4f} NDCG@10 over the default; {fresh}")
    return "\n".join([*lines, "accepted" if told["accepted"] else "the default stays", *told["reasons"]])


class Tuned:
    """Accepted parameters as an input of the training pipeline; its identity is the newest commit among them."""

    def __init__(self, commit: Commit, parameters: Mapping[str, Mapping[str, Any]]):
        self.id, self.commit, self.parameters = commit.id, commit, parameters


def tuned(lab: "Workspace") -> dict[str, Tuned]:
    """The input `tuned` of a training: the newest accepted parameters of each kind; empty when there are none."""
    accepted = [commit for commit in reversed(_log(lab)) if commit.metadata["accepted"]]
    known = [json.loads(lab.store.read(commit, "found.json")) for commit in accepted]
    return {"tuned": Tuned(accepted[-1], {one["kind"]: one["parameters"] for one in known})} if accepted else {}


def _log(lab: "Workspace") -> list[Commit]:
    return lab.store.log(REPO) if lab.store.head(REPO) is not None else []

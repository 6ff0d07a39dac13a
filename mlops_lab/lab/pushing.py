"""From a finished training run to numbered versions: what is registered, and what it is allowed to become."""

import json
from typing import TYPE_CHECKING

import numpy as np

from mlops_lab.errors import BadInput
from mlops_lab.features.log import Log
from mlops_lab.features.memory import Memory
from mlops_lab.lab.candidates import BASELINE, fit, ladder
from mlops_lab.lab.training import TRAINING, arrayed
from mlops_lab.lab.tuning import tuned
from mlops_lab.models import saved
from mlops_lab.pipeline import Run
from mlops_lab.registry import Registry, Version
from mlops_lab.serving.sandbox import shared
from mlops_lab.serving.trial import tried
from mlops_lab.store import Commit
from mlops_lab.threads import one_thread

if TYPE_CHECKING:
    from mlops_lab.lab.lab import Lab


class DataCommit:
    """One data commit as an input of the pipeline: its identity is the commit's id, and what is made has its cause."""

    def __init__(self, commit: Commit, memory: Memory):
        self.id, self.commit, self._memory = commit.id, commit, memory

    def log(self) -> Log:
        """The coded rows of the commit."""
        return self._memory.log()


class Registered:
    """The registry as an input of the pipeline: its identity is the commit of the version that the resolver finds."""

    def __init__(self, registry: Registry | None, version: Version | None):
        self._registry, self._version = registry, version
        self.id = version.commit if version else "no version"

    def blessed(self) -> dict[str, np.ndarray]:
        """The saved `model` of the version to beat and the newest `day` of its data; empty without one."""
        if self._registry is None or self._version is None:
            return {}
        day = self._registry.store.get(self._version.data_commit).metadata["day"]
        return {"model": arrayed(self._registry.load(self._version.number)), "day": np.array(int(day))}


def train(lab: "Lab") -> dict:
    """Run the pipeline on the newest data and register popularity and the best other model.

    Popularity fills an empty champion; otherwise no alias moves. Raises BadInput when there is no data.
    """
    data = lab.data
    if data is None:
        raise BadInput("The workspace holds no data; run `mlops-lab ingest` or `mlops-lab loop` first.")
    run = execute(lab, data, lab.memory(), Registered(lab.registry, lab.registry.champion()))
    verdict, evaluation = run.artifacts["pusher"], run.artifacts["evaluator"]
    content = run.artifacts["baseline"]
    baseline = _register(
        lab, run, content, data, kind=BASELINE, digest=saved.digest(saved.from_bytes(content)), blessed=False,
        reasons=["Popularity is the baseline; it is not judged."],
    )  # fmt: skip
    version = _register(
        lab, run, run.artifacts["best"], data, kind=evaluation["chosen"], digest=verdict["digest"],
        blessed=verdict["pushed"] == 1, reasons=verdict["reasons"],
    )  # fmt: skip
    if lab.registry.alias("champion") is None:
        day = int(data.metadata["day"])
        lab.registry.move(
            "fill", aliases={"champion": baseline.number}, who="train", why="There was no champion.", day=day
        )
    return {
        "version": version.number, "kind": version.kind, "blessed": version.blessed, "reasons": list(version.reasons),
        "digest": version.digest, "data_commit": data.id, "run": run.id, "metrics": evaluation["metrics"],
        "slices": evaluation["slices"], "baseline": baseline.number,
    }  # fmt: skip


def execute(lab: "Lab", data: Commit, memory: Memory, registered: Registered, force: bool = False) -> Run:
    """The training pipeline on one data commit, one thread for linear algebra; the server for trials warms up."""
    sandbox = shared()
    sandbox.start()
    inputs = {"data": DataCommit(data, memory), "registry": registered, "sandbox": sandbox, **tuned(lab)}
    with one_thread():
        return TRAINING.run(lab.store, lab.ledger, inputs, force=force)


def _register(
    lab: "Lab", run: Run, content: bytes, data: Commit, *, kind: str, digest: str, blessed: bool, reasons: list[str]
) -> Version:
    metrics = run.artifacts["evaluator"]["metrics"].get(kind, {})
    return lab.registry.register(
        content, digest=digest, kind=kind, data_commit=data.id, run=run.id, metrics=json.loads(json.dumps(metrics)),
        blessed=blessed, reasons=reasons,
    )  # fmt: skip


def must_serve(lab: "Lab", number: int) -> None:
    """Raise BadInput for a version that does not load or answer in a real server process.

    It is tried on the examples that it was trained on, as the ledger kept them, else on the newest data.
    """
    content, log = lab.registry.load(number), _examples(lab, lab.registry.version(number)) or lab.memory().log()
    trial = tried(content, log, shared())
    if not trial["blessed"]:
        raise BadInput(f"Version {number} does not serve ({' '.join(trial['problems'])}); promote another one.")


def _examples(lab: "Lab", version: Version) -> Log | None:
    try:
        below = lab.ledger.downstream(f"{version.run}/example_gen")
        return Log.from_bytes(lab.store.blob(next(node.id for node in below if node.name == "example_gen")))
    except (BadInput, StopIteration):  # registered by hand, or the ledger is another one
        return None


def _parameters(lab: "Lab", version: Version) -> dict:
    """What its saved model was told; the default where that cannot be read any more."""
    try:
        return {version.kind: saved.from_bytes(lab.registry.load(version.number)).params}
    except BadInput:
        return {}


def reproduce(lab: "Lab", number: int) -> dict:
    """Fit a version again from its data commit and its parameters, and compare the digests."""
    version = lab.registry.version(number)
    data = lab.store.get(version.data_commit)
    log = Memory.load(lab.store, data).log()
    with one_thread():
        rebuilt = saved.digest(fit(ladder(log, _parameters(lab, version))[version.kind], log, None, log.days))
    return {"version": number, "digest": version.digest, "rebuilt": rebuilt, "equal": rebuilt == version.digest}

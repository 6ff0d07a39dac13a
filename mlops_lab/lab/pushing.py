"""From a finished training run to numbered versions: what is registered, and what it is allowed to become."""

import json
from typing import TYPE_CHECKING, Any

from mlops_lab.errors import BadInput
from mlops_lab.features.log import Log
from mlops_lab.features.memory import Memory
from mlops_lab.lab.training import TRAINING
from mlops_lab.models import saved
from mlops_lab.pipeline import Run
from mlops_lab.registry import Version
from mlops_lab.store import Commit
from mlops_lab.threads import one_thread

if TYPE_CHECKING:
    from mlops_lab.lab.lab import Lab


class Dataset:
    """One data commit as an input of the pipeline: its identity is the commit's id."""

    def __init__(self, commit: Commit, memory: Memory):
        self.id, self._memory = commit.id, memory

    def log(self) -> Log:
        """The coded rows of the commit."""
        return self._memory.log()


def train(lab: "Lab") -> dict:
    """Run the pipeline on the newest data and register popularity and the best other model.

    Popularity fills an empty champion; otherwise no alias moves. Raises BadInput when there is no data.
    """
    data = lab.data
    if data is None:
        raise BadInput("The workspace holds no data; run `mlops-lab ingest` or `mlops-lab loop` first.")
    run = execute(lab, data, lab.memory(), _champion(lab))
    evaluation = run.artifacts["evaluator"]
    baseline = _register(
        lab, run, "baseline", data, blessed=False, reasons=["Popularity is the baseline; it is not judged."]
    )
    version = _register(lab, run, "best", data, blessed=evaluation["blessed"], reasons=evaluation["reasons"])
    if lab.registry.alias("champion") is None:
        day = int(data.metadata["day"])
        lab.registry.move(
            "fill", aliases={"champion": baseline.number}, who="train", why="There was no champion.", day=day
        )
    return {
        "version": version.number, "kind": version.kind, "blessed": version.blessed, "reasons": list(version.reasons),
        "digest": version.digest, "data_commit": data.id, "run": run.id, "metrics": evaluation["metrics"],
        "baseline": baseline.number,
    }  # fmt: skip


def execute(lab: "Lab", data: Commit, memory: Memory, champion: tuple[dict, bytes], force: bool = False) -> Run:
    """The training pipeline on one data commit, one thread for linear algebra."""
    inputs: dict[str, Any] = {"data": Dataset(data, memory), "champion": champion[0], "champion_model": champion[1]}
    with one_thread():
        return TRAINING.run(lab.store, lab.ledger, inputs, force=force)


def _champion(lab: "Lab") -> tuple[dict, bytes]:
    """Kind and newest training day of the champion with its saved bytes; empty without one."""
    number = lab.registry.alias("champion")
    if number is None:
        return {}, b""
    version = lab.registry.version(number)
    day = int(lab.store.get(version.data_commit).metadata["day"])
    return {"kind": version.kind, "day": day, "digest": version.digest}, lab.registry.load(number)


def _register(lab: "Lab", run: Run, name: str, data: Commit, *, blessed: bool, reasons: list[str]) -> Version:
    content = run.artifacts[name]
    model = saved.from_bytes(content)
    metrics = run.artifacts["evaluator"]["metrics"].get(model.kind, {})
    return lab.registry.register(
        content, digest=saved.digest(model), kind=model.kind, data_commit=data.id, run=run.id,
        metrics=json.loads(json.dumps(metrics)), blessed=blessed, reasons=reasons,
    )  # fmt: skip


def reproduce(lab: "Lab", number: int) -> dict:
    """Fit a version again from its data commit and nothing else, and compare the digests."""
    version = lab.registry.version(number)
    data = lab.store.get(version.data_commit)
    log = Memory.load(lab.store, data).log()
    from mlops_lab.lab.training import fit, ladder

    with one_thread():
        rebuilt = saved.digest(fit(ladder(log)[version.kind], log, None, log.days))
    return {"version": number, "digest": version.digest, "rebuilt": rebuilt, "equal": rebuilt == version.digest}

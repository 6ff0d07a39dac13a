"""Steps as plain functions, run only when something changed, and remembered. Knows no recommender.

    step         a function; its name is the artifact it makes, its parameter names are the edges
    artifact     a value with a digest: what a step made, or what a run was given; its kind says what it is for
    fingerprint  the code of a step and of everything of ours it uses, as one hash
    key          fingerprint and input digests: the same key has the same output, so it is not made again
    datum        the smallest piece of an input that is worked on by itself; glob, cross, join, union, group cut them
    execution    one step in one run: ran, skipped, omitted or failed      run        all steps on one set of inputs
    ledger       which execution took and made which artifact              context    a pipeline, a run, an upload
    trigger      what starts a run: a commit on a branch, or a day         lineage    the ledger, followed up and down

Reading order: `pipeline` (what a run does), `steps` and `kinds` (the graph), `inputs`, `work` (one step), `datums`,
`globs` and `fanout` (many), `triggers`, `codecs` (values as bytes), `fingerprints`, `ledger` and `book`, `isolated`
and `notebooks` (steps elsewhere).

On disk: artifacts are single blobs of the store (parquet, npz, JSON or the object's own bytes); what a step made of
datums is a commit of the repo "<pipeline>.<step>". The ledger is a SQLite file with the tables of ML Metadata:
artifacts, executions, events (who took or made what), contexts, associations; and datums.
A step is finished when the ledger says so, and it says so after the artifact is durable: a run that was killed is
started again and goes on after its last finished step.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from mlops_lab.pipeline.datums import Datums, cross, glob, group, join, union
from mlops_lab.pipeline.inputs import newest
from mlops_lab.pipeline.kinds import DATASET, METRICS, MODEL, REPORT, Dataset, Metrics, Model, Report
from mlops_lab.pipeline.ledger import Ledger, Node
from mlops_lab.pipeline.pipeline import Pipeline, Run
from mlops_lab.pipeline.steps import BrokenPipeline, Step, step
from mlops_lab.pipeline.work import StepFailed, StepRefused, StepRun

if TYPE_CHECKING:
    from mlops_lab.pipeline.notebooks import notebook
    from mlops_lab.pipeline.triggers import Job, Triggers

__all__ = [
    "DATASET", "METRICS", "MODEL", "REPORT", "BrokenPipeline", "Dataset", "Datums", "Job", "Ledger", "Metrics", "Model",
    "Node", "Pipeline", "Report", "Run", "Step", "StepFailed", "StepRefused", "StepRun", "Triggers", "cross", "glob",
    "group", "join", "newest", "notebook", "step", "union",
]  # fmt: skip
_LATER = {"notebook": "notebooks", "Job": "triggers", "Triggers": "triggers"}  # loaded when they are first used


def __getattr__(name: str) -> object:
    if name in _LATER:
        return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    raise AttributeError(f"{__name__} has no attribute {name!r}; it offers {', '.join(__all__)}.")

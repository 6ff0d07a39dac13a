"""Steps as plain functions, run only when something changed, and remembered. Knows no recommender.

    step         a function; its name is the artifact it makes, its parameter names are the edges
    artifact     a value with a digest: what a step made, or what a run was given
    fingerprint  the code of a step and of everything of ours it uses, as one hash
    key          fingerprint and input digests: the same key has the same output, so it is not made again
    execution    one step in one run: ran, skipped or failed      run        all steps on one set of inputs
    ledger       which execution took and made which artifact     lineage    that, followed up and down

Reading order: `pipeline` (what a run does), `steps` (the graph), `codecs` (values as bytes), `fingerprints`, `ledger`.

On disk: artifacts are single blobs of the store (parquet, npz, JSON or the object's own bytes); the ledger is a SQLite
file with the tables of ML Metadata: artifacts, executions, events (who took or made what) and runs (its contexts).
A step is finished when the ledger says so, and it says so after the artifact is durable: a run that was killed is
started again and goes on after its last finished step.
"""

from mlops_lab.pipeline.ledger import Ledger, Node
from mlops_lab.pipeline.pipeline import Pipeline, Run, StepFailed, StepRefused, StepRun
from mlops_lab.pipeline.steps import BrokenPipeline

__all__ = ["BrokenPipeline", "Ledger", "Node", "Pipeline", "Run", "StepFailed", "StepRefused", "StepRun"]

"""The assembled system: what a company would own.

    workspace    a folder holding workspace.json: store, registry, ledger; opened without the libraries that compute
    Lab          a workspace at work: take in data, train, recommend, watch, release, explain
    training     the pipeline, its steps named after TFX's components; candidates and gates are part of it
    tuning       a search in the lab's own data, and the verdict on what it found; a step before training
    evening      what happens when a day is closed: watch, alert, move a release on, train when it is time
    lineage      what was made from what: commits, runs and answers as one graph

Reading order: `workspace`, `lab` (the whole), `candidates`, `training`, `gates`, `tuning`, `pushing` (from a run to
versions), `operation` (evenings), `links` and `lineage`, `report`.

On disk: workspace.json (format, seed) · store/ (every commit: traffic, models, registry, operations, tuning) ·
lineage.sqlite (runs and artifacts) · tuning.sqlite (trials, as Optuna reads them) · predictions/ (rows of answers not
yet taken in) · mlflow.db (a mirror, can be rebuilt).
"""

from typing import TYPE_CHECKING

from mlops_lab.doors import door

if TYPE_CHECKING:
    from mlops_lab.lab.lab import Lab as Lab

__getattr__ = door(__name__, {"Lab": "lab"})

"""The assembled system: what a company would own.

    Lab          a workspace with everything in it: take in data, train, recommend, watch, release, explain
    workspace    a folder holding workspace.json; the store, the lineage and the prediction log lie beside it
    training     the pipeline, its steps named after TFX's components

Reading order: `lab` (the whole), `training` (the pipeline's steps), `operation` (what happens every evening), `report`.

On disk: workspace.json (format, seed) · store/ (every commit: traffic, models, registry, operations) · lineage.sqlite
(runs and artifacts) · predictions/ (rows of answers not yet taken in) · mlflow.db (a mirror, can be rebuilt).
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlops_lab.lab.lab import Lab as Lab


def __getattr__(name: str) -> object:
    if name == "Lab":
        from mlops_lab.lab.lab import Lab

        return Lab
    raise AttributeError(f"mlops_lab.lab has no attribute {name!r}.")

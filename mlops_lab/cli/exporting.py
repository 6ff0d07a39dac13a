"""Commands that write the system in the language of other engines."""

from pathlib import Path
from typing import Annotated

import typer

from mlops_lab.cli.options import AsJson, Workspace, group, new_or_used, say

export_app = group(help="Write the training pipeline, or a search for its parameters, for another engine.")
PLACE, CLAIM = "/workspace/kitchen", "mlops-lab-workspace"


@export_app.callback()
def export() -> None:
    """Write the training pipeline, or a search for its parameters, for another engine."""


@export_app.command()
def kubeflow(
    out: Annotated[Path, typer.Option(help="A new folder, or one with an earlier export.")],
    image: Annotated[
        str | None,
        typer.Option(help="NAME@sha256:DIGEST of the image that every task runs in; a placeholder otherwise."),
    ] = None,
    workspace: Workspace = "kitchen",
    as_json: AsJson = False,
) -> None:
    """A program for Kubeflow's SDK, its IR, and a Dockerfile. Example: mlops-lab export kubeflow --out kubeflow"""
    from mlops_lab.delivery.kubeflow import IMAGE, export
    from mlops_lab.lab.elsewhere import READERS, texts
    from mlops_lab.lab.training import TRAINING

    lab = new_or_used(workspace)
    document = export(TRAINING, out, image=image or IMAGE, inputs=READERS)
    document["arguments"] = texts(lab) if lab.data else {}
    lines = [f"{out}/{name}" for name in document["files"]]
    lines += [f"{len(document['steps'])} tasks in the image {document['image']}; it takes"]
    lines += [f"  {name}={document['arguments'].get(name, kind)}" for name, kind in document["parameters"].items()]
    say(as_json, document, "\n".join(lines))


@export_app.command()
def katib(
    out: Annotated[Path, typer.Option(help="A new folder, or one with an earlier export.")],
    model: Annotated[str, typer.Option(help="The model to tune.")] = "item-knn",
    trials: Annotated[int, typer.Option(help="Trials at most.")] = 20,
    parallel: Annotated[int, typer.Option(help="Trials at a time.")] = 2,
    image: Annotated[str | None, typer.Option(help="The image of `export kubeflow`; a placeholder otherwise.")] = None,
    as_json: AsJson = False,
) -> None:
    """The search of `mlops-lab tune` as an Experiment of Katib. Example: mlops-lab export katib --out katib"""
    from mlops_lab.delivery.katib import export
    from mlops_lab.delivery.kubeflow import IMAGE
    from mlops_lab.lab.tuning import experiment

    asked = experiment(model, max_trial_count=trials, parallel_trial_count=parallel)
    command = ["python", "-m", "mlops_lab", "tune", model, "--workspace", PLACE]
    document = export(asked, out, image=image or IMAGE, command=command, place=PLACE, claim=CLAIM)
    say(as_json, document, f"{document['file']}: kubectl apply it where the volume claim {CLAIM} holds a workspace")

"""Kubeflow's own engine for one machine: an export runs there as it is, a process a task, nothing downloaded."""

import builtins
import json
import re
from pathlib import Path
from typing import Any

import pytest

from mlops_lab.pipeline import isolated

# It says of each task that it runs outside of its image, which is what is wanted here.
outside_of_an_image = pytest.mark.filterwarnings("ignore:You may be attemping to run a task:RuntimeWarning")


def run_on_kfp_local(place: Path, export: Path, **arguments: Any) -> dict[str, Any]:
    """Run an export, with a cache, below a folder; task -> what it made, of those that ran."""
    from kfp import components, local

    root = place / "kfp"
    before = set(root.glob("*"))
    local.init(
        local.SubprocessRunner(use_venv=False), pipeline_root=str(root), raise_on_error=False,
        enable_caching=True, cache_root=str(place / "cache"),
    )  # fmt: skip
    said = builtins.print
    try:
        components.load_component_from_file(str(export / "pipeline.yaml"))(**arguments)
    finally:
        builtins.print = said  # tasks in parallel each indent it for all, and do not always put it back
    new = set(root.glob("*")) - before
    return dict(_made(file) for run in new for file in sorted(run.rglob("executor_output.json")))


def _made(file: Path) -> tuple[str, Any]:
    """Name and value of a task's output; in a loop "name 0", "name 1" ... Objects come as their bytes."""
    loop = re.search(r"-iteration-(\d+)", str(file))
    name = file.parent.name.replace("-", "_") + (f" {loop[1]}" if loop else "")
    if parameters := json.loads(file.read_text()).get("parameterValues"):
        return name, parameters["Output"]
    (folder,) = [folder for folder in file.parent.iterdir() if folder.is_dir()]
    stored = folder / "value.object"
    return name, stored.read_bytes() if stored.exists() else isolated.read(folder)

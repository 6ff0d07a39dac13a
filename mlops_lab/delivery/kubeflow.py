"""The same pipeline on Kubeflow: a readable program for its SDK, the IR that it compiles to, and the image it runs in.

    pipeline.py     one thin component for each step          pipeline.yaml   what Kubeflow reads (see `ir`)
    Dockerfile      builds the image from the project's lock; the image is named by its digest, for a tag moves

Reading order: `tasks` (what becomes of each step), `program` (its text), `ir` (is it sound?).
"""

import importlib.util
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from mlops_lab.delivery.ir import checked
from mlops_lab.delivery.program import MARK, text
from mlops_lab.delivery.tasks import Reader, plan
from mlops_lab.errors import BadInput
from mlops_lab.pipeline import Pipeline

IMAGE = f"mlops-lab@sha256:{'0' * 64}"
FILES = ("pipeline.py", "pipeline.yaml", "Dockerfile")


def export(pipeline: Pipeline, out: Path, *, image: str = IMAGE, inputs: Mapping[str, Reader] | None = None) -> dict:
    """Write a pipeline for Kubeflow into a folder: {pipeline, folder, files, image, parameters, steps}.

    inputs: for each input that is no JSON (and each one with a default to be given) the function that makes it from the
    text that Kubeflow hands over; its file is the input's artifact. Raises BadInput, before anything is written.
    """
    if importlib.util.find_spec("kfp") is None:
        raise BadInput("Kubeflow's SDK is not installed; run `pip install 'mlops_lab[kubeflow]'`.")
    if not re.fullmatch(r"[\w./:-]+@sha256:[0-9a-f]{64}", image):
        raise BadInput(
            f"Found the image {image!r}; name it by its digest, NAME@sha256:<64 hex digits>, for a tag moves."
        )
    if out.exists() and not _ours(out):
        raise BadInput(f"{out} is not empty and no earlier export; name a new folder.")
    planned = plan(pipeline, inputs or {})
    with tempfile.TemporaryDirectory() as aside:
        folder = Path(aside)
        (folder / FILES[0]).write_text(text(pipeline.name, planned, image), encoding="utf-8")
        (folder / FILES[1]).write_text(compiled(folder / FILES[0]), encoding="utf-8")
        shutil.copyfile(Path(__file__).with_name(FILES[2]), folder / FILES[2])
        out.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            shutil.copyfile(folder / name, out / name)
    return {
        "pipeline": pipeline.name, "folder": str(out), "files": list(FILES), "image": image,
        "parameters": {name: form.type for name, form in planned.parameters.items()}, "steps": list(planned.tasks),
    }  # fmt: skip


def compiled(program: Path) -> str:
    """The IR of a program, as Kubeflow's own compiler writes it. Raises BrokenIR where it would not run."""
    from kfp import compiler

    with tempfile.TemporaryDirectory() as aside:
        path = Path(aside) / FILES[1]
        compiler.Compiler().compile(_imported(program).pipeline, str(path))
        found = path.read_text(encoding="utf-8")
    checked(found)
    return found


def _imported(program: Path) -> ModuleType:
    """A program as a module: Kubeflow reads the text of its components from the file."""
    spec = importlib.util.spec_from_file_location("kubeflow_pipeline", program)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = writes
    return module


def _ours(folder: Path) -> bool:
    """Empty, or an earlier export."""
    program = folder / FILES[0]
    if not folder.is_dir():
        return False
    return not any(folder.iterdir()) or (
        program.is_file() and MARK in program.read_text(encoding="utf-8", errors="replace")
    )

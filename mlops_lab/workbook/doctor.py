"""Is everything here that the notebooks need? One line for each thing, with what to do where it is not."""

import importlib.metadata
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from mlops_lab.errors import BadInput
from mlops_lab.workbook.learner import notebooks_folder
from mlops_lab.workbook.record import home

FREE_BYTES = 500_000_000
AGAIN = "install again: make, or pip install -e . in the clone"


def examine() -> list[dict]:
    """Checks as {what, ok, found, do}; nothing is written that stays."""
    return [_python(), _packages(), _kernel(), _notebooks(), _workspace(), _space(), *_strays()]


def _line(what: str, ok: bool, found: object, do: str) -> dict:
    return {"what": what, "ok": bool(ok), "found": str(found), "do": "" if ok else do}


def _python() -> dict:
    version = ".".join(map(str, sys.version_info[:3]))
    return _line("Python", (3, 11) <= sys.version_info[:2] <= (3, 14), version, "use Python 3.11 to 3.14")


def _packages() -> dict:
    """Every dependency that the package declares, against its bounds."""
    from packaging.requirements import Requirement

    try:
        declared = [Requirement(text) for text in importlib.metadata.requires("mlops_lab") or []]
    except importlib.metadata.PackageNotFoundError:
        return _line("packages", False, "mlops_lab is not installed", AGAIN)
    needed = [one for one in declared if one.marker is None or one.marker.evaluate({"extra": ""})]
    wrong = [str(one) for one in needed if not _fits(one.name, one.specifier)]
    return _line(
        "packages", not wrong, f"not as declared: {', '.join(wrong)}" if wrong else f"{len(needed)} as declared", AGAIN
    )


def _fits(name: str, wanted: object) -> bool:
    try:
        return importlib.metadata.version(name) in wanted  # type: ignore[operator]
    except importlib.metadata.PackageNotFoundError:
        return False


def _kernel() -> dict:
    """The kernel that notebooks name is this Python, not another one of the same name."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        command = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except NoSuchKernel:
        return _line("notebook kernel", False, "no kernel named python3", AGAIN)
    ours = Path(command).name.startswith("python") and (
        not Path(command).is_absolute() or _same(command, sys.executable)
    )
    return _line("notebook kernel", ours, f"python3 runs {command}", "unset JUPYTER_PATH, or remove the other kernel")


def _same(one: str, other: str) -> bool:
    return os.path.abspath(one) == os.path.abspath(other) or Path(one).parent == Path(other).parent


def _notebooks() -> dict:
    try:
        folder = notebooks_folder()
    except BadInput as error:
        return _line("notebooks", False, error, "clone the project and install it with pip install -e .")
    count = len(list(folder.glob("[0-9]*.ipynb")))
    wrong = [path.name for path in folder.glob("[0-9]*.ipynb") if not _readable(path)]
    found = f"cannot be read: {', '.join(wrong)}" if wrong else f"{count} in {folder}"
    return _line("notebooks", not wrong, found, "git checkout -- notebooks")


def _readable(path: Path) -> bool:
    try:
        return "cells" in json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return False


def _existing(path: Path) -> Path:
    """The folder itself or the nearest above it that is there."""
    path = path.absolute()
    return next(place for place in (path, *path.parents) if place.is_dir())


def _workspace() -> dict:
    try:
        with tempfile.TemporaryFile(dir=_existing(home())):
            ok = True
    except OSError:
        ok = False
    return _line(
        "workspace", ok, f"{home()} can{'' if ok else 'not'} be written", "set MLOPS_LAB_HOME to a folder of yours"
    )


def _space() -> dict:
    free = shutil.disk_usage(_existing(home())).free
    return _line("disk", free > FREE_BYTES, f"{free / 1e9:.1f} GB free", "make room: half a gigabyte is needed")


def _strays() -> list[dict]:
    """Settings that lead notebooks astray; said only when they are there."""
    advice = {"JUPYTER_PATH": "unset it: a kernel found there shadows this one"}
    return [_line(name, False, os.environ[name], do) for name, do in advice.items() if os.environ.get(name)]

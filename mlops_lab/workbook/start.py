"""The first line of a notebook: a quiet, fresh place in which to work."""

import atexit
import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from mlops_lab.workbook import record
from mlops_lab.workbook.figures import style

_made: Any = None


def begin(notebook: str, day: int | None = None, *, seed: int = 7, incidents: Sequence[str] = ()) -> Any:
    """Set the plot style, quieten logs and warnings, and point MLOPS_LAB_HOME at a fresh temporary folder.

    day: fast-forward a small world and its lab to the morning of this day and return the pair (world, lab); without it,
    None. incidents: what goes wrong on the way, "unit-change@20".
    The folder goes away with the kernel. Prints nothing.
    """
    global _made
    quieten()
    style()
    home = tempfile.mkdtemp(prefix="mlops-lab-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ["MLOPS_LAB_HOME"] = home
    record.opened(notebook)
    _made = None
    if day is not None:
        from mlops_lab import rehearsal

        fast_forward: Callable[..., Any] = rehearsal.fast_forward  # type: ignore[assignment]
        _made = fast_forward(day, seed=seed, size="quick", incidents=incidents)
    return _made


def made() -> Any:
    """What the last begin returned: some judges compare an answer with the lab or with the world's truth."""
    return _made


def quieten() -> None:
    """No warnings (they carry paths), no logs (they carry times), no telemetry."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("DO_NOT_TRACK", "true")

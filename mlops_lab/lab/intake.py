"""Real data through the front door: one upload, one commit, a bad file changes nothing."""

from pathlib import Path
from typing import TYPE_CHECKING

from mlops_lab.data.ingest import Ingested
from mlops_lab.errors import BadInput
from mlops_lab.lab.workspace import settle

if TYPE_CHECKING:
    from mlops_lab.lab.lab import Lab

FORMATS = ("foodcom", "lab")


def ingest(lab: "Lab", path: Path, format: str) -> dict:
    """Read a folder of CSV files into a new commit; counts as in the command line's JSON.

    Raises BadInput for an unknown format or unreadable files, before anything is written.
    """
    if format not in FORMATS:
        raise BadInput(f"Format {format!r} is not known; use one of {', '.join(FORMATS)}.")
    existed = lab.path.exists()
    try:
        ingested = _take(lab, Path(path), format)
    except BadInput:
        if not existed and lab.path.exists():  # the store may have made its empty folder: leave nothing behind
            _remove_empty(lab.path)
        raise
    settle(lab.path)
    return ingested.summary()


def _take(lab: "Lab", path: Path, format: str) -> Ingested:
    if format == "lab":
        from mlops_lab.data.labfiles import ingest_lab

        return ingest_lab(lab.store, path)
    from mlops_lab.data.foodcom import ingest_foodcom

    return ingest_foodcom(lab.store, path)


def _remove_empty(path: Path) -> None:
    for folder in sorted((p for p in path.rglob("*") if p.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
    if not any(path.iterdir()):
        path.rmdir()

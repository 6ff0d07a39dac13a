"""Progress that stays with the learner: one JSON file beside their copy of the notebooks.

It is written only where the marker of a learner's copy lies, so that running the project's own notebooks, by hand or by
a machine, leaves no trace. It holds no times.
"""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlops_lab.errors import BadInput
from mlops_lab.workbook.exercises import exercises

if TYPE_CHECKING:
    import pandas as pd

MARKER = ".mlops-lab-learner"
FILE = "progress.json"
NEW = {"state": "not attempted", "tries": 0, "hints": 0, "solution_seen": False}


def home() -> Path:
    """Where workspaces and the learner's copy lie."""
    return Path(os.environ.get("MLOPS_LAB_HOME", "workspace"))


def learners(folder: Path) -> Path | None:
    """The learner's copy that a folder is or lies in; None elsewhere, as in the project's own notebooks/."""
    return next((place for place in (folder, folder.parent) if (place / MARKER).is_file()), None)


def known(folder: Path) -> dict[str, Any]:
    """What the file of a folder says; empty before the first exercise. Raises BadInput when it cannot be read."""
    file = folder / FILE
    if not file.is_file():
        return {"format": 1, "notebooks": [], "exercises": {}}
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        said = None
    if not isinstance(said, dict) or said.get("format") != 1 or not isinstance(said.get("exercises"), dict):
        raise BadInput(f"{file} is not a record of progress (JSON of format 1); move it away to start a new one.")
    return said


def opened(notebook: str) -> None:
    """Remember that a notebook was begun."""
    _write(lambda said: said.update(notebooks=sorted({*said.get("notebooks", []), notebook})))


def checked(id: str, state: str) -> None:
    """Remember an attempt; what was right once stays right."""
    if state == NEW["state"]:
        return

    def change(said: dict[str, Any]) -> None:
        line = _line(said, id)
        line["tries"] += 1
        line["state"] = "right" if "right" in (state, line["state"]) else state

    _write(change)


def hinted(id: str, number: int) -> None:
    """Remember how many hints were asked for."""
    _write(lambda said: _line(said, id).update(hints=max(number, _line(said, id)["hints"])))


def solution_seen(id: str) -> None:
    """Remember that the solution was looked at."""
    _write(lambda said: _line(said, id).update(solution_seen=True))


def _line(said: dict[str, Any], id: str) -> dict[str, Any]:
    return said["exercises"].setdefault(id, dict(NEW))


def _write(change: Any) -> None:
    folder = learners(Path.cwd())
    if folder is None:
        return
    try:
        said = known(folder)
        change(said)
        aside = folder / f".{FILE}.{os.getpid()}"
        aside.write_text(json.dumps(said, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        os.replace(aside, folder / FILE)
    except (BadInput, OSError, KeyError, TypeError):
        return  # A damaged record or a full disk must not come between a learner and the feedback; progress() says it.


def progress_rows(folder: str | Path | None = None) -> list[dict[str, Any]]:
    """Every exercise with its id, kind, title, state, tries, hints and whether the solution was seen.

    folder: the learner's copy; by default the current folder if it is one, else <home>/learn.
    """
    place = Path(folder) if folder is not None else learners(Path.cwd()) or home() / "learn"
    if folder is not None and not place.is_dir():
        raise BadInput(f"There is no folder {place}; `mlops-lab workbook open` makes the learner's copy.")
    said = known(place)["exercises"]
    titles = ((one, {"id": one.id, "kind": one.kind, "title": one.title}) for one in exercises().values())
    return [{**title, **NEW, **said.get(one.id, {})} for one, title in titles]


def progress(folder: str | Path | None = None) -> "pd.DataFrame":
    """progress_rows as a table, one row for an exercise."""
    import pandas as pd

    return pd.DataFrame(progress_rows(folder), columns=["id", "kind", "title", *NEW]).set_index("id")

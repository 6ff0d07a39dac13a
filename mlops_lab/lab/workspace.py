"""Where a lab lives: a folder that holds workspace.json, and what is written down there."""

import json
import os
from pathlib import Path

from mlops_lab.errors import BadInput
from mlops_lab.pipeline.ledger import Ledger
from mlops_lab.registry import Registry
from mlops_lab.store import Commit, Store

FORMAT = 1


class Workspace:
    """The records of a lab: store, registry and ledger. Opening them needs none of the libraries that work on data.

    name: a bare name lies under MLOPS_LAB_HOME (default ./workspace); a path is itself.
    """

    def __init__(self, name: str | Path = "kitchen"):
        self.path = workspace_path(name)
        self.store = Store(self.path / "store")
        self.registry = Registry(self.store)

    def __repr__(self) -> str:
        return f"Workspace({self.path.name}: {self.newest_day + 1} days, {len(self.registry.versions())} versions)"

    @property
    def ledger(self) -> Ledger:
        """Runs, steps and artifacts of the pipelines, in lineage.sqlite."""
        return Ledger(self.path / "lineage.sqlite")

    @property
    def data(self) -> Commit | None:
        """The newest commit of the data, None before the first."""
        return self.store.head("traffic")

    @property
    def newest_day(self) -> int:
        """The newest day in the store, -1 before the first."""
        head = self.data
        return int(head.metadata["day"]) if head else -1


def workspace_path(name: str | Path) -> Path:
    """The folder of a workspace: a bare name lies under MLOPS_LAB_HOME (default ./workspace), a path is itself."""
    given = Path(name)
    if str(given) in ("", ".", ".."):
        raise BadInput(f"{str(name)!r} is no name for a workspace; give a bare name like kitchen, or a folder.")
    bare = len(given.parts) == 1 and not given.is_absolute() and os.sep not in str(name)
    path = Path(os.environ.get("MLOPS_LAB_HOME", "workspace")) / given if bare else given
    if path.exists() and not (path / "workspace.json").is_file() and (not path.is_dir() or any(path.iterdir())):
        raise BadInput(f"{path} exists and is not a workspace (no workspace.json in it); name another folder.")
    return path


def settings(path: Path) -> dict:
    """What workspace.json says; empty before the first write."""
    file = path / "workspace.json"
    if not file.is_file():
        return {}
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        known = None
    if not isinstance(known, dict) or known.get("format") != FORMAT:
        raise BadInput(f"{file} is not the settings of a workspace of format {FORMAT}; name another folder.")
    return known


def settle(path: Path, **more: object) -> dict:
    """Create the workspace if need be, add settings, and return them all. Atomic: written aside, then renamed."""
    known = {"format": FORMAT, **settings(path), **more}
    if known != settings(path):
        path.mkdir(parents=True, exist_ok=True)
        aside = path / f"workspace.json.{os.getpid()}"
        with aside.open("w", encoding="utf-8") as file:
            file.write(json.dumps(known, indent=1, sort_keys=True) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path / "workspace.json")
    return known

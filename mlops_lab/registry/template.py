"""An empty MLflow database, migrated once and then copied.

MLflow builds a new SQLite store by running all of its migrations one after another, which takes seconds. Their result
depends on the MLflow version alone, so it lies in the user's cache folder under that version.
"""

import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

ARTIFACTS = "store:artifacts"  # no folder: what belongs to a version lies in the store


def cache_folder() -> Path:
    """The user's cache folder of the lab: XDG_CACHE_HOME/mlops-lab, by default ~/.cache/mlops-lab."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "mlops-lab"


def place_empty(target: Path) -> None:
    """Put an empty, migrated MLflow database at `target`, atomically, replacing what was there."""
    import mlflow.version

    cached = cache_folder() / f"mlflow-{mlflow.version.VERSION}.db"
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".mlflow-") as aside:
        fresh = Path(aside) / "mlflow.db"
        if usable(cached):
            shutil.copyfile(cached, fresh)
        else:
            _migrate(fresh)
            _keep(fresh, cached)
        os.replace(fresh, target)


def usable(path: Path) -> bool:
    """Whether a file is an MLflow database that opens and is whole; another one is made again."""
    if not path.is_file():
        return False
    try:
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            count = database.execute("SELECT count(*) FROM experiments").fetchone()[0]
            return count > 0 and database.execute("PRAGMA quick_check").fetchone()[0] == "ok"
        finally:
            database.close()
    except sqlite3.Error:
        return False


def _migrate(path: Path) -> None:
    """Let MLflow create its tables, then take out the only absolute folder it wrote."""
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    SqlAlchemyStore(f"sqlite:///{path}", str(path.parent)).engine.dispose()
    with sqlite3.connect(path) as database:
        database.execute("UPDATE experiments SET artifact_location = ?", (ARTIFACTS,))
    database.close()


def _keep(fresh: Path, cached: Path) -> None:
    """Copy into the cache by an atomic rename; a cache that cannot be written only costs time."""
    try:
        cached.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=cached.parent)
        os.close(handle)
        shutil.copyfile(fresh, aside)
        os.replace(aside, cached)
    except OSError:
        return

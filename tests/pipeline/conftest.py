"""A store, a ledger, and modules written, edited and imported anew."""

import importlib
import linecache
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from mlops_lab.pipeline import Ledger, sources
from mlops_lab.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "lineage.sqlite")


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., ModuleType]:
    """write({"flow": text, "kit/part": text, ...}) gives the module `flow` as freshly imported from those files."""
    home = tmp_path / "code"
    home.mkdir()
    monkeypatch.syspath_prepend(str(home))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # a second edit within a second would meet the old byte code

    def forget() -> None:
        for name in [name for name in sys.modules if name.partition(".")[0] in ("flow", "kit")]:
            del sys.modules[name]
        linecache.clearcache()
        importlib.invalidate_caches()
        sources._root.cache_clear()

    def written(files: dict[str, str]) -> ModuleType:
        forget()
        for name, text in files.items():
            path = home / f"{name}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        return importlib.import_module("flow")

    yield written
    forget()

"""A store in a fresh folder."""

from pathlib import Path

import pytest

from mlops_lab.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")

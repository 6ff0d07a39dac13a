"""The environment check says what is missing and what to do."""

import importlib.metadata
from collections import namedtuple
from pathlib import Path

import pytest

from mlops_lab.workbook import doctor


def line(what: str) -> dict:
    return next(one for one in doctor.examine() if one["what"] == what)


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLOPS_LAB_HOME", str(tmp_path / "not" / "yet"))


def test_this_environment_is_well_and_nothing_is_left(tmp_path: Path) -> None:
    assert [one for one in doctor.examine() if not one["ok"] and one["what"] not in ("notebooks", "packages")] == []
    assert not list(tmp_path.iterdir())


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        importlib.metadata, "requires", lambda name: ["numpy>=1", "numpy>=99", "soup>=1", "x; extra == 'y'"]
    )
    found = line("packages")
    assert not found["ok"] and "numpy>=99" in found["found"] and "soup>=1" in found["found"]
    assert "numpy>=1," not in found["found"] and "x;" not in found["found"] and found["do"]


def test_a_kernel_of_another_python_is_seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "kernels" / "python3").mkdir(parents=True)
    spec = '{"argv": ["/elsewhere/python", "-m", "ipykernel"], "display_name": "x", "language": "python"}'
    (tmp_path / "kernels" / "python3" / "kernel.json").write_text(spec)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    assert not line("notebook kernel")["ok"] and not line("JUPYTER_PATH")["ok"]


def test_an_old_python_and_a_full_disk_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.sys, "version_info", (3, 10, 2))
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: namedtuple("Usage", "free")(1000))
    assert not line("Python")["ok"] and not line("disk")["ok"]


def test_a_workspace_that_cannot_be_written_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refused)
    assert not line("workspace")["ok"] and "MLOPS_LAB_HOME" in line("workspace")["do"]

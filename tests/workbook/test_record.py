"""Progress: one file, only in a learner's copy."""

import json
from pathlib import Path

import pytest

from mlops_lab.errors import BadInput
from mlops_lab.workbook import judging, record


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / record.MARKER).write_text("{}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(judging, "_given", {})
    return tmp_path


def test_the_projects_own_notebooks_leave_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    judging.check("00-2", 0.18)
    judging.hint("00-2")
    assert not list(tmp_path.iterdir())


def test_what_a_learner_did_is_remembered(copy: Path) -> None:
    judging.check("00-2", ...)
    judging.check("00-2", 18)
    judging.hint("00-2")
    judging.check("00-2", 0.18)
    judging.solution("00-2")
    judging.check("00-2", 36)
    said = json.loads((copy / record.FILE).read_text())
    assert said["exercises"] == {"00-2": {"state": "right", "tries": 3, "hints": 1, "solution_seen": True}}


def test_the_table_lists_every_exercise(copy: Path) -> None:
    judging.check("00-2", 18)
    table = record.progress()
    assert table.loc["00-2", "state"] == "not yet" and table.loc["02-1", "state"] == "not attempted"
    assert record.progress_rows()[0]["id"] == "00-1"


def test_a_notebook_in_a_subfolder_writes_to_the_same_file(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (copy / "deeper").mkdir()
    monkeypatch.chdir(copy / "deeper")
    record.opened("02")
    assert record.known(copy)["notebooks"] == ["02"] and not list((copy / "deeper").iterdir())


@pytest.mark.parametrize("damage", ["soup", "[]", '{"format": 2}', '{"format": 1, "exercises": []}'])
def test_a_damaged_file_is_said_by_progress_and_never_stops_a_check(copy: Path, damage: str) -> None:
    (copy / record.FILE).write_text(damage)
    assert judging.check("00-2", 0.18).state == "right"
    assert (copy / record.FILE).read_text() == damage
    with pytest.raises(BadInput, match="progress"):
        record.progress_rows()


def test_a_wrong_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="workbook open"):
        record.progress_rows(tmp_path / "nowhere")

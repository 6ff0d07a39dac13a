"""A run: every notebook in its own process, one failing stops nobody."""

import json
from pathlib import Path

import nbformat
import pytest

from mlops_lab.errors import BadInput
from mlops_lab.workbook import run
from mlops_lab.workbook.page import Story
from mlops_lab.workbook.store import store_outputs

pytestmark = pytest.mark.slow  # processes, kernels, databases: not for every save

LOOP = {"days": [], "alerts": [], "releases": [], "incidents": [], "versions": 0}


def book(folder: Path, name: str, *sources: str) -> Path:
    cells = [nbformat.v4.new_code_cell(source, id=f"c{number}") for number, source in enumerate(sources)]
    folder.mkdir(exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / f"{name}.ipynb")
    return folder / f"{name}.ipynb"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> run.RunReport:
    folder = tmp_path_factory.mktemp("run") / "notebooks"
    book(folder, "01_bad", "1", "raise ValueError('no salt')")
    book(folder, "02_good", "import os; os.getcwd()")
    book(folder, "draft", "raise ValueError('never run')")
    return run.run_all(folder, folder.parent / "runs", progress=False, story=lambda: Story(LOOP))


def test_a_failing_notebook_is_told_with_its_cell_and_the_others_finish(report: run.RunReport) -> None:
    bad, good = report.notebooks
    assert (bad.name, bad.state, good.name, good.state) == ("01_bad", "failed", "02_good", "ok")
    assert bad.message == "cell [2]: ValueError: no salt" and not report.ok
    assert "01_bad, cell [2]: ValueError: no salt" in report.text() and report.text().endswith("0001/index.html")


def test_the_run_is_written_down_as_pages_and_json(report: run.RunReport) -> None:
    assert json.loads((report.folder / "run.json").read_text()) == report.document()
    linked = [one["page"] for one in report.document()["notebooks"]]
    assert all((report.folder / page).is_file() and f'href="{page}"' in report.index.read_text() for page in linked)
    assert "The loop" in report.index.read_text()


def test_notebooks_work_in_their_own_folder_and_leave_it_as_it_was(report: run.RunReport) -> None:
    source = report.folder.parent.parent / "notebooks"
    said = nbformat.read(report.folder / "02_good.ipynb", 4).cells[0].outputs[0].data["text/plain"]
    assert said == repr(str(source)) and {one.name for one in source.iterdir()} == {
        "01_bad.ipynb",
        "02_good.ipynb",
        "draft.ipynb",
    }


def test_runs_are_numbered_without_collision(tmp_path: Path) -> None:
    assert [run._new_folder(tmp_path).name for _ in range(3)] == ["0001", "0002", "0003"]
    (tmp_path / "0007").mkdir()
    assert run._new_folder(tmp_path).name == "0008"


def test_a_story_that_fails_makes_the_run_not_ok(tmp_path: Path) -> None:
    book(tmp_path / "notebooks", "00_a", "1")
    told = run.run_all(tmp_path / "notebooks", tmp_path / "runs", progress=False, story=lambda: 1 / 0)  # type: ignore
    assert not told.ok and "ZeroDivisionError" in told.text() and not told.failed


def test_nothing_to_run_is_said_and_nothing_is_written(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(BadInput, match="no notebook"):
            run.run_all(folder, tmp_path / "runs")
    book(tmp_path, "00_a", "1")
    with pytest.raises(BadInput, match="0 workers"):
        run.run_all(tmp_path, tmp_path / "runs", workers=0)
    assert not (tmp_path / "runs").exists()


def test_comparing_sees_a_changed_output(tmp_path: Path) -> None:
    path = book(tmp_path / "notebooks", "00_a", "print(6 * 7)")
    store_outputs([path])
    path.write_text(path.read_text().replace("42", "41"))
    assert run.check_all(tmp_path / "notebooks", workers=1) == 1

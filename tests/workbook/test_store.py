"""Stored outputs: the same bytes again, or nothing written."""

from pathlib import Path

import nbformat
import pytest

from mlops_lab.errors import BadInput
from mlops_lab.workbook.store import main, store_outputs


def book(path: Path, *sources: str) -> Path:
    cells = [nbformat.v4.new_code_cell(source, id=f"c{number}") for number, source in enumerate(sources)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


NOISY = """
import sys, time
for word in ("soup", "stew"):
    print(word, flush=True)
    time.sleep(0.05)
"""


@pytest.mark.slow
def test_storing_twice_gives_the_same_bytes_without_times_or_versions(tmp_path: Path) -> None:
    path = book(tmp_path / "00_a.ipynb", NOISY, "{'b': 1}")
    store_outputs([path])
    first = path.read_bytes()
    store_outputs([path])
    assert path.read_bytes() == first
    stored = nbformat.read(path, 4)
    assert stored.cells[0].outputs[0].text == "soup\nstew\n" and stored.cells[1].execution_count == 2
    assert stored.metadata.language_info == {"name": "python"} and b"iopub" not in first


def test_tags_stay(tmp_path: Path) -> None:
    path = book(tmp_path / "00_a.ipynb", "n = 1")
    tagged = nbformat.read(path, 4)
    tagged.cells[0].metadata = {"tags": ["parameters"], "collapsed": True}
    nbformat.write(tagged, path)
    store_outputs([path])
    assert nbformat.read(path, 4).cells[0].metadata == {"tags": ["parameters"]}


def test_a_failing_cell_is_named_and_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = book(tmp_path / "00_a.ipynb", "1", "1 / 0")
    before = path.read_bytes()
    assert main([str(path)]) == 2
    assert "cell [2]: ZeroDivisionError: division by zero" in capsys.readouterr().err
    assert path.read_bytes() == before and [one.name for one in tmp_path.iterdir()] == ["00_a.ipynb"]


def test_a_cell_that_is_not_executed_is_refused(tmp_path: Path) -> None:
    path = book(tmp_path / "00_a.ipynb", "1", "2")
    untouched = nbformat.read(path, 4)
    untouched.cells[1].metadata = {"tags": ["skip-execution"]}
    nbformat.write(untouched, path)
    with pytest.raises(BadInput, match="cell 1 was not executed"):
        store_outputs([path])


@pytest.mark.parametrize("content", ["", "soup", "{}", None])
def test_something_else_is_no_notebook(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "x.ipynb").write_text(content)
    with pytest.raises(BadInput, match="not a notebook"):
        store_outputs([tmp_path / "x.ipynb"])

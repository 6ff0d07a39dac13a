"""Every notebook has the shape of the template, and every rule of the template has been seen to fail."""

import copy
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from mlops_lab.workbook.record import MARKER
from mlops_lab.workbook.run import check_all
from mlops_lab.workbook.store import store_outputs

SPEC = importlib.util.spec_from_file_location("shape", Path(__file__).parent / "shape.py")
assert SPEC is not None and SPEC.loader is not None
shape = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(shape)

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
BOOKS = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))
SIDE_TRIPS = sorted(NOTEBOOKS.glob("deeper/[0-9]*.ipynb"))
NUMBERS = [f"{number:02}" for number in range(15)]


@pytest.mark.parametrize("path", [*BOOKS, *SIDE_TRIPS], ids=lambda path: path.stem)
def test_the_notebook_has_the_shape_of_the_template(path: Path) -> None:
    assert shape.findings(path) == []


def test_the_notebooks_are_all_there() -> None:
    if not BOOKS:
        pytest.skip("no notebook is written yet")
    assert [path.name[:2] for path in BOOKS] == NUMBERS


def test_at_most_twelve_outputs_are_ignored_in_all() -> None:
    assert sum(len(shape.Book(path).tagged("nbval-ignore-output")) for path in [*BOOKS, *SIDE_TRIPS]) <= 12


PICTURE = '<img alt="Clicks rise from 1 to 3." src="data:image/png;base64,abc0123456789def">'
DRAWN = """
import pandas as pd
drawn = pd.Series(clicks).plot()
workbook.show(drawn, "Clicks rise from 1 to 3.")
""".strip()
BROKEN = """
try:
    raise ValueError("No salt.")
except ValueError as error:
    print(error)
""".strip()
TABLE = "table = pd.DataFrame({'clicks': clicks})\ntable"
STORY = "Each day the cooks ask for recipes and the kitchen answers with ten of them. "


def code(source: str, *data: dict[str, str], tags: tuple[str, ...] = ()) -> Any:
    outputs = [nbformat.v4.new_output("display_data", data=one) for one in data]
    return nbformat.v4.new_code_cell(source, outputs=outputs, metadata={"tags": list(tags)} if tags else {})


def good() -> Any:
    """A tiny notebook about nothing that keeps every rule."""
    text = nbformat.v4.new_markdown_cell
    cells = [
        text("# What are we going to own?\n\n**Minutes:** 30 · **Before:** nothing\n\n## You will be able to\n"
             "- draw the loop\n- name its rooms\n- predict a click rate"),
        code('from mlops_lab import workbook\nworkbook.begin("00")'),
        text("## New words\n- **loop**: what goes round.\n- **room**: a part of it."),
        code("clicks = [1, 3, 2]\nseed = 7", tags=("parameters",)),
        text("## A day\n" + STORY * 20),
        code("total = sum(clicks)\ntotal", {"text/plain": "6"}),
        text("One click was seen. " + STORY * 10),
        code(DRAWN, {"text/plain": "[figure] Clicks", "text/html": PICTURE}),
        text("The same in numbers."),
        code(TABLE, {"text/plain": "clicks", "text/html": "<table></table>"}),
        text("## Break it\nWe forget the salt."),
        code(BROKEN, {"text/plain": "No salt."}),
        text("## Exercise 1\nReplace the dots; `workbook.hint(\"00-1\")` helps."),
        code('answer = ...\nworkbook.check("00-1", answer)', {"text/plain": "Not attempted: replace the ..."}),
        text("## Exercise 2\nThe rate."),
        code('rate = ...\nworkbook.check("00-2", rate)', {"text/plain": "Not attempted: replace the ..."}),
        text("## In production\n| 2019 | today |\n| --- | --- |\n| Seldon | KServe |"),
        text("## Recap\n- You have drawn the loop.\n- You have named its rooms.\n- You predicted a rate."),
        text("## Next\nNotebook 01."),
    ]  # fmt: skip
    for number, cell in enumerate(cell for cell in cells if cell.cell_type == "code"):
        cell.execution_count = number + 1
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}, "language_info": {"name": "python"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def replaced(number: int, old: str, new: str) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        assert old in book.cells[number].source
        book.cells[number].source = book.cells[number].source.replace(old, new)

    return change


def output(number: int, kind: str, text: str) -> Callable[[Any], None]:
    return lambda book: book.cells[number].outputs.append(nbformat.v4.new_output("display_data", data={kind: text}))


def tag(number: int, name: str) -> Callable[[Any], None]:
    return lambda book: book.cells[number].metadata.update(tags=[name])


def emptied(*numbers: int) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        for number in numbers:
            book.cells[number].outputs = []

    return change


def stream(name: str) -> Callable[[Any], None]:
    return lambda book: book.cells[5].outputs.append(nbformat.v4.new_output("stream", name=name, text="soup"))


def failed(book: Any) -> None:
    book.cells[5].outputs = [nbformat.v4.new_output("error", ename="KeyError", evalue="soup", traceback=[])]


SICK: dict[str, list[Callable[[Any], None]]] = {
    "title_is_a_question": [replaced(0, "own?", "own.")],
    "minutes_and_prerequisites": [replaced(0, "30", "90"), replaced(0, "**Before:**", "Before")],
    "three_promises": [replaced(0, "- predict a click rate", "")],
    "one_parameters_cell": [lambda book: book.cells[3].metadata.clear(), tag(5, "parameters")],
    "begins_with_begin": [replaced(1, '"00"', '"01"'), replaced(1, "workbook.begin", "begin")],
    "cast_of_new_words": [replaced(2, "**", "")],
    "a_plot_with_alt_text": [emptied(7), output(5, "image/png", "abc")],
    "a_table": [emptied(9)],
    "something_breaks": [replaced(11, "except", "finally"), emptied(11), replaced(10, "Break it", "Broken")],
    "exercises_are_there": [
        replaced(13, "check", "show"),
        replaced(13, "00-1", "00-9"),
        replaced(15, "rate)", 'rate)\nworkbook.solution("00-2")'),
        replaced(12, "hint", "help"),
    ],
    "exercises_are_shipped_unsolved": [
        lambda book: book.cells[13].outputs[0].data.update({"text/plain": "Right: yes"})
    ],
    "in_production": [replaced(16, "today", "later"), replaced(16, "2019", "then")],
    "recap_mirrors_the_promises": [
        replaced(17, "drawn the loop", "slept"),
        replaced(17, "- You predicted a rate.", ""),
    ],
    "sections_in_order": [
        replaced(18, "Notebook 01.", ""),
        lambda book: book.cells.insert(1, book.cells.pop(16)),
        replaced(2, "## New words", "## Words"),
    ],
    "fifteen_to_thirty_two_cells": [lambda book: book.cells.__delitem__(slice(1, 6))],
    "short_code_cells": [replaced(5, "total", "clicks = 1\n" * 16), replaced(5, "total = sum(clicks)\ntotal", " ")],
    "prose_before_code": [lambda book: [book.cells.pop(8), book.cells.pop(9)]],
    "five_hundred_to_a_thousand_words": [replaced(4, STORY * 20, ""), replaced(4, STORY, STORY * 5)],
    "three_names_from_the_package": [
        replaced(5, "total =", "from mlops_lab import Lab, World, store\ntotal ="),
        replaced(5, "total =", "from mlops_lab.store import *\ntotal ="),
    ],
    "no_shell_and_no_network": [replaced(5, "total =", "!ls\ntotal ="), replaced(5, "total =", "%timeit 1\ntotal =")],
    "executed_in_order": [
        lambda book: book.cells[5].update(execution_count=None),
        lambda book: book.cells[5].update(execution_count=9),
    ],
    "no_errors_and_no_noise": [failed, stream("stderr")],
    "mostly_not_silent": [emptied(5, 9, 11, 13)],
    "ignored_with_a_reason": [
        tag(5, "nbval-ignore-output"),
        tag(5, "nbval-skip"),
        replaced(5, "total =", "# NBVAL_SKIP\ntotal ="),
    ],
    "nothing_that_varies": [
        output(5, "text/plain", "<object at 0x7f95e055af90>"),
        output(5, "text/plain", "in /tmp/mlops-lab-x/kitchen"),
        output(5, "text/plain", "at 12:34:56"),
        output(5, "text/html", "commit 3f2a9c81d0"),
    ],
    "stored_plainly": [
        lambda book: book.cells[5].metadata.update(execution={"iopub": 1}),
        lambda book: book.metadata.update(widgets={}),
        lambda book: book.metadata.kernelspec.update(name="lab"),
        output(5, "text/plain", "soup " * 60_000),
    ],
}


def said(tmp_path: Path, book: Any) -> list[str]:
    nbformat.write(book, tmp_path / "00_tour.ipynb")
    return shape.findings(tmp_path / "00_tour.ipynb")


def test_a_good_notebook_has_nothing_wrong(tmp_path: Path) -> None:
    assert said(tmp_path, good()) == []


@pytest.mark.parametrize("name", shape.RULES)
def test_every_rule_finds_its_sick_notebooks(name: str, tmp_path: Path) -> None:
    for change in SICK[name]:
        book = copy.deepcopy(good())
        change(book)
        assert any(one.startswith(f"{name}: ") for one in said(tmp_path, book)), change


@pytest.mark.slow
def test_a_notebook_that_is_really_executed_keeps_the_rules_and_compares_equal(tmp_path: Path) -> None:
    path = tmp_path / "00_tour.ipynb"
    bare = good()
    for cell in bare.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    nbformat.write(bare, path)
    store_outputs([path])
    assert shape.findings(path) == []
    assert check_all(tmp_path, workers=1) == 0
    assert sorted(one.name for one in tmp_path.iterdir()) == ["00_tour.ipynb"]


SOLVED = """
from mlops_lab import workbook
workbook.begin("02")
class Blobs(dict):
    def put(self, content):
        import hashlib
        id = hashlib.sha256(content).hexdigest()
        self[id] = content
        return id
    get = dict.__getitem__
workbook.check("02-1", Blobs)
"""


def test_an_answer_written_in_a_notebook_is_judged_there(tmp_path: Path) -> None:
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SOLVED)])
    nbformat.write(book, tmp_path / "02_a.ipynb")
    (tmp_path / MARKER).write_text("{}")
    store_outputs([tmp_path / "02_a.ipynb"])
    said = nbformat.read(tmp_path / "02_a.ipynb", 4).cells[0].outputs
    assert [one.data["text/plain"][:6] for one in said] == ["Right:"]
    assert '"state": "right"' in (tmp_path / "progress.json").read_text()

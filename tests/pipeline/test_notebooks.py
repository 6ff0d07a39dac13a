"""A notebook takes part in a pipeline: declared inputs in, one artifact out, run again only when its code changed."""

import nbformat
import pandas as pd
import pytest

from mlops_lab.errors import BadInput
from mlops_lab.pipeline import BrokenPipeline, Pipeline, StepFailed, notebook

PARAMETERS = "minutes = 1\npopular = ''\noutput = 'weekly.parquet'"
CODE = """import pandas as pd
table = pd.read_parquet(popular)
table[table.minutes <= minutes].to_parquet(output)
print(len(table))"""


def popular(rows: list) -> pd.DataFrame:
    return pd.DataFrame({"minutes": rows})


@pytest.fixture
def book(tmp_path):
    def written(code=CODE, prose="Why", parameters=PARAMETERS):
        cells = [
            nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}, id="a"),
            nbformat.v4.new_markdown_cell(prose, id="b"), nbformat.v4.new_code_cell(code, id="c"),
        ]  # fmt: skip
        nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "weekly.ipynb")
        return tmp_path / "weekly.ipynb"

    return written


def flow(path, **more):
    return Pipeline("p", (popular, notebook(path, **{"takes": ("popular", "minutes"), **more})))


def states(run):
    return [step.state for step in run.steps]


@pytest.mark.slow
def test_a_notebook_is_a_step(book, store, ledger):
    inputs = {"rows": [5, 50], "minutes": 30}
    run = flow(book(), makes="weekly.parquet").run(store, ledger, inputs)
    assert run.artifacts["weekly"]["minutes"].tolist() == [5]
    assert states(flow(book(prose="Other words"), makes="weekly.parquet").run(store, ledger, inputs)) == ["skipped"] * 2
    edited = flow(book(CODE + "\n# edited"), makes="weekly.parquet").run(store, ledger, inputs)
    assert states(edited) == ["skipped", "ran"]


@pytest.mark.slow
def test_the_executed_notebook_is_an_artifact_with_the_same_bytes_each_time(book, store, ledger):
    pages = [
        flow(book(), name="page").run(store, ledger, {"rows": [1, 2], "minutes": 1}, force=True).artifacts["page"]
        for _ in range(2)
    ]
    assert pages[0] == pages[1]
    page = nbformat.reads(pages[0].decode(), 4)
    nbformat.validate(page)
    assert page.cells[-1].outputs[0].text == "2\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "code, sentence",
    [
        ("1 / 0", r"'weekly' failed: NotebookFailed: weekly.ipynb, cell \[3\]: ZeroDivisionError"),
        ("pass", "wrote nothing to the path in `output`"),
    ],
)
def test_a_failing_notebook_names_its_cell(book, store, ledger, code, sentence):
    with pytest.raises(StepFailed, match=sentence):
        flow(book(code), makes="weekly.parquet").run(store, ledger, {"rows": [1], "minutes": 1})


def test_an_undeclared_input_is_refused_before_anything_runs(book):
    with pytest.raises(BrokenPipeline, match="no parameter 'hours'; give it a default .* minutes, popular, output"):
        notebook(book(), takes=("hours",))
    with pytest.raises(BrokenPipeline, match="no parameter 'output'"):
        notebook(book(parameters="popular = ''"), takes=("popular",), makes="x.json")


def test_what_is_no_notebook_is_refused(tmp_path):
    (tmp_path / "x.ipynb").write_text("[]")
    with pytest.raises(BadInput, match="cannot be read as a notebook"):
        notebook(tmp_path / "x.ipynb")

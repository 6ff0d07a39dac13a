"""The same pipeline on Kubeflow: nothing is dropped, what cannot go is refused, what runs there is equal."""

import json
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from mlops_lab.delivery import kubeflow
from mlops_lab.errors import BadInput
from mlops_lab.pipeline import Ledger, Pipeline, StepFailed, glob, step
from mlops_lab.store import Store
from tests.delivery import flows
from tests.delivery.flows import NESTED, SMALL
from tests.delivery.kfp_local import outside_of_an_image, run_on_kfp_local


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    kubeflow.export(SMALL, folder)
    return folder


@pytest.fixture
def engine(tmp_path):
    return partial(run_on_kfp_local, tmp_path)


def here(tmp_path, pipeline=SMALL, **inputs):
    """The same run on our own engine."""
    return pipeline.run(Store(tmp_path / "store"), Ledger(tmp_path / "ledger.sqlite"), inputs)


def test_nothing_that_a_pipeline_says_is_dropped(exported):
    ir = (exported / "pipeline.yaml").read_text()
    program = (exported / "pipeline.py").read_text()
    for said in ("system.Metrics", "system.Model", "parallelismLimit: 2", "maxRetryCount: 2", "taskFinalStatus",
                 "condition: inputs.parameter_values['pipelinechannel--large-Output'] ==\n"):  # fmt: skip
        assert said in ir, said
    assert ir.count("enableCache: true") == len(SMALL.steps) and ir.count("cachingOptions: {}") == 1  # the exit handler
    assert ir.count(f"image: {kubeflow.IMAGE}") == len(SMALL.steps) + 1
    assert 'isolated.call("tests.delivery.flows:days", {"count": {"json": count}}, None)' in program


def test_a_name_with_a_digest_is_the_only_name_of_an_image(tmp_path):
    mine = f"kitchen@sha256:{'a' * 64}"
    assert kubeflow.export(SMALL, tmp_path, image=mine)["image"] == mine
    assert f"image: {mine}" in (tmp_path / "pipeline.yaml").read_text()
    for moving in ("mlops-lab", "mlops-lab:latest", 'x"@sha256:' + "0" * 64):
        with pytest.raises(BadInput, match="name it by its digest"):
            kubeflow.export(SMALL, tmp_path, image=moving)


def test_an_earlier_export_is_replaced_and_nothing_else(tmp_path, exported):
    kubeflow.export(SMALL, tmp_path)
    kubeflow.export(SMALL, tmp_path)
    for name in kubeflow.FILES:
        assert (tmp_path / name).read_bytes() == (exported / name).read_bytes()
    (tmp_path / "pipeline.py").write_text("mine")
    with pytest.raises(BadInput, match="no earlier export"):
        kubeflow.export(SMALL, tmp_path)
    assert (tmp_path / "pipeline.py").read_text() == "mine"


def test_without_the_sdk_one_sentence_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(BadInput, match=r"pip install 'mlops_lab\[kubeflow\]'"):
        kubeflow.export(SMALL, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_the_image_is_built_from_files_that_are_there():
    project = Path(kubeflow.__file__).parents[2]
    text = Path(kubeflow.__file__).with_name("Dockerfile").read_text()
    copied = [name for line in re.findall(r"^COPY (.*)$", text, re.MULTILINE) for name in line.split()[:-1]]
    assert copied and all((project / name).exists() for name in copied)
    assert "@sha256:" in text and not re.search(r"^FROM .*:", text, re.MULTILINE)


def in_a_function():
    def local() -> int:
        return 1

    return local


def never() -> bool:
    """Typed into a notebook, as far as anybody can see."""
    return False


never.__module__ = "__main__"


@pytest.mark.parametrize(
    ("steps", "inputs", "said"),
    [
        ([in_a_function()], {}, "lives in no module"),
        ([never], {}, "lives in no module"),
        ([step(flows.squared, over="days")], {"days": glob("log", "day={day}/*")}, "'days' is cut into datums"),
        ([step(flows.squared, over="clicks")], {}, "'squared' goes over datums"),
        ([step(flows.squared, over="days", recover=print)], {}, "'squared' goes over datums"),
        ([flows.takes_bytes], {}, "'table' is no JSON"),
        ([flows.takes_bytes], {"tabel": flows.read_table}, "did you mean 'table'"),
        ([flows.total, step(flows.takes_all, when="total")], {}, "annotate it as bool"),
        ([step(flows.when_go, when="go"), step(flows.when_stop, when="stop"), flows.takes_both], {}, "both under it"),
        ([step(flows.squared, over="days"), step(flows.named, over="squared", when="go")], {}, "inside a fan-out"),
        ([step(flows.named, over="squared"), step(flows.takes_all, when="go")], {}, "'takes_all' takes all"),
        ([step(flows.named, over="squared"), step(flows.with_another, over="days")], {}, "'with_another' takes all"),
        ([flows.dsl], {}, "'dsl' is a name that the program for Kubeflow needs"),
    ],
)  # fmt: skip
def test_what_has_no_counterpart_there_is_refused_in_one_sentence(tmp_path, steps, inputs, said):
    with pytest.raises(BadInput, match=said) as refused:
        kubeflow.export(Pipeline("small", tuple(steps)), tmp_path / "new", inputs=inputs)
    assert "\n" not in str(refused.value) and not (tmp_path / "new").exists()


def test_an_exit_handler_knows_inputs_only(tmp_path):
    with pytest.raises(BadInput, match="takes 'when_go', which a step makes"):
        kubeflow.export(Pipeline("small", (flows.when_go,), on_exit=flows.takes_both), tmp_path / "new")


@pytest.mark.slow
def test_the_program_compiles_itself_to_the_same_ir(exported, tmp_path):
    program = tmp_path / "pipeline.py"
    program.write_text((exported / "pipeline.py").read_text())
    subprocess.run([sys.executable, str(program)], check=True, cwd=tmp_path)
    assert (tmp_path / "pipeline.yaml").read_text() == (exported / "pipeline.yaml").read_text()


@pytest.mark.slow
@outside_of_an_image
def test_both_engines_make_the_same_of_the_same(exported, engine, tmp_path):
    words = {"3": "third try:"}
    there = engine(exported, count=4, prefix="n", diary=str(tmp_path / "there"), works_at=3, words=json.dumps(words))
    ours = here(tmp_path, count=4, prefix="n", diary=str(tmp_path / "here"), works_at=3, words=words).artifacts
    assert [json.loads(text) for text in there["days"]] == ours["days"]
    assert [json.loads(there[f"squared {at}"]) for at in range(4)] == ours["squared"]
    assert [there[f"named {at}"] for at in range(4)] == ours["named"]
    assert {name: there[name] for name in ("total", "large", "report", "printed", "unreliable", "told")} == {
        "total": {"sum": 14, "names": ["n0", "n1", "n4", "n9"], "squares": [0, 1, 4, 9]}, "large": True,
        "report": {"said": "third try: 14"}, "printed": "THIRD TRY: 14", "unreliable": 3, "told": "done",
    }  # fmt: skip
    assert all(there[name] == ours[name] for name in ("total", "large", "report", "printed", "unreliable", "told"))
    assert json.dumps(there["total"], sort_keys=True) == json.dumps(ours["total"], sort_keys=True)  # no 14.0 for 14
    assert json.loads((tmp_path / "there.exit").read_text()) == json.loads((tmp_path / "here.exit").read_text())


@pytest.mark.slow
@outside_of_an_image
def test_a_false_condition_leaves_out_what_hangs_on_it_and_a_second_run_is_cached(exported, engine, tmp_path):
    given = {"count": 2, "prefix": "n", "works_at": 1}
    there = engine(exported, diary=str(tmp_path / "there"), words="{}", **given)
    steps = here(tmp_path, diary=str(tmp_path / "here"), words={}, **given).steps
    left_out = {one.name for one in steps if one.state == "omitted"}
    assert there["large"] is False and left_out == {"report", "printed"} and not left_out & there.keys()
    (tmp_path / "there").unlink()
    assert engine(exported, diary=str(tmp_path / "there"), words="{}", **given) == {"told": "done"}  # never skipped
    assert not (tmp_path / "there").exists()


@pytest.mark.slow
@outside_of_an_image
@pytest.mark.parametrize("given", [{"go": True, "count": 3}, {"go": True, "count": 1}, {"go": False, "count": 3}])
def test_conditions_inside_conditions_leave_out_the_same_steps(engine, tmp_path, given):
    kubeflow.export(NESTED, tmp_path / "out")
    there, ours = engine(tmp_path / "out", **given), here(tmp_path, NESTED, **given).artifacts
    assert {name.partition(" ")[0] for name in there} == set(ours) and there.get("summed") == ours.get("summed")


@pytest.mark.slow
@outside_of_an_image
def test_the_exit_handler_runs_after_a_failure_and_knows_it(exported, engine, tmp_path):
    given = {"count": 1, "prefix": "n", "works_at": 9}
    there = engine(exported, diary=str(tmp_path / "there"), words="{}", **given)
    with pytest.raises(StepFailed, match="try 3 failed"):
        here(tmp_path, diary=str(tmp_path / "here"), words={}, **given)
    assert there["told"] == "failed" and (tmp_path / "there").read_text() == (tmp_path / "here").read_text() == "xxx"
    status, ours = (json.loads((tmp_path / f"{name}.exit").read_text()) for name in ("there", "here"))
    assert status == {"state": "failed", "step": None, "error": "Task exit-handler-1 failed."}  # Kubeflow knows no more
    assert ours == {"state": "failed", "step": "unreliable", "error": "RuntimeError: try 3 failed"}


@pytest.mark.slow
@outside_of_an_image
def test_an_input_that_is_no_json_is_read_by_a_declared_function(engine, tmp_path):
    kubeflow.export(Pipeline("reads", (flows.takes_bytes,)), tmp_path / "out", inputs={"table": flows.read_table})
    assert engine(tmp_path / "out", table="of days") == {"takes_bytes": "table of days"}

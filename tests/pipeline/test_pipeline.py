"""A run does what is new, skips what is not, survives, and gives the same values either way."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlops_lab.errors import BadInput
from mlops_lab.pipeline import BrokenPipeline, Ledger, Pipeline, StepFailed, StepRefused
from mlops_lab.store import Damaged, Store
from tests.pipeline import flows
from tests.store import faults

ROOT = Path(__file__).parents[2]


def states(run):
    return {step.name: step.state for step in run.steps}


def ran(run):
    return [step.name for step in run.steps if step.state == "ran"]


def doubled(numbers):
    return [2 * n for n in numbers]


def longest(doubled):
    return len(doubled)


def told(longest, unit):
    return f"{longest} {unit}"


COUNTING = Pipeline("counting", (doubled, longest, told))


@pytest.fixture
def count(store, ledger):
    return lambda numbers=(1, 2), unit="cups", **more: COUNTING.run(
        store, ledger, {"numbers": numbers, "unit": unit}, **more
    )


def test_a_run_gives_what_the_functions_give(count):
    run = count()
    assert dict(run.artifacts) == {"doubled": [2, 4], "longest": 2, "told": "2 cups"}
    assert ran(run) == ["doubled", "longest", "told"]


def test_an_unchanged_run_runs_nothing_and_is_the_same_run(count, ledger):
    first, again = count(), count()
    assert (again.id, ran(again)) == (first.id, [])
    assert dict(again.artifacts) == dict(first.artifacts)
    assert [step.output for step in again.steps] == [step.output for step in first.steps]
    assert ledger.runs() == [{"id": first.id, "pipeline": "counting", "state": "done"}]


def test_a_step_runs_again_only_when_what_it_takes_has_changed(count):
    count()
    assert ran(count(unit="spoons")) == ["told"]
    assert ran(count(numbers=(1, 3))) == ["doubled", "longest"]  # still two, so `told` has no news
    assert ran(count(numbers=(1, 2, 3))) == ["doubled", "longest", "told"]
    assert ran(count()) == []  # what was known stays known


def test_force_runs_everything(count):
    count()
    assert len(ran(count(force=True))) == 3


def test_skipped_outputs_are_not_loaded_unless_needed(count, store, monkeypatch):
    count()
    read = []
    real = Store.blob
    monkeypatch.setattr(Store, "blob", lambda self, digest: read.append(digest) or real(self, digest))
    run = count(unit="spoons")
    assert read == [run.steps[1].output]  # only `longest` was asked for
    assert len(run.artifacts) == 3


def test_a_step_gets_the_same_value_whether_the_one_before_ran_or_not(store, ledger):
    seen = []

    def made(size):
        return {"pair": (1, 2), "n": np.int64(size)}

    def used(made, salt):
        seen.append(made)
        return salt

    pipeline = Pipeline("p", (made, used))
    pipeline.run(store, ledger, {"size": 4, "salt": 1})
    pipeline.run(store, ledger, {"size": 4, "salt": 2})
    assert seen[0] == seen[1] == {"pair": [1, 2], "n": 4}


def test_a_step_that_spoils_what_it_takes_spoils_nothing_for_others(store, ledger):
    def table(rows):
        return pd.DataFrame({"x": rows})

    def weights(rows):
        return {"w": np.array(rows)}

    def spoil(rows, table, frame):
        rows.append(9)
        table["x"] = 0
        frame["x"] = 0
        return "spoilt"

    def honest(spoil, rows, table, weights, frame):
        return [rows, table["x"].tolist(), weights["w"].tolist(), frame["x"].tolist()]

    inputs = {"rows": [1, 2], "frame": pd.DataFrame({"x": [5]})}
    run = Pipeline("p", (table, weights, spoil, honest)).run(store, ledger, inputs)
    assert run.artifacts["honest"] == [[1, 2], [1, 2], [1, 2], [5]]
    assert inputs["rows"] == [1, 2]


def test_a_commit_is_known_by_its_id(store, ledger):
    def size(data, store):
        return len(store.read(data, "x"))

    pipeline = Pipeline("p", (size,))
    first = store.commit("r", {"x": b"1"})
    assert ran(pipeline.run(store, ledger, {"data": first, "store": store})) == ["size"]
    assert ran(pipeline.run(store, ledger, {"data": store.get("r"), "store": store})) == []
    second = store.commit("r", {"x": b"22"})
    run = pipeline.run(store, ledger, {"data": second, "store": store})
    assert (run.artifacts["size"], ran(run)) == (2, ["size"])
    assert [n.name for n in ledger.downstream(second.id)] == ["size", "size"]


class Dataset:
    """Known by an id, read by a method."""

    def __init__(self, id, rows):
        self.id, self.rows = id, rows


def test_what_has_an_id_is_known_by_it(store, ledger):
    def size(data):
        return len(data.rows)

    pipeline = Pipeline("p", (size,))
    pipeline.run(store, ledger, {"data": Dataset("one", [1])})
    assert ran(pipeline.run(store, ledger, {"data": Dataset("one", [1, 2])})) == []
    assert ran(pipeline.run(store, ledger, {"data": Dataset("two", [1])})) == ["size"]


def test_tables_and_arrays_are_inputs_by_content(store, ledger):
    def size(frame, arrays):
        return len(frame) + len(arrays["w"])

    pipeline = Pipeline("p", (size,))

    def run(x):
        return pipeline.run(store, ledger, {"frame": pd.DataFrame({"x": x}), "arrays": {"w": np.zeros(2)}})

    assert [len(ran(run([1]))), len(ran(run([1]))), len(ran(run([2])))] == [1, 0, 1]


def test_an_input_without_identity_is_refused(count):
    with pytest.raises(BrokenPipeline, match="Input 'numbers' has no identity: found set"):
        count(numbers={1, 2})


def test_an_output_without_a_format_names_the_step(store, ledger):
    def bag(n):
        return {n}

    with pytest.raises(StepFailed, match="Step 'bag' failed: Unkept: found set, which cannot be kept"):
        Pipeline("p", (bag,)).run(store, ledger, {"n": 1})


def test_a_failed_step_is_named_with_its_cause_and_the_run_goes_on_from_there(store, ledger):
    broken = [True]

    def risky(doubled):
        if broken:
            raise ZeroDivisionError("no flour")
        return sum(doubled)

    pipeline = Pipeline("p", (doubled, risky))
    with pytest.raises(StepFailed, match="Step 'risky' failed: ZeroDivisionError: no flour") as caught:
        pipeline.run(store, ledger, {"numbers": [1]})
    assert (caught.value.step, type(caught.value.cause)) == ("risky", ZeroDivisionError)
    assert caught.value.__cause__ is caught.value.cause
    [failed] = ledger.runs()
    assert failed["state"] == "failed"
    assert [(e["step"], e["state"], e["error"]) for e in ledger.executions(failed["id"])] == [
        ("doubled", "ran", None), ("risky", "failed", "ZeroDivisionError: no flour")]  # fmt: skip
    broken.clear()
    assert states(pipeline.run(store, ledger, {"numbers": [1]})) == {"doubled": "skipped", "risky": "ran"}


def test_a_step_that_refuses_its_input_is_bad_input(store, ledger):
    def picky(n):
        raise BadInput("Too few cooks.")

    with pytest.raises(StepRefused, match="Step 'picky' failed: Too few cooks") as caught:
        Pipeline("p", (picky,)).run(store, ledger, {"n": 1})
    assert isinstance(caught.value, BadInput)


def test_a_lost_output_is_made_again(count, store):
    run = count()
    (store.path / "blobs" / run.steps[0].output).unlink()
    assert ran(count()) == ["doubled"]


def test_a_damaged_output_is_not_served_and_force_heals_it(count, store):
    blob = store.path / "blobs" / count().steps[2].output
    blob.write_bytes(b'"9 cups"')
    with pytest.raises(Damaged):
        count().artifacts["told"]
    assert count(force=True).artifacts["told"] == "2 cups"
    assert store.verify() == []


def test_code_that_changed_runs_again_and_what_follows_only_if_the_output_changed(write, store, ledger):
    kit = "def scaled(x): return x * 2\n"
    text = """
from kit.scale import scaled
from mlops_lab.pipeline import Pipeline
def sizes(n): return [scaled(i) for i in range(n)]
def big(sizes): return max(sizes) > 3
def verdict(big): return "big" if big else "small"
FLOW = Pipeline("flow", (sizes, big, verdict))
"""

    def go(flow_text, kit_text):
        flow = write({"flow": flow_text, "kit/__init__": "", "kit/scale": kit_text})
        return flow.FLOW.run(store, ledger, {"n": 5})

    first = go(text, kit)
    assert ran(go(text, kit)) == []
    helper_edited = go(text, kit.replace("* 2", "* 3"))
    assert (ran(helper_edited), helper_edited.id == first.id) == (["sizes", "big"], False)
    assert ran(go(text.replace("> 3", "> 4"), kit)) == ["big"]
    assert ran(go(text.replace("> 3", "> 400"), kit)) == ["big", "verdict"]
    assert ran(go(text, kit)) == []


def test_the_order_of_inputs_is_no_part_of_a_run(store, ledger):
    one = COUNTING.run(store, ledger, {"numbers": [1], "unit": "cups"})
    assert COUNTING.run(store, ledger, {"unit": "cups", "numbers": [1]}).id == one.id


def digests(folder):
    return {step.name: step.output for step in flows.run(folder).steps}


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["killed_before", "killed_within"])
def test_a_run_killed_at_any_call_goes_on_to_the_same_result(tmp_path, fault):
    template = tmp_path / "template"
    template.mkdir()
    wanted = digests(tmp_path / "whole")
    words = ["tests.pipeline.flows", "run", fault, str(template), str(tmp_path / "out")]
    done = subprocess.run(
        [sys.executable, "-m", "tests.store.faults", *words], capture_output=True, text=True, cwd=ROOT
    )
    assert int(done.stdout) > 20, done.stderr
    resumed = set()
    for at in range(1, int(done.stdout) + 1):
        folder = tmp_path / "out" / str(at)
        run = flows.run(folder)
        resumed.add(len(ran(run)))
        assert {step.name: step.output for step in run.steps} == wanted
        assert Store(folder / "store").verify() == []
        assert [r["state"] for r in Ledger(folder / "lineage.sqlite").runs()] == ["done"]
    assert resumed >= {1, 2, 3, 4}


def test_a_run_killed_while_a_step_works_keeps_what_was_finished(tmp_path, store, ledger):
    child = os.path.join(tmp_path, "child.py")
    Path(child).write_text(
        "import os, signal, sys\n"
        "from mlops_lab.pipeline import Ledger, Pipeline\n"
        "from mlops_lab.store import Store\n"
        "def first(n): return n + 1\n"
        "def second(first):\n"
        "    if os.environ.get('KILL'): os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return first + 1\n"
        "run = Pipeline('p', (first, second)).run(Store(sys.argv[1]), Ledger(sys.argv[2]), {'n': 1})\n"
        "print(*[step.state for step in run.steps], run.artifacts['second'])\n"
    )
    command = [sys.executable, child, str(store.path), str(ledger.path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run(command, env={**environment, "KILL": "1"}).returncode == -signal.SIGKILL
    assert [e["state"] for e in ledger.executions(ledger.runs()[0]["id"])] == ["ran"]
    assert subprocess.run(command, env=environment, capture_output=True, text=True).stdout.split() == [
        "skipped",
        "ran",
        "3",
    ]


def test_a_full_disk_fails_the_step_and_the_run_goes_on_when_there_is_room(tmp_path, monkeypatch):
    whole = digests(tmp_path / "whole")
    with monkeypatch.context() as patch:
        for name in faults.CALLS:
            patch.setattr(os, name, getattr(os, name))
        faults.arm(faults.disk_full, 12)
        with pytest.raises(StepRefused, match="No space left on device"):
            flows.run(tmp_path / "full")
    assert digests(tmp_path / "full") == whole


def test_a_run_of_skipped_steps_imports_no_heavy_library(tmp_path):
    flows.run(tmp_path)
    code = (
        "import json, pathlib, sys, tests.pipeline.flows as flows; run = flows.run(pathlib.Path(sys.argv[1]));"
        "print(json.dumps([[s.state for s in run.steps], sorted({'numpy', 'pandas', 'pyarrow'} & set(sys.modules))]))"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, cwd=ROOT, check=True)
    assert json.loads(done.stdout) == [["skipped"] * 4, []]


def test_processes_that_run_the_same_pipeline_at_once_agree(tmp_path):
    code = "import pathlib, sys, tests.pipeline.flows as f; print(f.run(pathlib.Path(sys.argv[1])).steps[-1].output)"
    command = [sys.executable, "-c", code, str(tmp_path)]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(4)]
    outputs = {worker.communicate()[0].strip() for worker in workers}
    assert [worker.returncode for worker in workers] == [0] * 4
    assert outputs == {digests(tmp_path)["model"]}
    assert Store(tmp_path / "store").verify() == []


def test_a_copied_workspace_skips_what_was_done_before(tmp_path):
    flows.run(tmp_path / "here")
    shutil.copytree(tmp_path / "here", tmp_path / "there")
    assert ran(flows.run(tmp_path / "there")) == []


def test_edges_name_what_each_step_takes():
    assert COUNTING.edges() == [
        ("doubled", "numbers"), ("longest", "doubled"), ("told", "longest"), ("told", "unit")]  # fmt: skip


def test_reprs_fit_one_line(count, ledger):
    run = count()
    assert repr(COUNTING) == "Pipeline(counting: doubled, longest, told)"
    assert repr(run) == f"Run({run.id}: 3 ran, 0 skipped)"
    assert repr(run.steps[0]) == f"StepRun(doubled: ran, output {run.steps[0].output[:12]})"
    assert repr(run.artifacts) == "Artifacts(doubled, longest, told)"
    assert repr(ledger) == "Ledger(lineage.sqlite: 1 runs)"

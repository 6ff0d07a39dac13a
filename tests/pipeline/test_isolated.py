"""A step in a process of its own gives what it gives here; how its process ended is said in a sentence."""

import os
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from mlops_lab.errors import BadInput
from mlops_lab.pipeline import BrokenPipeline, Pipeline, StepFailed, StepRefused, step
from mlops_lab.pipeline.isolated import call, function_of, read, target_of, write
from tests.pipeline import elsewhere


def run(function, store, ledger, n=2, **more):
    return Pipeline("p", (step(function, isolated=True, **more),)).run(store, ledger, {"n": n})


@pytest.mark.parametrize("value", [None, 1.5, [1, "a"], b"\x00", {"a": [1]}])
def test_a_value_is_read_as_it_was_written(tmp_path, value):
    write(value, tmp_path / "out")
    assert read(tmp_path / "out") == value


def test_tables_arrays_and_objects_are_read_as_they_were_written(tmp_path):
    frame, array = pd.DataFrame({"x": [1, 2]}), np.arange(3)
    write(frame, tmp_path / "a")
    write({"w": array}, tmp_path / "b")
    write(elsewhere.Loaf(3), tmp_path / "c")
    pd.testing.assert_frame_equal(read(tmp_path / "a"), frame)
    assert read(tmp_path / "b")["w"].tolist() == [0, 1, 2]
    assert read(tmp_path / "c", elsewhere.Loaf).grams == 3


def test_an_empty_folder_is_no_artifact(tmp_path):
    with pytest.raises(BadInput, match="holds 0 artifacts; expected one file value.json"):
        read(tmp_path)


@pytest.mark.slow
def test_it_runs_in_another_process_and_only_when_it_must(store, ledger):
    first = run(elsewhere.process, store, ledger)
    assert first.artifacts["process"] != os.getpid()
    assert run(elsewhere.process, store, ledger).steps[0].state == "skipped"


@pytest.mark.slow
def test_objects_travel_between_processes(store, ledger):
    steps = tuple(step(function, isolated=True) for function in (elsewhere.baked, elsewhere.weighed))
    run = Pipeline("p", steps).run(store, ledger, {"n": 2})
    assert (run.artifacts["weighed"], run.artifacts["baked"].grams) == (200, 200)


@pytest.mark.slow
@pytest.mark.parametrize("function, kind, sentence", [
    (elsewhere.killed, StepFailed, "Step 'killed' failed: ProcessFailed: its process was ended by SIGKILL"),
    (elsewhere.left, StepFailed, "its process ended with exit code 7: no more gas"),
    (elsewhere.refused, StepRefused, "Step 'refused' failed: 2 cooks spoil the soup; send one home"),
    (elsewhere.failed, StepFailed, "Step 'failed' failed: ProcessFailed: ZeroDivisionError: no flour"),
    (elsewhere.bag, StepFailed, "Unkept: found set, which cannot be kept"),
])  # fmt: skip
def test_how_it_ended_is_told(function, kind, sentence, store, ledger):
    with pytest.raises(StepFailed, match=sentence) as caught:
        run(function, store, ledger)
    assert type(caught.value) is kind
    [failed] = ledger.runs()
    [execution] = ledger.executions(failed["id"])
    assert (failed["state"], execution["state"]) == ("failed", "failed") and execution["error"] in str(caught.value)
    assert store.repos() == []


@pytest.mark.slow
def test_an_isolated_step_is_tried_again(tmp_path, store, ledger):
    steps = (step(elsewhere.flaky, isolated=True, tries=2),)
    run = Pipeline("p", steps).run(store, ledger, {"path": str(tmp_path / "tried")})
    assert run.artifacts["flaky"] == 1
    assert ledger.executions(run.id)[0]["tries"] == 2


@pytest.mark.slow
def test_items_are_worked_on_in_processes_at_the_same_time(store, ledger):
    steps = (step(elsewhere.square, over="item", isolated=True, workers=2),)
    assert Pipeline("p", steps).run(store, ledger, {"item": [1, 2, 3]}).artifacts["square"] == [1, 4, 9]


def test_what_another_process_could_not_import_is_refused_before_anything_runs():
    def local(n):
        return n

    main = SimpleNamespace()
    exec("def typed(n): return n", {"__name__": "__main__"}, main.__dict__)
    for function in (local, main.typed):
        with pytest.raises(BrokenPipeline, match="cannot be isolated: another process cannot import it"):
            step(function, isolated=True)
        with pytest.raises(BadInput, match="lives in no module; put it into a file"):
            target_of(function)


@pytest.mark.parametrize("target", ["tests.pipeline.elsewhere:nothing", "no.such.module:f", "words", ""])
def test_a_target_that_is_no_function_is_refused(target):
    with pytest.raises(BadInput, match="cannot be imported .*expected module:function"):
        function_of(target)


def test_another_engine_gives_paths_lists_of_paths_values_and_texts(tmp_path):
    write([1, 2], tmp_path / "a")
    write(3, tmp_path / "b")
    target = target_of(elsewhere.added)
    more = {"read": target_of(elsewhere.parsed), "text": "4 5"}
    made = call(target, {"item": str(tmp_path / "a"), "more": more, "by": {"json": 2}}, tmp_path / "out")
    assert made == read(tmp_path / "out") == 24
    assert call(target, {"item": [str(tmp_path / "b")] * 2, "more": {"json": []}}, None) == 6

"""Conditions leave steps out, errors are tried again, and an exit handler is told how it ended."""

import itertools
import json
from types import SimpleNamespace

import fsspec
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlops_lab.errors import BadInput
from mlops_lab.pipeline import BrokenPipeline, Ledger, Pipeline, StepFailed, StepRefused, glob, step
from mlops_lab.store import Store


def passed(score: int) -> bool:
    return score > 5


def shipped(score: int) -> str:
    return f"shipped {score}"


def announced(shipped: str) -> str:
    return shipped.upper()


def noted(score: int, shipped: str | None = None) -> str:
    return shipped or f"kept the old one, for {score} is not enough"


GATED = Pipeline("gated", (passed, step(shipped, when="passed"), announced, noted))


def states(run):
    return {one.name: one.state for one in run.steps}


def test_a_true_condition_runs_the_step_and_what_takes_it(store, ledger):
    run = GATED.run(store, ledger, {"score": 9})
    assert set(states(run).values()) == {"ran"}
    assert (run.artifacts["announced"], run.artifacts["noted"]) == ("SHIPPED 9", "shipped 9")


def test_a_false_condition_omits_the_step_and_what_needs_it_and_branches_join_in_a_default(store, ledger):
    run = GATED.run(store, ledger, {"score": 3})
    assert states(run) == {"passed": "ran", "shipped": "omitted", "announced": "omitted", "noted": "ran"}
    assert dict(run.artifacts) == {"passed": False, "noted": "kept the old one, for 3 is not enough"}
    assert repr(run) == f"Run({run.id}: 2 ran, 0 skipped, 2 omitted)"
    assert {one["step"]: one["state"] for one in ledger.executions(run.id)} == states(run)
    assert {node.name for node in ledger.downstream(run.steps[0].output)} == {"shipped"}
    again = GATED.run(store, ledger, {"score": 3})
    assert states(again) == {"passed": "skipped", "shipped": "omitted", "announced": "omitted", "noted": "skipped"}


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scores=st.lists(st.integers(0, 10), min_size=1, max_size=4))
def test_a_gate_says_what_an_if_says(tmp_path_factory, scores):
    home = tmp_path_factory.mktemp("law")
    for score in scores:
        run = GATED.run(Store(home / "store"), Ledger(home / "lineage.sqlite"), {"score": score})
        made = shipped(score) if passed(score) else None
        wanted = {"passed": passed(score), "noted": noted(score, made)}
        assert dict(run.artifacts) == {**wanted, **({"shipped": made, "announced": announced(made)} if made else {})}


def test_a_condition_may_be_an_input_and_stand_before_a_fan_out(store, ledger):
    def each(numbers: int) -> int:
        return numbers + 1

    def total(each: list) -> int:
        return sum(each)

    pipeline = Pipeline("p", (step(each, over="numbers", when="really"), total))
    assert states(pipeline.run(store, ledger, {"numbers": [1], "really": 0})) == {"each": "omitted", "total": "omitted"}
    assert store.repos() == []
    assert pipeline.run(store, ledger, {"numbers": [1], "really": 1}).artifacts["total"] == 2


def test_what_is_neither_true_nor_false_is_no_condition(store, ledger):
    def table(n):
        return pd.DataFrame({"x": [n, n]})

    def after(n):
        return n

    with pytest.raises(StepFailed, match="Step 'after' failed: ValueError: The truth value of a DataFrame"):
        Pipeline("p", (table, step(after, when="table"))).run(store, ledger, {"n": 1})
    assert ledger.runs()[0]["state"] == "failed"


@pytest.mark.parametrize("errors, tries, state, called", [
    (0, 3, "ran", 1), (2, 3, "ran", 3), (3, 3, "failed", 3), (1, 1, "failed", 1),
])  # fmt: skip
def test_a_step_is_tried_until_it_works_or_has_no_more_tries(errors, tries, state, called, store, ledger):
    left = SimpleNamespace(errors=iter(range(errors)), calls=0)

    def flaky(n):
        left.calls += 1
        if next(left.errors, None) is not None:
            raise OSError("try later")
        return n

    pipeline = Pipeline("p", (step(flaky, tries=tries),))
    if state == "failed":
        with pytest.raises(StepFailed, match="OSError: try later"):
            pipeline.run(store, ledger, {"n": 1})
    else:
        assert pipeline.run(store, ledger, {"n": 1}).artifacts["flaky"] == 1
    [execution] = ledger.executions(ledger.runs()[0]["id"])
    assert (execution["state"], execution["tries"], left.calls) == (state, called, called)


def test_a_refusal_is_not_tried_again(store, ledger):
    left = SimpleNamespace(calls=0)

    def picky(n):
        left.calls += 1
        raise BadInput("Too few cooks.")

    with pytest.raises(StepRefused, match="Too few cooks"):
        Pipeline("p", (step(picky, tries=3),)).run(store, ledger, {"n": 1})
    assert (left.calls, ledger.executions(ledger.runs()[0]["id"])[0]["tries"]) == (1, 1)


def test_every_try_gets_its_inputs_whole(store, ledger):
    left = SimpleNamespace(errors=iter([1]))

    def greedy(rows):
        taken = [rows.pop() for _ in range(2)]
        if next(left.errors, None):
            raise OSError("try later")
        return taken

    assert Pipeline("p", (step(greedy, tries=2),)).run(store, ledger, {"rows": [1, 2]}).artifacts["greedy"] == [2, 1]


@pytest.fixture
def mailbox():
    return SimpleNamespace(told=[])


def telling(mailbox, broken=False):
    def told(status, room: str = "kitchen") -> str:
        mailbox.told.append((status, room))
        if broken:
            raise OSError("no post")
        return status["state"]

    return told


def test_an_exit_handler_hears_that_all_went_well_every_time(store, ledger, mailbox):
    pipeline = Pipeline("p", (passed,), on_exit=telling(mailbox))
    run = pipeline.run(store, ledger, {"score": 9, "room": "cellar"})
    assert mailbox.told == [({"state": "done", "step": None, "error": None}, "cellar")]
    assert (run.artifacts["told"], states(run)) == ("done", {"passed": "ran", "told": "ran"})
    again = pipeline.run(store, ledger, {"score": 9, "room": "cellar"})
    assert (states(again), len(mailbox.told)) == ({"passed": "skipped", "told": "ran"}, 2)
    assert [one["state"] for one in ledger.runs()] == ["done"]


def test_an_exit_handler_hears_which_step_failed_and_how(store, ledger, mailbox):
    def failing(score):
        raise ZeroDivisionError("no flour")

    with pytest.raises(StepFailed, match="Step 'failing' failed"):
        Pipeline("p", (passed, failing), on_exit=telling(mailbox)).run(store, ledger, {"score": 9})
    assert mailbox.told == [
        ({"state": "failed", "step": "failing", "error": "ZeroDivisionError: no flour"}, "kitchen")]  # fmt: skip
    [run] = ledger.runs()
    assert run["state"] == "failed"
    assert [(one["step"], one["state"]) for one in ledger.executions(run["id"])] == [
        ("passed", "ran"), ("failing", "failed"), ("told", "ran")]  # fmt: skip


def test_an_exit_handler_that_fails_hides_no_other_failure(store, ledger, mailbox):
    def failing(score):
        raise ZeroDivisionError("no flour")

    with pytest.raises(StepFailed, match="Step 'failing' failed: ZeroDivisionError"):
        Pipeline("p", (failing,), on_exit=telling(mailbox, broken=True)).run(store, ledger, {"score": 9})
    with pytest.raises(StepFailed, match="Step 'told' failed: OSError: no post"):
        Pipeline("p", (passed,), on_exit=telling(mailbox, broken=True)).run(store, ledger, {"score": 9})
    assert [one["state"] for one in ledger.runs()] == ["failed", "failed"]
    assert len(mailbox.told) == 2


def test_an_exit_handler_may_be_tried_again_and_is_said_to_be_wrong_before_anything_runs(store, ledger, mailbox):
    left = itertools.count()

    def slow(status):
        if next(left) < 1:
            raise OSError("try later")
        return b"told"

    assert Pipeline("p", (passed,), on_exit=step(slow, tries=2)).run(store, ledger, {"score": 1}).artifacts["slow"]

    def asking(status, passed):
        return None

    with pytest.raises(BrokenPipeline, match="The exit handler needs 'passed', which is no input; it gets inputs and"):
        Pipeline("p", (passed,), on_exit=asking).run(store, ledger, {"score": 1})
    with pytest.raises(BrokenPipeline, match="2 steps are called 'passed'"):
        Pipeline("p", (passed,), on_exit=passed)


def test_egress_is_a_step_that_hands_back_a_receipt(store, ledger):
    """Pachyderm's egress: what was made goes elsewhere, and what went is written down."""

    def totals(clicks: list, day: str) -> dict:
        return {"day": day, "clicks": sum(clicks)}

    def egress(totals: dict, url: str) -> dict:
        content = json.dumps(totals, sort_keys=True).encode()
        with fsspec.open(url, "wb") as file:
            file.write(content)
        return {"url": url, "bytes": len(content)}

    store.commit("traffic", {"day=1/clicks.json": b"[1, 2]"})
    pipeline = Pipeline("p", (step(totals, over="clicks"), egress))
    inputs = {"clicks": glob("traffic", "day={day}/clicks.json"), "url": "memory://egress/totals.json"}
    run = pipeline.run(store, ledger, inputs)
    with fsspec.open("memory://egress/totals.json", "rb") as file:
        content = file.read()
    assert json.loads(content) == {"day=1": {"day": "1", "clicks": 3}}
    assert run.artifacts["egress"] == {"url": "memory://egress/totals.json", "bytes": len(content)}
    fsspec.filesystem("memory").rm("/egress", recursive=True)
    assert states(pipeline.run(store, ledger, inputs))["egress"] == "skipped"  # it went out once

"""A commit starts what waits for it, a day starts what is due, and a crash is caught up with."""

import pytest

from mlops_lab.pipeline import BrokenPipeline, Pipeline, Triggers, glob, newest, step
from mlops_lab.store import Store


def counted(clicks: bytes) -> int:
    return len(clicks)


def top(counts: int) -> int:
    if counts < 0:
        raise ValueError("no clicks")
    return 10 * counts


def summed(head) -> list:
    return sorted(head.tree)


COUNT = Pipeline("count", (step(counted, over="clicks"),))
TOP = Pipeline("top", (step(top, over="counts"),))
COUNTS = {"counts": glob("count.counted", "{day}.json")}


@pytest.fixture
def triggers(store, ledger):
    made = Triggers(store, ledger)
    made.add(COUNT, {"clicks": glob("traffic", "{day}/clicks.csv")})
    return made


def names(jobs):
    return [(job.pipeline, job.state, job.tick) for job in jobs]


def test_a_commit_starts_the_job_and_its_commit_the_next(store, triggers):
    triggers.add(TOP, COUNTS)
    upload = store.commit("traffic", {"1/clicks.csv": b"abc"})
    assert names(triggers.jobs) == [("count", "done", None), ("top", "done", None)]
    assert store.read("top.top", "1.json") == b"30"
    assert {c.repo for c in store.commit_set(upload)} == {"traffic", "count.counted", "top.top"}


def test_one_upload_has_one_id_also_where_an_older_input_takes_part(store, ledger):
    def both(clicks: bytes, recipes: bytes) -> int:
        return len(clicks) + len(recipes)

    from mlops_lab.pipeline import cross

    store.commit("recipes", {"all.csv": b"soup"})
    triggers = Triggers(store, ledger)
    inputs = {"pairs": cross(recipes=glob("recipes", "all.csv"), clicks=glob("traffic", "{day}/clicks.csv"))}
    triggers.add(Pipeline("both", (step(both, over="pairs"),)), inputs)
    upload = store.commit("traffic", {"1/clicks.csv": b"abc"})
    assert [c.repo for c in store.commit_set(upload)] == ["traffic", "both.both"]
    changed = store.commit("recipes", {"all.csv": b"stew!"})
    assert [c.repo for c in store.commit_set(changed)] == ["recipes", "both.both"]


def test_commits_elsewhere_start_nothing(store, triggers):
    store.commit("recipes", {"1/clicks.csv": b"abc"})
    store.commit("traffic", {"1/clicks.csv": b"abc"}, branch="brave")
    assert triggers.jobs == []


def test_moving_a_branch_starts_what_was_deferred(store, ledger):
    triggers = Triggers(store, ledger)
    triggers.add(Pipeline("sum", (summed,)), {"head": newest("traffic@ready")})
    for day in "12":
        staged = store.commit("traffic", {f"{day}/clicks.csv": b"abc"}, branch="staged")
    assert triggers.jobs == []
    store.branch("traffic", "ready", staged)
    [job] = triggers.jobs
    assert job.run.artifacts["summed"] == ["1/clicks.csv", "2/clicks.csv"]


def test_a_job_that_fails_does_not_harm_the_upload_and_starts_nothing(store, triggers):
    def picky(counts: int) -> int:
        raise ValueError("no salt")

    triggers.add(Pipeline("picky", (step(picky, over="counts"),)), COUNTS)
    triggers.add(TOP, {"counts": glob("picky.picky", "{day}.json")})
    upload = store.commit("traffic", {"1/clicks.csv": b"abc"})
    assert store.head("traffic") == upload
    assert names(triggers.jobs) == [("count", "done", None), ("picky", "failed", None)]
    assert "no salt" in triggers.jobs[1].error
    assert store.head("picky.picky") is None


def test_what_was_missed_is_caught_up_with_and_what_is_done_is_skipped(store, ledger, triggers):
    triggers.add(TOP, COUNTS)
    store.commit("traffic", {"1/clicks.csv": b"abc"})
    Store(store.path).commit("traffic", {"2/clicks.csv": b"abcd"})  # by a process that knows of no trigger
    again = Triggers(Store(store.path), ledger)
    again.add(COUNT, {"clicks": glob("traffic", "{day}/clicks.csv")})
    again.add(TOP, COUNTS)
    again.fire()
    assert store.read("top.top", "2.json") == b"40"
    assert all(one.state == "skipped" for job in again.fire() for one in job.run.steps)


def weekly(tick: int) -> str:
    return f"letter of day {tick}"


@pytest.mark.parametrize("catch_up, ticks", [(True, [2, 9, 16]), (False, [16])])
def test_a_schedule_runs_each_tick_once_and_catches_up_if_it_is_asked_to(store, ledger, catch_up, ticks):
    triggers = Triggers(store, ledger)
    triggers.add(Pipeline("weekly", (weekly,)), {}, every_days=7, since=2, catch_up=catch_up)
    assert triggers.tick(1) == []
    assert [job.tick for job in triggers.tick(16)] == ticks
    assert triggers.tick(16) == []
    restarted = Triggers(store, ledger)
    restarted.add(Pipeline("weekly", (weekly,)), {}, every_days=7, since=2, catch_up=catch_up)
    assert [job.tick for job in restarted.tick(23)] == [23]
    assert restarted.jobs[-1].run.artifacts["weekly"] == "letter of day 23"


@pytest.mark.parametrize(
    "inputs, more, sentence",
    [({"clicks": [1]}, {}, "waits for no branch and no day"), ({}, {"every_days": 0}, "every 0 days; expected 1")],
)
def test_waiting_for_nothing_is_refused(store, ledger, inputs, more, sentence):
    with pytest.raises(BrokenPipeline, match=sentence):
        Triggers(store, ledger).add(COUNT, inputs, **more)


def test_reprs_fit_one_line(store, triggers):
    store.commit("traffic", {"1/clicks.csv": b"abc"})
    assert repr(triggers) == "Triggers(count; 1 jobs)"
    assert repr(triggers.jobs[0]).startswith("Job(count: Run(count-")

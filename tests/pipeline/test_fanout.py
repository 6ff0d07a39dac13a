"""Fan-out and fan-in are a dict comprehension that does only what is new, whatever happened before."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlops_lab.errors import BadInput
from mlops_lab.pipeline import (
    BrokenPipeline,
    Ledger,
    Pipeline,
    StepFailed,
    StepRefused,
    cross,
    glob,
    group,
    join,
    step,
    union,
)  # fmt: skip
from mlops_lab.store import Store
from mlops_lab.store.packs import Packs
from tests.pipeline import flows

ROOT = Path(__file__).parents[2]
CLICKS = glob("traffic", "day={day}/clicks.json")
calls: list[str] = []


def counted(clicks: list, day: str) -> dict:
    calls.append(day)
    return {"day": day, "clicks": sum(clicks)}


def doubled(counted: dict) -> int:
    return 2 * counted["clicks"]


def total(doubled: dict) -> int:
    return sum(doubled.values())


CHAIN = Pipeline("p", (step(counted, over="clicks"), step(doubled, over="counted"), total))


def upload(store, days):
    """Make the traffic repo hold exactly these days: day -> clicks."""
    return hold(store, "traffic", {f"day={day}/clicks.json": clicks for day, clicks in days.items()})


def hold(store, repo, values):
    """Make a repo hold exactly these JSON files."""
    there = set(store.paths(repo)) if repo in store.repos() else set()
    changes = {path: json.dumps(value).encode() for path, value in values.items()}
    return store.commit(repo, {**dict.fromkeys(there - changes.keys()), **changes})


def run(store, ledger, pipeline=CHAIN, **more):
    calls.clear()
    return pipeline.run(store, ledger, {"clicks": CLICKS}, **more)


def counts(run):
    return {one.name: {state: n for state, n in one.datums.items() if n} for one in run.steps if one.datums}


def trees(store):
    return [store.get(f"p.{name}").tree.root for name in ("counted", "doubled")]


days = st.dictionaries(st.sampled_from("12345"), st.lists(st.integers(0, 2), max_size=2), max_size=5)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(days, min_size=1, max_size=6), workers=st.sampled_from([1, 3]))
def test_any_history_of_edits_gives_the_comprehension_and_works_on_what_is_new(tmp_path_factory, history, workers):
    home = tmp_path_factory.mktemp("law")
    store, ledger, seen = Store(home / "store"), Ledger(home / "lineage.sqlite"), set()
    pipeline = Pipeline("p", (step(counted, over="clicks", workers=workers), step(doubled, over="counted"), total))
    for held in history:
        upload(store, held)
        done = run(store, ledger, pipeline)
        assert done.artifacts["counted"] == {f"day={d}": {"day": d, "clicks": sum(held[d])} for d in sorted(held)}
        assert done.artifacts["doubled"] == {f"day={d}": 2 * sum(held[d]) for d in held}
        assert done.artifacts["total"] == 2 * sum(map(sum, held.values()))
        new = {(day, tuple(clicks)) for day, clicks in held.items()} - seen
        assert sorted(calls) == sorted(day for day, _ in new)
        for one in done.steps[:2]:  # what the newest commit says is what this run gives
            assert one.output == store.get(f"p.{one.name}").id
        if done.steps[0].state == "ran":
            assert done.steps[0].datums["SUCCESS"] == len(new)
            assert done.steps[0].datums["SKIPPED"] == len(held) - len(new)
        seen |= new
    fresh = Store(home / "fresh")
    upload(fresh, history[-1])
    run(fresh, Ledger(home / "fresh.sqlite"), pipeline)
    assert trees(fresh) == trees(store)
    assert store.verify() == []


@pytest.mark.slow
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(st.tuples(days, days), min_size=2, max_size=4))
@pytest.mark.parametrize("how", [
    lambda a, b: join(on="day", outer=True, clicks=a, menu=b), lambda a, b: cross(clicks=a, menu=glob("b", "{x}/{y}")),
    lambda a, b: group(by="day", clicks=a, menu=b), union,
])  # fmt: skip
def test_any_history_of_two_inputs_ends_where_a_fresh_store_begins(tmp_path_factory, how, history):
    home = tmp_path_factory.mktemp("law")

    def each(clicks=None, menu=None) -> list:
        return [clicks, menu]

    def again(each: list) -> list:
        return [each]

    both = how(glob("a", "{day}/clicks.json"), glob("b", "menu/{day}.json"))
    inputs = {"clicks": both} if how is union else {"both": both}
    pipeline = Pipeline("p", (step(each, over=next(iter(inputs))), step(again, over="each")))

    def play(name, states):
        store, ledger = Store(home / name), Ledger(home / f"{name}.sqlite")
        for a, b in states:
            hold(store, "a", {f"{day}/clicks.json": clicks for day, clicks in a.items()})
            hold(store, "b", {f"menu/{day}.json": dishes for day, dishes in b.items()})
            made = pipeline.run(store, ledger, inputs).artifacts["again"]
        return made, store.get("p.again").tree.root

    assert play("long", history) == play("fresh", history[-1:])


def test_one_new_day_runs_one_datum_and_a_deleted_day_takes_its_output_along(store, ledger):
    week = {str(day): [day] for day in range(7)}
    upload(store, week)
    assert counts(run(store, ledger)) == {"counted": {"SUCCESS": 7}, "doubled": {"SUCCESS": 7}}
    upload(store, {**week, "7": [7]})
    assert counts(run(store, ledger)) == {
        "counted": {"SUCCESS": 1, "SKIPPED": 7}, "doubled": {"SUCCESS": 1, "SKIPPED": 7}}  # fmt: skip
    del week["3"]
    upload(store, week)
    assert counts(run(store, ledger)) == {"counted": {"SKIPPED": 6}, "doubled": {"SKIPPED": 6}}
    assert "day=3.json" not in store.paths("p.doubled") and len(store.paths("p.doubled")) == 6


@pytest.mark.slow
def test_an_edit_reads_and_writes_as_much_among_many_days_as_among_few(tmp_path, monkeypatch):
    def cost(days):
        store, ledger = Store(tmp_path / f"{days}"), Ledger(tmp_path / f"{days}.sqlite")
        upload(store, {f"{day:04d}": [day] for day in range(days)})
        run(store, ledger)
        store = Store(store.path)  # knows nothing yet
        read, before = [], sum(file.stat().st_size for file in store.path.rglob("*.pack"))
        real = Packs.read
        with monkeypatch.context() as patch:
            patch.setattr(Packs, "read", lambda self, digest: read.append(digest) or real(self, digest))
            store.commit("traffic", {"day=0011/clicks.json": b"[7]"})
            run(store, ledger, Pipeline("p", CHAIN.steps[:2]))
        assert calls == ["0011"]
        return len(read), sum(file.stat().st_size for file in store.path.rglob("*.pack")) - before

    (few_reads, few_bytes), (many_reads, many_bytes) = cost(100), cost(1_500)
    assert many_reads <= 1.5 * few_reads
    assert many_bytes <= 1.5 * few_bytes


def test_no_datums_at_all_is_an_empty_commit(store, ledger):
    store.commit("traffic", {"readme": b"nothing yet"})
    done = run(store, ledger)
    assert (done.artifacts["counted"], done.artifacts["total"], store.paths("p.counted")) == ({}, 0, [])


def test_a_branch_moved_back_brings_back_what_was_made_of_it(store, ledger):
    first = upload(store, {"1": [1], "2": [2]})
    wanted = run(store, ledger).artifacts["doubled"]
    upload(store, {"1": [1], "2": [20]})
    run(store, ledger)
    store.branch("traffic", "main", first)
    again = run(store, ledger)
    assert calls == [] and again.artifacts["doubled"] == wanted
    assert [store.read("p.doubled", f"day={day}.json") for day in "12"] == [b"2", b"4"]


def test_a_list_is_gone_over_item_by_item_and_stays_a_list(store, ledger):
    seen = []

    def squared(numbers: int, by: int = 1) -> int:
        seen.append(numbers)
        return by * numbers * numbers

    def halved(squared):
        return squared / 2

    def most(halved: list):
        return max(halved)

    pipeline = Pipeline("p", (step(squared, over="numbers"), step(halved, over="squared"), most))
    done = pipeline.run(store, ledger, {"numbers": list(range(12))})
    assert done.artifacts["squared"] == [n * n for n in range(12)]
    assert (done.artifacts["halved"], done.artifacts["most"]) == ([n * n / 2 for n in range(12)], 60.5)
    seen.clear()
    assert pipeline.run(store, ledger, {"numbers": [*range(8), 99]}).artifacts["most"] == 99 * 99 / 2
    assert seen == [99]
    seen.clear()
    assert pipeline.run(store, ledger, {"numbers": [1, 1], "by": 3}).artifacts["squared"] == [3, 3]
    assert seen == [1, 1]  # another `by` is another datum


def test_a_step_that_went_plain_goes_over_its_list_when_told(store, ledger):
    def twice(numbers):
        return numbers * 2

    Pipeline("p", (twice,)).run(store, ledger, {"numbers": [1, 2]})
    assert Pipeline("p", (step(twice, over="numbers"),)).run(store, ledger, {"numbers": [1, 2]}).artifacts["twice"] == [
        2,
        4,
    ]


def test_members_and_captures_reach_the_step_and_files_come_by_their_ending(store, ledger):
    frame = pd.DataFrame({"x": [1, 2]}).to_parquet()
    store.commit("traffic", {"day=1/clicks.parquet": frame, "day=1/note.txt": b"rain", "day=2/note.txt": b"sun"})
    store.commit("menu", {"1.json": b'["soup"]'})

    def mixed(clicks: pd.DataFrame | None, dishes: list | None, day: str, scale: int) -> str:
        return f"{day}: {0 if clicks is None else scale * len(clicks)} {dishes}"

    def noted(mixed: str, day: str) -> str:
        return f"{mixed} on {day}"

    both = join(
        on="day", outer=True, clicks=glob("traffic", "day={day}/clicks.parquet"), dishes=glob("menu", "{day}.json"),
        notes=glob("traffic", "day={day}/note.txt"),
    )  # fmt: skip
    pipeline = Pipeline("p", (step(mixed, over="both"), step(noted, over="mixed")))
    done = pipeline.run(store, ledger, {"both": both, "scale": 10})
    assert done.artifacts["noted"] == {"day=1": "1: 20 ['soup'] on 1", "day=2": "2: 0 None on 2"}
    assert len(store.get("p.mixed").provenance) == 2


def test_a_folder_is_handed_over_as_its_files_and_a_group_as_all_of_its_files(store, ledger):
    upload(store, {"1": [1], "2": [2]})

    def names(clicks: dict) -> list:
        return sorted(clicks)

    def one(inputs, sentence="day"):
        return Pipeline("p", (step(names, over="clicks"),)).run(store, ledger, {"clicks": inputs}).artifacts["names"]

    assert one(glob("traffic", "day={day}")) == {f"day={day}": [f"day={day}/clicks.json"] for day in "12"}
    assert one(glob("traffic", "/")) == {"all": ["day=1/clicks.json", "day=2/clicks.json"]}
    assert one(group(by="table", clicks=glob("traffic", "day={day}/{table}.json"))) == {
        "table=clicks": ["day=1/clicks.json", "day=2/clicks.json"]}  # fmt: skip


def test_an_outer_join_of_many_captures_goes_down_a_chain_whole(store, ledger):
    store.commit("a", {"1/x.json": b"1", "2/x.json": b"2", "2/z.json": b"9"})
    store.commit("b", {"1.json": b"10", "3.json": b"30"})

    def summed(a: int | None, b: int | None) -> int:
        return (a or 0) + (b or 0)

    def named(summed: int, day: str, x: str | None) -> str:
        return f"{day}{x}{summed}"

    both = join(on="day", outer=True, a=glob("a", "{day}/{x}.json"), b=glob("b", "{day}.json"))
    done = Pipeline("p", (step(summed, over="both"), step(named, over="summed"))).run(store, ledger, {"both": both})
    assert sorted(done.artifacts["named"].values()) == ["1x11", "2x2", "2z9", "3None30"]


def test_a_union_of_two_repos_is_gone_over_down_a_chain(store, ledger):
    store.commit("a", {"1.json": b"1", "2.json": b"2"})
    store.commit("b", {"old/1.json": b"10"})
    upload(store, {})

    def same(clicks: int, n: str) -> list:
        return [n, clicks]

    def again(same: list, n: str) -> list:
        return [n, *same]

    both = union(glob("a", "{n}.json"), glob("b", "old/{n}.json"))
    pipeline = Pipeline("p", (step(same, over="clicks"), step(again, over="same")))
    done = pipeline.run(store, ledger, {"clicks": both})
    assert done.artifacts["again"] == {"1": ["1", "1", 1], "2": ["2", "2", 2], "old/1": ["1", "1", 10]}


def test_two_datums_with_one_key_are_refused(store, ledger):
    store.commit("a", {"1.json": b"1"})
    store.commit("b", {"1.json": b"10"})

    def same(clicks):
        return clicks

    with pytest.raises(StepRefused, match="Two datums have the key '1', and what one makes would replace"):
        Pipeline("p", (step(same, over="clicks"),)).run(
            store, ledger, {"clicks": union(glob("a", "{n}.json"), glob("b", "{n}.json"))}
        )
    assert "p.same" not in store.repos()


def test_a_failed_datum_fails_the_job_keeps_the_others_work_and_alone_runs_again(store, ledger):
    kitchen = SimpleNamespace(broken="2", seen=[])  # no fingerprint looks into it

    def risky(clicks: list, day: str) -> int:
        kitchen.seen.append(day)
        if day == kitchen.broken:
            raise ZeroDivisionError("no flour")
        return sum(clicks)

    def after(risky: dict) -> int:
        return sum(risky.values())

    pipeline = Pipeline("p", (step(risky, over="clicks"), after))
    upload(store, {"1": [1], "2": [2], "3": [3]})
    said = r"Step 'risky' failed: 1 of 3 datums failed, the first is 'day=2' \(ZeroDivisionError: no flour\); nothing"
    with pytest.raises(StepFailed, match=said) as caught:
        run(store, ledger, pipeline)
    assert store.repos() == ["traffic"]
    [failed] = ledger.runs()
    assert failed["state"] == "failed"
    assert ledger.jobs(failed["id"]) == [
        {"step": "risky", "state": "failed", "SUCCESS": 2, "SKIPPED": 0, "FAILED": 1, "RECOVERED": 0}]  # fmt: skip
    assert ledger.datums(f"{failed['id']}/risky")[1] == {
        "datum": "day=2", "state": "FAILED", "error": "ZeroDivisionError: no flour"}  # fmt: skip
    assert caught.value.step == "risky"
    kitchen.broken = None
    kitchen.seen.clear()
    done = run(store, ledger, pipeline)
    assert (kitchen.seen, done.artifacts["after"]) == (["2"], 6)
    assert counts(done) == {"risky": {"SUCCESS": 1, "SKIPPED": 2}}


def test_a_failed_job_tells_of_the_datums_without_news_too(store, ledger):
    def risky(clicks: list) -> float:
        return 1 / len(clicks)

    pipeline = Pipeline("p", (step(risky, over="clicks"),))
    upload(store, {"1": [1], "2": [2], "3": [3]})
    run(store, ledger, pipeline)
    upload(store, {"1": [1], "2": [], "3": [3]})
    with pytest.raises(StepFailed, match="1 of 3 datums failed"):
        run(store, ledger, pipeline)
    (job,) = ledger.jobs(ledger.runs()[-1]["id"])
    assert (job["SUCCESS"], job["SKIPPED"], job["FAILED"]) == (0, 2, 1)


def test_a_recovered_datum_has_no_output_and_is_tried_again_until_it_works(store, ledger):
    kitchen, told = SimpleNamespace(broken="2"), []

    def risky(clicks: list, day: str) -> int:
        if day == kitchen.broken:
            raise ZeroDivisionError("no flour")
        return sum(clicks)

    pipeline = Pipeline("p", (step(risky, over="clicks", recover=told.append),))
    upload(store, {"1": [1], "2": [2]})
    for _ in range(2):
        done = run(store, ledger, pipeline)
        assert done.artifacts["risky"] == {"day=1": 1}
        assert done.steps[0].datums["RECOVERED"] == 1
    assert told == ["ZeroDivisionError: no flour"] * 2
    upload(store, {"1": [1], "2": [2], "3": [3]})  # news elsewhere: it is tried again as well
    assert counts(run(store, ledger, pipeline)) == {"risky": {"SUCCESS": 1, "SKIPPED": 1, "RECOVERED": 1}}
    kitchen.broken = None
    done = run(store, ledger, pipeline)
    assert (counts(done), done.artifacts["risky"]) == (
        {"risky": {"SUCCESS": 1, "SKIPPED": 2}}, {"day=1": 1, "day=2": 2, "day=3": 3})  # fmt: skip


def test_what_recovering_raises_fails_the_datum(store, ledger):
    def risky(clicks: list):
        raise ZeroDivisionError("no flour")

    def worse(error):
        raise OSError("no pager")

    upload(store, {"1": [1]})
    with pytest.raises(StepFailed, match="no flour; and recovering raised OSError: no pager"):
        run(store, ledger, Pipeline("p", (step(risky, over="clicks", recover=worse),)))


def test_a_datum_is_tried_as_often_as_it_may_be(store, ledger):
    left = {"1": 2, "2": 0}

    def flaky(clicks: list, day: str) -> int:
        left[day] -= 1
        if left[day] >= 0:
            raise OSError("try later")
        return 1

    upload(store, {"1": [1], "2": [2]})
    assert counts(run(store, ledger, Pipeline("p", (step(flaky, over="clicks", tries=3),)))) == {
        "flaky": {"SUCCESS": 2}
    }
    assert left == {"1": -1, "2": -1}


def test_other_code_works_on_every_datum_again_and_so_does_force(write, store, ledger):
    text = """
from mlops_lab.pipeline import Pipeline, step
def counted(clicks: list) -> int: return sum(clicks) * 2
FLOW = Pipeline("p", (step(counted, over="clicks"),))
"""
    upload(store, {"1": [1], "2": [2]})
    run(store, ledger, write({"flow": text}).FLOW)
    edited = run(store, ledger, write({"flow": text.replace("* 2", "* 3")}).FLOW)
    assert (counts(edited), edited.artifacts["counted"]) == ({"counted": {"SUCCESS": 2}}, {"day=1": 3, "day=2": 6})
    back = run(store, ledger, write({"flow": text}).FLOW)
    assert (counts(back), back.artifacts["counted"]) == ({"counted": {"SKIPPED": 2}}, {"day=1": 2, "day=2": 4})
    assert counts(run(store, ledger, write({"flow": text}).FLOW, force=True)) == {"counted": {"SUCCESS": 2}}


def test_what_a_step_reads_behind_the_pipelines_back_is_not_seen(tmp_path, store, ledger):
    menu = tmp_path / "menu.txt"

    def priced(clicks: list, path: str) -> str:
        return Path(path).read_text()

    pipeline = Pipeline("p", (step(priced, over="clicks"),))
    upload(store, {"1": [1]})
    for text in ("cheap", "dear"):
        menu.write_text(text)
        done = pipeline.run(store, ledger, {"clicks": CLICKS, "path": str(menu)})
        assert done.artifacts["priced"] == {"day=1": "cheap"}  # the hazard: the second answer is stale


def test_a_format_that_changes_leaves_no_file_of_the_old_one(write, store, ledger):
    text = """
from mlops_lab.pipeline import Pipeline, step
def made(clicks: list): return sum(clicks)
FLOW = Pipeline("p", (step(made, over="clicks"),))
"""
    upload(store, {"1": [1]})
    run(store, ledger, write({"flow": text}).FLOW)
    run(store, ledger, write({"flow": text.replace("sum(clicks)", "bytes(clicks)")}).FLOW)
    assert store.paths("p.made") == ["day=1.bytes"]


def test_what_was_erased_is_not_made_again_by_the_way(store, ledger):
    first = upload(store, {"1": [1], "2": [2]})
    run(store, ledger)
    upload(store, {"2": [2]})
    run(store, ledger)
    store.erase([store.get("p.counted~1").tree["day=1.json"].digest], "a test")
    store.branch("traffic", "main", first)
    with pytest.raises(BadInput, match="erased"):
        run(store, ledger)


def test_what_was_made_of_a_forgotten_file_is_made_anew(store, ledger):
    upload(store, {"1": [1], "2": [2]})
    run(store, ledger)
    forgotten = store.forget("traffic", {"day=1/clicks.json": b"[]"}, "a cook asked")
    assert {commit.repo for commit in forgotten.dependents} == {"p.counted", "p.doubled"}
    done = run(store, ledger)
    assert (calls, done.artifacts["doubled"]) == (["1"], {"day=1": 0, "day=2": 4})
    assert store.verify() == []


def test_one_id_names_all_that_an_upload_caused(store, ledger):
    upload(store, {"1": [1]})
    run(store, ledger)
    second = upload(store, {"1": [1], "2": [2]})
    done = run(store, ledger)
    assert [commit.repo for commit in store.commit_set(second)] == ["traffic", "p.counted", "p.doubled"]
    assert [(one["step"], one["state"]) for one in ledger.caused(second.global_id)] == [
        ("counted", "ran"), ("doubled", "ran"), ("total", "ran")]  # fmt: skip
    assert {commit.repo for commit in store.upstream("p.doubled")} == {"traffic", "p.counted"}
    assert {node.name for node in ledger.downstream(second.id)} == {"counted", "doubled", "total"}
    assert {node.name for node in ledger.upstream(done.steps[-1].output)} == {"clicks", "counted", "doubled", "total"}
    menu = store.commit("menu", {"x": b"1"})
    upload(store, {"1": [5]})
    done = CHAIN.run(store, ledger, {"clicks": CLICKS}, cause=menu)
    assert store.get("p.doubled").global_id == menu.global_id


@pytest.mark.parametrize("inputs, sentence", [
    ({"numbers": 3}, "Step 'each' goes over 'numbers', which is int; give a list, or datums made with glob"),
    ({"numbers": {"a": 1}}, "goes over 'numbers', which is dict"),
    ({"number": [1]}, "Step 'each' needs 'numbers', which is no step and no input; did you mean 'number'"),
    ({"numbers": glob("nowhere", "{n}")}, "No commit answers to 'nowhere'"),
    ({"numbers": [1], "day": 1}, "No step takes the input 'day'"),
])  # fmt: skip
def test_what_cannot_be_gone_over_is_refused_before_anything_runs(inputs, sentence, store, ledger):
    def each(numbers):
        return numbers

    with pytest.raises(BadInput, match=sentence):
        Pipeline("p", (step(each, over="numbers"),)).run(store, ledger, inputs)
    assert not ledger.path.exists() and not store.path.exists()


def test_names_that_mean_two_things_are_refused(store, ledger):
    upload(store, {"1": [1]})

    def each(clicks, day):
        return day

    def later(each, clicks):
        return each

    def whole(clicks):
        return clicks

    flow = Pipeline("p", (step(each, over="clicks"),))
    with pytest.raises(BrokenPipeline, match="'day' is in the datums of 'each' and a step or an input; rename one"):
        flow.run(store, ledger, {"clicks": CLICKS, "day": 3})
    for function in (step(later, over="each"), whole):
        with pytest.raises(BrokenPipeline, match="'clicks' is cut into datums; let '(later|whole)' say over='clicks'"):
            Pipeline("p", (step(each, over="clicks"), function)).run(store, ledger, {"clicks": CLICKS})
    assert not ledger.path.exists()


def test_a_step_that_makes_no_list_is_not_gone_over(store, ledger):
    def size(numbers) -> int:
        return 3

    def loose(numbers):
        return 3

    def each(size):
        return size

    def any(loose):
        return loose

    with pytest.raises(BrokenPipeline, match="Step 'each' goes over 'size', which is int"):
        Pipeline("p", (size, step(each, over="size"))).run(store, ledger, {"numbers": [1]})
    assert not ledger.path.exists()
    with pytest.raises(StepRefused, match="Step 'any' goes over 'loose', which is int"):  # its signature says nothing
        Pipeline("p", (loose, step(any, over="loose"))).run(store, ledger, {"numbers": [1]})


def test_a_value_without_a_format_fails_its_datum_even_where_errors_are_recovered(store, ledger):
    def bag(clicks: list):
        return set(clicks)

    upload(store, {"1": [1]})
    with pytest.raises(StepFailed, match="day=1' .*Unkept: found set, which cannot be kept"):
        run(store, ledger, Pipeline("p", (step(bag, over="clicks", recover=print),)))


def test_processes_that_run_the_same_fan_out_at_once_agree(tmp_path):
    store = flows.uploaded(tmp_path)
    code = "import pathlib, sys, tests.pipeline.flows as f; print(f.fan(pathlib.Path(sys.argv[1])).steps[-1].output)"
    command = [sys.executable, "-c", code, str(tmp_path)]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(3)]
    outputs = {worker.communicate()[0].strip() for worker in workers}
    assert [worker.returncode for worker in workers] == [0] * 3
    assert outputs == {store.get("fan.doubled").id}
    assert [len(store.log(f"fan.{name}")) for name in ("counted", "doubled")] == [1, 1]
    assert store.verify() == []


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["killed_before", "killed_within"])
def test_a_fan_out_killed_at_any_call_goes_on_to_the_same_result(tmp_path, fault):
    template = tmp_path / "template"
    store = flows.uploaded(template)
    flows.fan(template)
    flows.edited(store)
    shutil.copytree(template, tmp_path / "whole")
    wanted = {one.name: one.output for one in flows.fan(tmp_path / "whole").steps}
    words = ["tests.pipeline.flows", "fan", fault, str(template), str(tmp_path / "out")]
    done = subprocess.run(
        [sys.executable, "-m", "tests.store.faults", *words], capture_output=True, text=True, cwd=ROOT
    )
    assert int(done.stdout or 0) > 20, done.stderr
    for at in range(1, int(done.stdout) + 1):
        folder = tmp_path / "out" / str(at)
        assert {one.name: one.output for one in flows.fan(folder).steps} == wanted
        assert Store(folder / "store").verify() == []
        assert {one["state"] for one in Ledger(folder / "lineage.sqlite").runs()} == {"done"}

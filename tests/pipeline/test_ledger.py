"""Lineage both ways, across runs where content is shared, and never by coincidence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_lab.errors import BadInput
from mlops_lab.pipeline import Ledger, Pipeline
from mlops_lab.pipeline.book import Artifact, Execution
from mlops_lab.store import Store


def data(day):
    return b"rows of day %d" % day


def trained(data):
    return b"model on " + data


def passed(trained):
    return True


def pushed(passed, trained):
    return b"pushed " + trained


TRAIN = Pipeline("train", (data, trained, passed, pushed))


def ids(nodes):
    return {node.id for node in nodes}


def test_lineage_names_everything_on_the_way(store, ledger):
    run = TRAIN.run(store, ledger, {"day": 1})
    made = {step.name: step.output for step in run.steps}
    up = ledger.upstream(made["pushed"])
    assert [(n.name, n.kind) for n in up] == [
        ("data", "artifact"), ("day", "artifact"), ("passed", "artifact"), ("trained", "artifact"),
        ("data", "execution"), ("passed", "execution"), ("pushed", "execution"), ("trained", "execution"),
    ]  # fmt: skip
    down = ids(ledger.downstream(made["data"]))
    assert down == {made["trained"], made["passed"], made["pushed"]} | {
        f"{run.id}/{n}" for n in ("trained", "passed", "pushed")
    }
    assert ledger.downstream(made["pushed"]) == []


def test_equal_answers_of_two_runs_do_not_mix_their_lineage(store, ledger):
    one, two = (TRAIN.run(store, ledger, {"day": day}) for day in (1, 2))
    assert one.steps[2].output == two.steps[2].output  # both passed
    up = ids(ledger.upstream(f"{two.id}/pushed"))
    assert two.steps[0].output in up
    assert one.steps[0].output not in up
    assert f"{two.id}/pushed" not in ids(ledger.downstream(one.steps[0].output))
    assert {one.steps[0].output, two.steps[0].output} <= ids(ledger.upstream(one.steps[2].output))


def test_what_one_pipeline_made_and_another_took_joins_them(store, ledger):
    def served(model):
        return model + b" served"

    trained_run = TRAIN.run(store, ledger, {"day": 1})
    serving = Pipeline("serve", (served,)).run(store, ledger, {"model": trained_run.artifacts["trained"]})
    assert trained_run.steps[0].output in ids(ledger.upstream(serving.steps[0].output))
    assert serving.steps[0].output in ids(ledger.downstream(trained_run.steps[0].output))


@settings(max_examples=20, deadline=None)
@given(edges=st.lists(st.sets(st.integers(0, 6), max_size=3), min_size=2, max_size=7), values=st.data())
def test_up_and_down_are_each_other_turned_round(tmp_path_factory, edges, values):
    ledger = Ledger(tmp_path_factory.mktemp("law") / "lineage.sqlite")
    with ledger.open() as book:
        for run in ("a", "b"):
            made = []
            for i, sources in enumerate(edges):
                kind = values.draw(st.sampled_from(["json", "bytes"]))
                output = Artifact(f"{values.draw(st.integers(0, 9))}", kind, f"s{i}")
                inputs = {f"s{j}": (made[j], f"{run}/s{j}") for j in sources if j < i}
                inputs["given"] = (Artifact(f"{values.draw(st.integers(0, 9))}", "bytes", "given"), None)
                book.record(Execution(run, f"s{i}", f"{run}{i}", "f", "ran", 0.0, inputs, output), "p")
                made.append(output)
        nodes = [row[0] for row in book.rows("SELECT id FROM executions UNION SELECT id FROM artifacts")]
    up = {node: ids(ledger.upstream(node)) for node in nodes}
    down = {node: ids(ledger.downstream(node)) for node in nodes}
    assert all((a in up[b]) == (b in down[a]) for a in nodes for b in nodes)
    assert all(up[a] <= up[b] | {b} for b in nodes for a in up[b] if "/" in a)


def test_small_json_inputs_can_be_read_in_the_ledger(store, ledger):
    TRAIN.run(store, ledger, {"day": 12})
    with ledger.open() as book:
        assert book.rows("SELECT value FROM artifacts WHERE name = 'day'") == [("12",)]


def test_a_later_skip_does_not_hide_that_a_step_ran(store, ledger):
    run = TRAIN.run(store, ledger, {"day": 1})
    TRAIN.run(store, ledger, {"day": 1})
    assert {e["state"] for e in ledger.executions(run.id)} == {"ran"}


def test_an_unknown_id_is_refused(store, ledger):
    TRAIN.run(store, ledger, {"day": 1})
    with pytest.raises(BadInput, match="knows no artifact or execution 'abc'"):
        ledger.upstream("abc")


def test_asking_creates_no_ledger(tmp_path):
    ledger = Ledger(tmp_path / "none" / "lineage.sqlite")
    assert ledger.runs() == []
    with pytest.raises(BadInput):
        ledger.downstream("x")
    assert not ledger.path.parent.exists()


def test_a_file_that_is_no_ledger_is_refused(tmp_path):
    (tmp_path / "lineage.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(BadInput, match="lineage.sqlite cannot be used"):
        TRAIN.run(Store(tmp_path / "store"), Ledger(tmp_path / "lineage.sqlite"), {"day": 1})


def test_a_ledger_in_a_place_that_is_no_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot be opened"):
        TRAIN.run(Store(tmp_path / "store"), Ledger(tmp_path / "file" / "lineage.sqlite"), {"day": 1})


def test_a_run_belongs_to_its_pipeline_and_to_the_upload_that_caused_it(store, ledger):
    def size(data):
        return len(data.tree)

    commit = store.commit("menu", {"soup": b"1"})
    run = Pipeline("p", (size,)).run(store, ledger, {"data": commit})
    assert ledger.contexts("pipeline") == [{"id": "p", "state": None, "parent": None}]
    assert ledger.contexts("run") == [{"id": run.id, "state": "done", "parent": "p"}]
    assert ledger.contexts("upload") == [{"id": commit.global_id, "state": None, "parent": None}]
    assert ledger.caused(commit.global_id) == [{"id": f"{run.id}/size", "step": "size", "state": "ran"}]
    assert ledger.caused("nobody") == ledger.jobs(run.id) == ledger.datums(f"{run.id}/size") == []


def test_artifacts_are_attributed_to_the_contexts_of_their_executions(store, ledger):
    run = TRAIN.run(store, ledger, {"day": 1})
    with ledger.open() as book:
        for context in (run.id, "train"):
            found = book.rows("SELECT artifact FROM attributions WHERE context = ?", context)
            assert {row[0] for row in found} >= {step.output for step in run.steps}


def test_a_context_keeps_its_state_until_it_is_told_another(ledger):
    with ledger.open() as book:
        assert book.state("nightly", "schedule") is None
        for day in ("1", "1", "2"):
            book.say("nightly", "schedule", day)
            assert book.state("nightly", "schedule") == day
        assert book.state("nightly", "run") is None


def test_the_ledger_of_another_format_is_refused(tmp_path):
    import sqlite3

    with sqlite3.connect(tmp_path / "lineage.sqlite") as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(BadInput, match="has format 99, and this program writes 2; move the file away"):
        Ledger(tmp_path / "lineage.sqlite").runs()

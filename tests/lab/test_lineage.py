"""Laws of lineage: whatever is above a thing has that thing below it, down to the raw events and back."""

import subprocess
import sys

import numpy as np
import pytest

from mlops_lab.data.formats import Requests
from mlops_lab.errors import BadInput
from mlops_lab.lab import answered
from mlops_lab.lab.lineage import graph, in_words, lineage
from mlops_lab.lab.links import Links
from mlops_lab.rehearsal.loop import make_world
from tests.lab.conftest import DAYS


def ids(told: dict, way: str, *kinds: str) -> list[str]:
    return [node["id"] for node in told[way] if not kinds or node["kind"] in kinds]


@pytest.fixture
def request_of_day_8(lab):
    return lab.table("predictions", (8, 8))["request"].iloc[0]


def test_a_prediction_leads_to_its_version_its_run_and_the_raw_events(lab, request_of_day_8):
    told, champion = lineage(lab, request_of_day_8), lab.registry.champion()
    assert told["kind"] == "prediction" and ids(told, "upstream")[0] == str(champion.number)
    assert {champion.commit, champion.data_commit, champion.run} <= set(ids(told, "upstream"))
    assert f"{champion.run}/baseline" in ids(told, "upstream", "execution") and ids(told, "upstream", "artifact")
    assert {"day=0000/ratings.parquet", "day=0007/clicks.parquet"} <= set(ids(told, "upstream", "file"))
    assert told["downstream"][0] == {"id": lab.data.id, "kind": "commit of traffic"}


def test_a_raw_file_leads_to_what_was_learned_from_it_and_to_the_days_it_answered(lab, request_of_day_8):
    for path in ids(lineage(lab, request_of_day_8), "upstream", "file")[::9]:
        told = lineage(lab, f"traffic:{path}")
        assert "day=0008/predictions.parquet" in ids(told, "downstream", "predictions"), path
        assert lineage(lab, path) == told
    told = lineage(lab, "traffic:day=0006/clicks.parquet")
    newest = lab.registry.versions()[-1]
    assert ids(told, "downstream")[0] == lab.store.get("traffic~2").id and str(newest.number) in ids(told, "downstream")
    assert "1" not in ids(told, "downstream", "version") and newest.run in ids(told, "downstream", "run")
    assert ids(told, "downstream", "predictions") == ["day=0007/predictions.parquet", "day=0008/predictions.parquet"]
    assert set(ids(told, "downstream", "commit of operations")) == {c.id for c in lab.store.log("operations")[:3]}


@pytest.mark.parametrize("way", ["first", "last"])
def test_what_is_above_a_version_has_the_version_below_it(lab, way):
    newest = str(2 if way == "first" else len(lab.registry.versions()))
    above = lineage(lab, newest)["upstream"]
    kinds = {"commit of traffic", "commit of models", "run", "execution", "artifact", "file", "predictions"}
    assert kinds - {"predictions" if way == "first" else ""} <= {node["kind"] for node in above}
    for node in above:
        told = lineage(lab, node["id"])
        assert told["kind"] == node["kind"] and newest in ids(told, "downstream", "version"), node


def test_what_is_below_a_commit_has_the_commit_above_it(lab):
    commit = lab.store.get("traffic~2").id
    below = lineage(lab, commit)["downstream"]
    for node in below:
        assert commit in ids(lineage(lab, node["id"]), "upstream"), node
    assert ids(lineage(lab, "traffic~2"), "downstream") == [node["id"] for node in below]


def test_a_release_comes_from_its_version(lab):
    fill = lab.registry.moves()[0]["commit"]
    assert lineage(lab, fill)["kind"] == "fill on day 0" and "fill on day 0" in {
        node["kind"] for node in lineage(lab, lab.store.log("traffic")[-1].id)["downstream"]
    }


def test_answers_over_http_are_found_before_their_evening_and_after_it(lab):
    lab.predictions.durable = True
    for request in ("0f3a5c7e9b1d2f40", "größe:7"):
        lab.recommend(Requests(DAYS - 1, np.array([request]), np.array(["c00001"])))
    lab.flush()
    champion = str(lab.registry.alias("champion"))
    for request in ("0f3a5c7e9b1d2f40", "größe:7"):
        told = lineage(lab, request)
        assert ids(told, "upstream")[0] == champion and not told["downstream"]
    world = make_world(7, "quick")
    world.remember({name: lab.table(name) for name in ("clicks", "cooked", "ratings")})
    lab.take_in(world.play(DAYS, lab.recommend))
    for request in ("0f3a5c7e9b1d2f40", "größe:7"):
        told = lineage(lab, request)
        assert ids(told, "upstream")[0] == champion and lab.data.id == ids(told, "downstream")[0]


def test_a_file_that_was_replaced_is_asked_for_by_its_revision(lab):
    path, old = "day=0003/clicks.parquet", lab.data
    lab.store.commit("traffic", {path: lab.store.read(old, "day=0004/clicks.parquet")}, metadata=old.metadata)
    first, now = lineage(lab, f"traffic^:{path}"), lineage(lab, f"traffic:{path}")
    assert first["id"] == f"{old.id[:12]}:{path}" and now["id"] == path
    assert old.id in ids(first, "downstream") and lab.data.id not in ids(first, "downstream")
    assert ids(now, "downstream") == [lab.data.id]
    above = ids(lineage(lab, str(len(lab.registry.versions()))), "upstream", "file")
    assert [id for id in above if path in id] == [f"{lab.registry.versions()[-1].data_commit[:12]}:{path}"]


def test_what_nobody_knows_is_said_in_a_sentence(lab):
    for unknown, hint in (("nothing-like-it", "expected an id"), ("day=0099/clicks.parquet", "REV:PATH")):
        with pytest.raises(BadInput, match=f"Nothing is known under '{unknown}'.*{hint}"):
            lineage(lab, unknown)
    with pytest.raises(BadInput, match="no file 'day=0003/click.parquet'; did you mean 'day=0003/clicks.parquet'"):
        lineage(lab, "traffic:day=0003/click.parquet")


def test_lineage_needs_no_pandas(nine_days):
    code = """import sys
from mlops_lab.cli.options import opened
from mlops_lab.lab.lineage import lineage
print(len(lineage(opened(sys.argv[1]), "q0003-00005")["upstream"]), "pandas" in sys.modules)"""
    done = subprocess.run([sys.executable, "-c", code, str(nine_days)], capture_output=True, text=True, check=True)
    count, pandas = done.stdout.split()
    assert int(count) > 20 and pandas == "False"


def test_people_see_a_line_for_each_kind(lab):
    lines = in_words(lineage(lab, "traffic:day=0000/cooks.parquet")).splitlines()
    assert lines[0] == "file day=0000/cooks.parquet" and all(len(line) < 300 for line in lines)
    assert any(line.endswith("and 5 more") for line in lines if "commit of traffic" in line)


def test_the_picture_of_a_version_shows_the_steps_of_its_run(lab):
    nodes, edges = graph(lab)
    version = lab.registry.champion()
    assert [n[2] for n in nodes if n[1] == "step"] == [one["step"] for one in lab.ledger.executions(version.run)]
    assert {end for edge in edges for end in edge} <= {node[0] for node in nodes}
    assert (f"{version.run}/baseline", "version") in edges and ("version", "champion") in edges
    assert {end for _, end in graph(lab, 2)[1]}.isdisjoint({"champion"})


def test_a_log_without_a_note_is_asked_itself(lab):
    noted = Links(lab)._logs
    bare = answered.logs(lab.store, dict(lab.data.tree.walk()), [])
    assert [log.path for log in bare] == [log.path for log in noted] and all(log._note for log in noted)
    for one, other in zip(noted, bare, strict=True):
        assert (one.versions, one.snapshots) == (other.versions, other.snapshots)
        assert one.row("q0004-00007") == other.row("q0004-00007") and one.row("a") is other.row("a") is None
    assert [log.path for log in noted if log.row("q0004-00007")] == ["day=0004/predictions.parquet"]

"""Laws of the assembled system."""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from mlops_lab.data.formats import Requests, Traffic
from mlops_lab.errors import BadInput
from mlops_lab.lab import Lab, operation
from mlops_lab.lab.pushing import reproduce
from mlops_lab.lab.workspace import workspace_path
from mlops_lab.rehearsal.loop import make_world, play
from tests.lab.conftest import DAYS, heads


def test_the_hello_world_of_the_readme_runs_as_printed(tmp_path, monkeypatch):
    monkeypatch.setenv("MLOPS_LAB_HOME", str(tmp_path))
    from mlops_lab import World

    world, lab = World(seed=7), Lab("kitchen")
    for day in world.days(3):
        lab.take_in(world.play(day, lab.recommend))
    report = lab.report()
    assert repr(report).startswith("Report(3 days, 2,8") and len(report.frame()) == 3
    assert (tmp_path / "kitchen" / "workspace.json").is_file()


def test_nothing_is_written_before_the_first_data(tmp_path):
    lab = Lab(tmp_path / "new")
    lab.report(), lab.graph(), lab.recommend(Requests(0, np.array(["q"]), np.array(["c"])))
    with pytest.raises(BadInput, match="ingest"):
        lab.train()
    assert not (tmp_path / "new").exists()


def test_a_day_is_taken_in_once(lab):
    before = heads(lab)
    with pytest.raises(BadInput, match=f"Day {DAYS - 1} is already in"):
        lab.take_in(Traffic(DAYS - 1, "2025-03-11"))
    assert heads(lab) == before


def test_every_answer_of_a_day_left_a_prediction_with_its_propensities(lab):
    rows = lab.table("predictions", (4, 4))
    assert rows["request"].tolist() == lab.table("requests", (4, 4))["request"].tolist()
    last = rows["propensities"].str.split(" ").str[-1].astype(float)
    assert ((last > 0) & (last < 0.01)).all() and (rows["recipes"].str.count(" ") == 9).all()


def test_an_evening_that_a_killed_process_did_not_come_to_is_made_up_for(tmp_path, monkeypatch):
    straight, broken = Lab(tmp_path / "a"), Lab(tmp_path / "b")
    play(straight, make_world(7, "quick"), range(8))
    world = make_world(7, "quick")
    play(broken, world, range(6))
    with monkeypatch.context() as patch:
        patch.setattr(operation, "close", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            broken.take_in(world.play(6, broken.recommend))
    again = Lab(tmp_path / "b")
    play(again, world, [7])
    assert heads(again) == heads(straight)


def test_training_again_on_the_same_data_adds_nothing(lab):
    first = lab.train()
    versions, before = len(lab.registry.versions()), lab.registry.state()
    second = lab.train()
    assert (second["version"], second["digest"]) == (first["version"], first["digest"])
    assert len(lab.registry.versions()) == versions and lab.registry.state() == before


def test_popularity_stands_beside_every_model_and_fills_an_empty_champion(lab):
    assert lab.registry.champion().kind == "popularity" and lab.registry.moves()[0]["action"] == "fill"
    trained = [evening["trained"] for evening in lab.evenings() if evening["trained"]]
    assert all("popularity" in result["metrics"] for result in trained if result["metrics"]) and len(trained) == 2


@pytest.mark.slow
def test_another_process_with_other_threads_and_hashes_trains_the_same_digest(lab, tmp_path):
    shutil.copytree(lab.path, tmp_path / "other", ignore=shutil.ignore_patterns("lineage.sqlite*"))
    code = "import sys, json; from mlops_lab.lab import Lab; print(json.dumps(Lab(sys.argv[1]).train()['digest']))"
    env = {**os.environ, "PYTHONHASHSEED": "77", "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    command = [sys.executable, "-c", code, str(tmp_path / "other")]
    found = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert json.loads(found.stdout) == lab.train()["digest"]


def test_a_copied_workspace_verifies_serves_and_reproduces(lab, tmp_path):
    shutil.copytree(lab.path, tmp_path / "elsewhere")
    copy, asked = Lab(tmp_path / "elsewhere"), Requests(9, np.array(["q1", "q2"]), np.array(["c00001", "c00002"]))
    assert copy.store.verify() == []
    assert (copy.recommend(asked).recipes == lab.recommend(asked).recipes).all()
    for version in copy.registry.versions():
        assert reproduce(copy, version.number)["equal"], version


def test_an_explanation_of_the_champion_sums_to_the_score(lab):
    recipe = str(lab.morning(9).recipes[3])
    told = lab.explain("c00004", recipe, 9)
    assert np.isclose(sum(told["parts"].values()), told["score"]) and told["kind"] == "popularity"


@pytest.mark.parametrize("kind", ["ranker", "ease", "item-knn", "als", "blend"])
def test_an_explanation_of_every_kind_of_model_sums_to_its_score(lab, kind):
    from mlops_lab.lab.training import fit, ladder
    from mlops_lab.serving.explanation import parts

    log, morning = lab.memory().log(), lab.morning(9)
    model = fit(ladder(log)[kind], log, None, log.days)
    busy = str(log.cooks[np.bincount(log.choice_cook).argmax()])
    view = morning.view(np.array([busy]))
    for column in (0, 17):
        assert np.isclose(sum(parts(model, view, column).values()), model.score(view)[0, column], atol=1e-6)


def test_a_bare_name_lies_at_home_and_strangers_folders_are_left_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("MLOPS_LAB_HOME", str(tmp_path / "home"))
    assert workspace_path("kitchen") == tmp_path / "home" / "kitchen"
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").touch()
    with pytest.raises(BadInput, match="is not a workspace"):
        Lab(tmp_path / "photos")
    for name in ("", ".", ".."):
        with pytest.raises(BadInput):
            workspace_path(name)


def test_the_one_line_of_a_report_counts_in_words(lab):
    assert repr(lab.report()).endswith("0 alerts, 1 release, champion 1)")


def test_the_one_line_of_a_lab(lab):
    assert repr(lab) == f"Lab(mine: {DAYS} days, {len(lab.registry.versions())} versions, champion 1)"


def test_a_click_over_http_becomes_traffic_of_the_day_that_is_closed_next(lab):
    world = make_world(7, "quick")
    world.remember({name: lab.table(name) for name in ("clicks", "cooked", "ratings")})
    lab.predictions.durable = True
    slates = lab.recommend(Requests(DAYS - 1, np.array(["web-1"]), np.array(["c00001"])))
    recipe = str(slates.recipes[0, 0])
    assert lab.feedback("web-1", recipe, "click") and not lab.feedback("web-1", "r99999", "click")
    lab.take_in(world.play(DAYS, lab.recommend))
    clicks, answers = (lab.table(name, (DAYS - 1, DAYS)) for name in ("clicks", "predictions"))
    assert clicks[clicks["request"] == "web-1"][["day", "recipe"]].to_numpy().tolist() == [[DAYS, recipe]]
    assert (answers["request"] == "web-1").sum() == 1 and not lab.predictions.lines.files()

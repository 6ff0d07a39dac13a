"""The closed loop: it goes on where it stopped, it can be killed, and incidents are found by name."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from mlops_lab.cli.system import INCIDENT
from mlops_lab.delivery import release
from mlops_lab.errors import BadInput
from mlops_lab.lab import Lab
from mlops_lab.rehearsal.forward import fast_forward
from mlops_lab.rehearsal.loop import document, make_world, play, run_loop
from mlops_lab.rehearsal.seams import worse_model
from mlops_lab.world import INCIDENTS, Incident
from tests.lab.conftest import heads


def test_the_document_of_a_loop_says_what_happened(tmp_path):
    told = run_loop(tmp_path / "lab", days=8, seed=3, size="quick", incidents=["unit-change@6"])
    assert [day["day"] for day in told["days"]] == list(range(8))
    assert set(told["days"][0]) == {"day", "requests", "clicks", "click_rate", "champion"}
    assert told["incidents"] == [{"kind": "unit-change", "day": 6, "width": 0, "strength": 1.0, "detected_day": 6}]
    alert = next(alert for alert in told["alerts"] if alert["cause"] == "recipes.minutes")
    assert {"day", "name", "cause", "owner", "runbook"} <= set(alert) and len(alert["runbook"]) > 40
    assert told["releases"][0]["action"] == "fill" and told["versions"][0]["kind"] == "popularity"


def test_a_loop_in_two_parts_is_the_loop_in_one(tmp_path):
    run_loop(tmp_path / "whole", days=10, seed=5, size="quick")
    run_loop(tmp_path / "parts", days=6, seed=5, size="quick")
    told = run_loop(tmp_path / "parts", days=4, seed=5, size="quick")
    assert len(told["days"]) == 10
    assert heads(Lab(tmp_path / "parts")) == heads(Lab(tmp_path / "whole"))


def test_an_incident_of_the_lab_goes_on_in_another_process_with_its_width_and_strength(tmp_path):
    incidents = ["tokeniser-skew@2+3x0.7", "slow-model@3+4x0.8", "popularity-loop@1+9x0.5"]
    run_loop(tmp_path / "whole", days=8, seed=5, size="quick", incidents=incidents)
    run_loop(tmp_path / "parts", days=5, seed=5, size="quick", incidents=incidents)
    told = run_loop(tmp_path / "parts", days=3, seed=5, size="quick")
    assert heads(Lab(tmp_path / "parts")) == heads(Lab(tmp_path / "whole"))
    assert [(i["width"], i["strength"]) for i in told["incidents"]] == [(3, 0.7), (4, 0.8), (9, 0.5)]


def test_a_used_workspace_refuses_another_seed_or_a_past_incident(tmp_path):
    run_loop(tmp_path / "lab", days=2, seed=5, size="quick")
    before = heads(Lab(tmp_path / "lab"))
    for words in ({"seed": 6}, {"seed": 5, "incidents": ["nan-flood@1"]}, {"seed": 5, "days": 0}):
        with pytest.raises(BadInput):
            run_loop(tmp_path / "lab", **{"days": 2, "size": "quick", **words})
    assert heads(Lab(tmp_path / "lab")) == before


def test_a_bad_order_creates_no_workspace(tmp_path):
    for words in ({"days": -3}, {"incidents": ["flood@3"]}, {"incidents": ["worse-model@0"]}, {"size": "huge"}):
        with pytest.raises(BadInput):
            run_loop(tmp_path / "lab", **{"days": 2, "seed": 5, "size": "quick", **words})
    assert not (tmp_path / "lab").exists()


@pytest.mark.slow
def test_a_loop_killed_at_any_moment_is_finished_by_the_same_command(tmp_path):
    run_loop(tmp_path / "whole", days=9, seed=5, size="quick")
    command = [sys.executable, "-m", "mlops_lab", "loop", "--days", "9", "--seed", "5", "--size", "quick", "--json"]
    command += ["--workspace", str(tmp_path / "killed")]
    for patience in (1.6, 2.3, 2.9):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ})
        time.sleep(patience)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert Lab(tmp_path / "killed").store.verify() == []
        if Lab(tmp_path / "killed").newest_day == 8:
            break
    known = Lab(tmp_path / "killed").newest_day
    if known < 8:
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    killed = Lab(tmp_path / "killed")
    killed.memory()
    assert killed.newest_day == 8 and heads(killed) == heads(Lab(tmp_path / "whole"))


def test_fast_forward_gives_equal_labs_from_play_and_from_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    _, played = fast_forward(4, seed=9, workspace=str(tmp_path / "one"))
    world, copied = fast_forward(4, seed=9, workspace=str(tmp_path / "two"))
    assert heads(played) == heads(copied) and copied.newest_day == 3
    copied.take_in(world.play(4, copied.recommend))
    run_loop(tmp_path / "straight", days=5, seed=9, size="quick")
    assert heads(copied) == heads(Lab(tmp_path / "straight"))


# kind -> check that names it, cause, days it may take
NAMED = {
    "unit-change": ("drift.recipes.minutes", "recipes.minutes", 1),
    "missing-column": ("missing.recipes.season", "recipes.season", 1),
    "nan-flood": ("missing.recipes.kcal", "recipes.kcal", 1),
    "duplicate-events": ("quarantine.impressions.duplicate", "impressions", 1),
    "bot-traffic": ("concentration.requests.cook", "requests.cook", 1),
    "popularity-loop": ("variety.recipes", "impressions.recipe", 1),
    "tokeniser-skew": ("skew.features", "features.cuisines", 1),
    "slow-model": ("latency.answers", "model", 1),
    "poisoned-ratings": ("lockstep.ratings.cook", "ratings.recipe", 7),
    "new-market": ("drift.cooks.market", "cooks.market", 7),
    "season-change": ("behaviour.clicks.season", "clicks.season", 12),
    "taste-drift": ("behaviour.clicks.cuisine", "clicks.cuisine", 12),
    "late-labels": ("volume.cooked", "cooked", 13),
    "worse-model": ("release.rollback", "model", 4),
}
START = 28


@pytest.fixture(scope="module")
def past(tmp_path_factory):
    """Four clean weeks, and the alerts of a fortnight without trouble after them."""
    home = tmp_path_factory.mktemp("past")
    run_loop(home / "lab", days=START, seed=3)
    shutil.copytree(home / "lab", home / "well")
    return home / "lab", run_loop(home / "well", days=14, seed=3)["alerts"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", NAMED)
def test_an_incident_is_found_by_its_detector_and_only_where_it_is(kind, past, tmp_path):
    detector, cause, within = NAMED[kind]
    shutil.copytree(past[0], tmp_path / "ill")
    told = run_loop(tmp_path / "ill", days=within, seed=3, incidents=[f"{kind}@{START}"])
    found = next(alert for alert in told["alerts"] if alert["name"] == detector)
    assert found["day"] >= START and found["cause"] == cause in INCIDENTS[kind].causes
    assert told["incidents"][0]["detected_day"] is not None
    assert detector not in {alert["name"] for alert in past[1]}


def test_every_kind_has_its_detector_and_stands_in_the_help():
    assert set(NAMED) == set(INCIDENTS) and ", ".join(INCIDENTS) in INCIDENT


@pytest.mark.slow
def test_a_promoted_worse_model_is_rolled_back_and_a_worse_challenger_not_promoted(tmp_path):
    world, lab = make_world(11, "default"), Lab(tmp_path / "lab")
    play(lab, world, range(8))
    if lab.registry.state()["release"] is not None:  # an ordinary release is underway: end it by hand
        lab.registry.move("abort", aliases={"challenger": None}, who="test", why="make room", day=7)
    champion = lab.registry.alias("champion")
    challenger = worse_model(lab)
    release.start_canary(lab.registry, challenger.number, 7)
    play(lab, world, range(8, 14))
    actions = [move for move in lab.registry.moves() if move["version"] == challenger.number]
    assert [move["action"] for move in actions] == ["canary", "abort"]
    assert lab.registry.alias("champion") == champion
    incident = Incident("worse-model", 14)
    play(lab, world, range(14, 19), [incident])
    told = document(lab, [incident])
    moves = [r["action"] for r in told["releases"] if r["day"] >= 13]
    after = [action for action in moves if action != "canary"]  # an ordinary one may begin on day 13
    assert after[:2] == ["promote", "rollback"] and lab.registry.alias("champion") == champion

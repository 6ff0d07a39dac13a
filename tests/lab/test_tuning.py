"""What a search finds reaches training only if it is accepted, and can be traced from the model to the trials."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from mlops_lab.cli import app
from mlops_lab.errors import BadInput
from mlops_lab.features.examples import split_day
from mlops_lab.lab import pushing, tuning
from mlops_lab.lab.lineage import lineage
from mlops_lab.lab.workspace import Workspace
from mlops_lab.models import saved
from mlops_lab.models.experiment import SUCCEEDED, Status, Trial

KIND = "item-knn"
SMALL = {"max_trial_count": 4, "parallel_trial_count": 2}


@pytest.fixture(scope="module")
def log(nine_days):
    from mlops_lab.lab import Lab

    return Lab(nine_days).memory().log()


@pytest.fixture(scope="module")
def question(log):
    return tuning.Question(log, KIND)


def test_no_trial_sees_the_fresh_days_and_no_search_those_of_the_gate(question, log):
    late, parameters = log.choice_day >= question.days[-2], {"k": 20, "shrink": 5.0}
    scrambled = replace(log, choice_recipe=np.where(late, log.choice_recipe[::-1], log.choice_recipe))
    assert question.days[-1] == split_day(log)
    assert [gain for gain, _ in tuning.Question(scrambled, KIND)(**parameters)] == [
        g for g, _ in question(**parameters)
    ]


def test_the_default_gains_nothing_over_itself(question):
    assert not question.gains(question.default).any() and not question.gains(question.default, fresh=True).any()


def searched(*values, edge=False):
    space = tuning.experiment(KIND)
    trials = [Trial(at, {"k": 5 if edge and at == 0 else 40 + at, "shrink": 9.0}, SUCCEEDED, (value,))
              for at, value in enumerate(values)]  # fmt: skip
    return Status(replace(space, max_trial_count=len(values)), tuple(trials))


BETTER, EQUAL = np.tile([0.02, 0.03], 40), np.tile([0.3, -0.3], 40)
LONG = [0.02, *[0.01] * 11]


@pytest.mark.parametrize(("status", "served", "fresh", "reason"), [
    (searched(*LONG), {"k": 40, "shrink": 9.0}, BETTER, "above zero"),
    (searched(*LONG), {"k": 40, "shrink": 9.0}, EQUAL, "not above zero"),
    (searched(*LONG[:6]), {"k": 40, "shrink": 9.0}, BETTER, "6 trials succeeded; at least 10 must"),
    (searched(*LONG), {"k": 41, "shrink": 9.0}, BETTER, "within 0.002 of the best"),
    (searched(*LONG), {"k": 77, "shrink": 9.0}, BETTER, "within 0.002 of the best"),
    (searched(*LONG, edge=True), {"k": 5, "shrink": 9.0}, BETTER, "k=5 lies on the edge"),
])  # fmt: skip
def test_parameters_are_served_only_when_nothing_speaks_against_them(status, served, fresh, reason):
    judged = tuning.verdict(status, served, fresh)
    assert judged["accepted"] == (reason == "above zero") and len(judged["reasons"]) == 1
    assert reason in judged["reasons"][0]


def test_a_search_is_one_commit_with_its_trials_and_its_cause(lab):
    told = tuning.tune(lab, lab.memory().log(), KIND, **SMALL)
    commit = lab.store.head("tuning")
    assert tuning.tune(lab, lab.memory().log(), KIND, **SMALL) == told and lab.store.head("tuning") == commit
    assert json.loads(lab.store.read(commit, "found.json")) == told and commit.provenance == (lab.data.id,)
    assert len(json.loads(lab.store.read(commit, "trials.json"))) == 4 == told["trials"]
    assert not told["accepted"] and tuning.tuned(lab) == {}


@pytest.mark.slow
def test_accepted_parameters_are_trained_with_and_traced(lab, monkeypatch):
    plain = lab.train()
    everything = {"accepted": True, "reasons": ["for the test"], "difference": {"value": 1.0, "low": 1.0, "high": 1.0}}
    monkeypatch.setattr(tuning, "verdict", lambda *_: everything)
    told = tuning.tune(lab, lab.memory().log(), KIND, **SMALL)
    run = pushing.execute(lab, lab.data, lab.memory(), pushing.Registered(lab.registry, lab.registry.champion()))
    models = {name: saved.from_bytes(content.tobytes()) for name, content in run.artifacts["trainer"].items()}
    assert models[KIND].params == told["parameters"] != type(models[KIND])().params
    trained = lab.train()
    up = {one["id"] for one in lineage(lab, str(trained["version"]))["upstream"]}
    assert {lab.store.head("tuning").id, lab.data.id} <= up and plain["metrics"][KIND] != trained["metrics"][KIND]
    assert pushing.reproduce(lab, trained["version"])["equal"]


def test_what_cannot_be_tuned_is_refused_in_a_sentence(log, tmp_path):
    for kind in ("popularity", "magic"):
        with pytest.raises(BadInput, match="has no parameters to look for"):
            tuning.Question(log, kind)
    with pytest.raises(BadInput, match="cannot be cut into windows"):
        tuning.Question(tuning.before(log, 1), KIND)
    with pytest.raises(BadInput, match="holds no data"):
        tuning.tune(Workspace(tmp_path / "new"), log, KIND)


def test_another_engine_runs_one_trial_by_its_text(log, question):
    reports = list(tuning.trial(log, KIND, ["shrink=5.0", "k=20"]))
    assert reports == list(question(k=20, shrink=5.0))
    with pytest.raises(BadInput, match="give k=... shrink=..."):
        tuning.trial(log, KIND, ["k=20"])


def command(lab, *words):
    """What a command answers with, in this process: its exit code."""
    return app(["tune", *words, "--workspace", str(lab.path)], standalone_mode=False)


def test_the_command_refuses_with_exit_code_1_and_prints_what_a_collector_reads(lab, capsys):
    assert command(lab, KIND, "--trials", "4", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["states"] == {SUCCEEDED: 4} and not told["accepted"] and told["digest"]
    command(lab, KIND, "k=20", "shrink=5")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4 and all(re.fullmatch(r"\S+Z ndcg-gain=-?\d\.\d{9}", line) for line in lines)
    with pytest.raises(BadInput, match="expected int from 5 to 300"):
        command(lab, KIND, "k=2000", "shrink=5")

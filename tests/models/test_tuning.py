"""A search comes out the same in any process, at any width, and after any kill; what fails in it is a state."""

import os
import subprocess
import sys
import time
from dataclasses import replace

import optuna
import pytest

from mlops_lab.errors import BadInput
from mlops_lab.models.experiment import ALGORITHMS, EARLY_STOPPED, FAILED, SUCCEEDED, UNAVAILABLE
from mlops_lab.models.tuning import run_experiment, suggestions
from tests.models.searching import EXPERIMENT, hill


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_how_many_trials_run_at_a_time_changes_nothing(algorithm):
    asked = replace(EXPERIMENT, algorithm=algorithm, seed=5)
    one, three = (run_experiment(asked, hill, workers=workers) for workers in (1, 3))
    assert one.digest == three.digest and one.reason == "ExperimentMaxTrialsReached"
    assert [trial.number for trial in one.trials] == list(range(12))
    assert algorithm == "grid" or run_experiment(replace(asked, seed=6), hill).digest != one.digest


def test_a_search_looks_where_it_was_good():
    by_lot, by_model = (run_experiment(replace(EXPERIMENT, algorithm=a), hill) for a in ("random", "tpe"))
    assert by_lot.trials[:3] != by_model.trials[:3] and by_model.best.value > -0.3


def search(file, *words, **environment):
    command = [sys.executable, "-m", "tests.models.searching", str(file), *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})


@pytest.mark.slow
def test_a_search_killed_at_any_moment_goes_on_to_the_same_end(tmp_path):
    """And with other threads and hash seeds, in other processes."""
    whole = run_experiment(EXPERIMENT, hill, tmp_path / "whole.sqlite")
    lot = int.from_bytes(os.urandom(2), "big")
    for trials in (1 + lot % 5, 1 + lot % 3):
        with search(tmp_path / "killed.sqlite", "0.01", OMP_NUM_THREADS="4", PYTHONHASHSEED="1") as process:
            assert [process.stdout.readline() for _ in range(trials)] == ["begun\n"] * trials
            time.sleep(0.0001 * (lot % 997))
            process.kill()
        assert process.returncode == -9, lot
    with search(tmp_path / "killed.sqlite", OMP_NUM_THREADS="1", PYTHONHASHSEED="2") as process:
        assert process.stdout.read().splitlines()[-1] == f"{whole.digest} {whole.best.assignments}", lot
    again = run_experiment(EXPERIMENT, hill, tmp_path / "whole.sqlite")
    assert again == whole


def test_a_batch_of_which_a_part_was_recorded_is_gone_on_with(tmp_path):
    told = []

    def dies(**given):
        told.append(given)
        if len(told) == 8:
            raise KeyboardInterrupt
        return hill(**given)

    with pytest.raises(KeyboardInterrupt):
        run_experiment(EXPERIMENT, dies, tmp_path / "t.sqlite", workers=1)
    assert run_experiment(EXPERIMENT, hill, tmp_path / "t.sqlite").digest == run_experiment(EXPERIMENT, hill).digest


def test_an_error_fails_a_trial_and_no_number_makes_its_metrics_unavailable():
    def objective(depth, rate, kind):
        if depth > 4:
            raise ValueError("too\ndeep")
        yield (float("nan") if kind == "b" else 1.0), 1.0

    asked = replace(EXPERIMENT, algorithm="sobol", max_failed_trial_count=12)
    assert set(run_experiment(asked, objective).counts) == {SUCCEEDED, UNAVAILABLE, FAILED}
    status = run_experiment(replace(asked, max_failed_trial_count=4), objective)
    assert (status.condition, status.reason) == (FAILED, "ExperimentFailed") and len(status.trials) < 12
    assert {t.message for t in status.trials if t.state == FAILED} == {"ValueError: too deep"}
    assert all(trial.value is None for trial in status.trials if trial.state in (FAILED, UNAVAILABLE))


def test_a_goal_ends_the_search_and_a_grid_comes_to_its_end():
    assert run_experiment(replace(EXPERIMENT, goal=-0.9), hill).reason == "ExperimentGoalReached"
    small = replace(EXPERIMENT, algorithm="grid", parameters=EXPERIMENT.parameters[2:])
    ended = run_experiment(small, lambda kind: hill(8, 0.1, kind))
    assert (ended.condition, ended.reason, len(ended.trials)) == ("Succeeded", "ExperimentSuggestionEndReached", 2)


def test_median_stopping_spares_steps_and_finds_the_same_best():
    whole, stopped = (run_experiment(replace(EXPERIMENT, early_stopping=e), hill) for e in (None, (3, 2)))
    assert whole.saved == 0 < stopped.saved and EARLY_STOPPED in stopped.counts
    assert all(len(trial.reports) < 4 for trial in stopped.trials if trial.state == EARLY_STOPPED)


def test_only_a_policy_that_resumes_lets_a_finished_search_go_on(tmp_path):
    first = run_experiment(EXPERIMENT, hill, tmp_path / "t.sqlite")
    with pytest.raises(BadInput, match="ExperimentMaxTrialsReached"):
        run_experiment(replace(EXPERIMENT, max_trial_count=15), hill, tmp_path / "t.sqlite")
    longer = run_experiment(
        replace(EXPERIMENT, max_trial_count=15, resume_policy="LongRunning"), hill, tmp_path / "t.sqlite"
    )
    assert longer.trials[:12] == first.trials and len(longer.trials) == 15
    with pytest.raises(BadInput, match="begun with another data"):
        run_experiment(replace(EXPERIMENT, data="another hill"), hill, tmp_path / "t.sqlite")


def test_the_record_can_be_read_by_optuna_itself(tmp_path, capfd):
    status = run_experiment(EXPERIMENT, hill, tmp_path / "t.sqlite")
    study = optuna.load_study(study_name="hill", storage=f"sqlite:///{tmp_path / 't.sqlite'}")
    assert (study.best_value, study.best_params) == (status.best.value, status.best.assignments)
    assert capfd.readouterr().err == ""


def test_a_suggestion_knows_only_the_trials_before_its_batch():
    trials = run_experiment(EXPERIMENT, hill).trials
    assert suggestions(EXPERIMENT, trials[:9]) == [trial.assignments for trial in trials[9:]]

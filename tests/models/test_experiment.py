"""An experiment ends for Katib's reasons, its space has edges, and the median stops whoever is worse."""

from dataclasses import replace
from statistics import fmean, median

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mlops_lab.errors import BadInput
from mlops_lab.models.experiment import EARLY_STOPPED, SUCCEEDED, Parameter, Status, Trial, stops
from tests.models.searching import EXPERIMENT

LOG = Parameter("rate", "double", 0.001, 1, distribution="logUniform")
SPACES = [LOG, Parameter("k", "int", 5, 300, distribution="logUniform"), Parameter("x", "double", -1, 2, step=0.25),
          Parameter("n", "int", 3, 9), Parameter("n", "int", 3, 9, step=2)]  # fmt: skip
NUMBERS = some.lists(some.floats(-1, 1), min_size=4, max_size=4)


@given(some.sampled_from(SPACES), some.floats(0, 1))
def test_every_point_of_the_space_lies_in_it_and_can_be_read_from_its_text(space, share):
    value = space.at(share)
    assert space.min <= value <= space.max and space.read(str(value)) == value
    assert (space.at(0), space.at(1)) == (space.min, space.max)
    assert not space.step or (value - space.min) % space.step == 0


def test_what_lies_outside_of_the_space_is_refused():
    for text in ("2", "none", ""):
        with pytest.raises(BadInput, match="expected double from 0.001 to 1"):
            LOG.read(text)
    assert Parameter("kind", "categorical", values=(1, "b")).read("1") == 1


def test_an_edge_is_where_nobody_has_looked_beyond():
    assert [LOG.on_edge(value) for value in (0.001, 0.0011, 0.03, 0.95, 1)] == [True, True, False, True, True]
    assert not Parameter("kind", "categorical", values=("a", "b")).on_edge("a")


@given(some.lists(NUMBERS, max_size=6), NUMBERS, some.integers(1, 4), some.sampled_from(["maximize", "minimize"]))
def test_the_median_stops_whoever_is_worse_than_half_of_the_others_on_average(others, mine, step, type):
    asked = replace(EXPERIMENT, type=type, early_stopping=(3, 2))
    past = [Trial(at, {}, SUCCEEDED, tuple(reports)) for at, reports in enumerate(others)]
    past.append(Trial(9, {}, EARLY_STOPPED, (0.0, 0.0)))  # does not count
    middle = median(fmean(reports[:step]) for reports in others) if others else 0
    worse = max(mine[:step]) < middle if type == "maximize" else min(mine[:step]) > middle
    assert stops(asked, mine[:step], past) == (worse and step >= 2 and len(others) >= 3)
    assert not stops(replace(asked, early_stopping=None), mine[:step], past)


def trials(*ends):
    return tuple(Trial(at, {}, state, (value,) if value is not None else ()) for at, (state, value) in enumerate(ends))


def test_an_experiment_ends_for_the_reasons_that_katib_knows():
    asked = replace(EXPERIMENT, goal=0.5, max_trial_count=3, max_failed_trial_count=2)
    reason = {
        "": trials(("Succeeded", 0.1), ("Failed", None)),
        "ExperimentGoalReached": trials(("Succeeded", 0.6)),
        "ExperimentFailed": trials(("Failed", None), ("MetricsUnavailable", None)),
        "ExperimentMaxTrialsReached": trials(("Succeeded", 0.1), ("EarlyStopped", 0.9), ("Failed", None)),
    }
    assert {Status(asked, ends).reason: ends for ends in reason.values()} == reason
    assert Status(asked, (), ended=True).reason == "ExperimentSuggestionEndReached"
    assert [Status(asked, ends).condition for ends in reason.values()] == [
        "Running",
        "Succeeded",
        "Failed",
        "Succeeded",
    ]


def test_a_trial_that_was_stopped_is_never_the_best():
    status = Status(EXPERIMENT, trials(("Succeeded", 0.1), ("EarlyStopped", 0.9), ("Succeeded", 0.1)))
    assert status.best.number == 0
    assert repr(status) == "Status(Running: 1 EarlyStopped, 2 Succeeded)"


def test_what_stopping_saved_is_measured_against_trials_that_went_on():
    ends = [Trial(0, {}, SUCCEEDED, (1.0,), cost=4.0), Trial(1, {}, EARLY_STOPPED, (0.0,), cost=1.0)]
    assert Status(EXPERIMENT, tuple(ends)).saved == pytest.approx(3 / 8)


@pytest.mark.parametrize("change", [
    {"parallel_trial_count": 13}, {"max_failed_trial_count": 13}, {"algorithm": "magic"}, {"type": "enlarge"},
    {"resume_policy": "Sometimes"}, {"parameters": ()}, {"parameters": (replace(LOG, min=-1.0),)},
    {"parameters": (replace(LOG, max=0.001),)}, {"parameters": (Parameter("kind", "categorical"),)},
])  # fmt: skip
def test_what_katib_would_refuse_is_refused_here(change):
    with pytest.raises(BadInput, match="Experiment 'hill' cannot be run"):
        replace(EXPERIMENT, **change)

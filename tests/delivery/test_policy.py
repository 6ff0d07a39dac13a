"""What the policy decides over many made-up trials: cooks differ and come back, so clicks are not independent."""

import numpy as np
import pytest

from mlops_lab.delivery.policy import Policy, Trial, decide
from mlops_lab.delivery.rates import Arm
from mlops_lab.errors import BadInput

POLICY = Policy()


def outcome(seed, stage, ratio, requests=1000, rate=0.1, policy=POLICY):
    """(action, day) of one release with a new version of `ratio` times the click rate; cooks keep their habits."""
    rng = np.random.default_rng([seed, 7])
    cooks = 2 * requests
    activity = np.minimum(rng.pareto(1.5, cooks) + 0.05, 8)  # clicks cluster as in two weeks of the lab: 1.4 times
    habit = rng.gamma(4, 1 / 4, cooks)  # click rates of cooks vary by a half of their mean
    share = rng.random(cooks) < policy.canary_share
    new = share if stage == "canary" else ~share
    asked, clicked = np.zeros((2, 2), dtype=int)
    for day in range(1, 60):
        who = rng.choice(cooks, rng.poisson(requests), p=activity / activity.sum())
        clicks = rng.random(len(who)) < np.minimum(rate * habit[who] * np.where(new[who], ratio, 1), 1)
        asked += [new[who].sum(), (~new[who]).sum()]
        clicked += [clicks[new[who]].sum(), clicks[~new[who]].sum()]
        trial = Trial(day, Arm(int(asked[0]), int(clicked[0])), Arm(int(asked[1]), int(clicked[1])))
        decision = decide(stage, trial, policy)
        if decision.action != "continue":
            return decision.action, day, decision.reason
    raise AssertionError("a release must end")


def test_an_equal_challenger_is_rarely_called_worse_and_mostly_promoted():
    found = [outcome(seed, "canary", 1.0) for seed in range(150)]
    assert np.mean([reason.startswith("Clearly worse") for _, _, reason in found]) <= 0.05
    assert np.mean([action == "promote" for action, _, _ in found]) >= 0.75
    assert min(day for action, day, _ in found if action == "promote") >= POLICY.min_days


def test_an_equal_champion_is_rarely_rolled_back():
    found = [outcome(seed, "watch", 1.0) for seed in range(150)]
    assert np.mean([action == "rollback" for action, _, _ in found]) <= 0.05
    kept = [day for action, day, _ in found if action == "keep"]
    assert min(kept) == np.median(kept) == POLICY.watch_days and max(kept) <= POLICY.max_days


def test_a_champion_that_loses_a_quarter_is_mostly_rolled_back():
    found = [outcome(seed, "watch", 0.75) for seed in range(100)]
    assert np.mean([action == "rollback" for action, _, _ in found]) >= 0.75
    assert max(day for _, day, _ in found) <= POLICY.max_days


@pytest.mark.parametrize(
    ("new", "old", "action", "said"),
    [
        (Arm(11200, 960), Arm(2800, 300), "rollback", "Worse in 14 days: click rate 0.086 against 0.107"),
        (Arm(5600, 540), Arm(1400, 150), "keep", "Neither good enough nor worse beyond doubt in 14 days"),
    ],
)
def test_a_watch_that_could_not_tell_is_judged_once_on_its_last_day(new, old, action, said):
    assert decide("watch", Trial(POLICY.max_days - 1, new, old), POLICY).action == "continue"
    decision = decide("watch", Trial(POLICY.max_days, new, old), POLICY)
    assert decision.action == action and decision.reason.startswith(said)


def test_a_champion_with_half_the_click_rate_is_rolled_back_within_four_days():
    found = [outcome(seed, "watch", 0.5) for seed in range(200)]
    assert np.mean([action == "rollback" and day <= 4 for action, day, _ in found]) >= 0.8
    assert np.mean([action == "rollback" for action, _, _ in found]) >= 0.95
    assert np.median([day for _, day, _ in found]) <= 3


def test_a_challenger_with_half_the_click_rate_is_never_promoted():
    found = [outcome(seed, "canary", 0.5) for seed in range(60)]
    assert {action for action, _, _ in found} == {"abort"}
    assert np.median([day for _, day, _ in found]) <= 6


def test_a_better_challenger_is_promoted_as_early_as_the_policy_allows():
    found = [outcome(seed, "canary", 1.3) for seed in range(40)]
    assert np.mean([(action, day) == ("promote", POLICY.min_days) for action, day, _ in found]) >= 0.9


def test_a_quick_lab_with_a_policy_of_its_own_promotes_equals_and_stops_disasters():
    quick = Policy(canary_share=0.5, margin=0.5)
    equal = [outcome(seed, "canary", 1.0, 150, 0.1, quick)[0] for seed in range(60)]
    upside_down = [outcome(seed, "watch", 0.15, 150, 0.1, quick)[0] for seed in range(60)]
    assert np.mean([action == "promote" for action in equal]) >= 0.85
    assert np.mean([action == "rollback" for action in upside_down]) >= 0.9


@pytest.mark.parametrize(("stage", "action"), [("canary", "abort"), ("watch", "rollback")])
def test_a_model_that_does_not_answer_goes_at_once(stage, action):
    trial = Trial(1, Arm(200, 30, fallback=40), Arm(800, 80))
    assert decide(stage, trial, POLICY).action == action
    assert decide(stage, Trial(1, Arm(200, 30, fallback=2), Arm(800, 80)), POLICY).action == "continue"


def test_a_release_without_a_day_goes_on():
    assert [decide(stage, Trial(), POLICY).action for stage in ("canary", "watch")] == ["continue", "continue"]


def test_a_canary_without_traffic_ends_unproved():
    decision = decide("canary", Trial(14), POLICY)
    assert decision.action == "abort" and decision.reason.startswith("Not shown to be good enough in 14 days")


@pytest.mark.parametrize(
    "wrong", [{"canary_share": 1.0}, {"min_days": 9, "max_days": 8}, {"error": 0}, {"watch_days": 0}]
)
def test_a_policy_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(BadInput):
        Policy(**wrong)

import pytest

from mlops_lab.delivery.policy import Policy, Trial
from mlops_lab.delivery.rates import Arm
from mlops_lab.delivery.release import advance, pages, promote, rollback, start_canary, trial
from mlops_lab.errors import BadInput
from mlops_lab.monitoring.facts import Facts
from mlops_lab.registry import UnknownVersion

GOOD = Trial(7, Arm(1400, 160), Arm(5600, 560))
BAD = Trial(3, Arm(600, 12), Arm(2400, 240))
ANN = {"who": "ann", "why": "It is better."}


def log(registry):
    return [(move["day"], move["action"], move["version"]) for move in registry.moves()][1:]


def test_a_good_challenger_goes_through_canary_and_watch(registry):
    assert start_canary(registry, 2, 10)["action"] == "canary"
    assert registry.state() == {
        "champion": 1, "challenger": 2,
        "release": {"stage": "canary", "version": 2, "against": 1, "since": 10, "share": 0.2},
    }  # fmt: skip
    assert advance(registry, Trial(3, GOOD.new, GOOD.old), 13) == []
    assert [a["action"] for a in advance(registry, GOOD, 17)] == ["promote"]
    assert registry.state() == {
        "champion": 2, "challenger": None,
        "release": {"stage": "watch", "version": 2, "against": 1, "since": 17, "share": 0.2},
    }  # fmt: skip
    assert [a["action"] for a in advance(registry, Trial(7, Arm(5600, 640), GOOD.new), 24)] == ["keep"]
    assert registry.state() == {"champion": 2, "challenger": None, "release": None}
    assert advance(registry, GOOD, 25) == []
    assert log(registry) == [(10, "canary", 2), (17, "promote", 2), (24, "keep", 2)]


def test_a_worse_challenger_is_sent_away_and_the_champion_stays(registry):
    start_canary(registry, 2, 10)
    (action,) = advance(registry, BAD, 13)
    assert (action["day"], action["version"], action["action"]) == (13, 2, "abort")
    assert action["why"].startswith("Clearly worse after 3 days: click rate 0.020 against 0.100")
    assert registry.state() == {"champion": 1, "challenger": None, "release": None}
    assert pages([action]) == []


def test_a_worse_champion_is_rolled_back_and_somebody_is_paged(registry):
    promote(registry, 2, day=20, **ANN)
    actions = advance(registry, BAD, 23)
    assert [(a["action"], a["version"]) for a in actions] == [("rollback", 1)]
    assert registry.state() == {"champion": 1, "challenger": None, "release": None}
    (page,) = pages(actions)
    assert (page.day, page.cause, page.owner) == (23, "model", "recommendations") and "Clearly worse" in page.message


def test_the_same_evening_twice_does_everything_once(registry):
    start_canary(registry, 2, 10)
    advance(registry, GOOD, 17)
    again = advance(registry, trial(registry.state()["release"], [Facts(day=17)]), 17)
    assert again == [] and len(log(registry)) == 2


def test_a_promotion_by_hand_is_watched_and_ends_a_canary(registry):
    start_canary(registry, 2, 10)
    promote(registry, 3, day=11, policy=Policy(canary_share=0.3), **ANN)
    state = registry.state()
    assert (state["champion"], state["challenger"]) == (3, None)
    assert state["release"] == {"stage": "watch", "version": 3, "against": 1, "since": 11, "share": 0.3}
    assert registry.moves()[-1]["who"] == "ann"


def test_rollback_by_hand_ends_the_watch(registry):
    promote(registry, 2, day=11, **ANN)
    assert rollback(registry, day=12, **ANN)["version"] == 1
    assert registry.state() == {"champion": 1, "challenger": None, "release": None}


@pytest.mark.parametrize(
    ("attempt", "sentence"),
    [
        (lambda r: promote(r, 99, day=1, **ANN), "no version 99"),
        (lambda r: promote(r, 1, day=1, **ANN), "already the champion"),
        (lambda r: rollback(r, day=1, **ANN), "no earlier champion"),
        (lambda r: start_canary(r, 99, 1), "no version 99"),
        (lambda r: start_canary(r, 1, 1), "not blessed"),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_moves(registry, attempt, sentence):
    before = registry.store.head("registry").id
    with pytest.raises(BadInput, match=sentence):
        attempt(registry)
    assert registry.store.head("registry").id == before


def test_one_release_at_a_time_and_never_without_a_champion(registry):
    start_canary(registry, 2, 10)
    with pytest.raises(BadInput, match="Version 2 is in its canary"):
        start_canary(registry, 3, 11)
    registry.move("retire", aliases={"champion": None, "challenger": None}, who="ann", why="A test.", day=12)
    with pytest.raises(BadInput, match="no champion to compare"):
        start_canary(registry, 3, 12)
    with pytest.raises(UnknownVersion):
        promote(registry, 4, day=12, **ANN)


def test_the_first_champion_has_nobody_to_be_watched_against(registry):
    registry.move("retire", aliases={"champion": None}, who="ann", why="A test.", day=1)
    promote(registry, 2, day=2, **ANN)
    assert registry.state()["release"] is None


def test_a_trial_counts_both_arms_on_the_days_after_the_start():
    days = [
        Facts(day=d, served={"champion/1": [80, 8, 0], "canary/2": [20, 3, 1], "canary/9": [5, 5, 5]})
        for d in range(9, 13)
    ]
    release = {"stage": "canary", "version": 2, "against": 1, "since": 10, "share": 0.2}
    assert trial(release, days) == Trial(2, Arm(40, 6, 2), Arm(160, 16, 0))
    assert trial(None, days) == Trial()


def test_in_the_watch_the_new_version_is_the_champion():
    days = [Facts(day=11, served={"champion/2": [80, 8, 0], "holdback/1": [20, 3, 0]}), Facts(day=12)]
    release = {"stage": "watch", "version": 2, "against": 1, "since": 10, "share": 0.2}
    assert trial(release, days) == Trial(1, Arm(80, 8), Arm(20, 3))

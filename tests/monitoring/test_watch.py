import pytest

from mlops_lab.monitoring.facts import Facts
from mlops_lab.monitoring.runbooks import RUNBOOKS
from mlops_lab.monitoring.skew import Skew
from mlops_lab.monitoring.watch import watch
from tests.monitoring.conftest import Days

SEEDS = range(1, 7)
# fault -> causes that may be named, days it may take
FAULTS = {
    "unit": ({"recipes.minutes"}, 0),
    "nan": ({"recipes.kcal"}, 0),
    "duplicates": ({"clicks", "impressions"}, 0),
    "outage": ({"requests", "impressions", "clicks"}, 0),
    "season": ({"clicks.season"}, 10),
    "cuisine": ({"clicks.cuisine"}, 10),
    "worse": ({"model"}, 3),
    "not finite": ({"model"}, 0),
    "bots": ({"requests.cook"}, 0),
    "ring": ({"ratings.recipe"}, 7),
    "loop": ({"impressions.recipe"}, 0),
    "slow": ({"model"}, 0),
}


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1000, 0.1), (1000, 0.04), (150, 0.1)])
def test_clean_days_are_quiet(size):
    false = [alert for seed in SEEDS for alert in Days(seed, *size).play()]
    assert len(false) / len(SEEDS) <= 0.25, false


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_fault_is_named_in_time_by_its_cause(fault, seed):
    causes, patience = FAULTS[fault]
    found = [alert for alert in Days(seed).play(fault=fault) if alert.day >= 35]
    assert found and found[0].day <= 35 + patience and found[0].cause in causes


@pytest.mark.parametrize("fault", ["unit", "nan", "duplicates", "season", "cuisine", "bots", "loop"])
def test_a_lasting_fault_alerts_once_and_accuses_nothing_else(fault):
    found = [alert for alert in Days(5).play(days=60, fault=fault) if alert.day >= 35]
    assert {alert.cause for alert in found} <= FAULTS[fault][0] | {"model"}
    assert len({alert.name for alert in found}) == len(found)


def test_in_the_quick_size_a_unit_change_is_still_seen_on_its_day():
    assert [a.day for a in Days(1, 150).play(fault="unit") if a.cause == "recipes.minutes"] == [35]


def test_after_four_weeks_the_new_state_is_the_normal_one(days):
    assert [a.day for a in days.play(days=100, fault="unit", start=20) if a.cause == "recipes.minutes"] == [20]


def moved(days, reign, fault, before=28):
    """The behaviour checks after `reign` days of a new champion, by attribute."""
    past = [days.day(d, champion=1) for d in range(before)]
    past += [days.day(before + d, fault, champion=2) for d in range(reign - 1)]
    checks = watch(days.day(before + reign - 1, fault, champion=2), past)
    return {check.name.rpartition(".")[2]: check for check in checks if check.family == "behaviour"}


def test_on_the_first_day_of_a_champion_behaviour_is_not_judged(days):
    assert moved(days, 1, "cuisine") == {}


def test_a_new_champion_is_compared_with_its_predecessors_and_a_wider_limit(days):
    assert all(check.ok for check in moved(days, 3, "").values())
    found = moved(days, 3, "cuisine")
    assert not found["cuisine"].ok and found["cuisine"].limit >= 1.5 * 0.12


def test_after_nine_days_a_champion_is_compared_with_its_own_days_alone(days):
    assert all(check.ok for check in moved(days, 9, "cuisine").values())
    assert not moved(days, 8, "cuisine")["cuisine"].ok


def test_a_new_champion_must_not_be_worse_than_the_one_before(days):
    past = [days.day(d, champion=1) for d in range(28)]
    past += [days.day(d, "worse", champion=2) for d in (28, 29)]
    checks = {check.name: check for check in watch(days.day(30, "worse", champion=2), past)}
    assert not checks["quality.click_rate"].ok and checks["quality.click_rate"].cause == "model"


def test_only_the_last_28_days_count(days):
    past = [days.day(d) for d in range(40)]
    today = days.day(68)
    assert [check.name for check in watch(today, past)] == [check.name for check in watch(today, [])]


def test_the_first_day_has_only_checks_that_need_no_past(days):
    assert {c.family for c in watch(days.day(0), [])} <= {"quarantine", "numerics", "staleness", "latency", "variety"}


@pytest.mark.parametrize(("data", "model", "bad"), [(0, 10, []), (3, 10, ["traffic"]), (0, 91, ["model"])])
def test_age_is_checked(days, data, model, bad):
    checks = watch(days.day(0), [], data_age_days=data, model_age_days=model)
    assert [check.cause for check in checks if not check.ok] == bad


def test_skew_names_the_worst_feature(days):
    checks = watch(days.day(0), [], skew=Skew(100, 0.98, {"choices": 2, "market": 1}))
    assert [check.cause for check in checks if not check.ok] == ["features.choices"]
    assert all(check.ok for check in watch(days.day(0), [], skew=Skew(100, 1.0)))


def test_a_day_of_machines_alone_is_watched_for_speed_and_variety():
    today = Facts(day=3, champion=2, rows={"predictions": 400, "recipes": 300}, shown=60, seconds=0.15)
    assert [check.name for check in watch(today, []) if not check.ok] == ["latency.answers", "variety.recipes"]


def test_answers_by_the_fallback_accuse_the_model():
    today = Facts(day=3, champion=2, served={"champion/2": [100, 10, 9]})
    assert [check.name for check in watch(today, []) if not check.ok] == ["numerics.fallback"]


@pytest.mark.parametrize(
    ("reason", "cause"),
    [("duplicate", "recipes"), ("orphan", "recipes"), ("missing kcal", "recipes.kcal"),
     ("out of range minutes", "recipes.minutes"), ("unknown value diet", "recipes.diet")],
)  # fmt: skip
def test_quarantine_accuses_the_column_its_reason_names(reason, cause):
    today = Facts(day=3, read={"recipes": 100}, quarantined={"recipes": {reason: 20}})
    assert [check.cause for check in watch(today, []) if not check.ok] == [cause]


def test_a_few_bad_rows_are_no_news():
    today = Facts(
        day=3, read={"clicks": 8, "recipes": 1500}, quarantined={"clicks": {"duplicate": 3}, "recipes": {"orphan": 30}}
    )
    assert all(check.ok for check in watch(today, []))


def test_every_family_has_an_owner_and_a_runbook_of_two_to_four_sentences(days):
    past = [days.day(d) for d in range(28)]
    checks = watch(days.day(28, "duplicates"), past, model_age_days=1, skew=Skew(1, 1.0))
    assert {check.family for check in checks} | {"release"} == set(RUNBOOKS)
    for book in RUNBOOKS.values():
        assert book.owner and 2 <= sum(book.steps.count(mark) for mark in (". ", "? ")) + 1 <= 4, book.steps

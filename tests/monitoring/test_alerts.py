import json

from mlops_lab.monitoring.alerts import alerts
from mlops_lab.monitoring.checks import check, good_days
from mlops_lab.monitoring.facts import Facts

BAD, GOOD = check("drift.recipes.minutes", 2.0, 0.2, "recipes.minutes"), check("drift.recipes.minutes", 0.1, 0.2, "x")


def days_of_alerts(checks):
    open, days = {}, []
    for day, found in enumerate(checks):
        new, open = alerts(day, [found] if found else [], open)
        days += [alert.day for alert in new]
    return days


def test_an_episode_alerts_once_however_long_it_lasts():
    assert days_of_alerts([GOOD, BAD, BAD, BAD, BAD]) == [1]


def test_an_episode_ends_after_three_good_days_and_not_before():
    assert days_of_alerts([BAD, GOOD, GOOD, BAD, BAD]) == [0]
    assert days_of_alerts([BAD, GOOD, GOOD, GOOD, BAD]) == [0, 4]


def test_a_check_that_is_not_there_counts_as_good():
    assert days_of_alerts([BAD, None, None, None, BAD]) == [0, 4]


MISSING = check("missing.recipes.minutes", 0.5, 0.1, "recipes.minutes")


def test_one_cause_is_one_page_whatever_else_accuses_it():
    first, open = alerts(0, [MISSING, BAD], {})
    assert [alert.name for alert in first] == [MISSING.name] and set(open) == {MISSING.name, BAD.name}
    later, open = alerts(1, [MISSING], {})
    assert alerts(2, [MISSING, BAD], open)[0] == [] and later[0].day == 1


def test_a_model_that_falls_ill_of_a_second_thing_is_paged_again():
    slow, worse = (check(name, 2.0, 0.1, "model") for name in ("latency.answers", "quality.click_rate"))
    _, open = alerts(0, [slow], {})
    assert [alert.name for alert in alerts(1, [slow, worse], open)[0]] == [worse.name]


def test_an_alert_says_what_who_and_what_to_do():
    (alert,), open = alerts(35, [BAD, check("volume.clicks", 1, 2, "clicks")], {})
    assert (alert.day, alert.name, alert.cause, alert.owner) == (35, BAD.name, "recipes.minutes", "data platform")
    assert alert.message == "recipes.minutes moved by 2.00 (psi); up to 0.20 is normal."
    assert "unit" in alert.runbook and open == {BAD.name: 0}
    assert json.loads(json.dumps(alert.to_json()))["cause"] == "recipes.minutes"
    assert repr(alert) == "Alert(day 35: drift.recipes.minutes, 2 > 0.2; owner data platform)"


def test_an_alert_about_quarantine_names_table_and_reason_apart():
    refused = check("quarantine.recipes.missing kcal", 0.39, 0.05, "recipes.kcal")
    message = alerts(35, [refused], {})[0][0].message
    assert message == "39% of the rows of recipes are in quarantine (missing kcal); up to 5% is normal."


def test_a_day_on_which_a_check_failed_is_no_reference_for_it():
    days = [Facts(day=0), Facts(day=1).with_failing((BAD.name,))]
    assert [day.day for day in good_days(BAD.name, days)] == [0]
    assert [day.day for day in good_days("other", days)] == [0, 1]

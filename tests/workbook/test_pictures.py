"""The loop, drawn from plain data and said in words."""

import math

from mlops_lab.workbook import pictures

LOOP = {
    "days": [
        {"day": day, "requests": 100, "clicks": 10 + day, "click_rate": (10 + day) / 100, "champion": 1 + day // 10}
        for day in range(21)
    ],
    "alerts": [{"day": 12, "name": "drift", "cause": "minutes", "owner": "data", "runbook": "Look at the upload."}],
    "releases": [{"day": 10, "version": 2, "action": "promote"}],
    "incidents": [{"kind": "unit-change", "day": 11, "detected_day": 12}],
    "versions": 2,
    "checks": [
        {"day": day, "name": name, "value": value, "limit": 0.2, "ok": value <= 0.2}
        for day in range(3)
        for name, value in (("minutes", 0.1 * (day + 1)), ("servings", 0.05))
    ],
}
EMPTY = {"days": [], "alerts": [], "releases": [], "incidents": [], "versions": 0}


def test_each_picture_says_its_numbers() -> None:
    assert pictures.traffic(LOOP).alt == "Traffic over 21 days: 2,100 requests and 420 clicks in all."
    assert (
        "0.130 in the first week, 0.270 in the last; releases: promote of version 2 on day 10"
        in pictures.click_rate(LOOP).alt
    )
    assert pictures.drift(LOOP).alt.endswith("2 of 2 drawn; above the limit: minutes (1.5 times).")
    assert pictures.events(LOOP).alt == (
        "Incidents: unit-change on day 11; alerts: drift on day 12; releases: promote on day 10."
    )


def test_an_empty_loop_can_be_drawn() -> None:
    assert "0 requests" in pictures.traffic(EMPTY).alt and "no traffic" in pictures.click_rate(EMPTY).alt
    assert pictures.drift(EMPTY) is None and "none" in pictures.events(EMPTY).alt


def test_values_may_come_with_their_interval_or_be_missing() -> None:
    assert pictures._number({"value": 0.5, "low": 0.4, "high": 0.6}) == 0.5
    assert math.isnan(pictures._number(None))


def test_many_alerts_are_counted_not_listed() -> None:
    said = pictures.events({**LOOP, "alerts": [{"day": day, "name": "skew"} for day in range(20)]}).alt
    assert "14 more, from on day 6 and after" in said

"""The loop and the lineage, drawn from plain data and said in words."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_lab.errors import BadInput
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
NODES = [("a", "commit", "day 0"), ("b", "commit", "day 1"), ("m", "version", "1"), ("p", "prediction", "r1")]
EDGES = [("a", "b"), ("b", "m"), ("a", "m"), ("m", "p")]


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


def test_the_lineage_stands_in_rows_from_top_to_bottom() -> None:
    assert pictures.layers(NODES, EDGES) == [["a"], ["b"], ["m"], ["p"]]
    assert pictures.lineage(NODES, EDGES).alt == (
        "Lineage of 4 things with 4 arrows, from top to bottom: "
        "1 commit, then 1 commit, then 1 version, then 1 prediction."
    )


def test_a_circle_and_a_loose_edge_are_refused() -> None:
    with pytest.raises(BadInput, match="circle"):
        pictures.layers(NODES, [*EDGES, ("p", "a")])
    with pytest.raises(BadInput, match="nowhere"):
        pictures.layers(NODES, [("a", "nowhere")])


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda edge: edge[0] < edge[1])))
def test_every_arrow_points_to_the_right_and_every_node_is_placed_once(edges: set[tuple[int, int]]) -> None:
    nodes = [(str(number), "step", str(number)) for number in range(10)]
    columns = pictures.layers(nodes, [(str(start), str(end)) for start, end in edges])
    place = {id: x for x, column in enumerate(columns) for id in column}
    assert sorted(id for column in columns for id in column) == [id for id, _, _ in nodes]
    assert all(place[str(start)] < place[str(end)] for start, end in edges)

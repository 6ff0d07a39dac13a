"""What was made from what: laid out in rows, and said in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_lab.errors import BadInput
from mlops_lab.workbook import graphs

NODES = [("a", "commit", "day 0"), ("b", "commit", "day 1"), ("m", "version", "1"), ("p", "prediction", "r1")]
EDGES = [("a", "b"), ("b", "m"), ("a", "m"), ("m", "p")]


def test_the_lineage_stands_in_rows_from_top_to_bottom() -> None:
    assert graphs.layers(NODES, EDGES) == [["a"], ["b"], ["m"], ["p"]]
    assert graphs.lineage(NODES, EDGES).alt == (
        "Lineage of 4 things with 4 arrows, from top to bottom: "
        "1 commit, then 1 commit, then 1 version, then 1 prediction."
    )


def test_a_circle_and_a_loose_edge_are_refused() -> None:
    with pytest.raises(BadInput, match="circle"):
        graphs.layers(NODES, [*EDGES, ("p", "a")])
    with pytest.raises(BadInput, match="nowhere"):
        graphs.layers(NODES, [("a", "nowhere")])


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda edge: edge[0] < edge[1])))
def test_every_arrow_points_to_the_right_and_every_node_is_placed_once(edges: set[tuple[int, int]]) -> None:
    nodes = [(str(number), "step", str(number)) for number in range(10)]
    columns = graphs.layers(nodes, [(str(start), str(end)) for start, end in edges])
    place = {id: x for x, column in enumerate(columns) for id in column}
    assert sorted(id for column in columns for id in column) == [id for id, _, _ in nodes]
    assert all(place[str(start)] < place[str(end)] for start, end in edges)


def test_an_arrow_over_several_rows_has_a_way_beside_the_boxes() -> None:
    rows, pieces = graphs._routed([["a"], ["b"], ["m"], ["p"]], [*EDGES, ("a", "p")])
    assert [sorted(map(str, row)) for row in rows] == [["a"], ["('a', 1)", "b"], ["('a', 2)", "m"], ["p"]]
    assert (("a", 2), "p") in pieces and (("a", 1), "m") in pieces
    assert len(set(graphs._placed(rows).values())) == 6


def test_what_comes_of_nothing_stands_just_above_who_takes_it() -> None:
    nodes = [*NODES, ("s", "step", "schema_gen")]
    assert graphs.layers(nodes, [*EDGES, ("s", "p")]) == [["a"], ["b"], ["m", "s"], ["p"]]
    assert "then 1 commit, then schema_gen and 1 version, then" in graphs.lineage(nodes, [*EDGES, ("s", "p")]).alt


def test_nothing_can_be_drawn_too() -> None:
    assert graphs.lineage([], []).alt.endswith("from top to bottom: nothing.")

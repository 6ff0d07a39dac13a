import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mlops_lab.delivery.canary import share_of
from mlops_lab.draws import keys
from mlops_lab.serving.graph import Arm, Graph

COOKS = np.array([f"c{i}" for i in range(4000)])


@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 50))
def test_raising_the_share_keeps_everyone_in(a, b, salt):
    small, large = (share_of(keys(COOKS[:200]), share, salt) for share in sorted((a, b)))
    assert not np.any(small & ~large)


def test_the_share_is_about_as_large_as_asked_for():
    assert abs(share_of(keys(COOKS), 0.2, 7).mean() - 0.2) < 0.03


def test_two_versions_meet_different_cooks():
    both = share_of(keys(COOKS), 0.2, 1) & share_of(keys(COOKS), 0.2, 2)
    assert 0.01 < both.mean() < 0.07


def test_the_serving_graph_draws_the_same_lots():
    graph = Graph({}, 1, Arm("canary", 5, 0.3))
    assert np.array_equal(graph.route(COOKS), share_of(keys(COOKS), 0.3, 5))

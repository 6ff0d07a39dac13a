"""A new feature touches one file and its test."""

import pytest

from mlops_lab.rehearsal.drill import CATALOGUE, drilled

TWINS = "tests/features/naive.py"
NEW = '''

@feature("recommendations", "kcal a minute", RECIPE, ["recipes.kcal", "recipes.minutes"])
def kcal_a_minute(q: Question) -> np.ndarray:
    """What the dish gives for each minute of work."""
    return q.attribute("kcal") / q.attribute("minutes").clip(1)
'''
TWIN = 'NAIVE["kcal_a_minute"] = lambda past, _, r: past.recipes[r]["kcal"] / max(past.recipes[r]["minutes"], 1)\n'
LAW = """
import sys, types
sys.modules["tests"] = types.ModuleType("tests"); sys.modules["tests"].__path__ = ["tests"]
from tests.features import test_naive
test_naive.test_every_feature_has_a_twin()
test_naive.test_every_feature_of_a_day_is_what_a_slow_loop_finds_in_what_had_arrived()
"""


@pytest.mark.slow
def test_a_new_feature_is_trained_served_and_logged_by_touching_one_file_and_its_test():
    found = drilled("kcal_a_minute", {CATALOGUE: NEW, TWINS: TWIN}, then=LAW)
    assert found.touched == {CATALOGUE: 4, TWINS: 1}
    assert found.in_model and 0 < found.logged < found.answers / 4

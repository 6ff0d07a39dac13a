"""A morning of the made-up company and some models for it."""

import numpy as np
import pytest

from mlops_lab.data.formats import Requests
from mlops_lab.features.view import Morning
from tests.features.conftest import memory  # noqa: F401 - a fixture


class ById:
    """Scores recipes by their place, upside down when asked."""

    kind = "by-id"

    def __init__(self, sign: float = 1.0):
        self.sign = sign

    def score(self, view):
        return np.tile(self.sign * np.arange(len(view.recipes), dtype=float), (view.history.shape[0], 1))


class Broken:
    """Fails in the way it is told to."""

    kind = "broken"

    def __init__(self, how: str):
        self.how = how

    def score(self, view):
        if self.how == "raises":
            raise RuntimeError("boom")
        scores = np.zeros((view.history.shape[0], len(view.recipes)))
        if self.how == "nan":
            scores[:, 0] = np.nan
        return scores[:, :-1] if self.how == "shape" else scores


@pytest.fixture
def morning(memory):  # noqa: F811
    return Morning(memory.log(), 8, "snap")


def ask(n: int = 40, k: int = 5, day: int = 8) -> Requests:
    cooks = np.array([f"c{i % 14:02d}" for i in range(n)])  # two of them nobody knows
    return Requests(day, np.array([f"q{i}" for i in range(n)]), cooks, k)

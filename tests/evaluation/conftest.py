"""Logs for tests of models: worlds under popularity, remembered without a lab around them."""

from collections import deque

import pytest

from mlops_lab.rehearsal.staleness import mornings
from mlops_lab.world import World


def lived(world: World, days: int):
    """What is remembered after some days."""
    return deque(mornings(world, days), maxlen=1).pop().log


@pytest.fixture(scope="session")
def busy():
    """A small company after a week."""
    return lived(World(7, cooks=500, recipes=200, requests=1000), 7)


@pytest.fixture(scope="session")
def company():
    """The company of the default size after three weeks."""
    return lived(World(2), 22)

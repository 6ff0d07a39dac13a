"""A quick lab that has been played for nine days; copies of it are cheap."""

import shutil

import pytest

from mlops_lab.lab import Lab
from mlops_lab.rehearsal.loop import make_world, play

DAYS = 9


@pytest.fixture(scope="session")
def nine_days(tmp_path_factory):
    """The folder of a lab after nine days. Read only: take a copy to change it."""
    folder = tmp_path_factory.mktemp("nine") / "lab"
    play(Lab(folder), make_world(7, "quick"), range(DAYS))
    return folder


@pytest.fixture
def lab(nine_days, tmp_path):
    """A lab of one's own after nine days."""
    shutil.copytree(nine_days, tmp_path / "mine")
    return Lab(tmp_path / "mine")


def heads(lab: Lab) -> dict[str, str]:
    """The newest commit of every repo."""
    return {repo: lab.store.head(repo).id for repo in lab.store.repos()}

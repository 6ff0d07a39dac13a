"""Fast-forward: the same workspace as playing every day, and a past that does not know the future."""

from pathlib import Path

import pytest

from mlops_lab.lab import Lab
from mlops_lab.rehearsal.forward import fast_forward
from mlops_lab.rehearsal.loop import play
from mlops_lab.world import World

DAYS, START = 6, 4


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "mlops-lab" / "rehearsals"


def head(lab: Lab) -> str:
    assert lab.data is not None
    return lab.data.id


def test_going_on_from_a_fast_forward_ends_where_playing_every_day_does(tmp_path: Path) -> None:
    incident = f"duplicate-events@{START}"
    world, lab = fast_forward(START, incidents=[incident], workspace=str(tmp_path / "forward"))
    play(lab, world, range(START, DAYS))
    every = Lab(tmp_path / "every")
    play(every, World.small(7, incidents=[incident]), range(DAYS))
    assert head(lab) == head(every)


def test_runs_that_differ_in_later_trouble_share_their_past(tmp_path: Path, cache: Path) -> None:
    struck = fast_forward(2, incidents=["nan-flood@2"], workspace=str(tmp_path / "struck"))
    calm = fast_forward(2, workspace=str(tmp_path / "calm"))
    assert head(struck[1]) == head(calm[1]) and len(list(cache.iterdir())) == 1
    assert struck[0].incidents and not calm[0].incidents


def test_trouble_that_is_already_there_is_not_forgotten(tmp_path: Path) -> None:
    struck = fast_forward(2, incidents=["nan-flood@1"], workspace=str(tmp_path / "struck"))
    calm = fast_forward(2, workspace=str(tmp_path / "calm"))
    assert head(struck[1]) != head(calm[1])

"""A lab that is killed at any moment is whole and goes on to the very same end."""

import os

import pytest

from mlops_lab.errors import BadInput
from mlops_lab.rehearsal import kills


@pytest.mark.slow
def test_a_lab_killed_at_random_moments_comes_to_the_same_end():
    seed = int.from_bytes(os.urandom(4), "big")
    print(f"again: mlops-lab study kills --moments 6 --seed {seed}")
    told = kills.kills(moments=6, seed=seed)
    assert (told["clean"], told["equal"], told["wrong"]) == (6, 6, [])
    assert sum(told["after"].values()) == 6


@pytest.mark.slow
def test_another_end_is_seen(tmp_path):
    told = kills.killed(tmp_path / "lab", 0.5, kills.End({}, [], [], []))
    assert told["clean"] and not told["equal"] and not kills.sound(told)


def test_no_moments_are_refused():
    with pytest.raises(BadInput, match="0 moments cannot be studied; ask for 1 or more"):
        kills.kills(moments=0)

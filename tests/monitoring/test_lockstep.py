"""Laws of lockstep: who counts, who does not, and what is normal."""

import numpy as np
import pytest

from mlops_lab.monitoring.facts import Facts
from mlops_lab.monitoring.lockstep import BEST_SELLER, PARTY, in_lockstep, lockstep

RING = [(cook, recipe) for cook in range(4) for recipe in (7, 8)]


def counted(pairs):
    return in_lockstep(*np.array(pairs).reshape(-1, 2).T)


@pytest.mark.parametrize(
    ("pairs", "cooks"),
    [
        ([], 0),
        (RING, 4),
        (RING[:6], 0),  # each has two fellows, not three
        ([*RING, (9, 7), (9, 1), (9, 2)], 4),  # one recipe in common is chance
        ([(cook, 7) for cook in range(50)], 0),  # so is a best seller
        ([(cook, 7) for cook in range(50)] * 2, 0),  # a second rating is no second recipe
        ([(cook, recipe) for cook in range(BEST_SELLER + 1) for recipe in (7, 8)], 0),
        ([*RING, *((cook + 50, recipe + 50) for cook, recipe in RING)], 8),
    ],
)
def test_cooks_who_share_recipes_with_several_others_are_counted(pairs, cooks):
    assert counted(pairs) == counted(pairs[::-1]) == cooks


def test_a_party_is_normal_a_ring_is_not_and_a_week_of_reference_is_needed():
    past = [Facts(day=day) for day in range(7, 20)]
    values = {n: next(lockstep(Facts(day=20, lockstep=n), past)).ok for n in (0, PARTY, PARTY + 1)}
    assert values == {0: True, PARTY: True, PARTY + 1: False}
    assert list(lockstep(Facts(day=12, lockstep=9), past[:5])) == []


def test_where_many_rate_alike_every_week_more_of_it_is_normal():
    past = [Facts(day=day, lockstep=40) for day in range(7, 20)]
    assert [next(lockstep(Facts(day=20, lockstep=n), past)).ok for n in (60, 80)] == [True, False]

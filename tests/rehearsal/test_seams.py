"""Faults of the lab enter through its surroundings, by force, and leave everything sound before their start."""

import numpy as np
import pytest

from mlops_lab.data.formats import Requests
from mlops_lab.errors import BadInput
from mlops_lab.lab import Lab
from mlops_lab.rehearsal.seams import Faulty, enter, surround
from mlops_lab.serving.surroundings import LIMIT_SECONDS, SECONDS, Surroundings
from mlops_lab.world import INCIDENTS, Incident

IDS = np.array([f"q{number}" for number in range(4_000)])
WORDS = np.array(["italian", "thai", "mexican", "indian"] * 3 + ["british", "french", "japanese"])


def asked(day: int) -> Requests:
    return Requests(day, IDS, IDS)


def told(faulty: Surroundings, day: int) -> tuple:
    """Share of answers from the cache, share that comes too late, words read otherwise."""
    late, read = faulty.seconds(asked(day)) > LIMIT_SECONDS, faulty.read(day, WORDS)
    return faulty.cached(asked(day)).mean(), late.mean(), set(WORDS[read != WORDS])


def test_before_their_start_the_surroundings_are_sound():
    kinds = [kind for kind, about in INCIDENTS.items() if about.where == "lab"]
    faulty = Faulty([Incident(kind, 9) for kind in kinds])
    assert told(faulty, 8) == told(Surroundings(), 8) == (0, 0, set())
    assert (faulty.seconds(asked(8)) == SECONDS).all() and faulty.read(8, WORDS) is WORDS


def test_each_fault_grows_with_its_force_and_touches_nothing_else():
    days, name = (10, 13, 19), ("popularity-loop", "slow-model", "tokeniser-skew")
    for at, kind in enumerate(name):
        found = [told(Faulty([Incident(kind, 10, width=9)]), day) for day in days]
        sizes = [len(row[2]) if at == 2 else row[at] for row in found]
        assert sizes[0] <= sizes[1] <= sizes[2] and sizes[2] > sizes[0]
        assert all(not row[other] for row in found for other in range(3) if other != at)
    assert sizes[2] == len({word for word in WORDS.tolist() if len(word) > 4})


def test_a_share_of_the_answers_comes_from_the_cache():
    assert abs(told(Faulty([Incident("popularity-loop", 0, strength=0.3)]), 5)[0] - 0.3) < 0.03


def test_a_lab_without_faults_keeps_the_surroundings_it_has(tmp_path):
    lab = Lab(tmp_path / "lab")
    before = lab.surroundings
    surround(lab, [Incident("unit-change", 3)])
    assert lab.surroundings is before
    surround(lab, [Incident("slow-model", 3, 2, 0.5)])
    assert repr(lab.surroundings) == "Faulty(slow-model@3+2x0.5)"


def test_only_a_worse_model_enters_by_a_promotion(tmp_path):
    with pytest.raises(BadInput, match="does not enter by a promotion"):
        enter(Lab(tmp_path / "lab"), Incident("slow-model", 3))

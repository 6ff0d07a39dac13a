"""The study of detection in small: one seed, one kind, a few quick days."""

from functools import partial

import pytest

from mlops_lab.errors import BadInput
from mlops_lab.rehearsal import detection
from mlops_lab.rehearsal.loop import run_loop
from mlops_lab.world import INCIDENTS, Incident


def test_a_seed_is_played_clean_and_struck_at_its_start(monkeypatch):
    for name, value in (
        ("AFTER_DAYS", 2),
        ("EARLIEST", 3),
        ("LATEST", 3),
        ("run_loop", partial(run_loop, size="quick")),
    ):
        monkeypatch.setattr(detection, name, value)
    run = detection.of_seed(1, 5, ["missing-column"])
    assert (run["seed"], run["start"], run["alerts"]) == (1, 3, [])
    assert [(row["strength"], row["delay"], row["first"]) for row in run["found"]] == [
        (1.0, 0, "missing.recipes.season"), (0.5, 0, "quarantine.recipes.missing season")
    ]  # fmt: skip
    row = detection._together([run["found"][0], {**run["found"][0], "delay": None}])
    assert row["delays"] == [0, None] and row["missed"] == 1 and row["others"] == [[], []]


def test_every_kind_comes_at_once_and_if_it_can_gradually():
    for kind, about in INCIDENTS.items():
        assert detection.forms(kind, 20) == [Incident(kind, 20), Incident(kind, 20, 7 if about.gradual else 0, 0.5)]


def test_a_study_that_ends_before_trouble_begins_is_refused():
    with pytest.raises(BadInput, match="cannot be studied"):
        detection.detection(days=20)

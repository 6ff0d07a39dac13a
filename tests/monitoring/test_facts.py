import json
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_lab.monitoring.facts import BUSIEST, EDGES, Facts, exposure, facts, histogram

RECIPES = pd.DataFrame(
    {
        "recipe": ["r1", "r2", "r3"], "minutes": [30.0, 60.0, np.nan], "kcal": [1.0, 2.0, 3.0],
        "cuisine": ["thai", "thai", "greek"], "season": ["any", "winter", "any"], "diet": ["vegan", "any", "any"],
    }
)  # fmt: skip
PREDICTIONS = pd.DataFrame(
    {
        "request": ["q1", "q2", "q3"], "version": [3, 3, 4], "variant": ["champion", "champion", "canary"],
        "fallback": [False, True, False], "scores": ["0.5 0.1", "nan 0.2", "-inf 0.3"],
    }
)  # fmt: skip


def day(**more):
    impressions = pd.DataFrame(
        {"request": ["q1", "q1", "q2", "q3"], "position": [0, 1, 0, 0], "recipe": ["r1", "r3", "r1", "r2"]}
    )
    clicks = pd.DataFrame({"request": ["q1", "q3", "q3"], "recipe": ["r3", "r2", "r1"]})
    tables = {"impressions": impressions, "clicks": clicks, "recipes": RECIPES, "ratings": RECIPES[:0]}
    words = {
        "day": 7, "tables": tables, "read": {"clicks": 4}, "quarantined": {"clicks": {"duplicate": 1}, "ratings": {}},
        "missing": {"recipes.minutes": 1 / 3}, "predictions": PREDICTIONS, "recipes": RECIPES, "champion": 3,
    }  # fmt: skip
    return facts(**{**words, **more})


def test_rows_and_quarantine_are_counted():
    found = day()
    assert found.rows == {"impressions": 4, "clicks": 3, "recipes": 3, "ratings": 0}
    assert found.read == {"clicks": 4} and found.quarantined == {"clicks": {"duplicate": 1}}
    assert found.missing == {"recipes.minutes": pytest.approx(1 / 3)}
    assert found.words["recipes.cuisine"] == {"greek": 1, "thai": 2}
    assert sum(found.numbers["recipes.minutes"]) == 2 and sum(found.numbers["recipes.kcal"]) == 3


def test_requests_clicks_and_fallbacks_are_counted_by_arm():
    found = day()
    assert found.served == {"champion/3": [2, 1, 1], "canary/4": [1, 2, 0]}
    assert found.champion_arm() == [2, 1, 1] and found.not_finite == 2


def test_a_machine_is_no_witness_for_or_against_a_model():
    answers = [("champion", 3, "human", f"q{n}") for n in range(BUSIEST)] + [
        ("canary", 4, "machine", f"m{n}") for n in range(BUSIEST + 1)
    ]
    rows = pd.DataFrame(answers, columns=["variant", "version", "cook", "request"])
    rows = rows.assign(fallback=False, scores="", seconds=0.01)
    clicks = pd.DataFrame({"request": ["m0", "m1", "q0"], "recipe": ["r1", "r1", "r2"]})
    found = day(predictions=rows, tables={"clicks": clicks, "recipes": RECIPES})
    assert found.served == {"champion/3": [BUSIEST, 1, 0]} and found.rows["clicks"] == 3


def test_choices_are_those_shown_by_the_champion_itself():
    assert day().choices == {"r1": [1.0, 0, "thai", "any", "vegan"], "r3": [0.631, 1, "greek", "any", "any"]}
    assert day().by("cuisine") == {"thai": (1.0, 0), "greek": (0.631, 1)}


def test_without_predictions_every_impression_counts():
    found = day(predictions=None, champion=None)
    assert found.by("cuisine") == {"thai": (3.0, 2), "greek": (0.631, 1)} and found.served == {}
    assert found.champion == 0


def test_a_day_with_nothing_has_facts():
    found = facts(0, {}, {}, {}, {}, None, RECIPES[:0], None)
    assert found.rows == {} and found.choices == {} and repr(found) == "Facts(day 0: nothing)"


def test_facts_survive_json():
    found = day().with_failing(("b", "a"))
    assert Facts.from_json(json.loads(json.dumps(found.to_json()))) == found
    assert found.failing == ("a", "b")


@given(st.lists(st.floats(0, 1e7)), st.lists(st.floats(0, 1e7)))
def test_histograms_add_up(a, b):
    left, right, both = (histogram(np.array(values, dtype=float)) for values in (a, b, a + b))
    assert (np.array(left) + np.array(right)).tolist() == both and len(both) == len(EDGES) + 1


def test_a_day_times_sixty_moves_by_twelve_bins():
    assert np.argmax(histogram(np.array([30.0 * 64]))) - np.argmax(histogram(np.array([30.0]))) == 12


def test_a_bin_begins_at_its_edge():
    assert np.argmax(histogram(np.array([EDGES[5]]))) == np.argmax(histogram(np.array([EDGES[5] * 1.1]))) == 6


def test_exposure_is_the_discount_of_dcg():
    assert exposure(np.array([0, 1, 2])).round(3).tolist() == [1.0, 0.631, 0.5]


def test_a_default_day_takes_milliseconds_and_kilobytes():
    rng = np.random.default_rng(0)
    recipes = pd.DataFrame({"recipe": [f"r{i}" for i in range(1500)], "minutes": rng.lognormal(3, 1, 1500)})
    recipes = recipes.assign(**{name: rng.choice(list("abcdef"), 1500) for name in ("cuisine", "season", "diet")})
    requests = [f"q{i}" for i in range(1000)]
    shown = recipes["recipe"].to_numpy()[rng.integers(0, 300, 10_000)]
    impressions = pd.DataFrame(
        {"request": np.repeat(requests, 10), "position": np.tile(np.arange(10), 1000), "recipe": shown}
    )
    predictions = pd.DataFrame({"request": requests, "version": 1, "variant": "champion", "fallback": False})
    predictions["scores"] = " ".join(["0.123456"] * 10)
    tables = {"recipes": recipes, "impressions": impressions, "clicks": impressions[::100]}
    seconds = []
    for _ in range(9):
        start = time.process_time()
        found = facts(3, tables, {}, {}, {}, predictions, recipes, 1)
        seconds.append(time.process_time() - start)
    assert min(seconds) < 0.02, "about 5 ms on a quiet machine"
    assert len(json.dumps(found.to_json())) < 20_000

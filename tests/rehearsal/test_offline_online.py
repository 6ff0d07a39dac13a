"""Rank correlations against scipy's, and a slice of the study."""

import json

import numpy as np
import pytest
from scipy.stats import kendalltau, spearmanr

from mlops_lab.draws import draw
from mlops_lab.errors import BadInput
from mlops_lab.rehearsal import offline_online
from mlops_lab.rehearsal.offline_online import LOGS, agreement, over_seeds

MEASURES = {"ndcg@10", "ips", "snips", "dm", "dr"}


@pytest.mark.parametrize("levels", [3, 1000])
def test_rank_correlations_are_scipys_with_and_without_ties(levels):
    measured = np.floor(draw(0, "measured", np.arange(20)[:, None], np.arange(9)[None, :]) * levels)
    online = draw(1, "online", np.arange(9))
    found = agreement(measured, online)
    assert found["spearman"] == pytest.approx([spearmanr(row, online).statistic for row in measured])
    assert found["kendall"] == pytest.approx([kendalltau(row, online).statistic for row in measured])
    assert agreement(np.zeros((1, 9)), online)["kendall"] == 0


def test_an_interval_over_seeds_is_as_wide_as_the_seeds_differ():
    told = over_seeds([np.array([0.2]), np.array([0.8])])
    assert (told["value"], told["low"], told["high"]) == (0.5, 0.2, 0.8)
    assert over_seeds([np.linspace(0, 1, 1001)])["low"] == pytest.approx(0.026, abs=0.001)


def test_a_study_of_nothing_is_refused():
    for wrong in ({"seeds": 0}, {"days": 0}, {"logs": ["by nobody"]}):
        with pytest.raises(BadInput, match="cannot be studied"):
            offline_online.offline_online(**wrong)


@pytest.mark.slow
def test_a_slice_of_the_study_tells_what_the_whole_tells(monkeypatch):
    from mlops_lab.world import World

    monkeypatch.setitem(LOGS, "small", offline_online.Written("popularity", (20, 5), World.small))
    told = offline_online.offline_online(seeds=1, days=5, logs=["small"], workers=1)
    told = json.loads(json.dumps(told))
    assert {"command", "version", "rows", "correlations", "widths", "inversions", "coverage"} == set(told)
    assert {row["measure"] for row in told["correlations"]} > MEASURES and len(told["rows"]) >= 8
    for row in told["correlations"]:
        assert all(-1 <= row[rho]["low"] <= row[rho]["high"] <= 1 for rho in ("spearman", "kendall"))
    wishes = next(row for row in told["inversions"] if row["model"] == "wishes")
    assert wishes["ndcg@10"]["high"] < 0 < wishes["online"] and wishes["place"] > 0 and wishes["days_needed"] > 28

"""Laws of evaluation."""

import numpy as np
import pytest
import scipy.sparse as sp

from mlops_lab.draws import draw
from mlops_lab.evaluation import evaluate as module
from mlops_lab.evaluation.evaluate import evaluate, per_cook, ranked
from mlops_lab.evaluation.held_out import Histories

N, M = 12, 9


class Fixed:
    """Scores written down beforehand, by cook (the first column of the history tells which)."""

    def __init__(self, scores):
        self.scores = scores

    def score(self, view):
        return self.scores[view.columns["row"][: view.history.shape[0]]].copy()


class Rows(Histories):
    """Histories that remember which rows they are."""

    def take(self, rows):
        return Rows(self.recipes, sp.csr_array(self.history[rows]), {"row": self.columns["row"][rows]})


@pytest.fixture
def setting():
    at = np.arange(N)[:, None], np.arange(M)[None, :]
    seen, liked = draw(0, "seen", *at) < 0.3, draw(0, "liked", *at) < 0.3
    liked &= ~seen
    view = Rows(np.array([f"r{j}" for j in range(M)]), sp.csr_array(seen * 2.0), {"row": np.arange(N)})
    return Fixed(draw(0, "score", *at)), view, sp.csr_array(liked * 1.0), seen


def test_what_a_cook_already_chose_is_never_listed_and_everything_else_is(setting):
    model, view, _, seen = setting
    for i, found in enumerate(ranked(model, view, k=M).tolist()):
        assert [j for j in found if j >= 0] == sorted(np.flatnonzero(~seen[i]), key=lambda j: -model.scores[i, j])


def test_cutting_the_cooks_into_parts_changes_nothing(setting, monkeypatch):
    model, view, _, _ = setting
    whole = ranked(model, view, 4)
    monkeypatch.setattr(module, "CELLS", 2 * M)
    assert np.array_equal(ranked(model, view, 4), whole)


def test_ties_go_by_the_given_order_and_else_by_id(setting):
    _, view, _, seen = setting
    same, free = Fixed(np.zeros((N, M))), np.flatnonzero(~seen[0])
    assert ranked(same, view, 2)[0].tolist() == free[:2].tolist()
    assert ranked(same, view, 2, order=np.arange(M)[::-1])[0].tolist() == free[::-1][:2].tolist()


def test_averages_are_over_the_cooks_with_a_truth(setting):
    model, view, truth, _ = setting
    truth = sp.csr_array(truth.toarray() * (np.arange(N) % 3 > 0)[:, None])
    values = per_cook(model, view, truth, k=3)
    found = evaluate({"a": model}, view, truth, k=3)["a"]
    assert np.isnan(values["ndcg@3"][0]) and 0 < np.nanmean(values["ndcg@3"]) < 1
    for name in ("precision@3", "recall@3", "ndcg@3", "map@3"):
        assert found[name]["value"] == pytest.approx(np.nanmean(values[name]), abs=1e-9)
        assert found[name]["low"] < found[name]["value"] < found[name]["high"]


def test_a_better_model_scores_better_and_a_perfect_one_is_perfect(setting):
    model, view, truth, _ = setting
    judged = np.flatnonzero(np.diff(truth.indptr))
    perfect = Fixed(truth.toarray())
    found = evaluate({"fixed": model, "perfect": perfect}, view, truth, k=M)
    assert found["perfect"]["ndcg@9"]["value"] == found["perfect"]["recall@9"]["value"] == 1
    assert found["fixed"]["ndcg@9"]["value"] < 1 and len(judged) > 5


def test_coverage_has_no_width_and_nobody_to_judge_gives_nothing(setting):
    model, view, truth, _ = setting
    share = evaluate({"a": model}, view, truth, k=1)["a"]["coverage@1"]
    assert share["low"] == share["value"] == share["high"] and 0 < share["value"] <= 1
    assert evaluate({"a": model}, view, sp.csr_array((N, M)), k=1) == {}

"""Laws of the gates between a trained model and the cooks."""

import numpy as np
import pytest

from mlops_lab.data.formats import Requests
from mlops_lab.delivery import release
from mlops_lab.errors import BadInput
from mlops_lab.features.view import Morning
from mlops_lab.lab import gates, pushing
from mlops_lab.lab.candidates import fit, ladder
from mlops_lab.lab.gates import bulk_inferrer, infra_validator, pushed, pusher
from mlops_lab.models import saved
from mlops_lab.rehearsal.seams import enter
from mlops_lab.serving.graph import Graph
from mlops_lab.world import Incident


@pytest.fixture
def log(lab):
    return lab.memory().log()


@pytest.fixture
def best(log):
    return saved.to_bytes(fit(ladder(log)["item-knn"], log, None, log.days))


@pytest.fixture
def broken(lab, log):
    """The number of a registered version that gives numbers which are none."""
    model = fit(ladder(log)["popularity"], log, None, log.days)
    model.popularity_ = np.full(len(log.recipes), np.nan)
    words = {"data_commit": lab.data.id, "run": "", "metrics": {}, "blessed": True, "reasons": ["Looked fine."]}
    return lab.registry.register(saved.to_bytes(model), digest="nan", kind="popularity", **words).number


@pytest.mark.parametrize("evaluator", [True, False])
@pytest.mark.parametrize("infra", [True, False])
def test_only_what_every_gate_has_blessed_is_pushed(best, evaluator, infra):
    told = pusher(
        best,
        {"blessed": evaluator, "reasons": ["Better."]},
        {"blessed": infra, "problems": [] if infra else ["It hangs."], "requests": 5},
    )
    assert told["pushed"] == int(evaluator and infra) == int(pushed(told))
    assert told["reasons"] == ["Better.", *([] if infra else ["It hangs."])]
    assert told["digest"] == saved.digest(saved.from_bytes(best))


@pytest.mark.slow
def test_without_a_process_to_use_the_validator_starts_and_ends_its_own(best, log, monkeypatch):
    used = []
    monkeypatch.setattr(gates, "tried", lambda model, log, sandbox: used.append(sandbox) or real(model, log, sandbox))
    real = pushing.tried
    assert infra_validator(best, log) == {"blessed": True, "problems": [], "requests": 5}
    assert repr(used[0]) == "Sandbox(not running)" and used[0] is not pushing.shared()


def test_a_model_that_does_not_serve_is_registered_and_not_blessed(lab, monkeypatch):
    monkeypatch.setattr(gates, "tried", lambda *_: {"blessed": False, "problems": ["It hangs."], "requests": 5})
    told = lab.train()
    assert not told["blessed"] and told["reasons"][-1] == "It hangs."
    assert lab.registry.version(told["version"]).reasons[-1] == "It hangs."


def test_batch_lists_are_what_the_graph_would_show(log, best):
    told = bulk_inferrer(best, log)
    model, cooks = saved.from_bytes(best), log.cooks[::7]
    asked = Requests(log.days, np.array([f"q{i}" for i in range(len(cooks))]), cooks, 11)  # the 11th is drawn by lot
    slates = Graph({1: model}, 1).recommend(asked, Morning(log, log.days))
    for cook, recipes, scores in zip(cooks, slates.recipes, slates.scores, strict=True):
        rows = told[told["cook"] == cook]
        assert rows["recipe"].tolist() == recipes[:10].tolist() and rows["rank"].tolist() == list(range(1, 11))
        assert np.allclose(rows["score"], scores[:10], rtol=0, atol=1e-6)


def test_what_does_not_serve_is_not_promoted_and_nothing_moves(lab, broken):
    before = lab.registry.moves()
    with pytest.raises(BadInput, match=rf"Version {broken} does not serve .*holds what is no number"):
        lab.promote(broken)
    with pytest.raises(BadInput, match="no version 99"):
        lab.promote(99)
    with pytest.raises(BadInput, match="already the champion"):
        lab.promote(lab.registry.alias("champion"))
    assert lab.registry.moves() == before
    release.promote(lab.registry, broken, who="someone in a hurry", why="Past the gates.", day=8)
    assert lab.registry.alias("champion") == broken


def test_what_serves_is_promoted_even_where_the_ledger_is_gone(lab):
    (lab.path / "lineage.sqlite").unlink()
    lab.promote(2, who="test", why="Better.")
    assert lab.registry.alias("champion") == 2


def test_the_seam_of_a_worse_model_goes_past_the_gates(lab, monkeypatch):
    monkeypatch.setattr(pushing, "must_serve", lambda *_: pytest.fail("tried"))
    enter(lab, Incident("worse-model", 9))
    assert lab.registry.moves()[-1]["who"] == "someone in a hurry"

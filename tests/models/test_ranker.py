"""Laws of the ranker."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from mlops_lab.draws import draw
from mlops_lab.errors import BadInput
from mlops_lab.models.ranker import Ranker, canonical_order, unfitted
from mlops_lab.models.saved import digest

NUMERIC, CATEGORICAL = ("age", "taste", "lift"), ("cuisine", "season")


def rows(n: int = 600, seed: int = 0) -> pd.DataFrame:
    found = {name: draw(seed, name, np.arange(n)) * 4 - 1 for name in NUMERIC}
    for name, words in (("cuisine", ["thai", "greek", "welsh"]), ("season", ["any", "winter"])):
        found[name] = np.array(words)[(draw(seed, name, np.arange(n)) * len(words)).astype(int)]
    return pd.DataFrame(found)


def labels(table: pd.DataFrame, position: np.ndarray) -> np.ndarray:
    logit = table["taste"] + (table["cuisine"] == "thai") - 1.5 * np.log1p(position) - 0.5
    return (draw(1, "click", np.arange(len(table))) < 1 / (1 + np.exp(-logit))).to_numpy()


TABLE = rows()
POSITION = (draw(2, "position", np.arange(len(TABLE))) * 10).astype(int)
CLICKED = labels(TABLE, POSITION)


@pytest.fixture(scope="module")
def ranker() -> Ranker:
    return Ranker(C=0.5, numeric=NUMERIC, categorical=CATEGORICAL).fit(TABLE, CLICKED, POSITION)


def as_view(table: pd.DataFrame) -> SimpleNamespace:
    return SimpleNamespace(columns={name: table[name].to_numpy()[:, None] for name in table})


def test_exported_arrays_score_as_the_scikit_learn_pipeline_does(ranker):
    fresh = rows(200, seed=5)
    order = canonical_order(
        [*(ranker.table(TABLE, POSITION)[c] for c in [*NUMERIC, *CATEGORICAL, "log_position"]), CLICKED]
    )
    pipeline = unfitted(0.5, NUMERIC, CATEGORICAL).fit(ranker.table(TABLE, POSITION).iloc[order], CLICKED[order])
    wanted = pipeline.decision_function(ranker.table(fresh, np.zeros(200)))
    assert np.abs(ranker.score(as_view(fresh))[:, 0] - wanted).max() < 1e-9


def test_contributions_and_intercept_sum_to_the_score(ranker):
    columns = as_view(TABLE).columns
    parts = ranker.contributions(columns)
    assert set(parts) == {*NUMERIC, *CATEGORICAL}
    assert np.allclose(sum(parts.values()) + ranker.intercept_, ranker.score(as_view(TABLE)), atol=1e-12)


def test_a_grid_scores_every_pair_as_its_row_would_be(ranker):
    cook, recipe = TABLE[["age"]][:4], TABLE[["taste", "cuisine", "season"]][:6]
    lift = draw(3, "lift", np.arange(4)[:, None], np.arange(6)[None, :])
    columns = {"age": cook["age"].to_numpy()[:, None], "lift": lift}
    columns |= {name: recipe[name].to_numpy()[None, :] for name in recipe}
    grid = ranker.score(SimpleNamespace(columns=columns))
    assert grid.shape == (4, 6)
    for i in range(4):
        for j in range(6):
            row = pd.DataFrame([{"age": cook["age"][i], "lift": lift[i, j], **recipe.iloc[j].to_dict()}])
            assert abs(grid[i, j] - ranker.score(as_view(row))[0, 0]) < 1e-12


def test_columns_are_never_changed_by_scoring(ranker):
    lift = np.ones((2, 3))
    columns = {"age": np.ones((2, 1)), "taste": np.ones((1, 3)), "lift": lift} | dict.fromkeys(
        CATEGORICAL, np.array(["any"])
    )
    ranker.score(SimpleNamespace(columns=columns))
    assert (lift == 1).all()


@pytest.mark.parametrize("unknown", [np.nan, np.inf, -np.inf])
def test_an_unknown_number_counts_as_the_mean(ranker, unknown):
    odd = TABLE[:3].assign(taste=[unknown, TABLE["taste"].mean(), 1.0])
    scores = ranker.contributions(as_view(odd).columns)["taste"][:, 0]
    assert scores[0] == 0 and abs(scores[1]) < 1e-12 and scores[2] != 0


@pytest.mark.parametrize("word", ["martian", "", None])
def test_an_unknown_category_adds_nothing(ranker, word):
    odd = TABLE[:2].assign(cuisine=pd.Series([word, "thai"], dtype=object))
    added = ranker.contributions(as_view(odd).columns)["cuisine"][:, 0]
    assert added[0] == 0 and added[1] > 0


def test_holes_in_the_training_rows_leave_every_number_finite():
    holes = TABLE.assign(age=np.nan, taste=TABLE["taste"].where(np.arange(len(TABLE)) % 7 > 0))
    model = Ranker(numeric=NUMERIC, categorical=CATEGORICAL).fit(holes, CLICKED, POSITION)
    assert np.isfinite(model.score(as_view(TABLE))).all()
    assert (model.contributions(as_view(TABLE).columns)["age"] == 0).all()


def test_the_place_in_the_slate_is_a_control_and_not_a_merit():
    # Tasty recipes were always shown last: without the control they look worse than they are.
    position = np.where(TABLE["taste"] > 1, 9, 0)
    clicked = labels(TABLE, position)
    fair = Ranker(numeric=NUMERIC, categorical=CATEGORICAL).fit(TABLE, clicked, position)
    naive = Ranker(numeric=NUMERIC, categorical=CATEGORICAL).fit(TABLE, clicked)
    taste = NUMERIC.index("taste")
    assert fair.position_slope_ < -1 and fair.slope_[taste] > 0.5 > naive.slope_[taste]
    assert naive.position_slope_ == 0


def test_the_order_of_rows_changes_no_bit_of_the_model(ranker):
    order = np.argsort(draw(9, "shuffle", np.arange(len(TABLE))))
    other = Ranker(0.5, NUMERIC, CATEGORICAL).fit(TABLE.iloc[order], CLICKED[order], POSITION[order])
    assert digest(other) == digest(ranker)


def test_rows_of_one_kind_and_a_ranker_without_features_are_refused_in_words():
    with pytest.raises(BadInput, match="0 of 600 rows are clicked"):
        Ranker(numeric=NUMERIC).fit(TABLE, np.zeros(600, bool))
    with pytest.raises(BadInput, match="0 features"):
        Ranker()


def test_one_kind_of_feature_is_enough():
    for model in (Ranker(numeric=NUMERIC), Ranker(categorical=CATEGORICAL)):
        assert np.isfinite(model.fit(TABLE, CLICKED).score(as_view(TABLE))).all()


def test_repr_fits_a_notebook_line(ranker):
    assert repr(ranker) == "Ranker(C=0.5, 3 numeric and 2 categorical features)"

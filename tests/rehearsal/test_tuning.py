"""A slice of the study of tuning: what is promised beside what is kept, and searches that are equal in two ways."""

import pytest

from mlops_lab.errors import BadInput
from mlops_lab.lab.tuning import Question
from mlops_lab.rehearsal.tuning import curse, log_of, one_world, same_distribution, tuning


@pytest.mark.slow
def test_what_is_promised_stands_beside_what_is_kept():
    question = Question(log_of(11, 14, "quick"), "item-knn")
    row = one_world(question, seed=11)
    assert row["bit_equal"] and sum(row["states"].values()) == 20 and row["promised"] >= row["all_promised"]
    told = curse([row, {**row, "promised": row["promised"] + 0.01}])
    assert told["curse"]["value"] == pytest.approx(row["promised"] - row["fresh"]["value"] + 0.005)
    assert told["by_selection"]["value"] == pytest.approx(told["curse"]["value"] - told["without_selection"]["value"])
    alike = same_distribution(question, searches=2)
    assert set(alike["p"]) == {"same_search", "shorter_search"} and len(alike["medians"]) == 3


def test_a_single_seed_tells_nothing_about_luck():
    with pytest.raises(BadInput, match="tell nothing about luck"):
        tuning(seeds=1)

"""A small slice of the study: what is wrong with a span is caught, and clean spans are clean."""

import pytest

from mlops_lab.errors import BadInput
from mlops_lab.rehearsal.corruption import KINDS, WARM, clean_spans, corrupted, corruption


@pytest.mark.slow
def test_a_slice_of_the_study_holds():
    told = corruption(corruptions=24, seeds=1, days=WARM + 2, first_seed=51, size="quick")
    assert told["caught"] >= 0.8 * told["corruptions"] == 0.8 * 24 and told["false_spans"] == 0
    assert sum(kind["tried"] for kind in told["kinds"]) == 24
    assert len(told["missed"]) == 24 - told["caught"] == sum(told["missed_where"].values())


def test_the_same_number_is_the_same_corruption_and_always_one():
    traffic, _, _ = list(clean_spans(3, 2, "quick"))[1]
    seen = set()
    for number in range(40):
        wrong, what = corrupted(traffic, 1, number)
        again, _ = corrupted(traffic, 1, number)
        assert again.tables[what["table"]].equals(wrong.tables[what["table"]])
        assert not wrong.tables[what["table"]].astype(object).equals(traffic.tables[what["table"]].astype(object))
        seen.add(what["kind"])
    assert seen <= set(KINDS) and len(seen) > 8


def test_too_few_days_are_refused():
    with pytest.raises(BadInput, match="ask for 1, 8 and 1 or more"):
        corruption(days=WARM)

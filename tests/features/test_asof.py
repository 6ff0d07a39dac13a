"""Laws of counting before a day."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_lab.features.asof import Counts, Latest

events = st.lists(st.tuples(st.integers(0, 4), st.integers(-3, 12)), max_size=40)
questions = st.lists(st.tuples(st.integers(0, 5), st.integers(-4, 14)), min_size=1, max_size=10)


def columns(pairs):
    return np.array([p[0] for p in pairs], dtype=np.int64), np.array([p[1] for p in pairs], dtype=np.int64)


@settings(max_examples=60, deadline=None)
@given(events, questions, st.one_of(st.none(), st.integers(1, 6)))
def test_counts_are_what_a_naive_loop_finds(happened, asked, window):
    key, day = columns(asked)
    found = Counts(*columns(happened)).before(key, day, window)
    naive = [sum(k == q and d < t and (window is None or d >= t - window) for k, d in happened) for q, t in asked]
    assert found.tolist() == naive


@settings(max_examples=60, deadline=None)
@given(events, questions)
def test_nothing_that_happens_on_the_day_or_later_changes_a_count(happened, asked):
    key, day = columns(asked)
    first = int(day.min())
    later = [*happened, *((k, first) for k in range(5)), *((k, first + 3) for k in range(5))]
    early = day == first
    assert Counts(*columns(later)).before(key, day)[early].tolist() == (
        Counts(*columns(happened)).before(key, day)[early].tolist()
    )


@settings(max_examples=60, deadline=None)
@given(events)
def test_a_table_equals_its_single_questions(happened):
    keyed = [(k * 3 + d % 3, d) for k, d in happened]
    counts, rows, places = Counts(*columns(keyed)), np.array([4, 0, 0, 2]), np.array([1, 2, 1])
    table = counts.table(rows, places, 3, day=6, window=4)
    assert table.tolist() == [[int(counts.before(np.array(r * 3 + c), 6, 4)) for c in places] for r in rows]


@settings(max_examples=60, deadline=None)
@given(events, questions)
def test_the_latest_version_is_the_last_one_before_the_day(happened, asked):
    key, day = columns(asked)
    found = Latest(*columns(happened)).row(key, day)
    for row, q, t in zip(found.tolist(), key.tolist(), day.tolist(), strict=True):
        days = [d for k, d in happened if k == q and d < t]
        assert (row == -1) == (not days)
        assert row == -1 or (happened[row][0] == q and happened[row][1] == max(days))

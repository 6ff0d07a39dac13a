"""The contract is said once: the fast screen and pandera refuse the same rows."""

import json

import numpy as np
import pandas as pd
import pandera.errors
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_lab.data.contracts import contract, parsed, promised
from mlops_lab.data.formats import KEYS, TABLES
from mlops_lab.data.screening import screen
from mlops_lab.errors import BadInput

from .tables_of_a_day import good

BAD = {
    "text": [None, "", "two words", "tab\tinside", "no-break\u00a0space", "a\n", "autumn", "vegan", "x"],
    "float": [np.nan, -1.0, np.inf, -np.inf, 525_601.0, 2_147_483_647.0, 0.0],
    "int": [-1, 6, 10**7, -(10**9), 0],
    "bool": [True, False],
}


def refused_by_pandera(table: str, frame: pd.DataFrame) -> set[int]:
    try:
        contract(table).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        return {int(row) for row in error.failure_cases["index"]}
    return set()


def refused_by_screen(table: str, frame: pd.DataFrame) -> set[int]:
    kept = screen(table, frame.assign(row=range(len(frame))), known=None)
    return {json.loads(text)["row"] for text in kept.quarantined["row"]}


@pytest.mark.parametrize("table", TABLES)
def test_what_is_good_passes_both(table):
    frame = good(table, 5)
    assert refused_by_pandera(table, frame) == refused_by_screen(table, frame) == set()


@pytest.mark.parametrize("table", TABLES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_both_refuse_the_same_rows(table, data):
    frame = good(table, 6)
    for _ in range(data.draw(st.integers(1, 4))):
        column = data.draw(st.sampled_from([c for c in TABLES[table] if c not in KEYS[table] or len(KEYS[table]) == 1]))
        value = data.draw(st.sampled_from(BAD[promised()[table][column].kind]))
        if value not in set(frame[column]):  # a second "x" in a key would be a duplicate, which is judged below
            frame.loc[data.draw(st.integers(0, 5)), column] = value
    assert refused_by_pandera(table, frame) == refused_by_screen(table, frame)


@pytest.mark.parametrize("table", TABLES)
def test_both_refuse_the_second_of_two_rows_with_one_key(table):
    frame = pd.concat([good(table, 3), good(table, 2)], ignore_index=True)
    assert refused_by_pandera(table, frame) == refused_by_screen(table, frame) == {3, 4}


def test_a_missing_id_does_not_hide_one_of_two_words():
    frame = good("cooks", 4)
    frame.loc[0, "cook"], frame.loc[1, "cook"] = None, "two words"
    assert refused_by_pandera("cooks", frame) == refused_by_screen("cooks", frame) == {0, 1}


def test_an_unknown_table_is_bad_input():
    with pytest.raises(BadInput, match="No table is called 'click'"):
        contract("click")


def test_the_label_is_absent_at_serving():
    there, then = promised("serving"), promised("training")
    assert set(then["examples"]) - set(there["examples"]) == {"position", "clicked"}
    assert set(then) - set(there) == {"impressions", "clicks", "cooked", "ratings"}
    with pytest.raises(BadInput, match="No environment is called 'night'"):
        promised("night")


def test_the_file_promises_what_the_tables_are():
    told = {table: {column: rule.kind for column, rule in rules.items()} for table, rules in promised().items()}
    assert {table: told[table] for table in TABLES} == TABLES


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[cooks]\ncook = 3", "cooks.cook is no rule (3)"),
        ('[cooks]\ncook = { kind = "texts" }', "cooks.cook is no rule (its kind)"),
        ('[cooks]\ncook = { kind = "text", lowest = 1 }', "cooks.cook is no rule (lowest)"),
        ("[cooks", "are not TOML"),
    ],
)
def test_a_contract_that_cannot_be_read_names_its_line(text, words):
    with pytest.raises(BadInput) as refused:
        parsed(text)
    assert words in str(refused.value)

"""No identity gets past the door: not in kept rows, not in quarantine."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_lab.data.formats import TABLES
from mlops_lab.data.privacy import luhn, scrubbed, suspicious, without_identities
from mlops_lab.data.screening import screen

from .tables_of_a_day import good

PLANTED = (
    "jane.doe+soup@mail.example.org", "+44 7700 900123", "+1-202-555-0143", "4111111111111111",
    "GB82WEST12345698765432",
)  # fmt: skip
FREE = (
    *PLANTED,
    "4111 1111 1111 1111",
    "(020) 7946 0958",
    "07700 900123",
    "202-555-0143",
    "GB82 WEST 1234 5698 7654 32",
)


@pytest.mark.parametrize("identity", FREE)
def test_an_identity_is_replaced_wherever_it_stands(identity):
    for text in (identity, f"Leek soup, ask {identity} for salt", f"({identity})", f"soup; {identity}; leek"):
        assert identity not in scrubbed(text) and "[a" in scrubbed(text)


@pytest.mark.parametrize(("text", "left"), [
    ("Soup by Jane Doe", "Soup by [a name]"), ("call me Ann!", "call me [a name]!"),
    ("My name is Bob", "My name is [a name]"), ("signed, Eva-Li Ng", "signed, [a name]"),
])  # fmt: skip
def test_a_name_goes_with_the_words_before_it(text, left):
    assert scrubbed(text) == left


@pytest.mark.parametrize("text", [
    "leek soup", "stir by hand", "2008-01-05", "['60-minutes-or-less', '5 ingredients']", "[51.5, 0.0, 13.0, 100.125]",
    "r00012 r00400", "38094 27208 137739 1234", "1/2 cup", "0.142857 0.285714 0.571429", "350 400 grams",
    "1526000000000",
])  # fmt: skip
def test_what_is_nobodys_stays(text):
    assert scrubbed(text) == text


def test_the_check_sum_tells_cards_from_other_numbers():
    assert luhn("4111111111111111") and not luhn("4111111111111112")
    assert scrubbed("4111111111111112") == "4111111111111112"


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="aZby @+0123456789-.()GB%", max_size=30), st.booleans())
def test_the_quick_look_overlooks_nothing(text, free):
    column = pd.Series([text], dtype="str")
    assert scrubbed(text, free=free) == text or suspicious(column, free=free)[0]


def test_a_column_without_identities_is_the_very_same_column():
    column = pd.Series(["leek", "soup"], dtype="str")
    assert without_identities(column, free=True) is column


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("identity", PLANTED)
def test_no_identity_in_any_text_column_survives_the_screen(table, identity):
    for column, kind in TABLES[table].items():
        if kind == "text":
            dirty = good(table, 3)
            dirty.loc[1, column] = identity
            found = screen(table, dirty, known={"cook": {"c0", "c2"}, "recipe": {"r0", "r2"}})
            assert identity not in found.kept.to_json() + found.quarantined.to_json(), column
            assert found.read == 3


def test_a_refused_row_keeps_all_but_the_identity():
    dirty = good("ratings", 2).assign(
        stars=[5, 9], note=["", "mail jane@example.org, or 4111111111111111"], card=4111111111111111
    )
    row = screen("ratings", dirty).quarantined["row"][0]
    assert "jane" not in row and "411111" not in row and '"stars": 9' in row
    unread = screen("ratings", dirty[:0], unparsable=["x,jane@example.org"]).quarantined["row"][0]
    assert unread == '"x,[an e-mail address]"'
    assert np.array_equal(screen("ratings", dirty[:1]).kept["stars"], [5])

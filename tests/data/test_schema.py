"""A machine proposes what it has seen; the difference to what people wrote can be read."""

import pandas as pd

from mlops_lab.data.contracts import Rule, parsed, promised
from mlops_lab.data.schema import differences, line, proposed
from mlops_lab.data.statistics import statistics


def test_a_proposal_is_what_was_seen():
    rows = pd.DataFrame({"minutes": [5.0, 7.5] * 10, "stars": [1, 5] * 10, "diet": ["any", "vegan"] * 10})
    assert proposed(statistics(rows)) == {
        "minutes": Rule("float", low=5, high=7.5),
        "stars": Rule("int", low=1, high=5),
        "diet": Rule("text", values=("any", "vegan")),
    }


def test_a_line_is_read_back_as_its_rule():
    for table, rules in promised().items():
        text = f"[{table}]\n" + "\n".join(f"{column} = {line(rule)}" for column, rule in rules.items())
        assert parsed(text) == {table: rules}


def test_only_what_differs_is_shown():
    curated = {"a": Rule("int", low=0), "b": Rule("text")}
    found = differences({"a": Rule("int", low=3), "b": Rule("text"), "c": Rule("bool")}, curated)
    assert found.values.tolist() == [
        ["a", '{ kind = "int", low = 3 }', '{ kind = "int", low = 0 }'],
        ["c", '{ kind = "bool" }', ""],
    ]

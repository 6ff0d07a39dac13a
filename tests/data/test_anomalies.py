"""Each anomaly is found where it is, by its name, and says so in a sentence."""

from dataclasses import replace

import numpy as np
import pytest

from mlops_lab.data.anomalies import Anomaly, broken
from mlops_lab.data.contracts import promised
from mlops_lab.data.formats import Traffic
from mlops_lab.data.spans import Past, examined, learned
from mlops_lab.data.statistics import statistics

from .tables_of_a_day import good, traffic


def day(number: int, rows: int = 60) -> Traffic:
    """A clean day: every click belongs to an impression, every impression to a request."""
    made = traffic(number, rows)
    shown = made.tables["impressions"].assign(position=0)
    clicks = shown[["request", "day", "cook", "recipe"]][:20]
    cooks = made.tables["cooks"].assign(joined_day=number)
    return replace(made, tables={**made.tables, "cooks": cooks, "impressions": shown, "clicks": clicks})


@pytest.fixture(scope="module")
def past():
    before = Past()
    for number in range(6):
        found = examined(day(number), before)
        assert found.anomalies == (), number
        before = learned(before, found)
    return before


def anomalies(past, table, change):
    span = day(6)
    return examined(replace(span, tables={**span.tables, table: change(span.tables[table].copy())}), past).anomalies


@pytest.mark.parametrize(
    ("table", "column", "kind", "change"),
    [
        ("recipes", "kcal", "presence", lambda t: t.assign(kcal=np.where(t.index == 3, np.nan, t["kcal"]))),
        ("recipes", "kcal", "presence", lambda t: t.drop(columns="kcal")),
        ("recipes", "", "presence", lambda t: t[1:]),
        ("ratings", "stars", "type", lambda t: t.assign(stars=t["stars"] * 1.1)),
        ("ratings", "stars", "range", lambda t: t.assign(stars=9)),
        ("ratings", "arrived", "range", lambda t: t.assign(arrived=7)),
        ("recipes", "diet", "domain", lambda t: t.assign(diet="keto")),
        ("cooks", "market", "domain", lambda t: t.assign(market="klingon")),
        ("requests", "request", "domain", lambda t: t.assign(request=t["request"].str[:-1] + "?")),
        ("clicks", "", "uniqueness", lambda t: t.iloc[[0, 0]]),
        ("impressions", "recipe", "uniqueness", lambda t: t.assign(request=t["request"].iloc[0], position=range(60),
                                                                   cook=t["cook"].iloc[0], recipe="r0")),
        ("ratings", "recipe", "uniqueness", lambda t: t.assign(recipe="r1")),
        ("ratings", "", "reference", lambda t: t.assign(cook="ghost")),
        ("impressions", "", "reference", lambda t: t.assign(cook=np.roll(t["cook"], 1))),
        ("clicks", "", "reference", lambda t: t.assign(recipe=np.roll(t["recipe"], 1))),
        ("recipes", "minutes", "settled", lambda t: t.assign(minutes=t["minutes"] * 1.1)),
        ("impressions", "position", "drift", lambda t: t.assign(position=range(60))),
    ],
)  # fmt: skip
def test_what_is_wrong_has_a_name_and_a_sentence(past, table, column, kind, change):
    found = anomalies(past, table, change)
    assert (table, column, kind) in {(one.table, one.column, one.kind) for one in found}
    assert all(str(one).endswith(".") and one.table in str(one) for one in found)


def test_examining_changes_nothing(past):
    known, told = len(past.known.cooks), past.statistics["recipes"]["kcal"]["count"]
    anomalies(past, "cooks", lambda t: good("cooks", 99))
    assert (len(past.known.cooks), past.statistics["recipes"]["kcal"]["count"]) == (known, told)
    assert repr(past) == "Past(6 spans, 60 cooks, 60 recipes)"
    assert repr(examined(day(6), past)) == "Examined(day 6: 7 tables, 0 anomalies)"


def test_an_absent_label_is_an_anomaly_in_training_and_none_at_serving():
    rows = statistics(good("requests", 3)[["cook", "day"]].assign(recipe="r0"))
    missing = [one.column for one in broken("examples", rows, promised()["examples"])]
    assert missing == ["position", "clicked"]
    assert list(broken("examples", rows, promised("serving")["examples"])) == []


def test_an_anomaly_says_its_sentence():
    assert str(Anomaly("clicks", "cook", "type", "No.")) == "No."

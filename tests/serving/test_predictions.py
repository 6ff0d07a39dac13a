"""Every answer leaves a row that can be checked later."""

import json

from mlops_lab.data.formats import TABLES
from mlops_lab.serving.graph import Graph
from mlops_lab.serving.log import JsonLines, PredictionLog
from mlops_lab.serving.predictions import prediction_rows, served_features
from tests.serving.conftest import ById, ask


def test_a_row_holds_the_slate_and_what_was_known(morning):
    slates = Graph({1: ById()}, champion=1).recommend(ask(5), morning)
    rows = prediction_rows(slates, morning)
    assert list(rows.columns) == list(TABLES["predictions"]) and len(rows) == 5
    assert rows["recipes"].str.split(" ").tolist() == slates.recipes.tolist()
    assert [float(text.split(" ")[-1]) for text in rows["propensities"]] == slates.propensity[:, -1].tolist()
    assert rows["snapshot"].tolist() == ["snap"] * 5


def test_served_features_can_be_computed_again_later(memory, morning):
    then = served_features(morning.log, ["c00", "c03", "nobody"], 8)
    memory.absorb(9, {})
    assert served_features(memory.log(), ["c00", "c03", "nobody"], 8) == then
    assert json.loads(then[2]) == {"market": "unknown", "diet": "any", "choices": 0, "cuisines": {}}


def test_rows_of_a_server_survive_it_and_meet_those_of_the_day(morning, tmp_path):
    slates = Graph({1: ById()}, champion=1).recommend(ask(4), morning)
    server = PredictionLog(tmp_path, durable=True)
    server.add(8, prediction_rows(slates, morning))
    assert server.lines.flush() == 4 and server.lines.flush() == 0
    later = PredictionLog(tmp_path)
    later.add(8, prediction_rows(slates, morning))
    assert later.of(8)["request"].tolist() == ["q0", "q1", "q2", "q3"], "one row a request"
    later.forget(8)
    assert later.of(8).empty


def test_an_answer_given_after_its_evening_waits_for_the_next(morning, tmp_path):
    slates = Graph({1: ById()}, champion=1).recommend(ask(3), morning)
    log = PredictionLog(tmp_path, durable=True)
    log.add(8, prediction_rows(slates, morning))
    assert log.of(7).empty and len(log.of(9)) == 3
    log.forget(9)
    assert log.of(9).empty


def test_a_line_cut_short_by_a_crash_is_left_out(tmp_path):
    (tmp_path / "day=0003.77.jsonl").write_text('{"request": "a"}\n{"request": "b', encoding="utf-8")
    assert JsonLines(tmp_path).of(3) == [{"request": "a"}]

"""The HTTP shell: what it answers is what the graph answers, and bad requests are refused in one sentence."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import numpy as np
import pytest
from starlette.testclient import TestClient

from mlops_lab.data.formats import Requests
from mlops_lab.errors import BadInput
from mlops_lab.lab import Lab
from mlops_lab.rehearsal.forward import fast_forward
from mlops_lab.serving.http import Server, listen


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """A quick lab on the morning of day 15."""
    return fast_forward(15, workspace=str(tmp_path_factory.mktemp("http") / "lab"))


@pytest.fixture(scope="module")
def client(played):
    _, lab = played
    lab.predictions.durable = True
    with TestClient(Server(lab, "secret").app, raise_server_exceptions=False) as found:
        yield found


def test_a_day_over_http_is_the_day_of_the_graph(played, client):
    world, lab = played
    requests = world.requests(15)
    over = [
        client.get("/recommend", params={"cook": c, "k": 10, "day": 15}, headers={"X-Request-Id": r}).json()
        for r, c in zip(requests.request[:60].tolist(), requests.cook[:60].tolist(), strict=True)
    ]
    twin = Lab(lab.path)
    slates = twin.recommend(Requests(15, requests.request[:60], requests.cook[:60], 10))
    assert [[item["recipe"] for item in answer["items"]] for answer in over] == slates.recipes.tolist()
    assert [answer["version"] for answer in over] == slates.version.tolist()
    rows = lab.predictions.of(15).set_index("request").loc[requests.request[:60].tolist()]
    assert rows.equals(twin.predictions._rows[15][0].set_index("request")[rows.columns].astype(rows.dtypes.to_dict()))


def test_an_answer_names_real_recipes_and_says_why(client):
    answer = client.get("/recommend", params={"cook": "c00001"}).json()
    assert len(answer["items"]) == 10 and len(answer["request_id"]) == 16
    assert all(item["title"] != item["recipe"] and item["reasons"] for item in answer["items"])


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/recommend", "cook is missing"),
        ("/recommend?cook=", "cook"),
        ("/recommend?cook=a&k=0", "k is '0'"),
        ("/recommend?cook=a&k=1e3", "k is"),
        ("/recommend?cook=a&k=١", "k is"),
        ("/recommend?cook=a&day=-1", "day is"),
        ("/recommend?cook=a&day=99999999999999", "day is"),
        ("/recommend?cook=" + "x" * 5000, "cook is"),
        ("/recommend?cook=a%00b", "cook is"),
        ("/explain?cook=c00001&recipe=../../etc", "not known"),
    ],
)
def test_a_malformed_question_is_refused_in_a_sentence(client, path, said):
    answer = client.get(path)
    assert answer.status_code == 400 and said in answer.json()["error"]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 20_000, b'{"request_id": 3}', b'{"request_id": "a"}']
)
def test_a_malformed_body_is_refused(client, body):
    assert client.post("/feedback", content=body).status_code == 400


def test_a_huge_body_is_refused(client):
    assert client.post("/feedback", content=b" " * 70_000).status_code == 413


def test_feedback_counts_for_what_was_served_and_nothing_else(played, client):
    answer = client.get("/recommend", params={"cook": "c00002"}).json()
    said = {"request_id": answer["request_id"], "recipe": answer["items"][0]["recipe"], "action": "click"}
    assert client.post("/feedback", json=said).status_code == 202
    assert client.post("/feedback", json={**said, "recipe": "nothing"}).status_code == 404
    assert client.post("/feedback", json={**said, "action": "hug"}).status_code == 400
    _, lab = played
    assert [row["recipe"] for row in lab.said.of(lab.newest_day)] == [said["recipe"]]


def test_an_explanation_sums_to_its_score(client):
    items = client.get("/recommend", params={"cook": "c00003"}).json()["items"]
    told = client.get("/explain", params={"cook": "c00003", "recipe": items[0]["recipe"]}).json()
    assert np.isclose(sum(told["parts"].values()), told["score"], atol=1e-6)


def test_admin_calls_need_the_token(client):
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "secret"}, {"Authorization": "Bearer é"}):
        encoded = {name: value.encode() for name, value in headers.items()}
        assert client.post("/admin/rollback", headers=encoded).status_code == 401
    answer = client.post("/admin/promote", json={"version": 99}, headers={"Authorization": "Bearer secret"})
    assert answer.status_code == 400 and "99" in answer.json()["error"]


def test_a_server_tells_whether_it_lives_and_what_it_does(client):
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/ready").json()["ready"] is True
    assert "recommend_requests_total" in client.get("/metrics").text
    assert client.get("/nothing").status_code == 404 and client.delete("/recommend").status_code == 405


def test_a_port_in_use_is_said_in_a_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BadInput, match=f"Port {port}"):
            listen(port)
    with pytest.raises(BadInput, match="70000 is no port"):
        listen(70000)


@pytest.mark.slow
def test_a_promotion_by_another_process_is_seen_within_a_second(played, tmp_path):
    _, lab = played
    import shutil

    folder = tmp_path / "lab"
    shutil.copytree(lab.path, folder, ignore=shutil.ignore_patterns("predictions"))
    command = [sys.executable, "-m", "mlops_lab", "serve", "--port", "0", "--workspace", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        url = process.stdout.readline().strip()
        first = httpx.get(f"{url}/recommend", params={"cook": "c00001"}).json()["version"]
        other = next(v.number for v in Lab(folder).registry.versions() if v.number != first)
        Lab(folder).promote(other, who="test", why="swap")
        time.sleep(1)
        answers = {httpx.get(f"{url}/recommend", params={"cook": f"c{i:05d}"}).json()["version"] for i in range(20)}
        assert other in answers
        token = Path(folder / "admin.token").read_text()
        assert httpx.post(f"{url}/admin/rollback", headers={"Authorization": f"Bearer {token}"}).json() == {
            "champion": first
        }
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
    written = [
        json.loads(line) for file in folder.glob("predictions/*.jsonl") for line in file.read_text().splitlines()
    ]
    assert len(written) == 21, "every answer left its row"

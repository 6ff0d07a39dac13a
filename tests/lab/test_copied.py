"""A workspace that was copied elsewhere, and whose original is gone, works there in every way."""

import json
import shutil
import subprocess
import sys

import httpx
import pytest

from mlops_lab.lab import Lab
from mlops_lab.lab.mirroring import mirror
from mlops_lab.registry import mirror as mlflow

pytestmark = pytest.mark.slow  # processes, databases


@pytest.fixture(scope="module")
def copied(nine_days, tmp_path_factory):
    """A lab on the other side of a move, and its digests by version."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        here, there = (tmp_path_factory.mktemp(name) / "lab" for name in ("here", "there"))
        shutil.copytree(nine_days, here)
        assert mirror(Lab(here))
        digests = {version.number: version.digest for version in Lab(here).registry.versions()}
        shutil.copytree(here, there)
        here.rename(here.with_name("gone"))
        yield there, digests


def run(folder, *words):
    """mlops-lab in a process of its own: (exit code, JSON)."""
    command = [sys.executable, "-m", "mlops_lab", *words, "--workspace", str(folder), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=folder.parent)
    assert not done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_it_verifies(copied):
    code, told = run(copied[0], "store", "verify")
    assert (code, told["ok"], told["problems"]) == (0, True, [])


def test_every_version_is_rebuilt_to_the_bit(copied):
    for number, digest in copied[1].items():
        assert run(copied[0], "reproduce", str(number)) == (
            0, {"version": number, "digest": digest, "rebuilt": digest, "equal": True},
        )  # fmt: skip


def test_training_there_makes_the_model_that_it_makes_here(copied, lab):
    code, told = run(copied[0], "train")
    ours = lab.train()
    assert code == (0 if ours["blessed"] else 1)
    assert {**told, "run": ""} == {**ours, "run": ""}


def test_lineage_goes_from_an_answer_to_the_raw_events_and_back(copied):
    _, told = run(copied[0], "lineage", "q0008-00005")
    files = [node["id"] for node in told["upstream"] if node["kind"] == "file"]
    assert "day=0007/clicks.parquet" in files and any(node["kind"] == "execution" for node in told["upstream"])
    _, back = run(copied[0], "lineage", "traffic:day=0007/clicks.parquet")
    assert {"id": "day=0008/predictions.parquet", "kind": "predictions"} in back["downstream"]


def test_it_serves_and_promotes(copied):
    folder, _ = copied
    command = [sys.executable, "-m", "mlops_lab", "serve", "--port", "0", "--workspace", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        url = server.stdout.readline().strip()
        answer = httpx.get(f"{url}/recommend", params={"cook": "c00001"}).json()
        assert len(answer["items"]) == 10 and answer["version"] == 1 and not answer["fallback"]
        assert run(folder, "promote", "2")[0] == 0
        served = {httpx.get(f"{url}/recommend", params={"cook": f"c{i:05d}"}).json()["version"] for i in range(20)}
        assert 2 in served
    finally:
        server.terminate()
        server.wait(10)
        server.stdout.close()
    assert run(folder, "lineage", answer["request_id"])[1]["kind"] == "prediction"


def test_its_mlflow_mirror_opens_there_and_follows(copied):
    folder, digests = copied
    client = mlflow._client(folder / "mlflow.db")
    found = {int(v.version): v.tags["digest"] for v in client.search_model_versions(f"name='{mlflow.NAME}'")}
    assert digests.items() <= found.items()
    assert str(folder.parent).encode() not in (folder / "mlflow.db").read_bytes()

"""The command line: exit codes, one sentence for a mistake, one JSON document when asked for."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # processes, kernels, databases: not for every save

FOODCOM = Path(__file__).parents[2] / "shared" / "data" / "foodcom-sample"
RECIPES = (
    "name,id,minutes,contributor_id,submitted,tags,nutrition,n_steps,steps,description,ingredients,n_ingredients\n"
)


def run(home: Path, *words: str) -> subprocess.CompletedProcess:
    """mlops-lab in a process of its own, with its own home."""
    env = {**os.environ, "MLOPS_LAB_HOME": str(home), "XDG_CACHE_HOME": str(home.parent / "cache")}
    return subprocess.run(
        [sys.executable, "-m", "mlops_lab", *words], env=env, capture_output=True, text=True, timeout=120
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A home where `kitchen` was played for eight days."""
    found = tmp_path_factory.mktemp("cli") / "home"
    played = run(found, "loop", "--days", "8", "--seed", "7", "--size", "quick", "--json")
    assert played.returncode == 0 and len(json.loads(played.stdout)["days"]) == 8 and not played.stderr
    return found


@pytest.fixture
def sick(tmp_path: Path) -> Path:
    """Files that nobody can use, named after their illness."""
    for name, content in {
        "empty": b"", "binary": bytes(range(256)) * 40, "columns": b"a,b\n1,2\n", "header": b"user,item\n",
    }.items():  # fmt: skip
        (tmp_path / name).mkdir()
        (tmp_path / f"{name}.csv").write_bytes(content)
        (tmp_path / name / "RAW_interactions.csv").write_bytes(content)
        (tmp_path / name / "RAW_recipes.csv").write_bytes(content or RECIPES.encode())
    return tmp_path


BAD = [
    ["ingest", "{sick}/nowhere", "--format", "foodcom"],
    ["ingest", "{sick}/empty", "--format", "foodcom"],
    ["ingest", "{sick}/binary", "--format", "foodcom"],
    ["ingest", "{sick}/columns", "--format", "foodcom"],
    ["ingest", "{sick}/columns", "--format", "lab"],
    ["ingest", "{sick}/empty.csv", "--format", "lab"],
    ["ingest", "{sick}", "--format", "excel"],
    ["compare", "--train", "{sick}/nowhere.csv", "--test", "{sick}/empty.csv"],
    ["compare", "--train", "{sick}/empty.csv", "--test", "{sick}/empty.csv"],
    ["compare", "--train", "{sick}/binary.csv", "--test", "{sick}/binary.csv"],
    ["compare", "--train", "{sick}/columns.csv", "--test", "{sick}/columns.csv"],
    ["compare", "--train", "{sick}/header.csv", "--test", "{sick}/header.csv"],
    ["loop", "--days", "-3"],
    ["loop", "--days", "0"],
    ["loop", "--days", "many"],
    ["loop", "--days", "5", "--incident", "earthquake@3"],
    ["loop", "--days", "5", "--incident", "nan-flood"],
    ["loop", "--days", "5", "--incident", "nan-flood@-1"],
    ["loop", "--days", "5", "--size", "huge"],
    ["train"],
    ["serve", "--port", "99999"],
    ["promote", "99"],
    ["promote", "one"],
    ["rollback"],
    ["monitor"],
    ["lineage", "nothing"],
    ["reproduce", "1"],
    ["store", "verify"],
    ["store", "diff", "a", "b"],
    ["store", "checkout", "traffic", "{sick}/out"],
    ["store", "gc"],
    ["store", "forget", "traffic", "day=0001/clicks.parquet"],
    ["store", "forget", "traffic", "day=0001/clicks.parquet", "--why", "asked for"],
    ["store", "push", "{sick}/far"],
    ["store", "pull", "{sick}/nowhere"],
    ["store", "pull", "nobody://knows/this"],
    ["export", "kubeflow", "--out", "{sick}"],
    ["export", "kubeflow", "--out", "{sick}/new", "--image", "mlops-lab:latest"],
    ["export", "airflow", "--out", "{sick}/new"],
    *(["study", name, "--seeds", "0"] for name in ("personalisation", "detection", "tune", "staleness", "features")),
    *(["study", name, "--days", "0"] for name in ("fidelity", "offline-online", "corruption")),
    ["study", "kills", "--moments", "0"],
    ["tune", "nothing"],
    ["workspace"],
    ["loop", "--frobnicate"],
    ["train", "--workspace", ".."],
]


@pytest.mark.parametrize("words", BAD, ids=" ".join)
def test_a_mistake_is_one_sentence_and_exit_2_and_writes_nothing(sick, words):
    new = sick / "home"
    answer = run(new, *(word.format(sick=sick) for word in words))
    assert answer.returncode == 2, answer.stderr
    assert answer.stdout == "" and answer.stderr.count("\n") == 1 and "Traceback" not in answer.stderr
    assert len(answer.stderr.split()) >= 5 and not new.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["promote", "99"], "99"),
        (["rollback"], "no earlier champion"),
        (["loop", "--days", "2", "--seed", "8", "--size", "quick"], "seed 7"),
        (["reproduce", "77"], "77"),
        (["lineage", "q9999-00000"], "q9999-00000"),
        (["store", "checkout", "traffic", "{home}"], "empty"),
        (["store", "forget", "traffic", "day=0099/clicks.parquet", "--why", "asked for"], "ever held"),
        (["store", "push", "nobody://knows/this"], "nobody"),
        (["ingest", "{home}", "--format", "lab"], "day"),
    ],
)
def test_a_mistake_in_a_used_workspace_changes_nothing(home, words, said):
    before = sorted((p.relative_to(home).as_posix(), p.stat().st_mtime_ns) for p in (home / "kitchen/store").rglob("*"))
    answer = run(home, *(word.format(home=home) for word in words))
    assert answer.returncode == 2 and said in answer.stderr and answer.stderr.count("\n") == 1
    after = sorted((p.relative_to(home).as_posix(), p.stat().st_mtime_ns) for p in (home / "kitchen/store").rglob("*"))
    assert [name for name, _ in after] == [name for name, _ in before]


def test_a_port_in_use_is_exit_2(home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = run(home, "serve", "--port", str(taken.getsockname()[1]))
    assert answer.returncode == 2 and "cannot be used" in answer.stderr and answer.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (["store", "verify"], {"ok", "objects", "problems"}),
        (["store", "diff", "traffic^", "traffic"], {"added", "removed", "changed"}),
        (["store", "log"], {"commits"}),
        (["lineage", "1"], {"id", "kind", "upstream", "downstream"}),
        (["reproduce", "1"], {"version", "digest", "rebuilt", "equal"}),
        (["monitor"], {"alerts", "checks"}),
        (["doctor"], {"ok", "checks"}),
    ],
)
def test_json_is_one_document_with_the_promised_keys(home, words, keys):
    answer = run(home, *words, "--json")
    assert answer.returncode in (0, 1) and keys <= set(json.loads(answer.stdout))


def test_an_export_says_what_to_hand_over(home, tmp_path):
    answer = run(home, "export", "kubeflow", "--out", str(tmp_path / "kubeflow"), "--json")
    told = json.loads(answer.stdout)
    assert answer.returncode == 0 and sorted(told["files"]) == sorted(p.name for p in (tmp_path / "kubeflow").iterdir())
    assert told["parameters"].keys() == told["arguments"].keys() and "#" in told["arguments"]["data"]


def test_every_command_helps_with_an_example():
    listing = run(Path("unused"), "--help").stdout
    commands = [line.split()[0] for line in listing.partition("Commands:")[2].splitlines() if line.strip()]
    assert len(commands) >= 13
    for command in commands:
        told = run(Path("unused"), command, "--help").stdout
        assert "Example: mlops-lab" in " ".join(told.split()) or "Commands:" in told, command


def test_a_store_is_carried_cleaned_and_erased_from(home, tmp_path):
    far = f"file://{tmp_path}/far"
    sent, took = (told(home, "store", word, far, *more) for word, *more in (["push"], ["pull", "--workspace", "there"]))
    assert sent == took and sent["objects"] > 100
    there = ("--workspace", "there")
    assert told(home, "store", "gc", *there)["packs"] == 1
    gone = told(home, "store", "forget", "traffic", "day=0002/clicks.parquet", "--why", "cook 7 asked for it", *there)
    assert set(gone) == {"commit", "erased", "spared", "dependents", "versions"} and len(gone["erased"]) == 1
    assert told(home, "store", "verify", *there)["ok"]
    answer = run(home, "reproduce", str(gone["versions"][-1]), *there)
    assert answer.returncode == 2 and "was erased: cook 7 asked for it" in answer.stderr


def told(home, *words):
    """What a command that works says as JSON."""
    answer = run(home, *words, "--json")
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def test_a_damaged_store_is_named_and_exit_1(home, tmp_path):
    import shutil

    shutil.copytree(home / "kitchen", tmp_path / "home" / "kitchen")
    pack = max((tmp_path / "home/kitchen/store/packs").glob("*.pack"), key=lambda path: path.stat().st_size)
    content = bytearray(pack.read_bytes())
    content[100] ^= 1
    pack.chmod(0o644)
    pack.write_bytes(content)
    answer = run(tmp_path / "home", "store", "verify", "--json")
    told = json.loads(answer.stdout)
    assert answer.returncode == 1 and not told["ok"] and told["problems"][0]["affects"]


def test_training_says_no_with_exit_1_and_the_mirror_shows_it(home, tmp_path):
    import shutil
    import sqlite3

    shutil.copytree(home / "kitchen", tmp_path / "home" / "kitchen")
    answer = run(tmp_path / "home", "train", "--json")
    told = json.loads(answer.stdout)
    assert answer.returncode == (0 if told["blessed"] else 1) and "popularity" in told["metrics"]
    assert {"version", "blessed", "reasons", "digest", "data_commit", "run", "metrics"} <= set(told)
    assert set(told["metrics"]["popularity"]["ndcg@10"]) == {"value", "low", "high"}
    with sqlite3.connect(tmp_path / "home/kitchen/mlflow.db") as mirror:
        sources = [row[0] for row in mirror.execute("select source from model_versions order by version")]
    assert len(sources) >= told["version"] and all(source.startswith("store:") for source in sources)


@pytest.mark.skipif(not FOODCOM.is_dir(), reason="the Food.com sample is not here")
def test_real_recipes_end_as_a_version_with_popularity_beside_it(tmp_path):
    new = tmp_path / "home"
    told = json.loads(run(new, "ingest", str(FOODCOM), "--format", "foodcom", "--json").stdout)
    assert told["tables"]["ratings"] == {"read": 10_077, "kept": 10_077, "quarantined": 0}
    assert told["tables"]["recipes"]["read"] == 381 and told["reasons"] == {}
    trained = json.loads(run(new, "train", "--json").stdout)
    assert trained["version"] == 2 and 0.09 < trained["metrics"]["popularity"]["ndcg@10"]["value"] < 0.13
    assert json.loads(run(new, "reproduce", "2", "--json").stdout)["equal"]

import shutil
import sqlite3

import pytest

from mlops_lab.registry import mirror as room
from mlops_lab.registry.mirror import NAME, MirrorFailed, mirror
from mlops_lab.registry.template import cache_folder, place_empty

pytestmark = pytest.mark.slow  # processes, kernels, databases: not for every save


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory):
    """A cache of this test run, so that the machine's own is neither needed nor touched."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def told(path):
    """What MLflow says: versions by number, aliases, and metrics of the last run."""
    client = room._client(path)
    found = sorted(client.search_model_versions(f"name='{NAME}'"), key=lambda v: v.version)
    aliases = {name: int(at) for name, at in client.get_registered_model(NAME).aliases.items()}
    metrics = client.get_run(found[-1].run_id).data.metrics if found else {}
    return [(int(v.version), v.source, v.tags["digest"]) for v in found], aliases, metrics


def champion(registry, number):
    registry.move("promote", aliases={"champion": number}, who="ann", why="Better.", day=1)


def test_mlflow_says_what_the_registry_says(registry, add, tmp_path):
    versions = [add("a"), add("b")]
    champion(registry, 2)
    rows, aliases, metrics = told(mirror(registry, tmp_path))
    assert rows == [(v.number, f"store:{v.commit}", v.digest) for v in versions]
    assert aliases == {"champion": 2}
    assert metrics == {"ndcg_at_10": 0.2, "ndcg_at_10.low": 0.1, "ndcg_at_10.high": 0.3}


def test_mirroring_again_adds_only_what_is_new(registry, add, tmp_path):
    add("a")
    champion(registry, 1)
    path = mirror(registry, tmp_path)
    first = room._client(path).get_model_version(NAME, "1").run_id
    assert mirror(registry, tmp_path) == path and len(told(path)[0]) == 1
    add("b")
    registry.move("canary", aliases={"challenger": 2, "champion": None}, who="ann", why="Try.", day=2)
    rows, aliases, _ = told(mirror(registry, tmp_path))
    assert [row[0] for row in rows] == [1, 2] and aliases == {"challenger": 2}
    assert room._client(path).get_model_version(NAME, "1").run_id == first


@pytest.mark.parametrize("harm", ["deleted", "noise", "another story", "too much"])
def test_a_lost_or_false_mirror_is_made_again(registry, add, tmp_path, harm):
    add("a"), add("b")
    path = mirror(registry, tmp_path)
    before = told(path)
    if harm == "deleted":
        path.unlink()
    elif harm == "noise":
        path.write_bytes(b"noise" * 1000)
    elif harm == "another story":
        room._client(path).set_model_version_tag(NAME, "1", "digest", "forged")
    else:
        room._client(path).create_model_version(NAME, "store:nothing")
    assert mirror(registry, tmp_path) == path and told(path) == before


def test_no_absolute_folder_is_in_it_and_a_copy_works(registry, add, tmp_path):
    add("a")
    path = mirror(registry, tmp_path)
    with sqlite3.connect(path) as database:
        text = "\n".join(database.iterdump())
    database.close()
    assert str(tmp_path) not in text and "mlruns" not in text and str(cache_folder()) not in text
    shutil.copytree(tmp_path, tmp_path.parent / "moved")
    add("b")
    assert len(told(mirror(registry, tmp_path.parent / "moved"))[0]) == 2
    assert len(told(path)[0]) == 1


def test_without_a_version_nothing_is_written(registry, tmp_path):
    assert not mirror(registry, tmp_path).exists()


def test_a_failing_mirror_raises_an_error_of_its_own(registry, add, tmp_path, monkeypatch):
    add("a")
    monkeypatch.setattr(room, "_bring_up", lambda *_: 1 / 0)
    with pytest.raises(MirrorFailed, match="registry itself is complete"):
        mirror(registry, tmp_path)


def test_it_prints_and_warns_nothing(registry, add, tmp_path, capfd, recwarn):
    add("a")
    mirror(registry, tmp_path)
    assert capfd.readouterr() == ("", "") and not recwarn.list


def test_a_damaged_template_is_not_used(tmp_path):
    place_empty(tmp_path / "a.db")
    (template,) = cache_folder().glob("*.db")
    good = template.read_bytes()
    template.write_bytes(good[:5000])
    place_empty(tmp_path / "b.db")
    with sqlite3.connect(tmp_path / "b.db") as database:
        assert database.execute("SELECT artifact_location FROM experiments").fetchall() == [("store:artifacts",)]
    database.close()
    assert len(template.read_bytes()) >= len(good)
    assert [file.name for file in cache_folder().iterdir()] == [template.name]

"""A lab that was cleaned, erased from or carried elsewhere works as before."""

import json
import shutil

import pytest

from mlops_lab.errors import BadInput
from mlops_lab.lab import Lab
from mlops_lab.lab.housekeeping import collect, forget, pull
from mlops_lab.lab.pushing import reproduce
from mlops_lab.rehearsal.loop import make_world, play
from mlops_lab.store import Erased
from tests.lab.conftest import DAYS, heads


def stored_bytes(lab):
    return sum(path.stat().st_size for path in (lab.path / "store").rglob("*") if path.is_file())


def made_by(lab, run):
    """The artifacts of a run."""
    steps = [step["id"] for step in lab.ledger.executions(run)]
    return {node.id for step in steps for node in lab.ledger.downstream(step) if node.kind == "artifact"}


def test_what_is_collected_is_not_missed(lab):
    trained = lab.train()
    before, size, objects = heads(lab), stored_bytes(lab), lab.store.objects()
    done = collect(lab)
    assert done.packs == 1 and stored_bytes(lab) < 0.8 * size and lab.store.objects() == objects - done.objects
    assert (heads(lab), lab.store.verify()) == (before, [])
    assert made_by(lab, trained["run"]) and all(map(lab.store.has, made_by(lab, trained["run"])))
    assert Lab(lab.path).train() == trained
    assert all(reproduce(lab, version.number)["equal"] for version in lab.registry.versions()[-2:])
    assert collect(lab).objects == 0


def test_the_loop_goes_on_after_a_collection_as_if_nothing_had_been(lab, tmp_path):
    shutil.copytree(lab.path, tmp_path / "other")
    other = Lab(tmp_path / "other")
    collect(other)
    for one in (lab, other):
        play(one, make_world(7, "quick"), range(DAYS, DAYS + 6))
    assert heads(lab) == heads(other)
    assert other.store.verify() == []


def test_a_forgotten_day_goes_with_what_was_computed_from_it(lab):
    path = "day=0003/clicks.parquet"
    was, learned_from = lab.store.read("traffic", path), lab.registry.versions()[-1].data_commit
    made = {node.id for node in lab.ledger.downstream(learned_from) if node.kind == "artifact"}
    told = forget(lab, "traffic", [path], "cook 7 asked for it")
    assert {one["repo"] for one in told["dependents"]} >= {"models", "operations"}
    assert (told["commit"], told["spared"]) == (lab.data.id, {}) and json.dumps(told)
    assert not [file for file in (lab.path / "store").rglob("*") if file.is_file() and was in file.read_bytes()]
    commits = [commit for repo in lab.store.repos() for commit in lab.store.log(repo)]
    held = {entry.digest for commit in commits for _, entry in commit.tree.walk()}
    assert not [digest for digest in made - held if lab.store.has(digest)]
    with pytest.raises(Erased, match="cook 7 asked for it"):
        reproduce(lab, told["versions"][-1])
    again = Lab(lab.path).train()
    assert again["data_commit"] == lab.data.id and again["version"] not in told["versions"]
    assert lab.store.verify() == []


def test_a_lab_is_carried_elsewhere(lab, tmp_path):
    lab.store.push(f"file://{tmp_path}/far")
    there = Lab(tmp_path / "there")
    pull(there, f"file://{tmp_path}/far")
    assert (heads(there), there.store.verify()) == (heads(lab), [])
    assert reproduce(there, there.registry.alias("champion"))["equal"]
    play(there, make_world(7, "quick"), range(DAYS, DAYS + 1))
    assert there.newest_day == DAYS


@pytest.mark.parametrize("url", ["nothing/here", "foo://x"])
def test_what_cannot_be_pulled_makes_no_workspace(tmp_path, url):
    with pytest.raises(BadInput):
        pull(Lab(tmp_path / "new"), url)
    assert not (tmp_path / "new").exists()

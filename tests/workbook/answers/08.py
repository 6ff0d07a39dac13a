"""Plausible wrong answers for notebook 08."""

import atexit
import shutil
import tempfile
from dataclasses import replace
from functools import cache

import pandas as pd

from mlops_lab.rehearsal.forward import fast_forward
from mlops_lab.workbook.judges import n08  # noqa: F401 - once here, not in each of the processes that check an answer

DISH, CHEATED = "r00017", 9


def _bought(lab, traffic):
    cooks = lab.table("cooks")["cook"].head(20)
    rows = pd.DataFrame({"cook": cooks, "recipe": DISH, "stars": 5, "arrived": traffic.day})
    rows["day"] = traffic.day - 1 - rows.index % 2
    tables = {**traffic.tables, "ratings": pd.concat([traffic.tables["ratings"], rows])}
    return replace(traffic, tables=tables)


@cache
def made():
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    world, lab = fast_forward(8, workspace=f"{folder}/lab")
    lab.train_every = 4
    for day in range(8, 13):
        traffic = world.play(day, lab.recommend)
        lab.take_in(_bought(lab, traffic) if day == CHEATED else traffic)
    return world, lab


def _files(store, rev):
    return {path: store.read(rev, path) for path in store.paths(rev)}


def _lie(store, victim, other, **words):
    files = words.pop("files", None) or _files(store, victim)
    return store.commit("models", files, **{"provenance": [other], "metadata": store.get(victim).metadata, **words})


def _witness(store, victim):
    return store.downstream(victim)[0].id


def with_an_editor(store, victim, other):
    true = store.get(victim).provenance[0].encode()
    for pack in store.path.glob("packs/*.pack"):
        pack.write_bytes(pack.read_bytes().replace(true, other.encode()))
    return victim, victim


def with_an_eraser(store, victim, other):
    for pack in store.path.glob("packs/*.pack"):
        pack.unlink()
    return victim, victim


def with_the_index(store, victim, other):
    for index in store.path.glob("packs/*.jsonl"):
        index.write_text(index.read_text().replace(victim, other))
    return victim, victim


def with_the_branch(store, victim, other):
    (store.path / "refs" / "models" / "main").write_text(f"{other}\n")
    return victim, other


def nothing(store, victim, other):
    return victim, _witness(store, victim)


def another_model(store, victim, other):
    lie = _lie(store, victim, other, files={**_files(store, victim), "model.npz": b"retouched"})
    return lie.id, _witness(store, victim)


def no_origin(store, victim, other):
    return _lie(store, victim, other, provenance=[]).id, _witness(store, victim)


def its_own_origin(store, victim, other):
    return _lie(store, victim, other, provenance=[victim]).id, _witness(store, victim)


def both_origins(store, victim, other):
    true = store.get(victim).provenance
    return _lie(store, victim, other, provenance=[other, *true]).id, _witness(store, victim)


def lie_alone(store, victim, other):
    return _lie(store, victim, other).id


def lie_twice(store, victim, other):
    return [_lie(store, victim, other).id] * 2


def victim_as_witness(store, victim, other):
    return _lie(store, victim, other).id, victim


def data_as_witness(store, victim, other):
    return _lie(store, victim, other).id, store.get(victim).provenance[0]


def strangers_as_witness(store, victim, other):
    return _lie(store, victim, other).id, store.head("operations").id


def made_up(store, victim, other):
    return _lie(store, victim, other).id, "feed" * 16


WRONG = {
    "08-1": [8, 6, 10, 11, "models", "soup", [9], True, 9.5, 99],
    "08-2": [
        with_an_editor, with_an_eraser, with_the_index, with_the_branch, nothing, another_model, no_origin,
        its_own_origin, both_origins, lie_alone, lie_twice, victim_as_witness, data_as_witness, strangers_as_witness,
        made_up, "a forged id",
    ],
}  # fmt: skip

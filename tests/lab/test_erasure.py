"""A cook who asks for it is gone from every file, and no identity in an upload ever reaches one."""

import io
import re

import numpy as np
import pytest

from mlops_lab.data.formats import TABLES, Traffic
from mlops_lab.data.labfiles import write_day
from mlops_lab.data.tables import from_bytes
from mlops_lab.errors import BadInput
from mlops_lab.lab import Lab
from mlops_lab.lab.erasure import forget_cook
from mlops_lab.lab.intake import ingest
from mlops_lab.rehearsal.loop import make_world, play
from tests.data.tables_of_a_day import good
from tests.data.test_privacy import PLANTED
from tests.lab.conftest import DAYS


def texts(lab):
    """Everything a workspace holds, as text: each file by its bytes, and each stored content unpacked."""
    for file in lab.path.rglob("*"):
        if file.is_file():
            content = file.read_bytes()  # a pack is many contents end to end; each is unpacked below
            yield str(file), unpacked(content) if file.suffix in (".parquet", ".npz") else content.decode("latin-1")
    held = {
        node for repo in lab.store.repos() for c in lab.store.log(repo) for node in (e.digest for _, e in c.tree.walk())
    }
    made = {
        node.id
        for e in lab.ledger.runs()
        for s in lab.ledger.executions(e["id"])
        for node in lab.ledger.downstream(s["id"])
    }
    for digest in held | made:
        if lab.store.has(digest):
            yield digest, unpacked(lab.store.blob(digest))


def unpacked(content):
    if content[:4] == b"PAR1":
        return from_bytes(content).to_csv()
    if content[:2] == b"PK":
        with np.load(io.BytesIO(content)) as arrays:
            return " ".join(str(value) for name in arrays.files for value in arrays[name].ravel().tolist())
    return content.decode("latin-1")


def found(lab, word):
    pattern = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
    return [place for place, text in texts(lab) if pattern.search(text)]


@pytest.mark.slow
def test_a_forgotten_cook_is_found_in_no_file(lab):
    lab.train()
    cook = lab.table("requests")["cook"].value_counts().idxmax()
    assert found(lab, cook)
    before = {table: len(lab.table(table)) for table in ("requests", "ratings", "recipes")}
    told = forget_cook(lab, cook)
    assert found(lab, cook) == []
    assert told["versions"] and told["spared"] == {} and "traffic" in told["repos"]
    after = {table: len(Lab(lab.path).table(table)) for table in before}
    assert after["requests"] < before["requests"] and after["recipes"] == before["recipes"]
    assert lab.store.verify() == []
    again = Lab(lab.path)
    play(again, make_world(7, "quick"), range(DAYS, DAYS + 1))
    assert again.newest_day == DAYS


def test_who_is_nowhere_cannot_be_forgotten_and_a_reason_names_nobody(lab):
    head = lab.data
    with pytest.raises(BadInput, match="Nothing here tells of a cook"):
        forget_cook(lab, "nobody-at-all")
    with pytest.raises(BadInput, match="it names the cook"):
        forget_cook(lab, "c00001", "c00001 wants it")
    assert lab.data == head


def test_identities_planted_in_every_text_column_of_an_upload_are_found_in_no_file(tmp_path):
    tables = {table: good(table, 40) for table in TABLES}
    for at, identity in enumerate(PLANTED):
        for table, kinds in TABLES.items():
            for place, column in enumerate(c for c, kind in kinds.items() if kind == "text"):
                row = (at * 7 + place) % 40
                tables[table].loc[row, column] = identity
    write_day(tmp_path / "raw", Traffic(0, "2025-03-03", tables))
    with (tmp_path / "raw" / "day=00" / "ratings.csv").open("a", encoding="utf-8") as file:
        file.write("".join(f'0,0,"{identity},never closed\n' for identity in PLANTED))
    lab = Lab(tmp_path / "lab")
    told = ingest(lab, tmp_path / "raw", "lab")
    assert all(one["read"] == one["kept"] + one["quarantined"] for one in told["tables"].values())
    for identity in PLANTED:
        assert found(lab, identity) == [] and [p for p, text in texts(lab) if identity in text] == []
    assert told["reasons"]["unparsable"] >= 1

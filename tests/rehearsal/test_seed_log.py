"""The seed log in data/ is what the world and the lab make today, to the byte."""

import hashlib
from pathlib import Path

import pytest

from mlops_lab.data.labfiles import ingest_lab
from mlops_lab.rehearsal.seed_log import write_seed_log
from mlops_lab.store import Store

DATA = Path(__file__).parents[2] / "data"


def sums(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "README.md"]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.slow
def test_the_seed_log_is_made_again_byte_identical(tmp_path):
    write_seed_log(tmp_path)
    assert sums(tmp_path) == sums(DATA)


def test_the_checksums_are_those_of_the_files():
    lines = (DATA / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    told = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert told == {name: digest for name, digest in sums(DATA).items() if name != "SHA256SUMS"}
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) < 5_000_000


def test_the_seed_log_can_be_ingested_whole(tmp_path):
    told = ingest_lab(Store(tmp_path), DATA).summary()
    assert told["reasons"] == {} and set(told["tables"]) == {
        "cooks", "recipes", "requests", "impressions", "clicks", "cooked", "ratings",
    }  # fmt: skip

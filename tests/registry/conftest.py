import pytest

from mlops_lab.registry import Registry
from mlops_lab.store import Commit, Store


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


@pytest.fixture
def data(store) -> Commit:
    return store.commit("traffic", {"day=0000/clicks.csv": b"recipe\nr1\n"}, message="day 0")


@pytest.fixture
def registry(store):
    return Registry(store)


@pytest.fixture
def add(registry, data):
    """Registers a model of its own for every word."""

    def register(word: str, **more):
        words = {"kind": "popularity", "data_commit": data.id, "run": "r1", "blessed": True, "reasons": ["Better."]}
        metrics = {"ndcg@10": {"value": 0.2, "low": 0.1, "high": 0.3}}
        return registry.register(word.encode(), **{"digest": word * 8, "metrics": metrics, **words, **more})

    return register

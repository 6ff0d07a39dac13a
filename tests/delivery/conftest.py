import pytest

from mlops_lab.registry import Registry
from mlops_lab.store import Store


@pytest.fixture
def registry(tmp_path):
    """Three versions: 1 unblessed and champion, 2 and 3 blessed."""
    store = Store(tmp_path / "store")
    data = store.commit("traffic", {"a.csv": b"x\n"})
    registry = Registry(store)
    for number in (1, 2, 3):
        registry.register(
            b"model", digest=f"d{number}", kind="ease", data_commit=data.id, run="r", metrics={}, blessed=number > 1,
            reasons=["The baseline."],
        )  # fmt: skip
    registry.move("fill", aliases={"champion": 1}, who="train", why="There was none.", day=0)
    return registry

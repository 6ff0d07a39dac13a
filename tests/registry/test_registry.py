import threading

import pytest

from mlops_lab.errors import BadInput
from mlops_lab.registry import Registry, UnknownVersion
from mlops_lab.store import Store


def to(registry, champion, action="promote", **more):
    return registry.move(action, aliases={"champion": champion}, who="ann", why="It is better.", day=3, **more)


def test_versions_are_numbered_from_one_in_the_order_of_registration(registry, add):
    assert [add(word).number for word in "abc"] == [1, 2, 3]
    assert [version.digest[0] for version in registry.versions()] == ["a", "b", "c"]


def test_a_repeated_registration_adds_nothing(store, registry, add):
    first = add("a")
    add("b")
    before = store.head("models").id
    assert add("a", run="another run") == first
    assert store.head("models").id == before


def test_the_same_model_from_other_data_is_another_version(store, add):
    other = store.commit("traffic", {"day=0001/clicks.csv": b"recipe\nr2\n"})
    assert (add("a").number, add("a", data_commit=other.id).number) == (1, 2)


def test_a_version_says_everything_it_was_registered_with_after_reopening(store, registry, add, data):
    add("a", blessed=False, reasons=["Worse.", "Slower."])
    version = Registry(Store(store.path)).version(1)
    assert (version.kind, version.data_commit, version.run) == ("popularity", data.id, "r1")
    assert version.metrics == {"ndcg@10": {"value": 0.2, "low": 0.1, "high": 0.3}}
    assert (version.blessed, version.reasons) == (False, ("Worse.", "Slower."))


def test_a_model_is_loaded_as_it_was_saved(registry, add):
    add("a"), add("b")
    assert [registry.load(1), registry.load(2)] == [b"a", b"b"]


@pytest.mark.parametrize("number", [0, -1, 3, 99])
def test_an_unknown_number_is_refused_with_the_known_ones(registry, add, number):
    add("a"), add("b")
    with pytest.raises(UnknownVersion, match=f"no version {number}: the versions are 1 to 2"):
        registry.version(number)


def test_an_empty_registry_says_to_train(registry, tmp_path):
    assert registry.versions() == () and registry.champion() is None and registry.moves() == []
    with pytest.raises(BadInput, match="train a model first"):
        registry.load(1)
    assert not (tmp_path / "store").exists()


def test_registering_and_moving_are_one_commit_each(store, registry, add):
    add("a")
    assert [len(store.log(repo)) for repo in ("traffic", "models")] == [1, 1]
    to(registry, 1)
    assert len(store.log("registry")) == 1 and registry.champion().number == 1


def test_a_version_comes_from_its_data_and_a_move_from_its_version(store, registry, add, data):
    version = add("a")
    move = to(registry, 1)
    assert [commit.id for commit in store.upstream(version.commit)] == [data.id]
    assert {commit.id for commit in store.upstream(move.id)} == {version.commit, data.id}


def test_a_move_leaves_other_aliases_alone_and_replaces_the_release(registry, add):
    add("a"), add("b")
    to(registry, 1)
    release = {"stage": "canary", "version": 2, "against": 1, "since": 3, "share": 0.2}
    registry.move("canary", aliases={"challenger": 2}, release=release, who="release", why="Blessed.", day=4)
    assert registry.state() == {"champion": 1, "challenger": 2, "release": release}
    registry.move("abort", aliases={"challenger": None}, who="release", why="Worse.", day=5, version=2)
    assert registry.state() == {"champion": 1, "challenger": None, "release": None}
    assert registry.challenger() is None


def test_the_log_tells_who_moved_what_when_and_why(registry, add):
    add("a"), add("b")
    to(registry, 1)
    registry.move("abort", aliases={"challenger": None}, who="release", why="Worse.", day=5, version=2)
    keys = ("day", "action", "version", "who", "why", "champion")
    rows = [tuple(move[key] for key in keys) for move in registry.moves()]
    assert rows == [(3, "promote", 1, "ann", "It is better.", 1), (5, "abort", 2, "release", "Worse.", 1)]


def test_a_move_to_nowhere_changes_nothing(store, registry, add):
    add("a")
    with pytest.raises(UnknownVersion):
        to(registry, 2)
    with pytest.raises(BadInput, match="say who and why"):
        registry.move("promote", aliases={"champion": 1}, who="ann", why=" ", day=0)
    assert registry.alias("champion") is None and store.head("registry") is None


def test_another_process_sees_a_move_at_once(store, registry, add):
    add("a"), add("b")
    to(registry, 1)
    other = Registry(Store(store.path))
    assert other.alias("champion") == 1
    to(registry, 2)
    assert other.alias("champion") == 2


def test_rollback_goes_back_one_reign_at_a_time(registry, add):
    for word in "abc":
        to(registry, add(word).number)
    assert registry.previous_champion() == 2
    to(registry, 2, "rollback")
    assert registry.previous_champion() == 1
    to(registry, 1, "rollback")
    assert registry.previous_champion() is None
    to(registry, 3)
    assert registry.previous_champion() == 1


def test_two_writers_never_share_a_number_nor_lose_a_move(store, add, data):
    add("z")
    errors = []

    def work(name: str) -> None:
        try:
            mine = Registry(Store(store.path))
            for i in range(4):
                mine.register(
                    b"m",
                    digest=f"{name}{i}",
                    kind="ease",
                    data_commit=data.id,
                    run="r",
                    metrics={},
                    blessed=True,
                    reasons=[],
                )
                mine.move("tag", aliases={f"{name}-{i}": 1}, who=name, why="A test.", day=i)
        except Exception as error:  # noqa: BLE001 - reported below
            errors.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    [thread.start() for thread in threads], [thread.join() for thread in threads]
    registry = Registry(store)
    assert errors == [] and len(registry.versions()) == 9 and len(registry.moves()) == 8
    assert sorted(name for name in registry.state() if "-" in name) == sorted(
        f"{n}-{i}" for n in "ab" for i in range(4)
    )


def test_nobody_moves_between_the_reading_and_the_writing_of_a_move(store, registry, add, monkeypatch):
    add("a")
    other = Registry(Store(store.path))
    rival = threading.Thread(target=to, args=(other, 1))
    read = registry.state

    def slow_state():
        state = read()
        rival.start()
        rival.join(0.3)  # it must wait for us; if it does not, our older state overwrites its move
        return state

    monkeypatch.setattr(registry, "state", slow_state)
    registry.move("canary", aliases={"challenger": 1}, who="ann", why="Try.", day=1)
    rival.join()
    assert other.state() == {"champion": 1, "challenger": 1, "release": None}


def test_reprs_fit_a_line(registry, add):
    version = add("a")
    assert repr(version).startswith("Version(1: popularity aaaaaaaa on data ") and repr(version).endswith(", blessed)")
    assert repr(registry) == "Registry(1 versions, champion none)"

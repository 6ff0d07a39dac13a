"""Laws of compare."""

import math
import time
from importlib import import_module

import numpy as np
import pytest

from mlops_lab.data.formats import id_order
from mlops_lab.errors import BadInput
from mlops_lab.evaluation.compare import compare
from tests.evaluation.people import people, write

METRICS = ("precision@10", "recall@10", "ndcg@10")


def files(folder, train: list[tuple], test: list[tuple], header: str = "user,item"):
    folder.mkdir(exist_ok=True)
    for name, rows in (("train", train), ("test", test)):
        (folder / f"{name}.csv").write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n")
    return folder / "train.csv", folder / "test.csv"


def values(document, name):
    return {metric: document["models"][name][metric]["value"] for metric in METRICS}


def naive(train, test, scores) -> dict[str, float]:
    """Metrics by loops; scores(items of the user) -> {item: score}, ties by rows then id."""
    items = id_order(np.array([str(i) for _, i in train])).tolist()
    rows = {item: sum(str(i) == item for _, i in train) for item in items}
    found = []
    for user in {u for u, _ in test}:
        seen = {str(i) for u, i in train if u == user}
        chosen = {str(i) for u, i in test if u == user} - seen
        if chosen:
            value = scores(seen) if seen else rows
            best = sorted(set(items) - seen, key=lambda i: (-round(value[i], 6), -rows[i], items.index(i)))[:10]
            gain = sum(1 / math.log2(place + 2) for place, item in enumerate(best) if item in chosen)
            ideal = sum(1 / math.log2(place + 2) for place in range(min(10, len(chosen))))
            hit = len(chosen & set(best))
            found.append((hit / 10, hit / len(chosen), gain / ideal))
    return dict(zip(METRICS, np.mean(found, axis=0).tolist(), strict=True))


def dirty(seed: int = 0, each: int = 12) -> tuple[list, list]:
    """Rows with repeats, users and items that only test knows, and test rows that train already has."""
    user, item, _ = people(60, 40, each, taste=2.0, seed=seed)
    rows = list(zip(user.tolist(), item.tolist(), strict=True))
    train, test = rows[::2] + rows[::6], rows[1::2] + rows[::10] + rows[1::8] + [(99, 3), (99, 39), (3, 77), (98, 78)]
    return train, test


def cosine(train, k, shrink):
    items = id_order(np.array([str(i) for _, i in train])).tolist()
    users = {item: {u for u, i in train if str(i) == item} for item in items}

    def alike(i, j):
        return len(users[i] & users[j]) / (math.sqrt(len(users[i])) * math.sqrt(len(users[j])) + shrink)

    near = {i: sorted(set(items) - {i}, key=lambda j: (-alike(i, j), items.index(j)))[:k] for i in items}
    return lambda seen: {i: sum(alike(i, j) for j in near[i] if j in seen) for i in items}


def regression(train, l2):
    items = id_order(np.array([str(i) for _, i in train])).tolist()
    users = sorted({u for u, _ in train})
    matrix = np.zeros((len(users), len(items)))
    for u, i in train:
        matrix[users.index(u), items.index(str(i))] = 1
    inverse = np.linalg.inv(matrix.T @ matrix + l2 * np.eye(len(items)))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return lambda seen: dict(zip(items, np.isin(items, list(seen)) @ weights, strict=True))


@pytest.mark.parametrize(("seed", "each"), [(0, 12), (1, 12), (0, 3)])  # with 3 a user, most similarities are ties at 0
def test_every_model_scores_what_loops_over_the_definitions_find(tmp_path, seed, each):
    train, test = dirty(seed, each)
    found = compare(*files(tmp_path, train, test))
    assert set(found["models"]) == {"popularity", "item-knn", "ease", "als", "blend"}
    rows = {str(i): sum(j == i for _, j in train) for _, i in train}
    by_hand = {
        "popularity": lambda seen: rows,
        "item-knn": cosine(train, **found["models"]["item-knn"]["params"]),
        "ease": regression(train, **found["models"]["ease"]["params"]),
    }
    for name, scores in by_hand.items():
        assert values(found, name) == pytest.approx(naive(train, test, scores), abs=1e-8)
        assert found["models"][name]["fit_seconds"] >= 0


def test_a_case_counted_by_hand(tmp_path):
    # Popularity ranks 10, 2, 3. Ann has 10: 2 and 3 are left, 3 is found in place 2. Bob is new: 2 found in place 2,
    # and 77 can be found by nobody. Cid has it all already and is not judged.
    train = [("ann", 10), ("cid", 10), ("cid", 2), ("eve", 10), ("eve", 2), ("eve", 3)]
    found = compare(*files(tmp_path, train, [("ann", 3), ("bob", 2), ("bob", 77), ("bob", 77), ("cid", 10)]))
    gain = 1 / math.log2(3)
    assert values(found, "popularity") == pytest.approx(
        {"precision@10": 0.1, "recall@10": (1 + 1 / 2) / 2, "ndcg@10": (gain + gain / (1 + gain)) / 2}, abs=1e-8
    )
    assert found["train"] == {"rows": 6, "users": 3, "items": 3}
    assert found["test"] == {"rows": 5, "users": 3, "items": 4, "judged_users": 2, "new_users": 1}
    assert found["chosen"] in found["models"]


def test_users_without_train_rows_are_ranked_by_popularity_in_every_model(tmp_path):
    user, item, second = people(80, 40, 12, taste=2.0)
    train = list(zip(user.tolist(), item.tolist(), second.tolist(), strict=True))
    test = [(1000 + n, i, 0) for n in range(30) for i in (n % 7, n % 11, 30)]
    found = compare(*files(tmp_path, train, test, "user,item,timestamp"))
    assert set(found["models"]) == {"popularity", "popularity-recent", "item-knn", "ease", "als", "blend"}
    assert len({str(values(found, name)) for name in found["models"]}) == 1
    assert found["test"]["new_users"] == 30 and values(found, "popularity")["ndcg@10"] > 0


def test_format_and_order_of_rows_change_no_number(tmp_path):
    train, test = dirty()
    one = compare(*files(tmp_path / "a", train, test))
    paths = files(tmp_path / "b", train[::-1], test[::-1])
    for path in paths:
        path.write_bytes(path.read_text().replace(",", "\t").replace("\n", "\r\n").encode("utf-8-sig"))
    other = compare(*paths)
    for document in (one, other):
        for model in document["models"].values():
            del model["fit_seconds"]
    assert one == other


@pytest.mark.parametrize("taste", [0.0, 2.5])
def test_the_choice_is_made_on_train_alone(tmp_path, taste):
    rows = people(300, 100, 20, taste)
    train, test = write(tmp_path, *rows)
    found = compare(train, test)
    assert (found["chosen"] == "popularity") is (taste == 0)
    test.write_text("user,item\n0,something new\n")
    other = compare(train, test)
    assert (other["chosen"], other["reasons"]) == (found["chosen"], found["reasons"])


def test_what_does_not_fit_is_skipped_with_a_word(tmp_path, monkeypatch):
    monkeypatch.setattr(import_module("mlops_lab.evaluation.compare"), "EASE_ITEMS", 10)
    found = compare(*files(tmp_path, *dirty()))
    assert set(found["models"]) == {"popularity", "item-knn", "als", "blend"}
    assert set(found["models"]["blend"]["params"]["parts"]) == {"als", "popularity"}
    assert (
        found["skipped"]["ease"].endswith("40 is above 10 items.")
        and "timestamps" in found["skipped"]["popularity-recent"]
    )


def test_a_test_file_that_asks_nothing_and_unusable_files_are_refused_in_words(tmp_path):
    train, test = files(tmp_path, [(1, 2), (2, 2)], [(1, 2)])
    with pytest.raises(BadInput, match=r"test.csv holds no item that its users do not already have in .*train.csv"):
        compare(train, test)
    with pytest.raises(BadInput, match="nowhere.csv does not exist"):
        compare(train, tmp_path / "nowhere.csv")


@pytest.mark.slow
def test_data_of_the_shape_of_movielens_100k_is_compared_in_seconds_and_a_model_of_tastes_is_chosen(tmp_path):
    paths = write(tmp_path, *people(943, 1682, 98, taste=2.0, seed=7))
    started = time.process_time()
    found = compare(*paths)
    assert time.process_time() - started < 30
    one, two, three = (values(found, name)["precision@10"] for name in ("popularity", "item-knn", "ease"))
    assert one < 0.75 * two < 0.75 * three and found["chosen"] in ("ease", "als", "blend")

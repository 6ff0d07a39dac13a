"""How fast and how good are the models beside `implicit` and plain numpy? One split, one machine, one thread, one run.

    python benchmarks/models.py [--interactions FILE] [--peer PYTHON] [--rounds 3] [--json FILE]

Every model is fitted on the same 80 % of the rows (by a seeded draw) and ranks all recipes for the same users, their
own masked. Seconds are CPU seconds, the median of the fits; the first of them warms up and does not count. FILE is a
CSV or TSV with the columns user,item; without it, people are made up. PYTHON is an interpreter that has `implicit`; its
models get our parameters, and its lists are judged by our metrics. The numpy references are the textbook's lines: one
solve for each row in every round, one inverse.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

for pool in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[pool] = "1"  # before numpy is loaded: every tool gets one thread

import numpy as np  # noqa: E402

from mlops_lab.data.interaction_files import read_interactions  # noqa: E402
from mlops_lab.data.interactions import Interactions  # noqa: E402
from mlops_lab.evaluation.choice import by_popularity  # noqa: E402
from mlops_lab.evaluation.evaluate import ranked  # noqa: E402
from mlops_lab.evaluation.held_out import HeldOut, held_out  # noqa: E402
from mlops_lab.evaluation.intervals import intervals  # noqa: E402
from mlops_lab.evaluation.metrics import measured  # noqa: E402
from mlops_lab.models.als import ALS  # noqa: E402
from mlops_lab.models.blend import Blend  # noqa: E402
from mlops_lab.models.ease import EASE  # noqa: E402
from mlops_lab.models.neighbours import ItemKNN  # noqa: E402
from mlops_lab.models.popularity import Popularity  # noqa: E402

OURS: dict[str, Any] = {
    "popularity": Popularity(), "item-knn": ItemKNN(), "ease": EASE(), "als": ALS(),
    "blend": Blend({"als": {}, "ease": {}}),
}  # fmt: skip
BESIDE = {"als": ["implicit als", "numpy als"], "item-knn": ["implicit item-knn"], "ease": ["numpy ease"]}
PEER = """
import json, sys, time
import implicit, numpy as np, scipy.sparse as sp
from implicit.als import AlternatingLeastSquares
from implicit.nearest_neighbours import CosineRecommender
folder, rounds, about = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
stored, asked = sp.load_npz(folder + "/train.npz"), np.load(folder + "/asked.npy")
places = stored.indices.astype(np.int32), stored.indptr.astype(np.int32)
matrix = sp.csr_matrix((stored.data.astype(np.float32), *places), shape=stored.shape)
makers = {
    "implicit als": lambda: AlternatingLeastSquares(
        factors=about["factors"], regularization=about["l2"], alpha=1 + about["alpha"], iterations=about["rounds"],
        num_threads=1, random_state=0),
    "implicit item-knn": lambda: CosineRecommender(K=100, num_threads=1),
}
found = {"version": implicit.__version__}
for name, make in makers.items():
    seconds = []
    for _ in range(rounds + 1):
        model, start = make(), time.process_time()
        model.fit(matrix, show_progress=False)
        seconds.append(time.process_time() - start)
    lists = model.recommend(asked, matrix[asked], N=10, filter_already_liked_items=True)[0]
    found[name] = {"seconds": seconds[1:], "lists": lists.tolist()}
print(json.dumps(found))
"""


def people(users: int = 943, items: int = 1682, each: int = 98) -> Interactions:
    """Made-up rows of the size of MovieLens-100K: long-tailed popularity, and tastes in eight dimensions."""
    luck = np.random.default_rng(7)
    likes = luck.normal(size=(users, 8)) @ luck.normal(size=(items, 8)).T / np.sqrt(8)
    value = 2 * likes - 1.1 * np.log(np.arange(1, items + 1)) + luck.gumbel(size=(users, items))
    many = (each * 2 ** luck.uniform(-1, 1, users)).astype(int)
    best = np.argsort(-value, axis=1)
    return Interactions.of(np.repeat(np.arange(users), many), np.concatenate([best[u, :n] for u, n in enumerate(many)]))


def timed(fit: Callable[[], Any], rounds: int) -> tuple[Any, float]:
    """What the last fit gave, and the median seconds of all but the first."""
    seconds = []
    for _ in range(rounds + 1):
        start = time.process_time()
        model = fit()
        seconds.append(time.process_time() - start)
    return model, statistics.median(seconds[1:])


class Scores:
    """Scores (n, m) that are known already, as a model."""

    def __init__(self, scores: np.ndarray):
        self.scores = scores

    def score(self, view: Any) -> np.ndarray:
        """All of them; the view must be the one they were made for."""
        return self.scores.copy()


def numpy_ease(chosen: np.ndarray, l2: float) -> np.ndarray:
    """Weights by one inverse, as in the paper."""
    inverse = np.linalg.inv(chosen.T @ chosen + l2 * np.eye(chosen.shape[1]))
    weights = inverse / -np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return weights


def numpy_als(chosen: np.ndarray, about: dict[str, Any]) -> np.ndarray:
    """Recipes' points by one solve for every row in every round, as in the paper."""
    points = (np.random.default_rng(0).random((chosen.shape[1], about["factors"])) - 0.5) / np.sqrt(about["factors"])
    for _ in range(about["rounds"]):
        points = solved(chosen.T, solved(chosen, points, about), about)
    return points


def solved(chosen: np.ndarray, others: np.ndarray, about: dict[str, Any]) -> np.ndarray:
    """The least squares point of every row."""
    gram, points = others.T @ others + about["l2"] * np.eye(others.shape[1]), []
    for row in chosen:
        mine = others[row > 0]
        points.append(np.linalg.solve(gram + about["alpha"] * mine.T @ mine, (1 + about["alpha"]) * mine.sum(axis=0)))
    return np.array(points)


def references(train: Interactions, question: HeldOut, rounds: int) -> dict[str, tuple[Any, float]]:
    """Plain numpy on dense matrices: (model, seconds) by name."""
    chosen, asked, about = train.matrix().toarray(), question.view.history.toarray(), dict(ALS().params)
    weights, ease = timed(lambda: numpy_ease(chosen, EASE().l2), rounds)
    points, als = timed(lambda: numpy_als(chosen, about), rounds)
    return {
        "numpy ease": (Scores(asked @ weights), ease),
        "numpy als": (Scores(solved(asked, points, about) @ points.T), als),
    }


def peers(python: str, train: Interactions, question: HeldOut, rounds: int) -> dict[str, Any]:
    """What `implicit` finds, in an interpreter of its own."""
    import scipy.sparse as sp

    with tempfile.TemporaryDirectory() as folder:
        sp.save_npz(f"{folder}/train.npz", train.matrix())
        place = {cook: at for at, cook in enumerate(train.cooks.tolist())}
        np.save(f"{folder}/asked.npy", np.array([place[cook] for cook in question.cooks.tolist()]))
        words = [python, "-c", PEER, folder, str(rounds), json.dumps(dict(ALS().params))]
        return json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout)


def judged(lists: np.ndarray, question: HeldOut) -> dict[str, float]:
    """Precision and NDCG at 10 with the half-width of their 95 % intervals."""
    found = intervals({name: values for name, values in measured(lists, question.truth).items() if name[0] in "pn"})
    rows = {name: round(told["value"], 4) for name, told in found.items()}
    return rows | {f"{name} +-": round((told["high"] - told["low"]) / 2, 4) for name, told in found.items()}


def run(rows: Interactions, rounds: int, peer: str | None) -> dict[str, Any]:
    """Everything on one split."""
    late = np.random.default_rng(0).random(len(rows)) < 0.2
    train = rows.take(~late)
    question = held_out(train, rows.take(late))
    question, order, models = question.take(question.warm), by_popularity(train), {}
    ours = {name: timed(lambda model=model: model.fit(train.take(np.arange(len(train)))), rounds)
            for name, model in OURS.items()}  # fmt: skip
    for name, (model, seconds) in {**ours, **references(train, question, rounds)}.items():
        lists = ranked(model, question.view, 10, order)
        models[name] = {"fit_seconds": round(seconds, 4), **judged(lists, question)}
    theirs = peers(peer, train, question, rounds) if peer else {}
    version = theirs.pop("version", None)
    for name, told in theirs.items():
        seconds = round(statistics.median(told["seconds"]), 4)
        models[name] = {"fit_seconds": seconds, **judged(np.array(told["lists"]), question)}
    ratios = {f"{name} / {other}": round(models[name]["fit_seconds"] / models[other]["fit_seconds"], 2)
              for name, others in BESIDE.items() for other in others if other in models}  # fmt: skip
    return {"train": len(train), "users": len(train.cooks), "items": len(train.recipes), "models": models,
            "fit_ratios": ratios, "implicit": version}  # fmt: skip


def main() -> None:
    """Run, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--interactions", type=Path)
    parser.add_argument("--peer", help="a python that has implicit")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = read_interactions(options.interactions) if options.interactions else people()
    data = "the file given" if options.interactions else "made-up people, 943 x 1,682"
    found = {"data": data, "python": platform.python_version(), "cpus": os.cpu_count(), "rounds": options.rounds}
    found |= run(rows, options.rounds, options.peer)
    for name, told in found["models"].items():
        print(f"{name:20}", "  ".join(f"{key} {value:.4f}" for key, value in told.items() if "+-" not in key))
    print(found["fit_ratios"])
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()

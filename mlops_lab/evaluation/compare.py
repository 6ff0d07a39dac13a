"""The ladder of models on any public interaction data, judged as published comparisons do (full ranking).

Input: two CSV or TSV files with a header user,item[,rating][,timestamp]. Every row is one positive whatever its rating.
All recipes of train are ranked for every user with a test item, train items masked; ties go to popularity, then id. A
user without train rows is ranked by popularity in every model. Test items that train does not know count as relevant
and are found by nobody; test items the user already has in train are masked and do not count; repeats in test count
once, repeats in train count for popularity only.
"""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from mlops_lab.data.interaction_files import read_interactions
from mlops_lab.data.interactions import Interactions
from mlops_lab.errors import BadInput
from mlops_lab.evaluation.choice import Candidate, by_popularity, choose
from mlops_lab.evaluation.evaluate import ranked
from mlops_lab.evaluation.held_out import HeldOut, held_out
from mlops_lab.evaluation.intervals import intervals
from mlops_lab.evaluation.metrics import measured
from mlops_lab.models.als import ALS
from mlops_lab.models.blend import Blend
from mlops_lab.models.ease import EASE
from mlops_lab.models.neighbours import ItemKNN
from mlops_lab.models.popularity import Popularity, PopularityRecent

K = 10
EASE_ITEMS = 10_000  # beyond, the inverse wants more than 3 GB and minutes
SEARCH_ITEMS = 5_000  # beyond, neighbours and EASE keep their defaults; the others are fitted in seconds
SEARCH_ROWS = 500_000  # beyond, all do
SLOW = ("item-knn", "ease")
METRICS = ("precision@10", "recall@10", "ndcg@10")

LADDER = {
    "popularity": Candidate(Popularity),
    "popularity-recent": Candidate(
        PopularityRecent, [{"half_life_days": days} for days in (28.0, 7.0, 90.0, 365.0, 1000.0)]
    ),
    "item-knn": Candidate(
        ItemKNN, [{"k": k, "shrink": shrink} for k, shrink in ((100, 20.0), (20, 20.0), (400, 20.0), (100, 100.0))]
    ),
    "ease": Candidate(EASE, [{"l2": l2} for l2 in (300.0, 100.0, 3000.0)]),
    "als": Candidate(ALS, [
        {"alpha": alpha, "l2": l2} for alpha, l2 in ((1.0, 20.0), (1.0, 5.0), (2.0, 30.0), (1.0, 60.0), (5.0, 50.0))
    ]),
    "blend": Candidate(
        Blend, [{"parts": parts} for parts in (
            ("als", "ease"), ("als", "ease", "popularity"), ("als", "ease", "popularity-recent"),
            ("als", "popularity-recent"), ("als", "popularity"),
        )]
    ),
}  # fmt: skip


def compare(train_path: str | Path, test_path: str | Path) -> dict[str, Any]:
    """Fit the ladder on train, judge it on test, and say which model the lab would ship, decided on train alone.

    Returns JSON: `models` {name: {precision@10, recall@10, ndcg@10 as {value, low, high}, fit_seconds, params}},
    `chosen`, `reasons`, `skipped` {name: sentence}, `train` and `test` counts. Raises BadInput for unusable files.
    """
    train, test = read_interactions(train_path), read_interactions(test_path)
    question = held_out(train, test)
    if not len(question.cooks):
        raise BadInput(
            f"{test_path} holds no item that its users do not already have in {train_path}; nothing to judge."
        )
    ladder, skipped = feasible(train)
    choice = choose(train, ladder, search=len(train) <= SEARCH_ROWS)
    return {
        "models": _judged(train, question, ladder, choice.params),
        "chosen": choice.chosen,
        "reasons": list(choice.reasons),
        "skipped": skipped,
        "train": _counts(train),
        "test": {**_counts(test), "judged_users": len(question.cooks), "new_users": int((~question.warm).sum())},
    }


def feasible(train: Interactions) -> tuple[dict[str, Candidate], dict[str, str]]:
    """The models that this data allows, and a sentence for each of the others."""
    skipped = {}
    if train.day is None:
        skipped["popularity-recent"] = "popularity-recent needs timestamps, and train has none."
    if len(train.recipes) > EASE_ITEMS:
        skipped["ease"] = (
            f"ease inverts a matrix of items x items; {len(train.recipes):,} is above {EASE_ITEMS:,} items."
        )
    small = len(train.recipes) <= SEARCH_ITEMS
    ladder = {name: LADDER[name] for name in LADDER if name not in skipped}
    if not small:
        ladder |= {name: Candidate(ladder[name].model, ladder[name].variants[:1]) for name in SLOW if name in ladder}
    mixes = [mix for mix in ladder["blend"].variants if not skipped.keys() & set(mix["parts"])]
    return {**ladder, "blend": Candidate(Blend, mixes)}, skipped


def _judged(train: Interactions, question: HeldOut, ladder: dict[str, Candidate], params: dict) -> dict[str, Any]:
    """Every model fitted on all of train and judged on the question."""
    order, warm = by_popularity(train), question.warm
    models: dict[str, Any] = {}
    fitted: dict[str, tuple[Any, float]] = {}
    lists = np.full((len(question.cooks), K), -1)
    for name, candidate in ladder.items():
        model, seconds = fitted[name] = _fitted(candidate.model(**params[name]), train, fitted)
        # The first of the ladder is popularity: what it lists for new users stands for every model.
        rows = np.flatnonzero(warm) if models else np.arange(len(warm))
        lists[rows] = ranked(model, question.view.take(rows), K, order)
        found = intervals(
            {metric: values for metric, values in measured(lists, question.truth).items() if metric in METRICS}
        )
        models[name] = {**found, "fit_seconds": round(seconds, 6), "params": dict(model.params)}
    return models


def _fitted(model: Any, train: Interactions, fitted: dict[str, tuple[Any, float]]) -> tuple[Any, float]:
    """The model and its seconds; a blend takes the parts that are fitted already, and their seconds."""
    if isinstance(model, Blend):
        parts = [fitted[part.kind] for part in model.parts]
        return model.of([part for part, _ in parts]), sum(seconds for _, seconds in parts)
    started = time.perf_counter()
    model.fit(replace(train))  # a copy, so that none profits from another's work
    return model, time.perf_counter() - started


def _counts(rows: Interactions) -> dict[str, int]:
    return {"rows": len(rows), "users": len(rows.cooks), "items": len(rows.recipes)}

"""The training pipeline: plain functions, named after TFX's components; parameter names are the edges.

    example_gen -> statistics_gen -> example_validator
    example_gen -> split -> transform -> trainer -> evaluator -> pushed models (popularity and the best other one)

Candidates are fitted on the days before the split. The best of them is chosen on one half of the cooks and judged on
the other half, so that the winner does not also write its own report; then it is fitted again on all days.
"""

from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlops_lab.data.interactions import Interactions
from mlops_lab.draws import draw, keys
from mlops_lab.errors import BadInput
from mlops_lab.evaluation.blessing import bless
from mlops_lab.evaluation.evaluate import per_cook, ranked, summary
from mlops_lab.evaluation.metrics import measured
from mlops_lab.features.catalogue import CATEGORICAL, NUMERIC
from mlops_lab.features.examples import examples, split_day
from mlops_lab.features.log import Log
from mlops_lab.features.view import Grid, Morning
from mlops_lab.models import saved
from mlops_lab.models.ease import EASE
from mlops_lab.models.neighbours import ItemKNN
from mlops_lab.models.popularity import Popularity, PopularityRecent
from mlops_lab.models.ranker import Ranker
from mlops_lab.pipeline import Pipeline

K = 10
EASE_LIMIT = 6_000  # recipes; the inverse of a larger matrix would outlast the ten seconds a training may take
BASELINE = "popularity"


def ladder(log: Log) -> dict[str, Any]:
    """The candidates, unfitted, each one idea more than the last."""
    models: dict[str, Any] = {
        BASELINE: Popularity(),
        "popularity-recent": PopularityRecent(),
        "item-knn": ItemKNN(),
        "ease": EASE(),
        "ranker": Ranker(numeric=NUMERIC, categorical=CATEGORICAL),
    }
    return {name: model for name, model in models.items() if name != "ease" or len(log.recipes) <= EASE_LIMIT}


def interactions(log: Log, until: int) -> Interactions:
    """Choices before the day `until` as models of histories take them."""
    past = log.choice_day < until
    return Interactions(
        log.cooks, log.recipes, log.choice_cook[past], log.choice_recipe[past], log.choice_day[past].astype(np.float64)
    )


def fit(model: Any, log: Log, rows: pd.DataFrame | None, until: int) -> Any:
    """The model fitted on what was known before the day `until`; a ranker takes its labelled rows."""
    if model.kind != "ranker":
        return model.fit(interactions(log, until), as_of_day=until)
    if rows is None:
        rows = labelled(log, until)
    features = rows.drop(columns=["clicked", "position"])
    position = rows["position"].to_numpy() if (rows["position"] >= 0).all() else None
    return model.fit(features, rows["clicked"].to_numpy(dtype=bool), position)


def labelled(log: Log, until: int) -> pd.DataFrame:
    """Feature rows with their label `clicked` and their `position` (-1 where no slate was logged)."""
    found = examples(log, until)
    position = np.full(len(found.day), -1) if found.position is None else found.position
    return found.rows.assign(clicked=found.clicked, position=position)


def example_gen(data: Any) -> Log:
    """The stored rows of one data commit, coded (TFX ExampleGen)."""
    return data.log()


def statistics_gen(example_gen: Log) -> dict:
    """Counts that tell whether there is enough to learn from (TFX StatisticsGen)."""
    log = example_gen
    numbers = (
        {name: float(np.mean(log.attributes[name])) for name in ("minutes", "kcal")} if len(log.version_day) else {}
    )
    counts = {"cooks": len(log.cooks), "recipes": len(log.recipes), "choices": len(log.choice_day), "days": log.days}
    return {**counts, "examples": len(log.example_day), "means": {k: round(v, 6) for k, v in numbers.items()}}


def example_validator(statistics_gen: dict) -> list:
    """Anomalies of the examples as sentences; none means that training may start (TFX ExampleValidator)."""
    found = []
    for name, least in (("choices", 1), ("recipes", 2), ("cooks", 1)):
        if statistics_gen[name] < least:
            found.append(f"{statistics_gen[name]} {name} found, at least {least} needed")
    found += [
        f"the mean of {name} is not a number" for name, v in statistics_gen["means"].items() if not np.isfinite(v)
    ]
    return found


def split(example_gen: Log, champion: dict) -> int:
    """The first day held out; later than what the champion has learned from where that leaves days to judge."""
    day = split_day(example_gen)
    fresh = int(champion.get("day", -1)) + 1
    return fresh if day < fresh <= example_gen.days - 3 else day


def transform(example_gen: Log, split: int, example_validator: list) -> pd.DataFrame:
    """Feature rows known before the split (TFX Transform); the same catalogue answers at serving time."""
    if example_validator:
        raise BadInput(f"The examples cannot be trained on: {'; '.join(example_validator)}. Ingest more data first.")
    return labelled(example_gen, split)


def trainer(example_gen: Log, transform: pd.DataFrame, split: int) -> dict[str, np.ndarray]:
    """Every candidate fitted on the days before the split, saved as bytes (TFX Trainer)."""
    fitted = {}
    for name, model in ladder(example_gen).items():
        if name != "ranker" or transform["clicked"].nunique() == 2:
            rows = transform if name == "ranker" else None
            fitted[name] = np.frombuffer(saved.to_bytes(fit(model, example_gen, rows, split)), dtype=np.uint8)
    return fitted


def held_out(log: Log, day: int) -> tuple[Grid, sp.csr_array]:
    """The view of the cooks who chose something on or after the day, and what they chose (n, m): the truth."""
    morning = Morning(log, day)
    late = log.choice_day >= day
    column = np.full(len(log.recipes), -1)
    column[morning.codes] = np.arange(len(morning.codes))
    cook, recipe = log.choice_cook[late], column[log.choice_recipe[late]]
    cook, recipe = cook[recipe >= 0], recipe[recipe >= 0]
    cooks, row = np.unique(cook, return_inverse=True)
    truth = sp.csr_array((np.ones(len(row)), (row, recipe)), shape=(len(cooks), len(morning.codes)))
    view = Grid(morning, cooks)
    unseen = truth - truth.multiply(view.history > 0)  # what a cook chose before is masked and cannot count
    unseen.data = (unseen.data > 0).astype(np.float64)
    unseen.eliminate_zeros()
    with_truth = np.flatnonzero(np.diff(unseen.indptr) > 0)
    return view.take(with_truth), sp.csr_array(unseen[with_truth])


def evaluator(
    example_gen: Log, trainer: dict[str, np.ndarray], split: int, champion: dict, champion_model: bytes
) -> dict:
    """Metrics of every candidate, the best beside popularity, its blessing over the champion (TFX Evaluator)."""
    view, truth = held_out(example_gen, split)
    models = {name: saved.from_bytes(content.tobytes()) for name, content in trainer.items()}
    if not truth.shape[0]:
        reason = f"No cook chose a new recipe on or after day {split}, so nothing can be judged."
        return {"chosen": _simplest(models), "blessed": False, "reasons": [reason], "metrics": {}, "difference": None}
    champion_score = _champion(example_gen, champion, champion_model, models, split)
    lists = {name: ranked(model, view, K) for name, model in models.items()}
    scores = {name: measured(found, truth)["ndcg@10"] for name, found in lists.items()}
    metrics = {name: summary(found, truth, len(view.recipes)) for name, found in lists.items()}
    choosing = draw(0, "half of the cooks", keys(example_gen.cooks[view.cook])) < 0.5
    if choosing.all() or not choosing.any():
        choosing = np.arange(len(choosing)) % 2 == 0
    others = [name for name in scores if name != BASELINE]
    chosen = max(others, key=lambda name: (round(float(scores[name][choosing].mean()), 6), -others.index(name)))
    if saved.digest(models[chosen]) == saved.digest(champion_score):
        reason = f"The best candidate is {chosen}, which is what the champion is already; there is nothing to gain."
        return {"chosen": chosen, "blessed": False, "reasons": [reason], "metrics": metrics, "difference": None}
    judge = ~choosing
    rival = per_cook(champion_score, view, truth, k=K)["ndcg@10"]
    blessing = bless(
        scores[chosen][judge], rival[judge], candidate_name=chosen, champion_name=champion.get("kind", BASELINE)
    )
    return {
        "chosen": chosen,
        "blessed": blessing.blessed,
        "reasons": list(blessing.reasons),
        "difference": blessing.difference,
        "metrics": metrics,
    }


def _simplest(models: dict[str, Any]) -> str:
    return next(name for name in models if name != BASELINE)


def _champion(log: Log, champion: dict, content: bytes, models: dict[str, Any], split: int) -> Any:
    """The champion to beat; where it has already seen the held-out days, its twin fitted before them."""
    if not champion:
        return models[BASELINE]
    model = saved.from_bytes(content)
    if int(champion["day"]) < split:
        return model
    return models.get(model.kind) or fit(type(model)(**model.params), log, None, split)


def best(example_gen: Log, evaluator: dict) -> bytes:
    """The best other model fitted again on all days, ready to be pushed."""
    return saved.to_bytes(fit(ladder(example_gen)[evaluator["chosen"]], example_gen, None, example_gen.days))


def baseline(example_gen: Log) -> bytes:
    """Popularity on all days: always pushed, always beside the others."""
    return saved.to_bytes(fit(ladder(example_gen)[BASELINE], example_gen, None, example_gen.days))


TRAINING = Pipeline(
    "training",
    (
        example_gen, statistics_gen, example_validator, split, transform, trainer, evaluator, best, baseline,
    ),
)  # fmt: skip

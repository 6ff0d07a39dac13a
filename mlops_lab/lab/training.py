"""The training pipeline: plain functions, named after TFX's components; parameter names are the edges.

    example_gen -> statistics_gen, with schema_gen -> example_validator
    example_gen -> split -> transform -> trainer, with resolver -> evaluator -> best
    best -> infra_validator, with evaluator -> pusher -> bulk_inferrer

Candidates are fitted on the days before the split. The best of them is chosen on one half of the cooks and judged on
the other half, so that the winner does not also write its own report; then it is fitted again on all days.

Every value is one that can be a file, so that another engine runs the same steps; what is not, is an input with an
identity: the data commit, the registry, and the server in which a model is tried.
"""

from dataclasses import asdict
from typing import Annotated, Any

import numpy as np
import pandas as pd

from mlops_lab.data.anomalies import broken
from mlops_lab.data.contracts import Rule, promised
from mlops_lab.data.statistics import statistics
from mlops_lab.draws import draw, keys
from mlops_lab.errors import BadInput
from mlops_lab.evaluation.blessing import bless
from mlops_lab.evaluation.evaluate import ranked, summaries
from mlops_lab.evaluation.metrics import measured
from mlops_lab.evaluation.slices import by_slice, judged, of_lab
from mlops_lab.features.examples import split_day
from mlops_lab.features.log import Log
from mlops_lab.lab.candidates import BASELINE, fit, held_out, labelled, ladder
from mlops_lab.lab.gates import bulk_inferrer, infra_validator, pushed, pusher
from mlops_lab.models import saved
from mlops_lab.pipeline import DATASET, METRICS, MODEL, REPORT, Pipeline, step

K = 10
Models = Annotated[dict[str, np.ndarray], MODEL]  # name -> the bytes of a saved model


def example_gen(data: Any) -> Annotated[Log, DATASET]:
    """The stored rows of one data commit, coded (TFX ExampleGen)."""
    return data.log()


def statistics_gen(example_gen: Annotated[Log, DATASET]) -> Annotated[dict, METRICS]:
    """Counts that tell whether there is enough to learn from, and the recipes column by column (TFX StatisticsGen)."""
    log = example_gen
    counts = {"cooks": len(log.cooks), "recipes": len(log.recipes), "choices": len(log.choice_day), "days": log.days}
    shown = {"day": log.example_day, "position": log.example_position, "clicked": log.example_clicked.astype(np.int64)}
    columns = {"columns": statistics(pd.DataFrame(log.attributes)), "shown": statistics(pd.DataFrame(shown))}
    return {**counts, "examples": len(log.example_day), **columns}


def schema_gen() -> dict:
    """The contract of every table, as people have agreed on it (TFX ImportSchemaGen: curated, not inferred)."""
    return {table: {column: asdict(rule) for column, rule in rules.items()} for table, rules in promised().items()}


def example_validator(statistics_gen: Annotated[dict, METRICS], schema_gen: dict) -> Annotated[list, REPORT]:
    """Anomalies of the examples as sentences; none means that training may start (TFX ExampleValidator)."""
    least = {"choices": 1, "recipes": 2, "cooks": 1}
    found = [f"{statistics_gen[name]} {name} found, at least {low} needed"
             for name, low in least.items() if statistics_gen[name] < low]  # fmt: skip
    for table, told in (("recipes", statistics_gen["columns"]), ("examples", statistics_gen["shown"])):
        rules = {name: Rule(**schema_gen[table][name]) for name in told}
        found += [anomaly.sentence for anomaly in broken(table, told, rules)]
    return found


def resolver(registry: Any) -> Models:
    """The model to beat: `model`, and the newest `day` it learned from; empty when there is none (TFX Resolver).

    It is joined through metadata, not by an edge from the last run, since the latest model is not the one to beat. TFX
    takes the latest *blessed* one. Here a blessing has two parts: the evaluator's, and the release's, which a version
    earns with cooks and can lose by a rollback; the champion is the latest version that holds both.

    What a step reads from a registry would be hidden from the cache. So the registry is an input whose identity is the
    version to be found there: a promotion is seen, and a training that adds versions does not make the next one stale.
    """
    return registry.blessed()


def split(example_gen: Annotated[Log, DATASET], resolver: Models) -> int:
    """The first day held out; later than what the champion has learned from where that leaves days to judge."""
    day = split_day(example_gen)
    fresh = _learned(resolver) + 1
    return fresh if day < fresh <= example_gen.days - 3 else day


def transform(
    example_gen: Annotated[Log, DATASET], split: int, example_validator: Annotated[list, REPORT]
) -> Annotated[pd.DataFrame, DATASET]:
    """Feature rows known before the split (TFX Transform); the same catalogue answers at serving time."""
    if example_validator:
        raise BadInput(f"The examples cannot be trained on: {'; '.join(example_validator)}. Ingest more data first.")
    return labelled(example_gen, split)


def trainer(
    example_gen: Annotated[Log, DATASET], transform: Annotated[pd.DataFrame, DATASET], split: int, tuned: Any = None
) -> Models:
    """Every candidate fitted on the days before the split, saved as bytes (TFX Trainer).

    tuned: what a search has found and a verdict accepted (TFX Tuner), see `lab.tuning`; otherwise the defaults.
    """
    fitted = {}
    for name, model in ladder(example_gen, tuned and tuned.parameters).items():
        if name != "ranker" or transform["clicked"].nunique() == 2:
            rows = transform if name == "ranker" else None
            fitted[name] = arrayed(saved.to_bytes(fit(model, example_gen, rows, split)))
    return fitted


def evaluator(
    example_gen: Annotated[Log, DATASET], trainer: Models, split: int, resolver: Models
) -> Annotated[dict, METRICS]:
    """Metrics of every candidate, the best beside popularity, its blessing over the champion (TFX Evaluator).

    A candidate that is better on the whole and worse on a slice of cooks beyond doubt is not blessed either.
    """
    view, truth = held_out(example_gen, split)
    names = [name for name in ladder(example_gen) if name in trainer]  # the ladder knows which is the simpler one
    models = {name: saved.from_bytes(trainer[name].tobytes()) for name in names}
    if not truth.shape[0]:
        reason = f"No cook chose a new recipe on or after day {split}, so nothing can be judged."
        return _unjudged(_simplest(models), reason, {})
    champion = _champion(example_gen, resolver, models, split)
    lists = {name: ranked(model, view, K) for name, model in models.items()}
    measures = {name: measured(found, truth) for name, found in lists.items()}
    scores = {name: found["ndcg@10"] for name, found in measures.items()}
    metrics = summaries(lists, measures, len(view.recipes))
    choosing = draw(0, "half of the cooks", keys(example_gen.cooks[view.cook])) < 0.5
    if choosing.all() or not choosing.any():
        choosing = np.arange(len(choosing)) % 2 == 0
    others = [name for name in scores if name != BASELINE]
    chosen = max(others, key=lambda name: (round(float(scores[name][choosing].mean()), 6), -others.index(name)))
    if saved.digest(models[chosen]) == saved.digest(champion):
        reason = f"The best candidate is {chosen}, which is what the champion is already; there is nothing to gain."
        return _unjudged(chosen, reason, metrics)
    judge, rivals, parts = ~choosing, ranked(champion, view, K), of_lab(view)
    rival = measured(rivals, truth)["ndcg@10"]
    blessing = bless(scores[chosen][judge], rival[judge], candidate_name=chosen, champion_name=champion.kind)
    # All cooks: it won on half of them, which can only hide that a slice is worse, never make it look so.
    slices = judged(by_slice(lists[chosen], truth, parts), by_slice(rivals, truth, parts), parts)
    # A slice of cooks can say no. One of recipes is told: a list that turns to one season's dishes leaves another's.
    told = {part.name for part in parts if not part.recipes.all()}
    worse = [found["fails"] for name, found in slices.items() if found["fails"] and name not in told]
    return {
        "chosen": chosen,
        "blessed": blessing.blessed and not worse,
        "reasons": [*blessing.reasons, *worse],
        "difference": blessing.difference,
        "metrics": metrics,
        "slices": slices,
    }


def _unjudged(chosen: str, reason: str, metrics: dict) -> dict[str, Any]:
    verdict = {"chosen": chosen, "blessed": False, "reasons": [reason], "metrics": metrics}
    return verdict | {"difference": None, "slices": {}}


def _simplest(models: dict[str, Any]) -> str:
    return next(name for name in models if name != BASELINE)


def _champion(log: Log, resolver: dict, models: dict[str, Any], split: int) -> Any:
    """The champion to beat; where it has already seen the held-out days, its twin fitted before them."""
    if not resolver:
        return models[BASELINE]
    model = saved.from_bytes(resolver["model"].tobytes())
    if _learned(resolver) < split:
        return model
    twin = models.get(model.kind)
    return twin if twin and twin.params == model.params else fit(type(model)(**model.params), log, None, split)


def _learned(resolver: dict) -> int:
    return int(resolver["day"]) if resolver else -1


def arrayed(content: bytes) -> np.ndarray:
    """Bytes as an array, so that they travel beside others in one file."""
    return np.frombuffer(content, dtype=np.uint8)


def best(
    example_gen: Annotated[Log, DATASET], evaluator: Annotated[dict, METRICS], tuned: Any = None
) -> Annotated[bytes, MODEL]:
    """The best other model fitted again on all days, ready to be pushed."""
    model = ladder(example_gen, tuned and tuned.parameters)[evaluator["chosen"]]
    return saved.to_bytes(fit(model, example_gen, None, example_gen.days))


def baseline(example_gen: Annotated[Log, DATASET]) -> Annotated[bytes, MODEL]:
    """Popularity on all days: always registered, always beside the others."""
    return saved.to_bytes(fit(ladder(example_gen)[BASELINE], example_gen, None, example_gen.days))


TRAINING = Pipeline(
    "training",
    (
        example_gen, statistics_gen, schema_gen, example_validator, resolver, split, transform, trainer, evaluator,
        best, infra_validator, pusher, pushed, step(bulk_inferrer, when="pushed"), baseline,
    ),
)  # fmt: skip

"""What stands between a trained model and the cooks: TFX's InfraValidator, Pusher and BulkInferrer as steps."""

from typing import Annotated, Any

import numpy as np
import pandas as pd

from mlops_lab.features.log import Log
from mlops_lab.features.view import Morning
from mlops_lab.models import saved
from mlops_lab.models.ranking import top_k
from mlops_lab.pipeline import DATASET, METRICS, MODEL, REPORT
from mlops_lab.serving.sandbox import Sandbox
from mlops_lab.serving.trial import tried

K = 10
COOKS = 512  # scored at a time


def infra_validator(
    best: Annotated[bytes, MODEL], example_gen: Annotated[Log, DATASET], sandbox: Any = None
) -> Annotated[dict, REPORT]:
    """Does it load and answer in a real server process: {"blessed", "problems", "requests"} (TFX InfraValidator).

    sandbox: the process to use; without one a process is started for this trial alone. No times are in the result.
    """
    if sandbox is not None:
        return tried(best, example_gen, sandbox)
    with Sandbox() as own:
        return tried(best, example_gen, own)


def pusher(
    best: Annotated[bytes, MODEL], evaluator: Annotated[dict, METRICS], infra_validator: Annotated[dict, REPORT]
) -> Annotated[dict, REPORT]:
    """Push only what every gate has blessed: {"pushed" (1 or 0), "digest" of the model, "reasons"} (TFX Pusher).

    To push is to say that the version may be released. Registering it is no work of a step: a commit made inside a
    step would be missing where that step is skipped. So `train` registers what the run hands it, with this verdict.
    """
    passed = evaluator["blessed"] and infra_validator["blessed"]
    reasons = [*evaluator["reasons"], *infra_validator["problems"]]
    return {"pushed": int(passed), "digest": saved.digest(saved.from_bytes(best)), "reasons": reasons}


def pushed(pusher: Annotated[dict, REPORT]) -> bool:
    """The condition of what follows a push."""
    return pusher["pushed"] == 1


def bulk_inferrer(
    best: Annotated[bytes, MODEL], example_gen: Annotated[Log, DATASET]
) -> Annotated[pd.DataFrame, DATASET]:
    """The pushed model's ten best recipes for every known cook: cook, rank (from 1), recipe, score (TFX BulkInferrer).

    As the serving graph has them on the next morning: what a cook has just chosen rests, ties go by id.
    """
    model, morning = saved.from_bytes(best), Morning(example_gen, example_gen.days)
    cooks = example_gen.cooks
    parts = [_lists(model, morning, cooks[at : at + COOKS]) for at in range(0, len(cooks), COOKS)]
    columns = {"cook": np.str_, "rank": np.int64, "recipe": np.str_, "score": np.float64}
    empty = pd.DataFrame({name: np.zeros(0, dtype=kind) for name, kind in columns.items()})
    return pd.concat(parts or [empty], ignore_index=True)


def _lists(model: Any, morning: Morning, cooks: np.ndarray) -> pd.DataFrame:
    view = morning.view(cooks)
    scores = np.array(model.score(view), dtype=np.float64)
    resting = morning.resting[view.cook].tocoo()
    scores[resting.coords[0], resting.coords[1]] = -np.inf
    row, place = np.nonzero((chosen := top_k(scores, K)) >= 0)
    column = chosen[row, place]
    found = {"cook": cooks[row], "rank": place + 1, "recipe": morning.recipes[column], "score": scores[row, column]}
    return pd.DataFrame(found | {"score": np.round(found["score"], 6)})

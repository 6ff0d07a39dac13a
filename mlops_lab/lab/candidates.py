"""The candidates of a training: what they are, what they are fitted on, and the cooks on whom they are judged."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlops_lab.data.interactions import Interactions
from mlops_lab.features.catalogue import NUMBER, TEXT, of_kind
from mlops_lab.features.examples import examples
from mlops_lab.features.log import Log
from mlops_lab.features.view import Grid, Morning
from mlops_lab.models.als import ALS
from mlops_lab.models.blend import Blend
from mlops_lab.models.ease import EASE
from mlops_lab.models.neighbours import ItemKNN
from mlops_lab.models.popularity import Popularity, PopularityRecent
from mlops_lab.models.ranker import Ranker

EASE_LIMIT = 6_000  # recipes; the inverse of a larger matrix would outlast the ten seconds a training may take
FACTORS = 16  # tastes are few and histories short; more would only take longer
BASELINE = "popularity"


def ladder(log: Log, tuned: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, Any]:
    """The candidates, unfitted, each one idea more than the last. tuned: parameters by name, instead of the default."""
    models: dict[str, Any] = {
        BASELINE: Popularity(),
        "popularity-recent": PopularityRecent(),
        "item-knn": ItemKNN(),
        "ease": EASE(),
        "als": ALS(factors=FACTORS),
        "blend": Blend({"als": {"factors": FACTORS}, "popularity-recent": {}}),
        "ranker": Ranker(numeric=of_kind(NUMBER), categorical=of_kind(TEXT)),
    }
    models |= {
        name: type(models[name])(**given) for name, given in (tuned or {}).items() if given != models[name].params
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

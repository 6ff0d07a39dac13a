"""Training and serving about the same moments: the prediction log against the store, row by row."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from mlops_lab.features.memory import Memory
from mlops_lab.monitoring.skew import Skew, skew
from mlops_lab.serving.predictions import features_again

if TYPE_CHECKING:
    from mlops_lab.lab.lab import Lab


def parity(lab: "Lab", days: Iterable[int], *, as_of_then: bool = False) -> dict[int, Skew]:
    """For each day: features as served, against the same ones computed as training rows are.

    From the newest data, which may know better by now and must not; or, as_of_then, from the commit that was the newest
    when the answers were given. Rates look back 28 days of the 56 that are kept of what was shown: the newest data tell
    them for the last four weeks.
    """
    return {day: _day(lab, lab.table("predictions", (day, day)), as_of_then) for day in days}


def _day(lab: "Lab", rows: pd.DataFrame, as_of_then: bool) -> Skew:
    if not as_of_then:
        return skew(rows["features"], pd.Series(features_again(lab.memory().log(), rows)))
    again = pd.Series("", index=rows.index)
    for snapshot, part in rows.groupby("snapshot"):
        memory = Memory.load(lab.store, lab.store.get(str(snapshot))) if snapshot else Memory()
        again[part.index] = features_again(memory.log(), part)
    return skew(rows["features"], again)

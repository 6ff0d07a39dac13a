"""Training and serving about the same moment: are the features that were served the ones we compute today?"""

import json
from collections import Counter
from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class Skew:
    """rows compared, the share of them that is equal, and by feature how many rows differ there."""

    rows: int
    equal: float
    columns: dict[str, int] = field(default_factory=dict)


def skew(served: pd.Series, recomputed: pd.Series) -> Skew:
    """Compare features as JSON text, row by row; both series aligned (n,). Raises ValueError for other lengths.

    Text is compared first: only rows that differ are read.
    """
    if len(served) != len(recomputed):
        raise ValueError(f"{len(served)} served rows cannot be compared with {len(recomputed)} recomputed ones.")
    left, right = served.to_numpy(dtype=object), recomputed.to_numpy(dtype=object)
    counts: Counter[str] = Counter()
    differing = 0
    for before, now in zip(left, right, strict=True):
        if before != now:
            columns = _differing(before, now)
            counts.update(columns)
            differing += bool(columns)
    return Skew(len(left), 1 - differing / len(left) if len(left) else 1.0, dict(sorted(counts.items())))


def _differing(before: str, now: str) -> list[str]:
    """Names of the features that differ; "unreadable" where the text is no JSON object."""
    try:
        left, right = json.loads(before), json.loads(now)
        return [name for name in sorted(left.keys() | right.keys()) if left.get(name) != right.get(name)]
    except (TypeError, ValueError, AttributeError):
        return ["unreadable"]

"""A version: one trained model and everything said about it when it was registered."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mlops_lab.errors import BadInput

MODEL, CARD = "model.npz", "card.json"  # the two files of a version's commit


class UnknownVersion(BadInput):
    """No version has this number."""


@dataclass(frozen=True)
class Version:
    """A registered model. number counts from 1; digest + data_commit are its identity; commit holds its files."""

    number: int
    kind: str
    digest: str
    data_commit: str
    run: str
    metrics: Mapping[str, Any] = field(default_factory=dict)
    blessed: bool = False
    reasons: tuple[str, ...] = ()
    commit: str = ""

    def __repr__(self) -> str:
        blessing = "blessed" if self.blessed else "not blessed"
        return f"Version({self.number}: {self.kind} {self.digest[:8]} on data {self.data_commit[:8]}, {blessing})"

    @property
    def identity(self) -> tuple[str, str]:
        """What makes a version the same as another: the same arrays, learned from the same data."""
        return self.digest, self.data_commit


def card(version: Version) -> bytes:
    """The version as readable JSON. Without its number: that is its place in the log, so it cannot be given twice."""
    fields = {
        "kind": version.kind, "digest": version.digest, "data_commit": version.data_commit, "run": version.run,
        "metrics": dict(version.metrics), "blessed": version.blessed, "reasons": list(version.reasons),
    }  # fmt: skip
    return (json.dumps(fields, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def read_card(content: bytes, number: int, commit: str) -> Version:
    """The version that `card` wrote."""
    fields = json.loads(content)
    return Version(number=number, commit=commit, **{**fields, "reasons": tuple(fields["reasons"])})

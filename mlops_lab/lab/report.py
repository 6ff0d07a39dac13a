"""What happened in a lab so far, read from the store."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from mlops_lab.lab.lab import Lab


@dataclass(frozen=True)
class Report:
    """Rows of plain data: days, alerts, releases and versions, oldest first."""

    days: list[dict] = field(default_factory=list)
    alerts: list[dict] = field(default_factory=list)
    releases: list[dict] = field(default_factory=list)
    versions: list[dict] = field(default_factory=list)

    def __repr__(self) -> str:
        requests, clicks = (sum(day[name] for day in self.days) for name in ("requests", "clicks"))
        rate = clicks / requests if requests else 0.0
        champion = self.days[-1]["champion"] if self.days else 0
        return (
            f"Report({_count(self.days, 'day')}, {requests:,} requests, click rate {rate:.1%}, "
            f"{_count(self.alerts, 'alert')}, {_count(self.releases, 'release')}, champion {champion or 'none'})"
        )

    def frame(self) -> pd.DataFrame:
        """One row a day: requests, clicks, click_rate, champion."""
        return pd.DataFrame(self.days, columns=["day", "requests", "clicks", "click_rate", "champion"])

    def document(self) -> dict:
        """The same as one JSON document."""
        return {"days": self.days, "alerts": self.alerts, "releases": self.releases, "versions": self.versions}


def _count(rows: list[dict], noun: str) -> str:
    return f"{len(rows)} {noun}{'' if len(rows) == 1 else 's'}"


def report(lab: "Lab") -> Report:
    """Everything the evenings of a lab have written down, and every move of the registry."""
    evenings = lab.evenings()
    days = [evening["summary"] for evening in evenings]
    alerts = [alert for evening in evenings for alert in evening["alerts"]]
    releases = [
        {
            "day": move["day"],
            "version": move["version"],
            "action": move["action"],
            "who": move["who"],
            "why": move["why"],
        }
        for move in lab.registry.moves()
    ]
    versions = [
        {"version": v.number, "kind": v.kind, "digest": v.digest, "data_commit": v.data_commit, "blessed": v.blessed,
         "reasons": list(v.reasons)}
        for v in lab.registry.versions()
    ]  # fmt: skip
    return Report(days, alerts, releases, versions)

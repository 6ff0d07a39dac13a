"""Incidents inside the company's data: each changes its own columns or tables and nothing else."""

import math

import numpy as np
import pandas as pd

from mlops_lab.draws import draw
from mlops_lab.world.incidents import Incident, force

_SECONDS = 60.0  # unit-change: what a minute becomes
_LOST = 0.4  # nan-flood: share of recipes that lose their kcal
_RETRIED = 0.3  # duplicate-events: share of slates sent twice
_STREAM, _ABROAD = 1 / 80, 1 / 4  # new-market: cooks who join a day, and in the end, per first cook
_AUTOMATIC = 1 / 3  # bot-traffic: requests of machines per request of a cook
_PROLIFIC = 10  # whose recipes machines open is one of the authors who write most
_HELD, _SOONEST, LATEST = 0.7, 10, 20  # late-labels: share of reports held up, and for how many days
_RING, _CHOSEN, _BOUGHT = 15, 3, 0.009  # poisoned-ratings: accounts, recipes, ratings a day per request


class Troubles:
    """What goes wrong between the company and the lab, by day."""

    def __init__(self, seed: int, incidents: tuple[Incident, ...]):
        self._seed, self._incidents = seed, incidents
        self._last: tuple[tuple[float, ...], pd.DataFrame] | None = None

    def catalogue(self, day: int, snapshot: pd.DataFrame) -> pd.DataFrame:
        """The snapshot as it is sent; the same object while neither it nor its trouble changes."""
        forces = [self._force(kind, day) for kind in ("unit-change", "nan-flood", "missing-column")]
        if not any(forces):
            return snapshot
        key = (len(snapshot), *forces)
        if self._last is None or self._last[0] != key:
            self._last = (key, self._changed(snapshot, *forces))
        return self._last[1]

    def _changed(self, snapshot: pd.DataFrame, seconds: float, lost: float, missing: float) -> pd.DataFrame:
        number = np.arange(len(snapshot))
        minutes, kcal = snapshot["minutes"].to_numpy(), snapshot["kcal"].to_numpy()
        slow = draw(self._seed, "in seconds", number) < seconds
        gone = draw(self._seed, "kcal lost", number) < lost * _LOST
        sent = snapshot.assign(minutes=np.where(slow, minutes * _SECONDS, minutes), kcal=np.where(gone, np.nan, kcal))
        if missing >= 1:
            return sent.drop(columns="season")
        return sent.assign(season=sent["season"].mask(draw(self._seed, "season lost", number) < missing))

    def resent(self, day: int, request: np.ndarray) -> np.ndarray:
        """Row numbers that are sent again after all others; request (rows,) holds each row's request number."""
        share = _RETRIED * self._force("duplicate-events", day)
        if not share:
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero(draw(self._seed, "retried", day, request) < share)

    def arrived(self, day: int, cooks: int) -> int:
        """How many cooks of the new market have joined by a day, in a company of so many first cooks."""
        opened = [incident for incident in self._incidents if incident.kind == "new-market"]
        shares = [(_STREAM * sum(i.force(d) for d in range(i.day, day + 1)), _ABROAD * i.strength) for i in opened]
        return max((round(cooks * min(share)) for share in shares), default=0)

    def abroad(self, cooks: int) -> int:
        """How many cooks the new market will have in the end."""
        opened = [incident.strength for incident in self._incidents if incident.kind == "new-market"]
        return max((math.ceil(cooks * _ABROAD * strength) for strength in opened), default=0)

    def automatic(self, day: int, requests: int) -> int:
        """How many requests machines make on a day, beside those of cooks."""
        return round(_AUTOMATIC * requests * self._force("bot-traffic", day))

    def clicked(self, author: np.ndarray, place: np.ndarray) -> np.ndarray:
        """The places (n,) that machines open: their author's first, else the first; place: what cooks would open.

        author (n, k): of the recipe in each place, -1 where there is none.
        """
        if not author.size:
            return place
        favourite = int(draw(self._seed, "whose machines") * _PROLIFIC)
        return np.where((author >= 0).any(axis=1), np.argmax(author == favourite, axis=1), place)

    def held_up(self, day: int, pairs: np.ndarray) -> np.ndarray:
        """Days by which the reports of what was cooked on a day are late, beyond what is usual; pairs (n,) codes."""
        held = draw(self._seed, "held up", day, pairs) < _HELD * self._force("late-labels", day)
        days = _SOONEST + (draw(self._seed, "for days", day, pairs) * (LATEST - _SOONEST + 1)).astype(np.int64)
        return np.where(held, days, 0)

    def bought(self, day: int, cooks: int, recipes: int, requests: int) -> tuple[np.ndarray, np.ndarray]:
        """Cook and recipe numbers of the ratings that a ring gives on a day: each account each recipe at most once."""
        many = round(_BOUGHT * requests * self._force("poisoned-ratings", day))
        ring = np.argsort(draw(self._seed, "in the ring", np.arange(cooks)), kind="stable")[:_RING]
        chosen = np.argsort(draw(self._seed, "for money", np.arange(recipes)), kind="stable")[:_CHOSEN]
        turn = np.argsort(draw(self._seed, "turn", day, np.arange(len(ring) * len(chosen))), kind="stable")[:many]
        return ring[turn // len(chosen)], chosen[turn % len(chosen)]

    def _force(self, kind: str, day: int) -> float:
        return force(self._incidents, kind, day)

"""Who asks on a day: cooks, by the rhythm of their markets; in trouble also those of a new market, and machines."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from mlops_lab.draws import draw
from mlops_lab.errors import BadInput
from mlops_lab.world.cooks import MARKETS, Cooks
from mlops_lab.world.habits import MINUTES, asking, minute
from mlops_lab.world.ids import numbered
from mlops_lab.world.seasons import date_of
from mlops_lab.world.shapes import under
from mlops_lab.world.troubles import Troubles

_MACHINES = 3  # accounts that bots have taken over


@dataclass(frozen=True)
class Asking:
    """Who asks on a day, in order of time: request ids (also as a text column, to take rows from), cooks, minutes.

    Trouble comes after all others, so that it changes nobody's number: the new market, then machines, who are the
    requests from number `people` on.
    """

    day: int
    ids: np.ndarray
    column: ExtensionArray
    cook: np.ndarray
    minute: np.ndarray
    people: int


class Crowd:
    """The requests of each day, from the cooks there are; `requests`: on a mean day."""

    def __init__(self, seed: int, requests: int, start: date, cooks: Cooks, troubles: Troubles):
        self._seed, self._requests, self._start = seed, requests, start
        self._cooks, self._troubles = cooks, troubles
        self._asked: Asking | None = None

    def on(self, day: int) -> Asking:
        """Who asks on a day, kept until another day is asked for. Raises BadInput for a day before the first."""
        if self._asked is None or self._asked.day != day:
            if day < 0:
                raise BadInput(f"day {day} lies before this world began; expected 0 or more")
            groups = (self._at_home(day), self._abroad(day), self._machines(day))
            cook, minutes = (np.concatenate(columns) for columns in zip(*groups, strict=True))
            ids = numbered(f"q{day:04d}-", len(cook))
            people = len(cook) - len(groups[-1][0])
            self._asked = Asking(day, ids, pd.array(ids, dtype="str"), cook, minutes, people)
        return self._asked

    def automatic(self, request: pd.Series, day: pd.Series) -> np.ndarray:
        """Which requests, by id and day, machines have made; (n,) bool."""
        found = np.zeros(len(day), dtype=bool)
        for one in day.unique().tolist():
            if self._troubles.automatic(one, 1000):
                rows, people = (day == one).to_numpy(), self.on(one).people
                found[rows] = [int(id.rpartition("-")[2]) >= people for id in request[rows].tolist()]
        return found

    def volume(self, day: int) -> int:
        """Requests on a day: how many cooks there are, the rhythm of their markets, and a little noise."""
        noise = 0.95 + 0.1 * float(draw(self._seed, "volume", day))
        return round(self._requests * float(self._rhythm(day).sum()) / self._cooks.count * noise)

    def _rhythm(self, day: int) -> np.ndarray:
        """How readily each cook who has joined asks on a day, beside a mean day; 0 for those who left."""
        here = self._cooks.here(day)
        return np.where(here, asking(date_of(self._start, day))[self._cooks.market[: len(here)]], 0.0)

    def _at_home(self, day: int) -> tuple[np.ndarray, np.ndarray]:
        number, rhythm = np.arange(self.volume(day)), self._rhythm(day)
        cook = under(np.cumsum(rhythm * self._cooks.asking[: len(rhythm)]), draw(self._seed, "asks", day, number))
        return self._by_time(day, cook, "minute")

    def _abroad(self, day: int) -> tuple[np.ndarray, np.ndarray]:
        """The cooks of the new market ask as often as those at home."""
        first, many = self._cooks.abroad, self._troubles.arrived(day, self._cooks.count)
        rhythm = asking(date_of(self._start, day))[len(MARKETS) - 1]
        number = np.arange(round(self._requests * rhythm * many / self._cooks.count))
        edges = np.cumsum(self._cooks.asking[first : first + many])
        u = draw(self._seed, "asks abroad", day, number)
        return self._by_time(day, first + under(edges, u) if many else number, "minute abroad")

    def _machines(self, day: int) -> tuple[np.ndarray, np.ndarray]:
        """Bots in accounts that nobody used, at even intervals all day."""
        number = np.arange(self._troubles.automatic(day, self.volume(day)))
        unused = np.argsort(self._cooks.asking[: self._cooks.count], kind="stable")[:_MACHINES]
        return unused[number % len(unused)], number * MINUTES // max(len(number), 1)

    def _by_time(self, day: int, cook: np.ndarray, purpose: str) -> tuple[np.ndarray, np.ndarray]:
        minutes = minute(self._cooks.market[cook], draw(self._seed, purpose, day, np.arange(len(cook))))
        order = np.argsort(minutes, kind="stable")
        return cook[order], minutes[order]

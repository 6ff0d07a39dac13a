"""The world: it asks, it answers what it is shown, and its reports arrive late."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mlops_lab.data.formats import Requests, Slates, Traffic, empty
from mlops_lab.errors import BadInput
from mlops_lab.world.choice import Choice
from mlops_lab.world.cooks import Cooks
from mlops_lab.world.crowd import Crowd
from mlops_lab.world.finds import Finds
from mlops_lab.world.ids import numbers
from mlops_lab.world.incidents import INCIDENTS, Incident
from mlops_lab.world.recipes import Recipes
from mlops_lab.world.reports import Arrivals, Pairs, Reports
from mlops_lab.world.seasons import date_of, season_of
from mlops_lab.world.troubles import Troubles

if TYPE_CHECKING:
    from mlops_lab.world.truth import Truth


class World:
    """A simulated recipe company, equal to the last bit for equal arguments.

    seed; cooks and recipes on day 0 (recipes grow by a few a day, cooks come and go); requests on a mean day of the
    first weeks; incidents ("unit-change@35" or Incident; those that enter elsewhere, as worse-model, leave the world as
    it is); start, the date of day 0, which decides its seasons and holidays.
    Play days in increasing order: playing a day again goes back to its morning. Raises BadInput for sizes below one,
    an unknown incident or a start that is no date.
    """

    def __init__(
        self, seed: int = 7, *, cooks: int = 2000, recipes: int = 1500, requests: int = 1000,
        incidents: Sequence[Incident | str] = (), start: str = "2025-03-03",
    ):  # fmt: skip
        for name, value in (("cooks", cooks), ("recipes", recipes), ("requests", requests)):
            if value < 1:
                raise BadInput(f"a world with {value} {name} has nothing to tell; expected at least 1")
        self.seed, self.size, self.start = seed, (cooks, recipes, requests), _date(start)
        self.incidents = tuple(i if isinstance(i, Incident) else Incident.parse(i) for i in incidents)
        inside = tuple(i for i in self.incidents if INCIDENTS[i.kind].where == "world")
        self._troubles = Troubles(seed, inside)
        self._cooks, self._recipes = Cooks(seed, cooks, self._troubles.abroad(cooks)), Recipes(seed, recipes)
        self._crowd = Crowd(seed, requests, self.start, self._cooks, self._troubles)
        self._choice = Choice(seed, self.start, self._cooks, self._recipes, inside)
        self._finds = Finds(seed, self._cooks, self._recipes, self._choice)
        self._reports = Reports(seed, self._clicked_and_found, lambda: self._cooks.telling, self._troubles.held_up)

    @classmethod
    def small(cls, seed: int = 7, incidents: Sequence[Incident | str] = ()) -> "World":
        """The quick size, for notebooks and tests."""
        return cls(seed, cooks=400, recipes=250, requests=250, incidents=incidents)

    def __repr__(self) -> str:
        cooks, recipes, requests = self.size
        troubles = ", ".join(str(incident) for incident in self.incidents) or "none"
        size = f"{cooks:,} cooks, {recipes:,} recipes, {requests:,} requests a day"
        return f"World(seed={self.seed}: {size}, incidents: {troubles})"

    def days(self, n: int, start: int = 0) -> range:
        """The numbers of n days in a row."""
        if n < 0 or start < 0:
            raise BadInput(f"{n} days from day {start} cannot be played; both must be 0 or more")
        return range(start, start + n)

    def date(self, day: int) -> str:
        """The calendar date of a day, as ISO text."""
        return date_of(self.start, day).isoformat()

    def season(self, day: int) -> str:
        """The calendar's season on a day, north of the equator."""
        return season_of(date_of(self.start, day))

    def truth(self) -> "Truth":
        """What is hidden from every system: appeal, tastes, the best slates, when incidents began."""
        from mlops_lab.world.truth import Truth

        return Truth(repr(self), self.incidents, self._cooks, self._recipes, self._choice)

    def requests(self, day: int, k: int = 10) -> Requests:
        """Who asks on a day, early to late: more on weekends, most cooks rarely; the same whatever was shown before."""
        asked = self._crowd.on(day)
        return Requests(day, asked.ids, self._cooks.ids[asked.cook], k)

    def clock(self, day: int) -> np.ndarray:
        """The minute (0 to 1439, London's) of each request of a day, in their order; the lab itself lives by days."""
        return self._crowd.on(day).minute

    def play(self, day: int, recommend: Callable[[Requests], Slates], k: int = 10) -> Traffic:
        """One day: ask once for everybody, show the slates, let cooks answer, collect what arrives.

        Raises BadInput when a slate names a recipe or a request this world does not have today.
        """
        self._forget(day)
        return self.answer(day, recommend(self.requests(day, k)))

    def answer(self, day: int, slates: Slates) -> Traffic:
        """What a day brings when these slates are shown; requests without a slate stay unanswered.

        Raises BadInput like `play`. Cooks are known by their requests; of the slates, only request and recipes count.
        """
        asked = self._crowd.on(day)
        number = numbers(slates.request, asked.ids, f"request of day {day}")
        if np.bincount(number).max(initial=0) > 1 or np.shape(slates.recipes)[:-1] != np.shape(number):
            raise BadInput("slates do not fit their requests; expected one row of recipes for each request, once")
        recipe = self._recipes.numbers(slates.recipes, day)
        cook = asked.cook[number]
        self._forget(day)
        place = self._choice.race(day, number, cook, recipe)
        machine = number >= asked.people
        author = np.where(recipe[machine] >= 0, self._recipes.author[recipe[machine]], -1)
        place[machine] = self._troubles.clicked(author, place[machine])
        opened = np.flatnonzero((place >= 0) & ~machine)  # a machine remembers nothing
        self._choice.memory.write(day, cook[opened], recipe[opened, place[opened]])
        return Traffic(day, self.date(day), {
            "cooks": self._joined(day), "recipes": self._troubles.catalogue(day, self._recipes.snapshot(day)),
            "requests": self._rows(day, np.arange(len(asked.ids)), asked.cook),
            **self._shown(day, number, cook, recipe, place), **self._arrived(day),
        })  # fmt: skip

    def remember(self, tables: dict[str, pd.DataFrame]) -> None:
        """Take over the stored past of this same world, so that a new process goes on as if it were the old one.

        tables["clicks"] (request, day, cook, recipe) is all that counts: reports still on their way follow from it.
        """
        clicks = tables.get("clicks", empty("clicks"))
        clicks = clicks[~self._crowd.automatic(clicks["request"], clicks["day"])]
        day = clicks["day"].to_numpy(dtype=np.int64)
        last = int(day.max(initial=0))
        cook = self._cooks.numbers(clicks["cook"].to_numpy(dtype=np.str_), last)
        recipe = self._recipes.numbers(clicks["recipe"].to_numpy(dtype=np.str_), last)
        self._forget(0)
        for one in np.unique(day):
            self._choice.memory.write(int(one), cook[day == one], recipe[day == one])

    def _forget(self, day: int) -> None:
        self._choice.memory.forget(day)
        self._reports.forget(day)

    def _joined(self, day: int) -> pd.DataFrame:
        """The cooks whom the lab does not know yet: on day 0 everybody, later those who join on the day."""
        last = self._cooks.joined_by(day)
        joined = self._cooks.table(self._cooks.joined_by(day - 1) if day else 0, last)
        first, last = (self._cooks.abroad + self._troubles.arrived(d, self._cooks.count) for d in (day - 1, day))
        if first == last:
            return joined
        return pd.concat([joined, self._cooks.table(first, last).assign(joined_day=day)], ignore_index=True)

    def _shown(
        self, day: int, number: np.ndarray, cook: np.ndarray, recipe: np.ndarray, place: np.ndarray
    ) -> dict[str, pd.DataFrame]:
        """The impressions and clicks tables."""
        answer, position = np.nonzero(recipe >= 0)
        again = self._troubles.resent(day, number[answer])
        answer, position = np.append(answer, answer[again]), np.append(position, position[again])
        opened = np.flatnonzero(place >= 0)
        opened = np.append(opened, opened[self._troubles.resent(day, number[opened])])
        title = self._recipes.id_column
        where = {"position": position, "recipe": title.take(recipe[answer, position])}
        return {
            "impressions": self._rows(day, number[answer], cook[answer], **where),
            "clicks": self._rows(day, number[opened], cook[opened], recipe=title.take(recipe[opened, place[opened]])),
        }

    def _rows(self, day: int, request: np.ndarray, cook: np.ndarray, **more: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "request": self._crowd.on(day).column.take(request), "day": np.full(len(request), day, dtype=np.int64),
                "cook": self._cooks.id_column.take(cook), **more,
            }
        )  # fmt: skip

    def _arrived(self, day: int) -> dict[str, pd.DataFrame]:
        """The cooked and ratings tables: reports that arrive on the day, whatever day they speak of."""
        made, rated = self._reports.arriving(day)
        if day == 0:  # the old reviews, in one batch, as they are imported when a lab opens
            rated = self._reports.imported(self._finds.before(), rated)
        rated = rated.with_more(*self._troubles.bought(day, *self.size[:2], self._crowd.volume(day)), day)
        return {"cooked": self._told(made), "ratings": self._told(rated).assign(stars=rated.stars)}

    def _clicked_and_found(self, day: int) -> tuple[Pairs, Pairs]:
        return self._choice.memory.on(day), self._finds.on(day, self._crowd.volume(day))

    def _told(self, rows: Arrivals) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "day": rows.day, "arrived": rows.arrived,
                "cook": self._cooks.id_column.take(rows.cook), "recipe": self._recipes.id_column.take(rows.recipe),
            }
        )  # fmt: skip


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"start {text!r} is no date; expected ISO text like 2025-03-03") from None

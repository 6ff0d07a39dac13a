"""The stored rows as columns of codes, with the as-of indexes over them.

Codes are places in the id lists, which are kept in id order, so equal data give equal codes whatever order the rows
came in. A "choice" is a click, or a review on the day it arrived: Food.com has only reviews, and a company has them
before it has a recommender.
"""

import io
from dataclasses import dataclass, field, fields
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from mlops_lab.features.asof import Counts, Latest

NUMBERS = ("minutes", "n_steps", "n_ingredients", "kcal", "published_day")
CATEGORIES = ("cuisine", "diet", "season")


@dataclass(frozen=True)
class Log:
    """What the system remembers. Arrays named alike have equal length; *_day are days, the rest codes or values.

    cooks (n,), recipes (m,): ids in id order. cook_market, cook_diet: text by cook, known since cook_day.
    choice_cook, choice_recipe, choice_day: one row a choice.
    shown_recipe, shown_day, shown_count: impressions per recipe and day.
    version_recipe, version_day: recipe attributes as they arrived; `attributes` holds their columns.
    example_*: impressions kept for training (see `memory`).
    """

    first_date: str
    days: int
    cooks: np.ndarray
    recipes: np.ndarray
    cook_market: np.ndarray
    cook_diet: np.ndarray
    cook_day: np.ndarray
    choice_cook: np.ndarray
    choice_recipe: np.ndarray
    choice_day: np.ndarray
    shown_recipe: np.ndarray
    shown_day: np.ndarray
    shown_count: np.ndarray
    version_recipe: np.ndarray
    version_day: np.ndarray
    example_cook: np.ndarray
    example_recipe: np.ndarray
    example_day: np.ndarray
    example_position: np.ndarray
    example_clicked: np.ndarray
    attributes: dict[str, np.ndarray] = field(default_factory=dict)

    def __repr__(self) -> str:
        size = f"{len(self.cooks):,} cooks, {len(self.recipes):,} recipes, {len(self.choice_day):,} choices"
        return f"Log({size}, {self.days} days from {self.first_date})"

    @cached_property
    def markets(self) -> np.ndarray:
        """The distinct markets, sorted; "unknown" is always among them."""
        return np.unique(np.append(self.cook_market, "unknown"))

    @cached_property
    def market_of_cook(self) -> np.ndarray:
        """Market code by cook code, with one place more for a cook nobody knows (n + 1,)."""
        return np.searchsorted(self.markets, np.append(self.cook_market, "unknown"))

    def markets_known(self, day: np.ndarray | int) -> np.ndarray:
        """How many markets had been heard of on the morning of a day; "unknown" is one of them on every day."""
        return np.searchsorted(self._market_days, day) + 1

    @cached_property
    def _market_days(self) -> np.ndarray:
        named = self.cook_market != "unknown"
        first = np.full(len(self.markets), np.iinfo(np.int64).max)
        np.minimum.at(first, self.market_of_cook[:-1][named], self.cook_day[named])
        return np.sort(first)

    @cached_property
    def diet_of_cook(self) -> np.ndarray:
        """Diet by cook code, with one place more for a cook nobody knows (n + 1,)."""
        return np.append(self.cook_diet, "any")

    def profile(self, cook: np.ndarray, day: np.ndarray | int) -> np.ndarray:
        """The code under which market and diet were known on the morning of the day: n where nothing had arrived."""
        arrived = np.append(self.cook_day, np.iinfo(np.int64).max)[cook]
        return np.where(arrived < day, cook, len(self.cooks))

    @cached_property
    def cuisines(self) -> np.ndarray:
        """The distinct cuisines, sorted."""
        return np.unique(self.attributes["cuisine"]) if len(self.version_day) else np.array(["other"])

    @cached_property
    def cuisine_of_version(self) -> np.ndarray:
        """Cuisine code of each recipe version."""
        return np.searchsorted(self.cuisines, self.attributes["cuisine"])

    @cached_property
    def versions(self) -> Latest:
        """Recipe attributes in force as of a day."""
        return Latest(self.version_recipe, self.version_day)

    @cached_property
    def by_recipe(self) -> Counts:
        """Choices by recipe."""
        return Counts(self.choice_recipe, self.choice_day)

    @cached_property
    def by_cook(self) -> Counts:
        """Choices by cook."""
        return Counts(self.choice_cook, self.choice_day)

    @cached_property
    def by_market_recipe(self) -> Counts:
        """Choices by the market in which the cook was known to be that evening * recipes + recipe."""
        market = self.market_of_cook[self.profile(self.choice_cook, self.choice_day + 1)].astype(np.int64)
        return Counts(market * len(self.recipes) + self.choice_recipe, self.choice_day)

    @cached_property
    def by_cook_cuisine(self) -> Counts:
        """Choices by cook * cuisines + the cuisine the recipe had when it was chosen."""
        row = self.versions.row(self.choice_recipe, self.choice_day + 1)
        known = row >= 0
        key = self.choice_cook[known].astype(np.int64) * len(self.cuisines) + self.cuisine_of_version[row[known]]
        return Counts(key, self.choice_day[known])

    @cached_property
    def shown(self) -> Counts:
        """Impressions by recipe."""
        return Counts(self.shown_recipe, self.shown_day, self.shown_count)

    def to_bytes(self) -> bytes:
        """The log as one npz file, opened by numpy without pickle."""
        buffer = io.BytesIO()
        arrays = {f.name: np.asarray(getattr(self, f.name)) for f in fields(self) if f.name != "attributes"}
        named = {f"attribute.{name}": column for name, column in self.attributes.items()}
        np.savez(buffer, allow_pickle=False, **arrays, **named)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> "Log":
        """The log that to_bytes wrote."""
        with np.load(io.BytesIO(content), allow_pickle=False) as saved:
            arrays = {name: saved[name] for name in saved.files}
        attributes = {name.removeprefix("attribute."): arrays.pop(name) for name in list(arrays) if "." in name}
        first_date, days = str(arrays.pop("first_date")), int(arrays.pop("days"))
        return cls(first_date=first_date, days=days, **arrays, attributes=attributes)

    def codes_of(self, cooks: np.ndarray) -> np.ndarray:
        """Code of each cook id; len(self.cooks) for a cook nobody knows."""
        return _codes(self.cooks, self._cook_order, cooks)

    def recipe_codes_of(self, recipes: np.ndarray) -> np.ndarray:
        """Code of each recipe id; len(self.recipes) for a recipe nobody knows."""
        return _codes(self.recipes, self._recipe_order, recipes)

    @cached_property
    def _cook_order(self) -> tuple[np.ndarray, np.ndarray]:
        return _ordered(self.cooks)

    @cached_property
    def _recipe_order(self) -> tuple[np.ndarray, np.ndarray]:
        return _ordered(self.recipes)

    def history(self, day: int, window: int | None = None) -> sp.csr_array:
        """How often each cook chose each recipe before the day: (n + 1, m); the last row is a cook nobody knows.

        With a window, only on the days [day - window, day).
        """
        past = self.choice_day < day
        if window is not None:
            past &= self.choice_day >= day - window
        at = (self.choice_cook[past], self.choice_recipe[past])
        shape = (len(self.cooks) + 1, len(self.recipes))
        return sp.csr_array((np.ones(int(past.sum())), at), shape=shape)


def _ordered(ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The codes of ids in alphabetical order, and the ids so ordered."""
    order = np.argsort(ids, kind="stable")
    return order, ids[order]


def _codes(ids: np.ndarray, ordered: tuple[np.ndarray, np.ndarray], asked: np.ndarray) -> np.ndarray:
    if not len(ids):
        return np.zeros(len(asked), dtype=np.int64)
    order, alphabetical = ordered
    at = np.minimum(np.searchsorted(alphabetical, asked), len(ids) - 1)
    return np.where(alphabetical[at] == asked, order[at], len(ids))

"""A log that grows by a day without reading the past again.

`Memory.load` reads a commit from the start; `absorb` adds one day. Both ways give the same log, to the bit.
"""

import math
from datetime import date as Date

import numpy as np
import pandas as pd

from mlops_lab.data import tables
from mlops_lab.data.formats import id_order
from mlops_lab.draws import draw, keys
from mlops_lab.features.log import CATEGORIES, NUMBERS, Log
from mlops_lab.store import Commit, Store

WINDOW = 56  # days of impressions kept: four weeks of examples, each looking four weeks back
KEPT = 1 / 8  # share of unclicked impressions kept as examples; a linear ranker loses only its intercept by it
ALWAYS = -(1 << 22)  # arrival day of what came in bulk: known before every other day


class Ids:
    """Codes for ids in the order they were first seen."""

    def __init__(self) -> None:
        self._code: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._code)

    def code(self, ids: pd.Series) -> np.ndarray:
        """The code of each id, new ids included."""
        known = self._code
        return np.array([known.setdefault(text, len(known)) for text in ids.tolist()], dtype=np.int64)

    def ranked(self) -> tuple[np.ndarray, np.ndarray]:
        """The ids in id order, and for each code its place there."""
        ids = np.array(list(self._code), dtype=np.str_)
        ordered = id_order(ids)
        place = {text: at for at, text in enumerate(ordered.tolist())}
        return ordered, np.array([place[text] for text in self._code], dtype=np.int64)


class Memory:
    """Everything features need of the store, in chunks a day."""

    def __init__(self, first_date: str = "1970-01-01"):
        self.first_date, self.newest = first_date, -1
        self.commit: str | None = None
        self._cooks, self._recipes = Ids(), Ids()
        self._profile: dict[int, tuple[str, str, int]] = {}
        self._attributes: dict[int, tuple] = {}
        self._versions: list[tuple[int, int, tuple]] = []
        self._snapshot: pd.DataFrame | None = None
        self._chunks: dict[str, list[tuple[int, tuple[np.ndarray, ...]]]] = {
            name: [] for name in ("clicks", "ratings", "shown", "examples")
        }
        self._log: Log | None = None

    def __repr__(self) -> str:
        return f"Memory({len(self._cooks):,} cooks, {len(self._recipes):,} recipes, up to day {self.newest})"

    @classmethod
    def load(cls, store: Store, commit: Commit) -> "Memory":
        """Everything of a commit of the repo "traffic"."""
        memory = cls(str(commit.metadata.get("first_date", "1970-01-01")))
        newest = int(commit.metadata["day"])
        for folder in sorted({path.split("/")[0] for path in commit.tree}):
            day = int(folder.removeprefix("day=")) if folder.startswith("day=") else None
            wanted = ["cooks", "recipes", "clicks", "ratings"]
            wanted += ["impressions"] if day is None or day > newest - WINDOW else []
            paths = {name: f"{folder}/{name}.parquet" for name in wanted}
            found = {name: store.read(commit, path) for name, path in paths.items() if path in commit.tree}
            memory.absorb(
                newest if day is None else day, {n: tables.from_bytes(b) for n, b in found.items()}, day is None
            )
        memory.newest, memory.commit = newest, commit.id
        return memory

    def absorb(self, day: int, new: dict[str, pd.DataFrame], bulk: bool = False) -> None:
        """Add the kept rows of one day, or of one bulk upload whose newest day this is."""
        self._log, self.newest = None, max(self.newest, day)
        if "cooks" in new:
            self._absorb_cooks(ALWAYS if bulk else day, new["cooks"])
        if "recipes" in new:
            self._absorb_recipes(ALWAYS if bulk else day, new["recipes"])
        for table in ("clicks", "ratings"):
            if len(new.get(table, ())):
                self._absorb_choices(table, day, new[table])
        if len(new.get("impressions", ())):
            self._absorb_impressions(day, new["impressions"], new.get("clicks"))

    def _absorb_cooks(self, day: int, cooks: pd.DataFrame) -> None:
        for code, market, diet in zip(self._cooks.code(cooks["cook"]), cooks["market"], cooks["diet"], strict=True):
            self._profile.setdefault(int(code), (market, diet, day))

    def _absorb_recipes(self, day: int, recipes: pd.DataFrame) -> None:
        if self._snapshot is not None and recipes.equals(self._snapshot):
            return
        self._snapshot = recipes
        columns = [recipes[name].to_list() for name in (*NUMBERS, *CATEGORIES)]
        for code, row in zip(self._recipes.code(recipes["recipe"]).tolist(), zip(*columns, strict=True), strict=True):
            # NaN never reaches this place: the contract of the recipes table requires every number.
            if self._attributes.get(code) != row:
                self._attributes[code] = row
                self._versions.append((code, day, row))

    def _absorb_choices(self, table: str, day: int, rows: pd.DataFrame) -> None:
        when = rows["arrived" if "arrived" in rows else "day"].to_numpy(dtype=np.int64)
        self._chunks[table].append((day, (self._cooks.code(rows["cook"]), self._recipes.code(rows["recipe"]), when)))

    def _absorb_impressions(self, day: int, shown: pd.DataFrame, clicks: pd.DataFrame | None) -> None:
        cook, recipe = self._cooks.code(shown["cook"]), self._recipes.code(shown["recipe"])
        when = shown["day"].to_numpy(dtype=np.int64)
        codes, counts = np.unique(recipe, return_counts=True)
        self._chunks["shown"].append((day, (codes, np.full(len(codes), day), counts)))
        request, chosen = keys(shown["request"].to_numpy(dtype=np.str_)), keys(shown["recipe"].to_numpy(dtype=np.str_))
        clicked = np.zeros(len(shown), dtype=bool)
        if clicks is not None and len(clicks):
            click = (keys(clicks["request"].to_numpy(dtype=np.str_)), keys(clicks["recipe"].to_numpy(dtype=np.str_)))
            clicked = np.isin(request ^ (chosen << np.uint64(1)), click[0] ^ (click[1] << np.uint64(1)))
        keep = clicked | (draw(0, "example", request, chosen) < KEPT)
        position = shown["position"].to_numpy(dtype=np.int64)
        self._chunks["examples"].append((day, tuple(a[keep] for a in (cook, recipe, when, position, clicked))))
        for name in ("shown", "examples"):
            self._chunks[name] = [chunk for chunk in self._chunks[name] if chunk[0] > self.newest - WINDOW]

    def ratings_since(self, day: int) -> tuple[np.ndarray, np.ndarray]:
        """Codes of cook and recipe of every rating that came in on the day or later; (r,) each."""
        late = [columns for arrived, columns in self._chunks["ratings"] if arrived >= day]
        none = np.zeros(0, dtype=np.int64)
        return np.concatenate([none, *(c[0] for c in late)]), np.concatenate([none, *(c[1] for c in late)])

    def _columns(self, name: str, width: int) -> list[np.ndarray]:
        chunks = [columns for _, columns in self._chunks[name]]
        if not chunks:
            return [np.zeros(0, dtype=np.int64) for _ in range(width)]
        return [np.concatenate(column) for column in zip(*chunks, strict=True)]

    def log(self) -> Log:
        """Everything absorbed so far, coded in id order."""
        if self._log is None:
            self._log = self._coded()
        return self._log

    def _coded(self) -> Log:
        cooks, cook_at = self._cooks.ranked()
        recipes, recipe_at = self._recipes.ranked()
        profile = [("unknown", "any", -ALWAYS)] * len(cooks)
        for code, known in self._profile.items():
            profile[cook_at[code]] = known
        both = zip(self._columns("clicks", 3), self._columns("ratings", 3), strict=True)
        cook, recipe, day = (np.concatenate(columns) for columns in both)
        order = _order(day, cook_at[cook], recipe_at[recipe])  # rows in any order give the same log
        shown = self._columns("shown", 3)
        shown[0] = recipe_at[shown[0]]
        shown_order = _order(shown[1], shown[0])
        shown = [column[shown_order] for column in shown]
        example = self._columns("examples", 5)
        example_order = _order(example[2], cook_at[example[0]], recipe_at[example[1]], example[3])
        example = [column[example_order] for column in example]
        versions = sorted((int(recipe_at[code]), day, row) for code, day, row in self._versions)
        names, rows = (*NUMBERS, *CATEGORIES), list(zip(*(row for _, _, row in versions), strict=True))
        kinds = [np.float64] * len(NUMBERS) + [np.str_] * len(CATEGORIES)
        return Log(
            first_date=Date.fromisoformat(self.first_date).isoformat(),
            days=self.newest + 1,
            cooks=cooks,
            recipes=recipes,
            cook_market=np.array([market for market, _, _ in profile], dtype=np.str_),
            cook_diet=np.array([diet for _, diet, _ in profile], dtype=np.str_),
            cook_day=np.array([day for _, _, day in profile], dtype=np.int64),
            choice_cook=cook_at[cook][order],
            choice_recipe=recipe_at[recipe][order],
            choice_day=day[order],
            shown_recipe=shown[0],
            shown_day=shown[1],
            shown_count=shown[2],
            version_recipe=np.array([recipe for recipe, _, _ in versions], dtype=np.int64),
            version_day=np.array([day for _, day, _ in versions], dtype=np.int64),
            example_cook=cook_at[example[0]],
            example_recipe=recipe_at[example[1]],
            example_day=example[2],
            example_position=example[3],
            example_clicked=example[4].astype(bool),
            attributes={
                n: np.array(c, dtype=k) for n, c, k in zip(names, rows or [()] * len(names), kinds, strict=True)
            },
        )


def _order(*columns: np.ndarray) -> np.ndarray:
    """The order of rows by whole-numbered columns (n,), the first before all others: lexsort, on one number a row."""
    ends = [(int(column.min()), int(column.max()) + 1) for column in columns if len(column)]
    if math.prod(high - low for low, high in ends) >= 1 << 62:
        return np.lexsort(columns[::-1])
    key = np.zeros(len(columns[0]), dtype=np.int64)
    for column, (low, high) in zip(columns, ends, strict=False):
        key = key * (high - low) + (column - low)
    return np.argsort(key, kind="stable")

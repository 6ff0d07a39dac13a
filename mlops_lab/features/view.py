"""A grid of cooks x recipes as models see it, and the same features as rows for training."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Protocol

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlops_lab.features.catalogue import FEATURES, RECENT
from mlops_lab.features.log import Log
from mlops_lab.features.question import Question


class View(Protocol):
    """What a model may look at when it scores n cooks on m recipes."""

    @property
    def recipes(self) -> np.ndarray:
        """Recipe ids in id order (m,)."""

    @property
    def history(self) -> sp.csr_array:
        """How often each cook chose each recipe before (n, m)."""

    @property
    def columns(self) -> Mapping[str, np.ndarray]:
        """Feature name -> array that broadcasts to (n, m)."""


class Columns(Mapping[str, np.ndarray]):
    """The features of a question, each computed when a model first asks for it."""

    def __init__(self, question: Question):
        self._question = question
        self._ready: dict[str, np.ndarray] = {}

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._ready:
            self._ready[name] = FEATURES[name](self._question)
        return self._ready[name]

    def __iter__(self) -> Iterator[str]:
        return iter(FEATURES)

    def __len__(self) -> int:
        return len(FEATURES)


class Morning:
    """What is known on the morning of a day: made once a day, asked for many cooks.

    Only recipes that had arrived and were published by then can be recommended.
    """

    def __init__(self, log: Log, day: int, snapshot: str = ""):
        self.log, self.day, self.snapshot = log, day, snapshot
        row = log.versions.row(np.arange(len(log.recipes)), day)
        arrived = row >= 0
        published = np.zeros(len(row), dtype=bool)
        published[arrived] = log.attributes["published_day"][row[arrived]] <= day
        self.codes = np.flatnonzero(published)
        self.recipes = log.recipes[self.codes]

    def __repr__(self) -> str:
        return f"Morning(day {self.day}: {len(self.recipes):,} recipes, {len(self.log.cooks):,} cooks)"

    @cached_property
    def popularity(self) -> np.ndarray:
        """Choices of each recipe on all days before (m,)."""
        return self.log.by_recipe.before(self.codes, self.day).astype(np.float64)

    @cached_property
    def history(self) -> sp.csr_array:
        """Earlier choices of every cook (n + 1, m); the last row is a cook nobody knows."""
        return self.log.history(self.day)[:, self.codes]

    @cached_property
    def resting(self) -> sp.csr_array:
        """As history, of the last four weeks alone: what a cook has just chosen is not shown again (n + 1, m)."""
        return self.log.history(self.day, RECENT)[:, self.codes]

    def view(self, cooks: np.ndarray) -> "Grid":
        """The view for these cook ids (n,), known or not."""
        return Grid(self, self.log.codes_of(np.asarray(cooks, dtype=np.str_)))


class Grid:
    """The view of n cooks (codes) on one morning."""

    def __init__(self, morning: Morning, cook: np.ndarray):
        self.morning, self.cook = morning, cook
        self.recipes = morning.recipes

    @cached_property
    def history(self) -> sp.csr_array:
        """Earlier choices (n, m)."""
        return self.morning.history[self.cook]

    @cached_property
    def columns(self) -> Columns:
        """Features by name."""
        question = Question(self.morning.log, self.cook[:, None], self.morning.codes[None, :], self.morning.day)
        return Columns(question)

    def take(self, rows: np.ndarray) -> "Grid":
        """The same morning for some of the cooks."""
        return Grid(self.morning, self.cook[rows])


def feature_rows(log: Log, cook: np.ndarray, recipe: np.ndarray, day: np.ndarray) -> pd.DataFrame:
    """One row for each (cook code, recipe code, day): the features as known on that morning."""
    question = Question(log, cook, recipe, day)
    rows = {name: np.broadcast_to(define(question), np.shape(cook)) for name, define in FEATURES.items()}
    return pd.DataFrame(rows)

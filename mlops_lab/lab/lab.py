"""The whole system in one object: what a recipe company's recommender needs to run by itself."""

import json
import logging
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mlops_lab.data.formats import Requests, Slates, Traffic
from mlops_lab.data.ingest import Ingested, ingest_traffic
from mlops_lab.delivery import release
from mlops_lab.delivery.release import Policy
from mlops_lab.errors import BadInput
from mlops_lab.features.log import Log
from mlops_lab.features.memory import Memory
from mlops_lab.features.view import Morning
from mlops_lab.lab import answers, operation, parity, pushing
from mlops_lab.lab.report import Report, report
from mlops_lab.lab.workspace import Workspace, settle
from mlops_lab.models import saved
from mlops_lab.monitoring.skew import Skew
from mlops_lab.serving.graph import Graph, arms
from mlops_lab.serving.log import JsonLines, PredictionLog, read_lines
from mlops_lab.serving.predictions import prediction_rows
from mlops_lab.serving.surroundings import Surroundings


class Lab(Workspace):
    """A workspace at work: its records, a training pipeline, a serving graph and monitors.

    name: a bare name lies under MLOPS_LAB_HOME (default ./workspace); a path is itself. Nothing is written before the
    first data arrive. policy: how a new version is let loose. train_every: days between trainings. surroundings: of
    the serving process; sound, unless somebody sets others.
    """

    def __init__(self, name: str | Path = "kitchen", *, policy: Policy | None = None, train_every: int = 7):
        super().__init__(name)
        self.policy, self.train_every = policy or Policy(), train_every
        self.surroundings = Surroundings()
        self.predictions = PredictionLog(self.path / "predictions")
        self.said = JsonLines(self.path / "feedback")
        self._served: dict[str, tuple[int, str, set[str]]] = {}
        self._memory: Memory | None = None
        self._morning: Morning | None = None
        self._graph: tuple[str, Graph] = ("", Graph())
        self._models: dict[int, Any] = {}
        self._evenings: list[dict] = []

    def __repr__(self) -> str:
        days = self.newest_day + 1
        champion = self.registry.alias("champion")
        versions = len(self.registry.versions())
        return f"Lab({self.path.name}: {days} days, {versions} versions, champion {champion or 'none'})"

    def memory(self) -> Memory:
        """What features need of the newest data; read once, then kept up by take_in."""
        head = self.data
        if self._memory is None or self._memory.commit != (head.id if head else None):
            self._memory = Memory.load(self.store, head) if head else Memory()
        return self._memory

    def morning(self, day: int | None = None) -> Morning:
        """What is known on the morning of a day, by default the newest in the store."""
        memory = self.memory()
        day = max(memory.newest, 0) if day is None else day
        snapshot = (memory.commit or "")[:12]
        if self._morning is None or (self._morning.day, self._morning.snapshot) != (day, snapshot):
            self._morning = Morning(self._read(memory.log(), day), day, snapshot)
        return self._morning

    def _read(self, log: Log, day: int) -> Log:
        """The log as the serving process reads it."""
        words = log.attributes.get("cuisine", np.zeros(0, dtype=np.str_))
        read = self.surroundings.read(day, words)
        return log if read is words else replace(log, attributes={**log.attributes, "cuisine": read})

    def graph(self) -> Graph:
        """The serving graph as the registry wants it now; rebuilt only when an alias has moved."""
        head = self.store.head("registry")
        if head is not None and head.id != self._graph[0]:
            champion, arm = arms(self.registry.state())
            wanted = [number for number in (champion, arm and arm.version) if number]
            self._models = {n: self._models.get(n) or self._load(n) for n in wanted}
            self._graph = (head.id, Graph(self._models, champion, arm))
        return self._graph[1]

    def _load(self, number: int) -> Any:
        """The model of a version; None (answered for by popularity) when its file cannot be read."""
        try:
            return saved.from_bytes(self.registry.load(number))
        except Exception as wrong:  # noqa: BLE001 - a damaged model must not stop the server
            logging.getLogger("mlops_lab").warning("Version %s cannot be loaded: %s", number, wrong)
            return None

    def recommend(self, requests: Requests) -> Slates:
        """Answer requests through the serving graph. Every answer leaves a prediction row."""
        morning = self.morning(requests.day)
        slates = self.graph().recommend(requests, morning, self.surroundings)
        self.predictions.add(requests.day, prediction_rows(slates, morning))
        if self.predictions.durable:
            for request, cook, recipes in zip(slates.request, slates.cook, slates.recipes, strict=True):
                self._served[str(request)] = (requests.day, str(cook), set(recipes.tolist()))
        return slates

    def served_day(self, request: str, recipe: str) -> tuple[int, str] | None:
        """Day and cook of the answer to a request that showed the recipe, None when there is none."""
        if request not in self._served:
            for file in self.predictions.lines.files():
                for row in read_lines(file):
                    self._served[row["request"]] = (row["day"], row["cook"], set(row["recipes"].split(" ")))
        day, cook, shown = self._served.get(request, (0, "", set()))
        return (day, cook) if recipe in shown else None

    def flush(self) -> None:
        """Make every answer and every word of feedback given so far safe on disk."""
        self.predictions.lines.flush()
        self.said.flush()

    def parity(self, days: Iterable[int], *, as_of_then: bool = False) -> dict[int, Skew]:
        """For each day: features as they were served, against training rows about the same moments."""
        return parity.parity(self, days, as_of_then=as_of_then)

    def titles(self) -> dict[str, str]:
        """Recipe id -> title."""
        return answers.titles(self)

    def reasons(self, slates: Slates) -> list[list[str]]:
        """Why each recipe stands in its place of the first slate."""
        return answers.reasons(self, slates)

    def explain(self, cook: str, recipe: str, day: int | None = None) -> dict:
        """The champion's score of one (cook, recipe), taken apart."""
        return answers.explain(self, cook, recipe, day)

    def feedback(self, request: str, recipe: str, action: str) -> bool:
        """Keep what a cook did with an answer; False when no such answer was given."""
        return answers.feedback(self, request, recipe, action)

    def promote(self, version: int, *, who: str = "lab", why: str = "asked for") -> None:
        """Make a version the champion; the one before keeps a share of the cooks for a while.

        Raises BadInput for an unknown version, the champion itself, or one that does not serve in a process of its own.
        """
        if self.registry.alias("champion") != version:
            pushing.must_serve(self, version)
        release.promote(self.registry, version, who=who, why=why, day=max(self.newest_day, 0))

    def rollback(self, *, who: str = "lab", why: str = "asked for") -> None:
        """Give the place back to the champion before."""
        release.rollback(self.registry, who=who, why=why, day=max(self.newest_day, 0))

    def catch_up(self) -> None:
        """Write the evening that a killed process did not come to; call it before going on with a used workspace."""
        operation.catch_up(self)

    def take_in(self, traffic: Traffic) -> Ingested:
        """Close a day: commit its rows and predictions, watch, move the release on, and train when it is time."""
        if traffic.day <= self.newest_day:
            raise BadInput(
                f"Day {traffic.day} is already in (newest: {self.newest_day}); take in day {self.newest_day + 1}."
            )
        settle(self.path)
        self.catch_up()
        memory = self.memory()
        traffic = replace(traffic, tables=answers.with_feedback(self, traffic.day, traffic.tables))
        ingested = ingest_traffic(self.store, traffic, {"predictions": self.predictions.of(traffic.day)})
        memory.first_date = str(ingested.commit.metadata["first_date"])
        tables = {name: found.kept for name, found in ingested.screened.items()}
        memory.absorb(traffic.day, tables)
        memory.commit = ingested.commit.id
        self.predictions.forget(traffic.day)
        self.said.forget(traffic.day)
        self._evenings = [*self.evenings(), operation.close(self, ingested.commit, tables)]
        return ingested

    def evenings(self) -> list[dict]:
        """What every evening wrote down, oldest first."""
        head = self.store.head(operation.REPO)
        if head is not None and (not self._evenings or self._evenings[-1]["day"] != head.metadata["day"]):
            self._evenings = [json.loads(self.store.read(head, path)) for path in sorted(head.tree)]
        return self._evenings

    def train(self) -> dict:
        """Run the training pipeline on the newest data, register what came out, bless or refuse it."""
        return pushing.train(self)

    def report(self) -> Report:
        """What happened so far: days, alerts, releases, versions."""
        return report(self)

    def table(self, name: str, days: tuple[int, int] | None = None) -> pd.DataFrame:
        """The kept rows of a table of the newest data, of all days or of (first, last)."""
        from mlops_lab.data.tables import read_table

        if self.data is None:
            raise BadInput("The workspace holds no data; ingest some, or run the loop first.")
        return read_table(self.store, self.data, name, days)

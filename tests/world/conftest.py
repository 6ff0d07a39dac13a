"""Policies that know only what a company could know, and one season of the default world played under popularity."""

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
import pytest

from mlops_lab.data.formats import Requests, Slates, Traffic
from mlops_lab.draws import draw, keys
from mlops_lab.world import World


def slates_of(requests: Requests, recipes: np.ndarray) -> Slates:
    """Slates of recipe ids (n, k) with nothing else to say."""
    n = len(requests)
    return Slates(
        requests.day, requests.request, requests.cook, np.zeros(n, dtype=int), np.full(n, "test"),
        np.zeros(n, dtype=bool), recipes, np.zeros(recipes.shape), np.ones(recipes.shape),
    )  # fmt: skip


def at_random(requests: Requests, ids: np.ndarray | None = None, salt: int = 0) -> Slates:
    """Any ten of the first 250 recipes, by hash of the request."""
    lot = draw(salt, "random slate", keys(requests.request)[:, None], np.arange(requests.k)[None, :])
    ids = np.array([f"r{i:05d}" for i in range(250)]) if ids is None else ids
    return slates_of(requests, ids[(lot * len(ids)).astype(int)])


class Popular:
    """The most clicked and cooked recipes that a cook has not opened yet; the last place is a random recipe."""

    def __init__(self) -> None:
        self.choices = pd.DataFrame({"cook": [], "recipe": []}, dtype="str")
        self.recipes = np.array([f"r{i:05d}" for i in range(250)])

    def scores(self, cooks: np.ndarray) -> np.ndarray:
        """How often each recipe was chosen, the same for every cook; (n, recipes)."""
        counts = self.choices["recipe"].value_counts().reindex(self.recipes, fill_value=0).to_numpy(dtype=float)
        return np.broadcast_to(counts, (len(cooks), len(counts)))

    def __call__(self, requests: Requests) -> Slates:
        score = self.scores(requests.cook) + 1e-6 * np.arange(len(self.recipes))
        cooks, row = np.unique(requests.cook, return_inverse=True)
        opened = self.choices[self.choices["cook"].isin(cooks)]
        seen = np.zeros((len(cooks), len(self.recipes)), dtype=bool)
        seen[np.searchsorted(cooks, opened["cook"]), np.searchsorted(self.recipes, opened["recipe"])] = True
        score = np.where(seen[row], -1.0, score)
        best = np.argpartition(-score, requests.k, axis=1)[:, : requests.k]
        best = np.take_along_axis(best, np.argsort(-np.take_along_axis(score, best, 1), axis=1), 1)
        best[:, -1] = draw(0, "explore", keys(requests.request)) * len(self.recipes)
        return slates_of(requests, self.recipes[best])

    def learn(self, traffic: Traffic) -> None:
        """Count a day."""
        told = [traffic.tables[name][["cook", "recipe"]] for name in ("clicks", "cooked")]
        self.choices = pd.concat([self.choices, *told], ignore_index=True)
        self.recipes = traffic.tables["recipes"]["recipe"].to_numpy(dtype=np.str_)


def played(world: World, policy: Callable[[Requests], Slates], days: Iterable[int]) -> list[Traffic]:
    """Some days of a world; a policy with `learn` learns every evening."""
    log = []
    for day in days:
        log.append(world.play(day, policy))
        if isinstance(policy, Popular):
            policy.learn(log[-1])
    return log


def together(log: list[Traffic], table: str) -> pd.DataFrame:
    """One table of several days."""
    return pd.concat([traffic.tables[table] for traffic in log], ignore_index=True)


@pytest.fixture(scope="session")
def season() -> tuple[World, Popular, list[Traffic]]:
    """56 days of the default world under popularity."""
    world, policy = World(7), Popular()
    return world, policy, played(world, policy, world.days(56))


@pytest.fixture
def world() -> World:
    """The quick size."""
    return World.small(7)

"""Small made-up interactions and views for the tests of models."""

from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from mlops_lab.data.interactions import Interactions
from mlops_lab.draws import bits


@dataclass
class Seen:
    """A view: recipe ids, history (n, m), columns by name."""

    recipes: np.ndarray
    history: sp.csr_array
    columns: dict = field(default_factory=dict)


def kitchen(rows: int = 400, cooks: int = 30, recipes: int = 20, seed: int = 0) -> Interactions:
    """Made-up rows with days; low recipe numbers are chosen more often."""
    pick = [bits(seed, purpose, np.arange(rows)) for purpose in ("cook", "recipe", "again", "day")]
    cook, one, other, day = (
        (lot % np.uint64(most)).astype(int) for lot, most in zip(pick, (cooks, recipes, recipes, 100), strict=True)
    )
    return Interactions.of([f"c{i}" for i in cook], [f"r{i:02d}" for i in np.minimum(one, other)], day)


def view(found: Interactions) -> Seen:
    """Everybody's view with exactly the recipes that were fitted on."""
    return Seen(found.recipes, found.matrix())


def remembers(recipes, *memories) -> Seen:
    """A view of recipes (ids) where each cook remembers some (ids, with repeats as counts)."""
    recipes = np.array(recipes)
    dense = [[list(memory).count(recipe) for recipe in recipes.tolist()] for memory in memories]
    return Seen(recipes, sp.csr_array(np.array(dense, dtype=float).reshape(len(memories), len(recipes))))

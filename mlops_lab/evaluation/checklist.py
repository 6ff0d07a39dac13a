"""The behaviours asked of every model of the ladder; see `behaviour` for what a behaviour is.

All of them change the log, never the model: another's ids, another order, a recipe more, a choice more, another diet.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mlops_lab.draws import draw
from mlops_lab.evaluation.behaviour import Behaviour, Case, Fit, Outcome, outcome
from mlops_lab.evaluation.evaluate import ranked
from mlops_lab.evaluation.inclusion import flipped
from mlops_lab.features.log import Log
from mlops_lab.features.view import Grid, Morning

K = 10
COOKS = 30  # cases of what is asked cook by cook
CHOICES, EXAMPLES = ("cook", "recipe", "day"), ("cook", "recipe", "day", "position", "clicked")
STEP = 7919  # a prime: walks through recipes in an order that no id could explain


def _regulars(log: Log) -> np.ndarray:
    """Codes of the cooks who chose most: they have a history to go by."""
    chose = np.bincount(log.choice_cook, minlength=len(log.cooks))
    return np.argsort(-chose, kind="stable")[: min(COOKS, int((chose > 0).sum()))]


def _view(log: Log, cooks: np.ndarray) -> Grid:
    return Grid(Morning(log, log.days), cooks)


def _lists(model: Any, view: Grid, k: int = K) -> np.ndarray:
    return np.append(view.recipes, "")[ranked(model, view, k)]


def _same(log: Log, one: np.ndarray, other: np.ndarray) -> Iterator[Case]:
    """A case a cook: two lists of ids must be equal."""
    for cook, old, new in zip(log.cooks[_regulars(log)], one, other, strict=True):
        moved = np.flatnonzero(old != new)
        words = f"{cook}: {new[moved[0]]} instead of {old[moved[0]]} in place {moved[0] + 1}" if len(moved) else ""
        yield float(len(moved)), words


def renamed(fit: Fit, log: Log) -> Iterator[Case]:
    """Every cook gets somebody else's id."""
    old, who = np.argsort(draw(0, "renamed", np.arange(len(log.cooks))), kind="stable"), _regulars(log)
    new = np.argsort(old, kind="stable")
    profile: dict[str, Any] = {name: getattr(log, name)[old] for name in ("cook_market", "cook_diet", "cook_day")}
    other = replace(log, **profile, choice_cook=new[log.choice_cook], example_cook=new[log.example_cook])
    yield from _same(log, _lists(fit(log), _view(log, who)), _lists(fit(other), _view(other, new[who])))


def reordered(fit: Fit, log: Log) -> Iterator[Case]:
    """The rows come in another order."""
    names = [*(f"choice_{name}" for name in CHOICES), *(f"example_{name}" for name in EXAMPLES)]
    turned: dict[str, Any] = {name: getattr(log, name)[::-1] for name in names}
    other, who = replace(log, **turned), _regulars(log)
    yield from _same(log, _lists(fit(log), _view(log, who)), _lists(fit(other), _view(other, who)))


def beside(fit: Fit, log: Log) -> Iterator[Case]:
    """A recipe more in the catalogue, that nobody ever chose."""
    last = int(np.flatnonzero(log.version_recipe == len(log.recipes) - 1)[0])
    attributes = {name: np.append(column, column[last]) for name, column in log.attributes.items()}
    recipe, day = np.append(log.version_recipe, len(log.recipes)), np.append(log.version_day, log.version_day[last])
    more = replace(log, recipes=np.append(log.recipes, f"{log.recipes[-1]}~"), attributes=attributes,
                   version_recipe=recipe, version_day=day)  # fmt: skip
    who = _regulars(log)
    found = [[id for id in row if id != more.recipes[-1]][:K] for row in _lists(fit(more), _view(more, who), K + 1)]
    yield from _same(log, _lists(fit(log), _view(log, who)), np.array(found))


def more_of_a_cuisine(fit: Fit, log: Log) -> Iterator[Case]:
    """A cook chooses one more recipe of a cuisine; its other recipes must not lose places in the list of ten."""
    model, cuisine = fit(log), log.attributes["cuisine"][log.versions.row(np.arange(len(log.recipes)), log.days)]
    known, chosen = Morning(log, log.days).codes, log.history(log.days).toarray() > 0
    for turn, cook in enumerate(_regulars(log).tolist()):
        free = known[~chosen[cook][known]]
        recipe = int(free[turn * STEP % len(free)])
        alike = set(log.recipes[(cuisine == cuisine[recipe]) & ~chosen[cook]]) - {log.recipes[recipe]}
        old, new = (_lists(model, _view(each, np.array([cook])))[0] for each in (log, chosen_too(log, cook, recipe)))
        before, after = (len(alike & set(found)) for found in (old, new))
        yield before - after, f"{log.cooks[cook]} chose a {cuisine[recipe]} recipe: {before} of its kind, then {after}"


def chosen_too(log: Log, cook: np.ndarray | int, recipe: int) -> Log:
    """The log with one more choice of a recipe for each cook (codes), on its last day."""
    cooks = np.atleast_1d(cook)
    return replace(
        log,
        choice_cook=np.append(log.choice_cook, cooks),
        choice_recipe=np.append(log.choice_recipe, np.full(len(cooks), recipe)),
        choice_day=np.append(log.choice_day, np.full(len(cooks), log.days - 1)),
    )


def more_of_a_recipe(fit: Fit, log: Log) -> Iterator[Case]:
    """Twenty cooks choose a recipe; a newcomer must not find it lower than before."""
    before, stranger = _view(log, np.array([len(log.cooks)])), np.array([len(log.cooks)])
    model, known = fit(log), before.morning.codes
    for turn in range(6):
        code = int(known[turn * STEP % len(known)])
        more, id = chosen_too(log, np.arange(min(20, len(log.cooks))), code), log.recipes[code]
        old, new = _place(model, before, id), _place(fit(more), _view(more, stranger), id)
        yield new - old, f"{id}: in place {old + 1}, after twenty choices more in place {new + 1}"


def _place(model: Any, view: Grid, recipe: str) -> int:
    return int(np.flatnonzero(_lists(model, view, len(view.recipes))[0] == recipe)[0])


def stricter(fit: Fit, log: Log) -> Iterator[Case]:
    """The same cook, who eats vegan from now on: nothing that this forbids may come in."""
    own, vegan = flipped(_view(log, _regulars(log)), diet="vegan")
    model = fit(log)
    before, after = (_forbidden(model, view, vegan) for view in (own, vegan))
    for cook, old, new in zip(log.cooks[own.cook], before, after, strict=True):
        yield new - old, f"{cook}: {old} forbidden dishes of {K}, and {new} when vegan"


def vegan(fit: Fit, log: Log) -> Iterator[Case]:
    """A vegan is shown nothing that is not vegan."""
    _, view = flipped(_view(log, _regulars(log)), diet="vegan")
    for cook, wrong in zip(log.cooks[view.cook], _forbidden(fit(log), view, view), strict=True):
        yield wrong, f"{cook}, vegan: {wrong} of {K} dishes are not"


def _forbidden(model: Any, view: Grid, diet: Grid) -> list[int]:
    """How many of each cook's ten recipes the diets of another view forbid."""
    fits = np.broadcast_to(diet.columns["fits_diet"], (len(diet.cook), len(diet.recipes)))
    return (np.take_along_axis(fits, ranked(model, view, K), axis=1) < 1).sum(axis=1).tolist()


def best_seller(fit: Fit, log: Log) -> Iterator[Case]:
    """A newcomer finds each of the five most chosen recipes above the least chosen one."""
    view = _view(log, np.array([len(log.cooks)]))
    order = np.argsort(-view.morning.popularity, kind="stable")
    found = _lists(fit(log), view, len(view.recipes))[0].tolist()
    for recipe in view.recipes[order[:5]]:
        above, below = found.index(recipe), found.index(view.recipes[order[-1]])
        yield above - below, f"{recipe}, a best seller, in place {above + 1}, the least chosen in {below + 1}"


def circles(fit: Fit, log: Log) -> Iterator[Case]:
    """Three circles of friends cook their own eight dishes and no others: who had three finds the other five on top."""
    toy = _toy(log)
    found = _lists(fit(toy), _view(toy, np.arange(3)), 5)
    for circle in range(3):
        strange = [id for id in found[circle] if int(id) // 8 != circle]
        yield len(strange), f"a cook of circle {circle + 1} is shown {len(strange)} of 5 dishes that it never cooks"


def _toy(log: Log) -> Log:
    """72 cooks of three circles, one cuisine: the first of each had three dishes of its eight, the others six."""
    dishes = [[(8 * c + (a + d) % 8) for d in range(3 if a == 0 else 6)] for a in range(24) for c in range(3)]
    cook, recipe = np.repeat(np.arange(72), [len(row) for row in dishes]), np.concatenate(dishes)
    attributes = {name: np.repeat(column[:1], 24) for name, column in log.attributes.items()}
    made: dict[str, Any] = {
        "days": 30, "cooks": np.array([f"{c:02d}" for c in range(72)]), "cook_market": np.repeat("uk", 72),
        "cook_diet": np.repeat("any", 72), "cook_day": np.full(72, -1), "choice_cook": cook, "choice_recipe": recipe,
        "choice_day": np.full(len(cook), 20), "recipes": np.array([f"{r:02d}" for r in range(24)]),
        "version_recipe": np.arange(24), "version_day": np.full(24, -1),
        "attributes": {**attributes, "published_day": np.zeros(24)},
    }  # fmt: skip
    logged = [*(f"shown_{name}" for name in ("recipe", "day", "count")), *(f"example_{name}" for name in EXAMPLES)]
    return replace(log, **made, **{name: getattr(log, name)[:0] for name in logged})


CHECKLIST = (
    Behaviour("a cook's id says nothing", "invariance", renamed),
    Behaviour("the order of rows says nothing", "invariance", reordered),
    Behaviour("a recipe that nobody chose changes no list", "invariance", beside),
    Behaviour("one more choice of a cuisine gives no less of it", "direction", more_of_a_cuisine),
    Behaviour("more choices of a recipe never lower it", "direction", more_of_a_recipe),
    Behaviour("a stricter diet lets nothing in that it forbids", "direction", stricter),
    Behaviour("a vegan is shown no meat", "minimum", vegan),
    Behaviour("a newcomer finds the best sellers", "minimum", best_seller),
    Behaviour("three circles of friends are told apart", "minimum", circles),
)


def tried(fit: Fit, log: Log, behaviours: Sequence[Behaviour] = CHECKLIST) -> list[Outcome]:
    """The outcome of every behaviour of a model, given data to try it on."""
    return [outcome(each, fit, log) for each in behaviours]

"""Every feature of the lab, once: what it is called, who answers for it, what it reads, and how it is computed.

A feature is a function of a question. It is written with arrays that broadcast, so the same line fills a column of
training rows and a grid of cooks x recipes at serving time. To add one, write its function here under @feature, and
its naive twin in tests/features/naive.py. Training, serving, the prediction log and the checks find it by themselves.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mlops_lab.data.formats import SEASONS
from mlops_lab.errors import BadInput
from mlops_lab.features.question import Question

RECENT = 28  # days that count as "recently": four of each weekday
NUMBER, TEXT = "number", "text"
RECIPE, PAIR = "recipe", "pair"  # cost: one value for each recipe a morning, or one for each cook and recipe
CHOICES = ("clicks.day", "clicks.recipe", "ratings.arrived", "ratings.recipe")
SENSITIVE = ("cooks.market", "cooks.diet")  # may be read by a feature that says why
FORBIDDEN = ("recipes.author", "recipes.title")  # names of people, and free text in which people write them


@dataclass(frozen=True)
class Feature:
    """One entry: call it with a question and it answers in the shape its cost says.

    owner: the team that is asked about it. reads: what it looks at, as table.column. cost: RECIPE or PAIR. why: what it
    is for, where that is not plain: it reads something sensitive, or stays although it was not seen to do good.
    """

    name: str
    owner: str
    unit: str
    kind: str
    cost: str
    reads: tuple[str, ...]
    why: str
    meaning: str
    define: Callable[[Question], np.ndarray]

    def __call__(self, question: Question) -> np.ndarray:
        """The values, in a shape that broadcasts to the question's."""
        return self.define(question)


FEATURES: dict[str, Feature] = {}


def feature(
    owner: str, unit: str, cost: str, reads: Sequence[str], *, kind: str = NUMBER
) -> Callable[[Callable[[Question], np.ndarray]], Feature]:
    """Put a function into the catalogue under its own name; its docstring is its meaning (one line) and its why.

    Raises BadInput for a name that is taken, no owner or meaning, a forbidden source, a sensitive one without a why.
    """

    def entered(define: Callable[[Question], np.ndarray]) -> Feature:
        meaning, *why = [line.strip() for line in (define.__doc__ or "").strip().splitlines()] or [""]
        found = Feature(define.__name__, owner, unit, kind, cost, tuple(reads), " ".join(why).strip(), meaning, define)
        if wrong := _objection(found):
            raise BadInput(f"Feature {found.name!r} is not entered: {wrong}.")
        FEATURES[found.name] = found
        return found

    return entered


def _objection(new: Feature) -> str:
    forbidden, sensitive = ([one for one in listed if one in new.reads] for listed in (FORBIDDEN, SENSITIVE))
    if new.name in FEATURES:
        return "there is one of that name; choose another, since models know features by name"
    if not new.owner or not new.meaning:
        return "it needs an owner, and a docstring that says what it means"
    if forbidden:
        return f"it reads {forbidden[0]}, which tells of people; derive it from something else"
    if sensitive and not new.why:
        return f"it reads {sensitive[0]}, which is sensitive; say below its meaning what makes that right"
    return ""


def of_kind(kind: str) -> tuple[str, ...]:
    """Names of the features that are NUMBER or TEXT, in the catalogue's order."""
    return tuple(name for name, found in FEATURES.items() if found.kind == kind)


@feature("recommendations", "log minutes", RECIPE, ["recipes.minutes"])
def log_minutes(q: Question) -> np.ndarray:
    """log(1 + minutes) to cook.

    It stays without proof: it is nearly free, and cooks do ask how long it takes.
    """
    return np.log1p(np.maximum(q.attribute("minutes"), 0))


@feature("recommendations", "ingredients", RECIPE, ["recipes.n_ingredients"])
def ingredients(q: Question) -> np.ndarray:
    """How many ingredients the recipe needs.

    It stays without proof: it is nearly free, until a whole year was looked at.
    """
    return q.attribute("n_ingredients")


@feature("recommendations", "log days", RECIPE, ["recipes.published_day"])
def log_age_days(q: Question) -> np.ndarray:
    """log(1 + days since the recipe was published).

    It stays without proof: it tells a new recipe from an unloved one, which counts cannot.
    """
    return np.log1p(np.maximum(q.day - q.attribute("published_day"), 0))


@feature("recommendations", "log choices", RECIPE, CHOICES)
def log_choices_ever(q: Question) -> np.ndarray:
    """log(1 + choices of the recipe on all days before).

    It stays without proof: it is the only count where choices are older than four weeks, as in Food.com.
    """
    return np.log1p(q.log.by_recipe.before(q.recipe, q.day))


@feature("recommendations", "log choices", RECIPE, CHOICES)
def log_choices_recently(q: Question) -> np.ndarray:
    """log(1 + choices of the recipe in the last 28 days).

    It and the count of all choices cover for each other.
    """
    return np.log1p(q.log.by_recipe.before(q.recipe, q.day, RECENT))


@feature("recommendations", "log rate", RECIPE, [*CHOICES, "impressions.recipe"])
def choice_rate(q: Question) -> np.ndarray:
    """log of choices per impression in the last 28 days, pulled towards 1 in 100 by 100 imagined impressions.

    It stays without proof: it corrects for what was shown often, and a log that popularity filled cannot tell that.
    """
    chosen = q.log.by_recipe.before(q.recipe, q.day, RECENT)
    return np.log((chosen + 1.0) / (np.maximum(q.log.shown.before(q.recipe, q.day, RECENT), chosen) + 100.0))


@feature("recommendations", "log share", PAIR, [*CHOICES, "clicks.cook", "ratings.cook", "cooks.market"])
def market_lift(q: Question) -> np.ndarray:
    """log of recent choices in the cook's market against the recipe's recent choices anywhere.

    A cook's market is sensitive: it is used to give markets with few cooks favourites of their own.
    """
    market = q.log.market_of_cook[q.profile]
    here = q.pairs(q.log.by_market_recipe, market, np.asarray(q.recipe), len(q.log.recipes), RECENT)
    anywhere = q.log.by_recipe.before(q.recipe, q.day, RECENT)
    return np.log((here + 1.0) / (anywhere + q.log.markets_known(q.day)))


@feature("recommendations", "share", PAIR, [*CHOICES, "clicks.cook", "ratings.cook", "recipes.cuisine"])
def cuisine_affinity(q: Question) -> np.ndarray:
    """Share of the cook's earlier choices that had this recipe's cuisine, pulled towards 1/12 by 3 imagined choices.

    It stays without proof: it alone knows a cook's own past, which is still short for most.
    """
    same = q.pairs(q.log.by_cook_cuisine, np.asarray(q.cook), q.cuisine(), len(q.log.cuisines))
    return (same + 3.0 / 12) / (q.log.by_cook.before(q.cook, q.day) + 3.0)


@feature("recommendations", "0 or 1", PAIR, ["cooks.diet", "recipes.diet"])
def fits_diet(q: Question) -> np.ndarray:
    """1 when the cook's declared diet allows the recipe: vegan within vegetarian within any.

    A cook's diet is sensitive: it was declared in order to be respected.
    """
    need = _strictness(q.log.diet_of_cook)[q.profile]
    offer = _strictness(q.log.attributes["diet"])[q.version]
    return (offer >= need).astype(np.float64)


def _strictness(diets: np.ndarray) -> np.ndarray:
    return np.select([diets == "vegan", diets == "vegetarian"], [2, 1], 0)


@feature("recommendations", "0, 0.5 or 1", RECIPE, ["recipes.season"])
def in_season(q: Question) -> np.ndarray:
    """1 when the recipe is meant for the calendar's present season, 0.5 for any season, else 0.

    A log of some weeks holds no turn of the season, so less is seen of its worth than there is.
    """
    versions = q.log.attributes["season"]
    codes = np.select([versions == name for name in SEASONS], range(4), -1)[q.version]
    return np.where(codes < 0, 0.5, (codes == q.season()).astype(np.float64))


@feature("recommendations", "cuisine", RECIPE, ["recipes.cuisine"], kind=TEXT)
def cuisine(q: Question) -> np.ndarray:
    """The recipe's cuisine, as text.

    It stays without proof: it tells kitchens apart where there are no counts yet.
    """
    return q.attribute("cuisine")

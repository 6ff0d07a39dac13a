"""The catalogue: every recipe's attributes are hashes of its number, so it can grow on any day for ever.

Recipes are numbered in order of publication, about `recipes` / 750 of them a day, before day 0 as after it. Minutes,
steps, ingredients and kcal follow the quantiles counted in 1,000 recipes of Food.com.
"""

from functools import lru_cache

import numpy as np
import pandas as pd

from mlops_lab.data.formats import SEASONS, TABLES
from mlops_lab.draws import draw
from mlops_lab.world import pantry
from mlops_lab.world.ids import numbers
from mlops_lab.world.shapes import normal, pick, quantile, together

DIETS = ("any", "vegetarian", "vegan")
CUISINES = tuple(pantry.CUISINES)
TIMES = (*SEASONS, "any")  # a recipe is meant for one season or for any
PACE_DAYS = 750  # days in which the company publishes as many recipes as it has on day 0
SHARES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
MINUTES = (2, 6, 20, 40, 65, 260, 600)
STEPS = (1, 3, 6, 8, 12, 20, 45)
INGREDIENTS = (2, 4, 6, 9, 11, 16, 26)
KCAL = (8, 60, 183, 322, 513, 1442, 3000)
_SWEET_SHARE = 0.18
_DIET_SHARES = ((0.80, 0.13, 0.07), (0.0, 0.85, 0.15))  # savoury, sweet
_SEASON_SHARES = (0.16, 0.16, 0.16, 0.16, 0.36)  # TIMES
_BLOCK = 512


class Recipes:
    """What is published, and what it is worth. Codes are recipe numbers; arrays cover every recipe made so far.

    cuisine, diet, season: codes into CUISINES, DIETS, TIMES. quality: hidden log-appeal. author: a code; reach: how
    known the author is, 1 in the middle. published: the day. sweet: bool.
    """

    def __init__(self, seed: int, count: int):
        self.seed, self.count = seed, count
        self._blocks = 0
        self._snapshots: dict[int, pd.DataFrame] = {}
        self._grow(count + 1)

    def published_by(self, day: int) -> int:
        """How many recipes are out on a day; they are the first ones by number."""
        return self.count + -(-max(day, 0) * self.count // PACE_DAYS)

    def snapshot(self, day: int) -> pd.DataFrame:
        """The catalogue of a day, by id: the same object as long as nothing new is published. Not to be changed."""
        size = self.published_by(day)
        if size not in self._snapshots:
            self._grow(size)
            self._snapshots = {size: self._frame.iloc[:size]}
        return self._snapshots[size]

    def ensure(self, day: int) -> int:
        """Make every recipe of a day; returns how many are out."""
        return len(self.snapshot(day))

    def numbers(self, ids: np.ndarray, day: int) -> np.ndarray:
        """Recipe numbers of ids of any shape, -1 for ""; raises BadInput where none was published by the day."""
        size = self.ensure(day)  # first, since it may make recipes
        return numbers(ids, self.ids[:size], f"recipe published by day {day}", blanks=True)

    def fits(self, word: str) -> np.ndarray:
        """Which recipes are of a cuisine, of a diet, or "sweet"; bool, over every recipe made so far."""
        if word in CUISINES:
            return self.cuisine == CUISINES.index(word)
        return self.sweet if word == "sweet" else self.diet == DIETS.index(word)

    def _grow(self, size: int) -> None:
        if size <= self._blocks * _BLOCK:
            return
        self._blocks = -(-size // _BLOCK)
        made = [_block(self.seed, number) for number in range(self._blocks)]
        hidden = {name: np.concatenate([columns[name] for _, columns in made]) for name in made[0][1]}
        self.cuisine, self.diet, self.season = hidden["cuisine"], hidden["diet"], hidden["season"]
        self.quality, self.reach, self.minutes = hidden["quality"], hidden["reach"], hidden["minutes"]
        self.author, self.sweet = hidden["author"], hidden["sweet"]
        frame = pd.concat([frame for frame, _ in made], ignore_index=True)
        self.published = frame["published_day"] = self._published(np.arange(len(frame)))
        self._frame = frame[list(TABLES["recipes"])]
        self.ids = np.array(self._frame["recipe"].tolist(), dtype=np.str_)
        self.id_column = self._frame["recipe"].array

    def _published(self, number: np.ndarray) -> np.ndarray:
        before = -((self.count - 1 - number) * PACE_DAYS // self.count)
        return np.where(number < self.count, before, 1 + (number - self.count) * PACE_DAYS // self.count)


@lru_cache(maxsize=64)
def _block(seed: int, block: int) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """The recipes of one block of numbers: what is printed of them, and the arrays behind it."""
    number = np.arange(block * _BLOCK, (block + 1) * _BLOCK)
    shares = [float(words["share"][0]) for words in pantry.CUISINES.values()]
    sweet = draw(seed, "sweet", number) < _SWEET_SHARE
    cuisine = pick(draw(seed, "cuisine", number), shares)
    u = draw(seed, "diet", number)
    diet = np.where(sweet, pick(u, _DIET_SHARES[1]), pick(u, _DIET_SHARES[0]))
    season = pick(draw(seed, "season", number), _SEASON_SHARES)
    author = _authors(seed, number)
    numbers = _numbers(seed, number)
    luck = draw(seed, "name", number[:, None], np.arange(6)[None, :])
    columns = (cuisine.tolist(), diet.tolist(), season.tolist(), sweet.tolist(), luck.tolist())
    names = [_name(*row) for row in zip(*columns, strict=True)]
    lists = _ingredients(seed, number, cuisine, diet, sweet, numbers["n_ingredients"], names)
    frame = pd.DataFrame(
        {
            "recipe": [f"r{i:05d}" for i in number], "title": [title for title, _ in names],
            "author": _author_names(author), **numbers,
            "cuisine": np.array(CUISINES)[cuisine], "diet": np.array(DIETS)[diet], "season": np.array(TIMES)[season],
            "ingredients": lists,
        }
    )  # fmt: skip
    reach = np.exp(0.7 * normal(seed, "reach", author))
    hidden = {
        "cuisine": cuisine, "diet": diet, "season": season, "minutes": numbers["minutes"],
        "quality": _quality(seed, number, author), "reach": reach, "author": author, "sweet": sweet,
    }  # fmt: skip
    return frame, hidden


def _quality(seed: int, number: np.ndarray, author: np.ndarray) -> np.ndarray:
    """Log-appeal with an exponential tail: appeal itself is Pareto (capped), so a few recipes please most cooks."""
    return -0.8 * np.log(draw(seed, "quality", number) + 0.006) + 0.3 * normal(seed, "skill", author)


def _authors(seed: int, number: np.ndarray) -> np.ndarray:
    """Author codes below 308, few of them writing much (log-uniform ranks)."""
    names = len(pantry.FIRST_NAMES) * len(pantry.SECOND_NAMES)
    return (names ** draw(seed, "author", number)).astype(np.int64) - 1


def _author_names(author: np.ndarray) -> list[str]:
    first, second = pantry.FIRST_NAMES, pantry.SECOND_NAMES
    # 28 and 11 have no common divisor, so running through both at once meets every pair once.
    return [f"{first[a % len(first)]}_{second[a % len(second)]}" for a in author.tolist()]


def _numbers(seed: int, number: np.ndarray) -> dict[str, np.ndarray]:
    """minutes, n_steps, n_ingredients, kcal: long recipes tend to be long in every way."""
    effort = draw(seed, "effort", number)

    def of(name: str, values: tuple[int, ...]) -> np.ndarray:
        return quantile(together(effort, draw(seed, name, number)), SHARES, values)

    minutes = of("minutes", MINUTES)
    minutes = np.where(minutes < 15, np.round(minutes), 5 * np.round(minutes / 5))
    return {
        "minutes": minutes,
        "n_steps": np.round(of("steps", STEPS)),
        "n_ingredients": np.round(of("ingredients", INGREDIENTS)),
        "kcal": np.round(of("kcal", KCAL), 1),
    }


def _name(cuisine: int, diet: int, season: int, sweet: bool, luck: list[float]) -> tuple[str, tuple[str, ...]]:
    """The title of a recipe and the ingredients it promises."""
    words = pantry.CUISINES[CUISINES[cuisine]]
    centre = _choose(_centres(sweet, diet, TIMES[season]), luck[0])
    dairy = _choose(pantry.SWEET_DAIRY if sweet else pantry.DAIRY, luck[1]) if diet == 1 else ""
    accent = dairy or ("" if sweet else _choose(words["accents"], luck[2]).lower())
    dish = _choose(words["sweets" if sweet else "dishes"], luck[3])
    word, main = _choose(words["words"], luck[4]), _one(centre).title()
    head = f"{main} {dish}" if luck[5] < 0.4 else f"{word} {main} {dish}"
    named = accent and int(luck[5] * 10) % 2
    return head + (f" with {accent.title()}" if named else ""), (centre, *([accent] if named or dairy else []))


def _centres(sweet: bool, diet: int, season: str) -> list[str]:
    """What a dish of this diet may be built around in this season."""
    pool = pantry.FRUIT if sweet else pantry.PLANTS if diet else pantry.MEAT
    return [name for name, when in pool.items() if when in ("", season)]


def _choose(words: list[str] | tuple[str, ...], luck: float) -> str:
    return words[int(luck * len(words))]


def _one(name: str) -> str:
    """The word as it stands in a title: "chickpeas" make a chickpea stew."""
    for many, one in (("ries", "ry"), ("ches", "ch"), ("toes", "to"), ("goes", "go")):
        if name.endswith(many):
            return name.removesuffix(many) + one
    return name if name.endswith(("ss", "us", "bass")) else name.removesuffix("s")


_PANTRY = sorted({*pantry.COMMON, *pantry.PLANTS, *pantry.MEAT, *pantry.FRUIT, *pantry.DAIRY, *pantry.SWEET_DAIRY,
                  *pantry.SWEET_EXTRAS, *(w for c in pantry.CUISINES.values() for w in c["staples"])})  # fmt: skip


@lru_cache(maxsize=1)
def _weights() -> np.ndarray:
    """How readily an ingredient joins a recipe, by (savoury or sweet, cuisine, diet, ingredient)."""
    table = np.zeros((2, len(CUISINES), len(DIETS), len(_PANTRY)))
    for at, name in enumerate(_PANTRY):
        table[:, :, :, at] = 0.82 * np.abs(np.log1p(-np.array(pantry.COMMON.get(name, (0, 0))) / 100))[:, None, None]
        if name in pantry.SWEET_EXTRAS or name in pantry.FRUIT:
            table[1, :, :, at] += 0.06
        for c, words in enumerate(pantry.CUISINES.values()):
            table[0, c, :, at] += 0.35 * (name in words["staples"])
        if name in pantry.NOT_VEGAN or name in pantry.NOT_VEGETARIAN:
            table[:, :, 2, at] = 0
        if name in pantry.NOT_VEGETARIAN:
            table[:, :, 1, at] = 0
    return table


def _ingredients(
    seed: int, number: np.ndarray, cuisine: np.ndarray, diet: np.ndarray, sweet: np.ndarray,
    many: np.ndarray, names: list[tuple[str, tuple[str, ...]]],
) -> list[str]:  # fmt: skip
    """Ingredient lists: what the title promises, then a weighted draw (Efraimidis and Spirakis 2006)."""
    weight = _weights()[sweet.astype(np.int64), cuisine, diet]
    with np.errstate(divide="ignore"):
        turn = -np.log(draw(seed, "ingredient", number[:, None], np.arange(len(_PANTRY))[None, :])) / weight
    order = np.argsort(turn, axis=1, kind="stable")
    lists = []
    for row, promised, size in zip(order.tolist(), (p for _, p in names), many.astype(int).tolist(), strict=True):
        rest = [_PANTRY[at] for at in row[: size + 2] if _PANTRY[at] not in promised]
        lists.append(", ".join([*promised, *rest][:size]))
    return lists

"""Plausible wrong answers for notebook 03."""

import mlops_lab.data.screening
import mlops_lab.workbook.judges.n03  # noqa: F401 - once here, not in each of the processes that check an answer

DIETS = ["any", "vegetarian", "vegan"]
_RIGHT = {
    "a": "kept", "b": "wrong type stars", "c": "kept", "d": "duplicate", "e": "out of range stars",
    "f": "out of range arrived",
}  # fmt: skip


def listed(recipes):
    return recipes["ingredients"].str.split(",").str.len()


def parts(recipes, day):
    return {
        "kcal": ~(recipes["kcal"] >= 0),
        "minutes": ~(recipes["minutes"] >= 0),
        "diet": ~recipes["diet"].isin(DIETS),
        "recipe": recipes["recipe"].duplicated(),
        "future": recipes["published_day"] > day,
        "count": recipes["n_ingredients"] != listed(recipes),
    }


def joined(masks):
    first, *others = masks.values()
    for other in others:
        first = first | other
    return first


def without(name):
    def refuse(recipes, day):
        return joined({key: mask for key, mask in parts(recipes, day).items() if key != name})

    return refuse


def instead(name, mask):
    def refuse(recipes, day):
        return joined({**parts(recipes, day), name: mask(recipes, day)})

    return refuse


def kept_instead(recipes, day):
    return ~joined(parts(recipes, day))


def one_word(recipes, day):
    return bool(joined(parts(recipes, day)).any())


def whole_table(recipes, day):
    bad = joined(parts(recipes, day))
    return bad | bad.any()


def numbers(recipes, day):
    return joined(parts(recipes, day)).astype(int)


def mute(recipes, day):
    joined(parts(recipes, day))


WRONG = {
    "03-1": [
        {**_RIGHT, "a": "missing stars"},
        {**_RIGHT, "b": "missing stars"},
        {**_RIGHT, "b": "wrong type"},
        {**_RIGHT, "c": "duplicate"},
        {**_RIGHT, "d": "kept"},
        {**_RIGHT, "e": "orphan"},
        {**_RIGHT, "f": "wrong type day"},
        {**_RIGHT, "f": ...},
        list(_RIGHT.values()),
    ],
    "03-2": [
        instead("kcal", lambda recipes, _: recipes["kcal"] < 0),
        without("minutes"),
        instead("minutes", lambda recipes, _: recipes["minutes"] <= -1),
        instead("minutes", lambda recipes, _: recipes["minutes"] > 1_440),
        without("diet"),
        instead("diet", lambda recipes, _: ~recipes["diet"].str.lower().isin(DIETS)),
        without("recipe"),
        instead("recipe", lambda recipes, _: recipes["recipe"].duplicated(keep=False)),
        without("future"),
        without("count"),
        instead("count", lambda recipes, _: recipes["n_ingredients"] > 6),
        instead("count", lambda recipes, _: recipes["n_ingredients"] != recipes["ingredients"].str.count(",")),
        kept_instead, one_word, whole_table, numbers, mute, "a rule",
    ],
}  # fmt: skip

"""Every feature once more, as plainly as possible: loops over the raw rows that had arrived before the day.

NAIVE[name](past, cook, recipe) is the value that a feature of that name must have. A new feature gets a twin here.
"""

import math

RECENT = 28
STRICTNESS = {"any": 0, "vegetarian": 1, "vegan": 2}
SEASONS = ("winter", "winter", "spring", "spring", "spring", "summer", "summer", "summer", "autumn", "autumn", "autumn",
           "winter")  # fmt: skip


class Past:
    """What was known on the morning of a day; tables[d] are the raw tables that arrived on day d, a dict a row."""

    def __init__(self, tables, day, month):
        self.day, self.season = day, SEASONS[month - 1]
        self.recipes, self.cooks, self.shown, self.choices = {}, {}, [], []
        for then in range(day):
            arrived = tables.get(then, {})
            self.recipes |= {row["recipe"]: row for row in arrived.get("recipes", [])}
            for row in arrived.get("cooks", []):
                self.cooks.setdefault(row["cook"], row)
            self.shown += [(row["recipe"], then) for row in arrived.get("impressions", [])]
            for row in [*arrived.get("clicks", []), *arrived.get("ratings", [])]:
                cuisine = self.recipes.get(row["recipe"], {}).get("cuisine")
                self.choices.append((row["cook"], row["recipe"], then, cuisine, self.market(row["cook"])))

    def market(self, cook):
        return self.cooks.get(cook, {}).get("market", "unknown")

    def chosen(self, recipe, window=10**9):
        return [one for one in self.choices if one[1] == recipe and one[2] >= self.day - window]


def choice_rate(past, _cook, recipe):
    chosen = len(past.chosen(recipe, RECENT))
    shown = sum(which == recipe and then >= past.day - RECENT for which, then in past.shown)
    return math.log((chosen + 1) / (max(shown, chosen) + 100))


def market_lift(past, cook, recipe):
    chosen = past.chosen(recipe, RECENT)
    here = sum(one[4] == past.market(cook) for one in chosen)
    markets = {"unknown"} | {row["market"] for row in past.cooks.values()}
    return math.log((here + 1) / (len(chosen) + len(markets)))


def cuisine_affinity(past, cook, recipe):
    mine = [one for one in past.choices if one[0] == cook]
    same = sum(one[3] == past.recipes[recipe]["cuisine"] for one in mine)
    return (same + 3 / 12) / (len(mine) + 3)


def fits_diet(past, cook, recipe):
    need = past.cooks.get(cook, {}).get("diet", "any")
    return float(STRICTNESS[past.recipes[recipe]["diet"]] >= STRICTNESS[need])


def in_season(past, _cook, recipe):
    season = past.recipes[recipe]["season"]
    return 0.5 if season == "any" else float(season == past.season)


NAIVE = {
    "log_minutes": lambda past, _, recipe: math.log1p(past.recipes[recipe]["minutes"]),
    "ingredients": lambda past, _, recipe: past.recipes[recipe]["n_ingredients"],
    "log_age_days": lambda past, _, recipe: math.log1p(max(past.day - past.recipes[recipe]["published_day"], 0)),
    "log_choices_ever": lambda past, _, recipe: math.log1p(len(past.chosen(recipe))),
    "log_choices_recently": lambda past, _, recipe: math.log1p(len(past.chosen(recipe, RECENT))),
    "choice_rate": choice_rate,
    "market_lift": market_lift,
    "cuisine_affinity": cuisine_affinity,
    "fits_diet": fits_diet,
    "in_season": in_season,
    "cuisine": lambda past, _, recipe: past.recipes[recipe]["cuisine"],
}

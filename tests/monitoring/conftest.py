"""Days of a made-up lab of the default size, in counts; the faults a test asks for begin on a day."""

import numpy as np
import pytest

from mlops_lab.monitoring.alerts import alerts
from mlops_lab.monitoring.facts import WORDS, Facts, exposure, histogram
from mlops_lab.monitoring.watch import failing, watch

RECIPES = 80
WEEK = (0.95, 0.91, 0.92, 0.93, 0.96, 1.13, 1.20)
VALUES = {"cuisine": 8, "season": 5, "diet": 3}


class Days:
    """A lab whose days are drawn; `play` watches them and gives all alerts."""

    def __init__(self, seed: int, requests: int = 1000, click_rate: float = 0.1):
        self.rng = np.random.default_rng(seed)
        self.requests, self.click_rate = requests, click_rate
        self.words = {name: np.arange(RECIPES) % n for name, n in VALUES.items()}
        self.appeal = self.rng.lognormal(0, 0.7, RECIPES)
        self.minutes = self.rng.lognormal(3.7, 0.8, 1500)

    def taste(self, fault: str) -> np.ndarray:
        """What each recipe's appeal is multiplied by."""
        season, cuisine = self.words["season"], self.words["cuisine"]
        return {"season": np.array([0.4, 1, 2.5, 1, 1])[season], "cuisine": np.where(cuisine < 3, 3.0, 0.5)}.get(
            fault, np.ones(RECIPES)
        )

    def day(self, day: int, fault: str = "", champion: int = 1) -> Facts:
        """One day; see FAULTS in the tests for the words."""
        requests = int(self.rng.poisson(self.requests * WEEK[day % 7] * (0.3 if fault == "outage" else 1)))
        shown = requests * exposure(np.arange(RECIPES) % 10) * 10 / RECIPES * self.rng.uniform(0.8, 1.2, RECIPES)
        rate = self.appeal * self.taste(fault) * (0.4 if fault == "worse" else 1)
        rate *= self.click_rate / (exposure(np.arange(10)).sum() * self.appeal.mean())
        clicked = self.rng.poisson(shown * rate)
        names = {name: [f"{name}{code}" for code in codes] for name, codes in self.words.items()}
        choices = {
            f"r{i}": [float(shown[i]), int(clicked[i]), *(names[name][i] for name in WORDS)] for i in range(RECIPES)
        }
        n = {"requests": requests, "impressions": 10 * requests, "clicks": int(clicked.sum()), "recipes": 1500}
        n["predictions"] = requests
        twice = {name: int(0.3 * n[name]) for name in ("clicks", "impressions")} if fault == "duplicates" else {}
        late = {"cooked": int(self.rng.poisson(20)), "ratings": int(self.rng.poisson(9))}
        return Facts(
            day=day, champion=champion, rows={**n, **late},
            read={name: count + twice.get(name, 0) for name, count in n.items()},
            quarantined={name: {"duplicate": count} for name, count in twice.items()},
            missing={"recipes.kcal": 0.4 if fault == "nan" else 0.0, "recipes.minutes": 0.0},
            numbers={"recipes.minutes": histogram(self.minutes * (60 if fault == "unit" else 1))},
            words={"recipes.cuisine": {"a": 900, "b": 600}},
            choices=choices, served={f"champion/{champion}": [requests, n["clicks"], 0]},
            heads={"requests.cook": {f"c{i}": 120 if fault == "bots" else 12 for i in range(3)},
                   "ratings.recipe": {f"r{i}": 5 if fault == "ring" else 1 for i in range(3)}},
            shown=round(1500 * -np.expm1(-requests / 1500) * (0.6 if fault == "loop" else 1.02)),
            seconds=0.15 if fault == "slow" else 0.03,
            not_finite=3 if fault == "not finite" else 0,
        )  # fmt: skip

    def play(self, days: int = 56, fault: str = "", start: int = 35) -> list:
        """All alerts of `days` days."""
        past, open, found = [], {}, []
        for day in range(days):
            today = self.day(day, fault if day >= start else "")
            checks = watch(today, past)
            new, open = alerts(day, checks, open)
            past.append(today.with_failing(failing(checks)))
            found += new
        return found


@pytest.fixture
def days():
    return Days(seed=1)

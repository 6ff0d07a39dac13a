"""How fast do the cooks choose? Impressions a second on one core.

    python benchmarks/world.py [--requests 100000] [--rounds 7] [--days 28] [--json FILE]

A day's batch of so many requests, ten recipes each, in a world of the default size. `choice` is the race between the
recipes of each slate alone; `answer` is a whole day: slates checked, cooks choosing, tables made, clicks remembered,
reports collected. `ask` is who asks, in order of time. Then days of the default world, played one after the other with
slates that cost nothing. Counted is the CPU's time of the whole process, of the median round; the first does not count.
"""

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from mlops_lab.data.formats import Requests, Slates
from mlops_lab.world import World

TARGET = 5e6  # impressions a second
RECIPES = np.array([f"r{number:05d}" for number in range(1500)])


def slates(requests: Requests) -> Slates:
    """Ten recipes each, at no cost to speak of."""
    n = len(requests)
    recipes = RECIPES[(np.arange(n)[:, None] * 7 + np.arange(requests.k) * 131) % len(RECIPES)]
    return Slates(
        requests.day, requests.request, requests.cook, np.zeros(n, dtype=int), np.full(n, "benchmark"),
        np.zeros(n, dtype=bool), recipes, np.zeros(recipes.shape), np.ones(recipes.shape),
    )  # fmt: skip


def seconds(work: Callable[[], object], rounds: int) -> list[float]:
    """CPU seconds of each round after a first one that warms up."""
    taken = []
    for _ in range(rounds + 1):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return taken[1:]


def rate(impressions: int, taken: list[float]) -> dict[str, float]:
    """Millions of impressions a second: the median round, and the slowest and fastest."""
    found = sorted(impressions / one / 1e6 for one in taken)
    return {"value": round(statistics.median(found), 2), "low": round(found[0], 2), "high": round(found[-1], 2)}


def batch(requests: int, rounds: int) -> dict[str, object]:
    """A day's batch in a world that is asked so often."""
    world = World(7, requests=requests)
    shown = slates(world.requests(0))
    cook, recipe = (world._cooks.numbers(shown.cook, 0), world._recipes.numbers(shown.recipes, 0))
    number = np.arange(len(shown))
    impressions = shown.recipes.size

    def ask() -> None:  # another day in between, since a day is kept until another is asked for
        world.requests(1)
        world.requests(0)

    works = {"choice": lambda: world._choice.race(0, number, cook, recipe), "answer": lambda: world.answer(0, shown)}
    rates = {name: rate(impressions, seconds(work, rounds)) for name, work in works.items()}
    return {
        "impressions": impressions, "million_impressions_per_second": rates, "target": TARGET / 1e6,
        "ask_milliseconds": round(1e3 * statistics.median(seconds(ask, rounds)) / 2, 1),
    }  # fmt: skip


def days(many: int) -> dict[str, object]:
    """Milliseconds for a day of the default world: the median of the first weeks, and of the weeks after a year."""
    world, told = World(7), {}
    for name, start in (("first", 0), ("after a year", 365)):
        taken = []
        for day in world.days(many, start):
            started = time.process_time()
            world.play(day, slates)
            taken.append(time.process_time() - started)
        told[name] = round(1e3 * statistics.median(taken), 1)
    return {"days": many, "milliseconds_per_day": told}


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--days", type=int, default=28)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "numpy": np.__version__}
    told = {"batch": batch(given.requests, given.rounds), "default_world": days(given.days), "machine": machine}
    text = json.dumps(told, indent=1)
    print(text)
    if given.json:
        given.json.write_text(text + "\n")


if __name__ == "__main__":
    main()

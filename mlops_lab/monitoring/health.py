"""Is the model well? Speed, variety, served click rate, numbers that are none, fallback answers, age, skew."""

from collections.abc import Iterator, Sequence

import numpy as np

from mlops_lab.monitoring.behaviour import recent_days
from mlops_lab.monitoring.checks import LUCK, Check, check, good_days
from mlops_lab.monitoring.facts import Facts
from mlops_lab.monitoring.skew import Skew

RECENT_DAYS, REFERENCE_DAYS, MEMORY_DAYS = 3, 7, 14  # no longer: click rates fall slowly as favourites wear out
DROP = 0.2  # of the click rate; less may be the weather
CLUSTERS = 1.3  # as in `behaviour`
FALLBACK = 0.02
SLOW = 0.1  # seconds; where one answer in twenty takes longer, the first ones are close to being cut off at 0.2
UNSHOWN = 0.1  # of the variety that the lot brings
DATA_DAYS, MODEL_DAYS = 2, 90


def latency(today: Facts) -> Iterator[Check]:
    """The seconds in which 95 % of the answers came."""
    if today.rows.get("predictions"):
        yield check("latency.answers", today.seconds, SLOW, "model")


def variety(today: Facts) -> Iterator[Check]:
    """How many recipes fewer are shown than the places drawn by lot would show by themselves, as a share of these.

    Of m recipes n draws leave u = m (1 - 1/m)^n unseen, with variance u (1 - (1 + n/m) u/m) (Feller 1968, II.11). What
    is never shown is never learned of: with less variety the lab teaches itself what it knows already.
    """
    answers, recipes = today.rows.get("predictions", 0), today.rows.get("recipes", 0)
    if answers and recipes > 1 and today.shown:
        unseen = recipes * (1 - 1 / recipes) ** answers
        drawn, spread = recipes - unseen, np.sqrt(unseen * (1 - (1 + answers / recipes) * unseen / recipes))
        yield check(
            "variety.recipes", max(1 - today.shown / drawn, 0.0), UNSHOWN + LUCK * spread / drawn, "impressions.recipe"
        )


def quality(today: Facts, past: Sequence[Facts]) -> Iterator[Check]:
    """How much of the champion's click rate the last three days lost.

    Compared with earlier days of the same champion; while it has fewer than seven, with those of its predecessors: a
    champion that is new must not be worse than what it replaced.
    """
    name = "quality.click_rate"
    recent = recent_days(today, past, RECENT_DAYS)
    good = [day for day in good_days(name, past) if day.day < recent[0].day and day.champion_arm()[1]]
    own = [day for day in good if day.champion == today.champion]
    good = (own if len(own) >= REFERENCE_DAYS else good)[-MEMORY_DAYS:]
    asked, clicked = _sums(recent)
    asked_before, clicked_before = _sums(good)
    if today.champion and len(good) >= REFERENCE_DAYS and asked:
        expected = asked * clicked_before / asked_before
        # The square root of a count varies by about a half, whether the count is small or large.
        spread = np.sqrt(CLUSTERS * (1 + expected / clicked_before)) / 2
        least = max(np.sqrt((1 - DROP) * expected) - LUCK * spread, 0.0) ** 2
        yield check(name, 1 - clicked / expected, 1 - least / expected, "model")


def _sums(days: Sequence[Facts]) -> tuple[int, int]:
    """Requests and clicks of the champion of each day, over the days."""
    arms = [day.champion_arm() for day in days]
    return sum(arm[0] for arm in arms), sum(arm[1] for arm in arms)


def numerics(today: Facts) -> Iterator[Check]:
    """Scores that are no number, and answers that popularity had to give because the model could not."""
    yield check("numerics.scores", today.not_finite, 0, "model")
    asked, _, fallback = today.champion_arm()
    if today.champion and asked:
        yield check("numerics.fallback", fallback / asked, max(FALLBACK, 2 / asked), "model")


def staleness(data_age_days: int, model_age_days: int | None) -> Iterator[Check]:
    """How old the newest data and the champion's training data are."""
    yield check("staleness.data", data_age_days, DATA_DAYS, "traffic")
    if model_age_days is not None:
        yield check("staleness.model", model_age_days, MODEL_DAYS, "model")


def served_skew(found: Skew | None) -> Iterator[Check]:
    """Share of answers whose features, computed again, come out otherwise."""
    if found is not None and found.rows:
        worst = max(found.columns, key=lambda name: found.columns[name], default="")
        yield check("skew.features", 1 - found.equal, 0, f"features.{worst}" if worst else "features")

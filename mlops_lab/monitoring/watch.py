"""All checks of a day."""

from collections.abc import Sequence

from mlops_lab.monitoring import health, tables
from mlops_lab.monitoring.behaviour import behaviour
from mlops_lab.monitoring.checks import MEMORY_DAYS, Check
from mlops_lab.monitoring.facts import Facts
from mlops_lab.monitoring.lockstep import lockstep
from mlops_lab.monitoring.skew import Skew


def watch(
    today: Facts, past: Sequence[Facts], *, data_age_days: int = 0, model_age_days: int | None = None,
    skew: Skew | None = None,
) -> list[Check]:  # fmt: skip
    """Every check that today allows. past: days before, oldest first; the last 28 are used.

    A check that has nothing to compare with is left out. Ages in days: of the newest data, and of the newest data the
    champion was trained on (None: no champion). Days must carry their failing checks (`Facts.with_failing`).
    """
    past = [day for day in past if today.day - MEMORY_DAYS <= day.day < today.day]
    return [
        *tables.volume(today, past), *tables.missing(today, past), *tables.quarantine(today, past),
        *tables.drift(today, past), *tables.concentration(today, past), *lockstep(today, past), *health.latency(today),
        *health.variety(today), *behaviour(today, past), *health.quality(today, past), *health.numerics(today),
        *health.staleness(data_age_days, model_age_days), *health.served_skew(skew),
    ]  # fmt: skip


def failing(checks: Sequence[Check]) -> tuple[str, ...]:
    """Names of the checks that failed."""
    return tuple(check.name for check in checks if not check.ok)

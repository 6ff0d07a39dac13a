"""Is the new version's click rate worse? A ratio of two rates, with intervals for one look and for daily looks."""

from dataclasses import dataclass

import numpy as np

CLUSTERS = 1.4  # requests of one cook resemble each other, so rates vary more than those of independent requests
TYPICAL = 0.7  # the size of effect (in log ratio) that the daily interval is tuned to: half, or double
NORMAL_95 = 1.959964


@dataclass(frozen=True)
class Arm:
    """What one version did: requests answered, clicks they brought, answers that the fallback gave."""

    requests: int = 0
    clicks: int = 0
    fallback: int = 0

    def __add__(self, other: "Arm") -> "Arm":
        return Arm(self.requests + other.requests, self.clicks + other.clicks, self.fallback + other.fallback)

    @property
    def rate(self) -> float:
        """Clicks per request."""
        return self.clicks / self.requests if self.requests else 0.0


@dataclass(frozen=True)
class Ratio:
    """The new rate as a multiple of the old one, with its 95 % interval."""

    value: float
    low: float
    high: float


def compare_rates(new: Arm, old: Arm) -> Ratio:
    """Ratio of click rates with a 95 % interval, for one look at a time fixed beforehand.

    The log of the ratio is close to normal with variance 1/clicks + 1/clicks (Katz et al., Biometrics 1978), here
    enlarged for clusters; half a click each keeps it finite.
    """
    centre, variance = _log_ratio(new, old)
    return _ratio(centre, NORMAL_95 * np.sqrt(variance))


def always_valid(new: Arm, old: Arm, error: float) -> Ratio:
    """The same ratio with an interval that may be looked at every day and as long as one likes.

    A normal mixture over effects of size TYPICAL (mSPRT: Robbins 1970; Johari et al., "Always valid inference", 2015):
    the chance that its upper end is ever below the truth is at most about `error`, whenever one stops.
    """
    centre, variance = _log_ratio(new, old)
    total = variance + TYPICAL**2
    # Each end errs on one side only, so the two-sided bound of twice the error serves.
    width = np.sqrt(variance * total / TYPICAL**2 * (np.log(total / variance) - 2 * np.log(2 * error)))
    return _ratio(centre, float(width))


def _log_ratio(new: Arm, old: Arm) -> tuple[float, float]:
    """The log of the ratio of click rates and its variance."""
    a, b = new.clicks + 0.5, old.clicks + 0.5
    centre = np.log(a / (new.requests + 1)) - np.log(b / (old.requests + 1))
    return float(centre), float(CLUSTERS * (1 / a + 1 / b))


def _ratio(centre: float, width: float) -> Ratio:
    return Ratio(*(float(np.exp(at)) for at in (centre, centre - width, centre + width)))

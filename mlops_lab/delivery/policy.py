"""What a release may do next, and why: a calculation, no state."""

from dataclasses import dataclass, field

from mlops_lab.delivery.rates import Arm, always_valid, compare_rates
from mlops_lab.errors import BadInput


@dataclass(frozen=True)
class Policy:
    """How much proof a decision needs. Few clicks a day (a quick lab) ask for a larger share and a wider margin.

    canary_share: share of cooks that meet the challenger, and later the holdback. min_days, max_days: of a canary.
    margin: how much of the click rate a challenger may lose at worst. watch_days: with holdback after a promotion, at
    least; at most max_days where that is more.
    error: chance that an equal version is ever called worse. fallback: share of failed answers that condemns.
    """

    canary_share: float = 0.2
    min_days: int = 7
    max_days: int = 14
    margin: float = 0.25
    watch_days: int = 7
    error: float = 0.05
    fallback: float = 0.02

    def __post_init__(self) -> None:
        if not 0 < self.canary_share < 1 or not 0 < self.margin < 1 or not 0 < self.error < 0.5:
            raise BadInput(f"{self}: canary_share, margin and error must lie between 0 and 1 (error below a half).")
        if not 1 <= self.min_days <= self.max_days or self.watch_days < 1:
            raise BadInput(f"{self}: days must be 1 or more, and min_days at most max_days.")


@dataclass(frozen=True)
class Trial:
    """What two versions did side by side since a release began: full days, the new version, the old one."""

    days: int = 0
    new: Arm = field(default_factory=Arm)
    old: Arm = field(default_factory=Arm)


@dataclass(frozen=True)
class Decision:
    """action: continue, promote or abort (canary); continue, rollback or keep (watch). reason: one sentence."""

    action: str
    reason: str


def decide(phase: str, trial: Trial, policy: Policy) -> Decision:
    """What to do on an evening of a release; phase "canary" or "watch". Looked at every day."""
    stop = "abort" if phase == "canary" else "rollback"
    if trouble := _trouble(trial, policy):
        return Decision(stop, trouble)
    if phase == "canary":
        return _canary(trial, policy)
    return _watch(trial, policy)


def _trouble(trial: Trial, policy: Policy) -> str:
    """Why the new version must go at once; empty if it need not."""
    new = trial.new
    if new.fallback > max(policy.fallback * new.requests, 2):
        return f"The fallback gave {new.fallback} of {new.requests} answers."
    ratio = always_valid(new, trial.old, policy.error)
    if trial.days and ratio.high < 1:
        return f"Clearly worse after {trial.days} days: {_rates(trial)}, at best {ratio.high:.2f} times."
    return ""


def _canary(trial: Trial, policy: Policy) -> Decision:
    ratio, least = compare_rates(trial.new, trial.old), 1 - policy.margin
    shown = f"{_rates(trial)}, at worst {ratio.low:.2f} times"
    if trial.days < policy.min_days:
        return Decision("continue", f"Day {trial.days} of at least {policy.min_days}: {shown}.")
    if ratio.low > least:
        return Decision("promote", f"Good enough after {trial.days} days: {shown}, more than {least:.2f}.")
    if trial.days >= policy.max_days:
        return Decision("abort", f"Not shown to be good enough in {trial.days} days: {shown}, {least:.2f} needed.")
    return Decision("continue", f"Not sure yet on day {trial.days} of {policy.max_days}: {shown}.")


def _watch(trial: Trial, policy: Policy) -> Decision:
    """What a canary has to show, and a promotion by hand has not shown; one that cannot is judged once, at the end."""
    ratio, least, last = compare_rates(trial.new, trial.old), 1 - policy.margin, max(policy.watch_days, policy.max_days)
    shown = f"{_rates(trial)}, between {ratio.low:.2f} and {ratio.high:.2f} times"
    if trial.days < policy.watch_days:
        return Decision("continue", f"Day {trial.days} of at least {policy.watch_days} of the watch: {shown}.")
    if ratio.low > least:
        return Decision("keep", f"Good enough after {trial.days} days: {shown}, more than {least:.2f}.")
    if trial.days < last:
        return Decision("continue", f"Not sure yet on day {trial.days} of {last} of the watch: {shown}.")
    if ratio.high < 1:
        return Decision("rollback", f"Worse in {trial.days} days: {shown}.")
    return Decision("keep", f"Neither good enough nor worse beyond doubt in {trial.days} days: {shown}.")


def _rates(trial: Trial) -> str:
    return f"click rate {trial.new.rate:.3f} against {trial.old.rate:.3f}"

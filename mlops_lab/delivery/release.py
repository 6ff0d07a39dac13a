"""Releases carried out: every action is one move in the registry's log, with its reason."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mlops_lab.delivery.policy import Decision, Policy, Trial, decide
from mlops_lab.delivery.rates import Arm
from mlops_lab.errors import BadInput
from mlops_lab.monitoring.alerts import Alert, alert
from mlops_lab.monitoring.facts import Facts
from mlops_lab.registry import Registry

ROBOT = "release policy"
Action = dict[str, Any]


def start_canary(
    registry: Registry, version: int, day: int, policy: Policy | None = None, *, who: str = ROBOT,
    why: str = "Blessed: it is to be tried on some of the cooks.",
) -> Action:  # fmt: skip
    """Let a version serve a share of the cooks from the day after `day`.

    Raises BadInput: no such version, not blessed, already champion, no champion to compare with, a release underway.
    """
    policy = policy or Policy()
    with registry.store.writing():
        candidate, state = registry.version(version), registry.state()
        champion, release = state["champion"], state["release"]
        if not candidate.blessed:
            raise BadInput(f"Version {version} is not blessed ({' '.join(candidate.reasons)}); try one that is.")
        if champion is None:
            raise BadInput(f"There is no champion to compare version {version} with; promote one first.")
        if champion == version:
            raise BadInput(f"Version {version} is already the champion; try another one.")
        if release is not None:
            raise BadInput(f"Version {release['version']} is in its {release['stage']}; wait until that has ended.")
        record = _record("canary", version, champion, day, policy)
        return _move(registry, "canary", {"challenger": version}, record, who=who, why=why, day=day, version=version)


def promote(registry: Registry, version: int, *, who: str, why: str, day: int, policy: Policy | None = None) -> Action:
    """Make a version the champion; the one before stays as holdback, to compare with. Ends a canary.

    Raises BadInput: no such version, or it is the champion already.
    """
    with registry.store.writing():
        registry.version(version)
        before = registry.alias("champion")
        if before == version:
            raise BadInput(f"Version {version} is already the champion; there is nothing to promote.")
        record = _record("watch", version, before, day, policy or Policy()) if before else None
        aliases = {"champion": version, "challenger": None}
        return _move(registry, "promote", aliases, record, who=who, why=why, day=day, version=version)


def rollback(registry: Registry, *, who: str, why: str, day: int) -> Action:
    """Give the place back to the champion before; ends whatever release is underway. Raises BadInput without one."""
    with registry.store.writing():
        before = registry.previous_champion()
        if before is None:
            raise BadInput("There is no earlier champion to go back to; promote a version instead.")
        aliases = {"champion": before, "challenger": None}
        return _move(registry, "rollback", aliases, None, who=who, why=why, day=day, version=before)


def advance(registry: Registry, trial: Trial, day: int, policy: Policy | None = None) -> list[Action]:
    """Decide on the release underway, on the evening of `day`, and do it: [{day, version, action, why}], often empty.

    The same evening repeated after a crash does nothing again: what it did has started a release without days.
    """
    policy = policy or Policy()
    with registry.store.writing():
        release = registry.state()["release"]
        if release is None:
            return []
        return _do(registry, release, decide(release["stage"], trial, policy), day, policy)


def trial(release: Mapping[str, Any] | None, days: Iterable[Facts]) -> Trial:
    """What both versions of a release did on the days after it began."""
    if release is None:
        return Trial()
    new, old = ("canary", "champion") if release["stage"] == "canary" else ("champion", "holdback")
    names = (f"{new}/{release['version']}", f"{old}/{release['against']}")
    served = [day.served for day in days if day.day > release["since"]]
    total = [sum((Arm(*day[name]) for day in served if name in day), Arm()) for name in names]
    return Trial(sum(any(name in day for name in names) for day in served), *total)


def pages(actions: Sequence[Mapping[str, Any]]) -> list[Alert]:
    """A rollback by the policy is an alert: somebody has to find out why the model was let through.

    actions: of `advance`, or rows of the registry's log of moves, which say the same.
    """
    return [
        alert(action["day"], "release", "release.rollback", "model", 1.0, 0.0, action["why"])
        for action in actions
        if action["action"] == "rollback"
    ]


def _record(phase: str, version: int, against: int, day: int, policy: Policy) -> dict[str, Any]:
    return {"stage": phase, "version": version, "against": against, "since": day, "share": policy.canary_share}


def _do(registry: Registry, release: Mapping[str, Any], decision: Decision, day: int, policy: Policy) -> list[Action]:
    version = release["version"]
    words: dict[str, Any] = {"who": ROBOT, "why": decision.reason, "day": day}
    match decision.action:
        case "promote":
            return [promote(registry, version, policy=policy, **words)]
        case "rollback":
            return [rollback(registry, **words)]
        case "abort":
            return [_move(registry, "abort", {"challenger": None}, None, version=version, **words)]
        case "keep":
            return [_move(registry, "keep", {}, None, version=version, **words)]
    return []


def _move(
    registry: Registry, action: str, aliases: Mapping[str, int | None], release: Mapping[str, Any] | None, *, who: str,
    why: str, day: int, version: int,
) -> Action:  # fmt: skip
    registry.move(action, aliases=aliases, release=release, who=who, why=why, day=day, version=version)
    return {"day": day, "version": version, "action": action, "why": why}


__all__ = [
    "Action", "Decision", "Policy", "Trial", "advance", "decide", "pages", "promote", "rollback", "start_canary",
    "trial",
]  # fmt: skip

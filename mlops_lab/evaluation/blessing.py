"""Whether a candidate may go on: only if it beats the champion beyond doubt, on the same cooks."""

from dataclasses import dataclass

import numpy as np

from mlops_lab.evaluation.intervals import metric, paired

LEAST = 10  # cooks on whom the two differ; the bootstrap of fewer is narrower than the truth


@dataclass(frozen=True)
class Blessing:
    """The verdict, its reasons as sentences, and the paired difference {value, low, high} behind them."""

    blessed: bool
    reasons: tuple[str, ...]
    difference: dict[str, float]

    def __repr__(self) -> str:
        gain, low, high = (self.difference[name] for name in ("value", "low", "high"))
        return f"Blessing({'blessed' if self.blessed else 'not blessed'}: {gain:+.4f}, 95 % {low:+.4f} to {high:+.4f})"


def bless(
    candidate: np.ndarray, champion: np.ndarray, *, candidate_name: str = "the candidate",
    champion_name: str = "the champion", measure: str = "NDCG@10",
) -> Blessing:  # fmt: skip
    """Judge one number a cook (n,) of each model; the 95 % interval of the difference must lie above zero.

    A candidate with a value that is not a number is refused. Raises ValueError when the two are not of equal length.
    """
    candidate, champion = np.asarray(candidate, dtype=np.float64), np.asarray(champion, dtype=np.float64)
    if candidate.shape != champion.shape:
        raise ValueError(f"{candidate.shape} values of one model and {champion.shape} of the other cannot be paired.")
    names = f"{candidate_name} against {champion_name}"
    bad = int((~np.isfinite(candidate - champion)).sum())
    if bad or not len(candidate):
        why = f"{bad} of {len(candidate)} cooks have no number" if bad else "no cook has anything to measure"
        return Blessing(False, (f"{names}: {why}, so nothing can be judged.",), metric(0, 0, 0))
    found, differ = paired(candidate, champion), int((candidate != champion).sum())
    numbers = (
        f"{names}: {found['value']:+.4f} {measure} over {len(candidate):,} cooks, "
        f"95 % interval {found['low']:+.4f} to {found['high']:+.4f}"
    )
    if found["low"] <= 0:
        return Blessing(False, (f"{numbers}, which is not above zero.",), found)
    if differ < LEAST:
        few = f"{numbers}, but they differ on only {differ} cooks, and {LEAST} are needed."
        return Blessing(False, (few,), found)
    return Blessing(True, (f"{numbers}, which is above zero.",), found)

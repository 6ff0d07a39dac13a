"""Which parameters and which model to ship, decided on rows of train that were set aside.

A simpler choice gives way only beyond doubt: parameters other than the default, and a model other than popularity, must
have a paired interval above zero. Small validation sets are full of lucky winners; the more candidates take part, the
wider their intervals are made (Bonferroni), so that one of them all is lucky in at most one case of twenty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlops_lab.data.interactions import Interactions
from mlops_lab.draws import draw, keys
from mlops_lab.evaluation.evaluate import per_cook
from mlops_lab.evaluation.held_out import HeldOut, held_out, latest, of_each_cook
from mlops_lab.evaluation.intervals import paired

BASELINE = "popularity"
ENOUGH = 100  # cooks with a history; on fewer, models of histories cannot be told apart
MOST_COOKS = 5_000  # a larger slice would only take longer
METRIC = "ndcg@10"


@dataclass(frozen=True)
class Candidate:
    """A kind of model with its default parameters first, then those worth a try."""

    model: type
    variants: Sequence[Mapping[str, Any]] = ({},)


@dataclass(frozen=True)
class Choice:
    """The model to ship, the parameters of all, and how it came to that (sentences; paired differences by model)."""

    chosen: str
    params: dict[str, Mapping[str, Any]]
    reasons: tuple[str, ...]
    differences: dict[str, dict[str, float]]


class Slice:
    """Rows set aside, the cooks with a history among them, and the values of every model tried on them."""

    def __init__(self, name: str, train: Interactions, held: np.ndarray):
        self.name, self.fitted_on = name, train.take(~held)
        question = held_out(self.fitted_on, train.take(held))
        question = question.take(question.warm)
        lots = draw(0, "validation sample", keys(question.cooks))
        self.question: HeldOut = question.take(np.sort(np.argsort(lots, kind="stable")[:MOST_COOKS]))
        self.order = by_popularity(self.fitted_on)

    def __len__(self) -> int:
        return len(self.question.cooks)

    def values(self, model: type, params: Mapping[str, Any]) -> np.ndarray:
        """NDCG@10 of every cook (n,) with a model fitted on the rest of train."""
        fitted = model(**params).fit(self.fitted_on)
        return per_cook(fitted, self.question.view, self.question.truth, order=self.order)[METRIC]


def by_popularity(train: Interactions) -> np.ndarray:
    """The rank of every recipe (m,) in ties: more rows first, then id."""
    order = np.empty(len(train.recipes), dtype=np.int64)
    order[np.argsort(-train.counts(), kind="stable")] = np.arange(len(order))
    return order


def slices(train: Interactions) -> list[Slice]:
    """The slice that decides, then the one that may contradict it.

    The latest 10 % decides; without timestamps, 10 % of each cook's recipes by hash. Where the latest rows hold fewer
    than ENOUGH cooks with a history (all others are new, and for them the models agree), they cannot decide: then
    the split by hash does, and the latest rows may still contradict it.
    """
    late, each = latest(train), of_each_cook(train)
    newest = [Slice("the latest 10 % of train", train, late)] if late.any() else []
    if newest and (len(newest[0]) >= ENOUGH or not each.any()):
        return newest
    return ([Slice("10 % of each user's train rows", train, each)] if each.any() else []) + newest


def choose(train: Interactions, ladder: Mapping[str, Candidate], search: bool = True) -> Choice:
    """Choose on slices of train only. search=False keeps every default."""
    params = {name: candidate.variants[0] for name, candidate in ladder.items()}
    judges = [found for found in slices(train) if len(found)]
    if not judges:
        return Choice(BASELINE, params, ("No user has rows to set aside, so popularity it is.",), {})
    decides, contradicts = judges[0], judges[1:]
    values = {}
    for name, candidate in ladder.items():
        tried = candidate.variants if search else candidate.variants[:1]
        params[name], values[name] = _best_variant(decides, candidate.model, tried)
    others = [name for name in ladder if name != BASELINE]
    level = 1 - 0.05 / max(len(others), 1)
    differences = {name: paired(values[name], values[BASELINE], level) for name in others}
    better = [name for name in others if differences[name]["low"] > 0]
    better = [name for name in better if not any(_worse(name, ladder, params, judge) for judge in contradicts)]
    # max keeps the first, and so the simpler one, of equals
    chosen = max([BASELINE, *better], key=lambda name: round(float(values[name].mean()), 6))
    reasons = tuple(_sentence(name, differences[name], len(decides), name in better) for name in others)
    return Choice(chosen, params, (f"Judged on {decides.name}.", *reasons), differences)


def _best_variant(judge: Slice, model: type, variants: Sequence[Mapping[str, Any]]) -> tuple[Mapping, np.ndarray]:
    """The default, or the best other one if it beats the default beyond doubt; and its values."""
    default, *others = [judge.values(model, params) for params in variants]
    if not others:
        return variants[0], default
    best = int(np.argmax([round(float(values.mean()), 6) for values in others]))
    if paired(others[best], default, 1 - 0.05 / len(others))["low"] > 0:
        return variants[1 + best], others[best]
    return variants[0], default


def _worse(name: str, ladder: Mapping[str, Candidate], params: Mapping[str, Any], judge: Slice) -> bool:
    """Whether a slice says that the model is no better than popularity, on average."""
    one, baseline = (judge.values(ladder[model].model, params[model]) for model in (name, BASELINE))
    return float(one.mean()) <= float(baseline.mean())


def _sentence(name: str, found: Mapping[str, float], users: int, better: bool) -> str:
    verdict = "better beyond doubt" if better else "not better beyond doubt"
    return (
        f"{name} against popularity: {found['value']:+.4f} NDCG@10 on {users:,} users with a history, "
        f"interval {found['low']:+.4f} to {found['high']:+.4f}: {verdict}."
    )

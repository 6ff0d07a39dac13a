"""Which parameters and which model to ship, decided on rows of train that were set aside.

Three slices, each set aside from what the one before left: the oldest finds the parameters, the two newer ones the
model. Small slices are full of lucky winners, so the winner does not write its own report: each half of the cooks
is scored by the model that was best on the *other* half. Where that beats popularity beyond doubt, the model that is
best on all of them is shipped; else popularity. So many candidates cost no certainty, as they would with Bonferroni's
wider intervals.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlops_lab.data.interactions import Interactions
from mlops_lab.draws import draw, keys
from mlops_lab.evaluation.evaluate import per_cook
from mlops_lab.evaluation.held_out import HeldOut, held_out, latest, of_each_cook
from mlops_lab.evaluation.intervals import paired
from mlops_lab.models.blend import Blend

BASELINE, STEADY = "popularity", "blend"
ENOUGH = 100  # cooks with a history; on fewer, models of histories cannot be told apart
MOST_COOKS = 10_000  # a larger slice would only take longer
METRIC = "ndcg@10"
DECIDING, TUNING = 2, 1  # slices
ONE_ERROR = 0.683  # of an interval: one standard error to each side


@dataclass(frozen=True)
class Candidate:
    """A kind of model with its default parameters first, then those worth a try.

    Of a blend, `parts` is a list of names in the ladder; they come with the parameters found for them.
    """

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
    """Rows set aside, the cooks with a history among them, and the models tried on them."""

    def __init__(self, name: str, train: Interactions, held: np.ndarray):
        self.name, self.fitted_on = name, train.take(~held)
        question = held_out(self.fitted_on, train.take(held))
        question = question.take(question.warm)
        lots = draw(0, "validation sample", keys(question.cooks))
        self.question: HeldOut = question.take(np.sort(np.argsort(lots, kind="stable")[:MOST_COOKS]))
        self.order = by_popularity(self.fitted_on)
        self._fitted: dict[str, tuple[str, Any]] = {}

    def __len__(self) -> int:
        return len(self.question.cooks)

    def values(self, model: type, params: Mapping[str, Any]) -> np.ndarray:
        """NDCG@10 of every cook (n,) with a model fitted on the rest of train."""
        fitted = self.fitted(model, params)
        return per_cook(fitted, self.question.view, self.question.truth, order=self.order)[METRIC]

    def fitted(self, model: type, params: Mapping[str, Any]) -> Any:
        """The model fitted on the rest of train; of each kind the latest is kept, since blends ask for it again."""
        if model is Blend:
            unfitted = Blend(**params)
            return unfitted.of([self.fitted(type(part), part.params) for part in unfitted.parts])
        asked = json.dumps(dict(params), sort_keys=True)
        if self._fitted.get(model.__name__, ("", None))[0] != asked:
            self._fitted[model.__name__] = asked, model(**params).fit(self.fitted_on)
        return self._fitted[model.__name__][1]


def by_popularity(train: Interactions) -> np.ndarray:
    """The rank of every recipe (m,) in ties: more rows first, then id."""
    order = np.empty(len(train.recipes), dtype=np.int64)
    order[np.argsort(-train.counts(), kind="stable")] = np.arange(len(order))
    return order


def slices(train: Interactions) -> tuple[list[Slice], list[Slice]]:
    """The slices, newest first, and those that may contradict what is decided on them.

    The latest 10 % of what is left each time; without timestamps, 10 % of each cook's recipes by hash. Where the latest
    rows hold fewer than ENOUGH cooks with a history (all others are new, and for them the models agree), they cannot
    decide: then the split by hash does, and the latest rows may still contradict it.
    """
    newest = _one_after_the_other("the latest 10 % of train", train, latest, 1)
    if newest and len(newest[0]) >= ENOUGH:
        return _one_after_the_other("the latest 10 % of train", train, latest, DECIDING + TUNING), []
    each = _one_after_the_other("10 % of each user's train rows", train, of_each_cook, DECIDING + TUNING)
    return (each, newest) if each else (newest, [])


def _one_after_the_other(
    name: str, train: Interactions, hold: Callable[[Interactions], np.ndarray], most: int
) -> list[Slice]:
    found: list[Slice] = []
    while len(found) < most and (held := hold(train)).any():
        found.append(Slice(name, train, held))
        train = found[-1].fitted_on
    return [one for one in found if len(one)]


def choose(train: Interactions, ladder: Mapping[str, Candidate], search: bool = True) -> Choice:
    """Choose on slices of train only. search=False keeps every default."""
    judges, contradict = slices(train)
    tunes = judges.pop() if len(judges) > DECIDING else judges[-1] if judges else None
    params = parameters(ladder, tunes if search else None)
    if not judges:
        return Choice(BASELINE, params, ("No user has rows to set aside, so popularity it is.",), {})
    del tunes  # its models would stay in memory
    values = {name: _values(judges, candidate.model, params[name]) for name, candidate in ladder.items()}
    best, honest = cross_fitted(values, np.concatenate([keys(one.question.cooks) for one in judges]))
    beats = best != BASELINE and honest["low"] > 0
    vetoed = beats and any(_worse(ladder, params, best, judge) for judge in contradict)
    differences = {name: paired(values[name], values[BASELINE]) for name in ladder if name != BASELINE}
    reasons = [_sentence(f"{name} against popularity", found) for name, found in differences.items()]
    verdict = _sentence("Choosing the best on the other half of the users", honest)
    verdict += f": {best} is " + (
        "worse on the latest rows." if vetoed else "shipped." if beats else "not sure enough."
    )
    judged = f"Judged on {judges[0].name}, {len(judges)} times; {len(values[BASELINE]):,} users with a history."
    return Choice(best if beats and not vetoed else BASELINE, params, (judged, *reasons, verdict), differences)


def parameters(ladder: Mapping[str, Candidate], judge: Slice | None) -> dict[str, Mapping[str, Any]]:
    """What to give each model: found on the slice, or the default without one. Blends come after their parts."""
    params: dict[str, Mapping[str, Any]] = {}
    for name, candidate in ladder.items():
        variants = [_resolved(variant, params) for variant in candidate.variants]
        params[name] = variants[0] if judge is None else _best_variant(judge, candidate.model, variants)
    return params


def cross_fitted(values: Mapping[str, np.ndarray], cook: np.ndarray) -> tuple[str, dict[str, float]]:
    """The best model on all cooks, and what choosing it is worth over popularity to cooks who had no say in it.

    values: of each model, one number a cook (n,). cook (n,): keys; a cook who is there twice stands in one half.
    """
    half = draw(0, "half that chooses", cook) < 0.5
    names = np.where(half, leader(values, ~half), leader(values, half))
    honest = np.select([names == name for name in values], list(values.values())) - values[BASELINE]
    return leader(values, np.full(len(cook), True)), paired(honest, np.zeros(len(honest)))


def leader(values: Mapping[str, np.ndarray], cooks: np.ndarray) -> str:
    """The best model on these cooks (mask), of equals the first; but the blend, where it is within a standard error.

    What leads by less is as likely to be lucky as to be better, and a mean of models is the steadiest of them.
    """
    found = {name: column[cooks] for name, column in values.items()}
    best = max(found, key=lambda name: round(float(found[name].sum()) / max(int(cooks.sum()), 1), 6))
    if best == BASELINE or STEADY not in found:
        return best
    lead = found[best] - found[STEADY]
    return STEADY if lead.mean() <= lead.std() / np.sqrt(len(lead)) else best


def _resolved(variant: Mapping[str, Any], params: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """Parameters of a variant; the parts of a blend with what was found for them."""
    return {"parts": {part: dict(params[part]) for part in variant["parts"]}} if "parts" in variant else variant


def _best_variant(judge: Slice, model: type, variants: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The best one, or the default where it is within a standard error of the best (as Breiman et al., CART, 1984)."""
    if len(variants) == 1:
        return variants[0]
    default, *others = [judge.values(model, params) for params in variants]
    best = int(np.argmax([round(float(values.mean()), 6) for values in others]))
    return variants[1 + best] if paired(others[best], default, ONE_ERROR)["low"] > 0 else variants[0]


def _values(judges: Sequence[Slice], model: type, params: Mapping[str, Any]) -> np.ndarray:
    return np.concatenate([judge.values(model, params) for judge in judges])


def _worse(ladder: Mapping[str, Candidate], params: Mapping[str, Any], name: str, judge: Slice) -> bool:
    """Whether a slice says that the model is no better than popularity, on average."""
    one, baseline = (judge.values(ladder[model].model, params[model]) for model in (name, BASELINE))
    return len(judge) > 0 and float(one.mean()) <= float(baseline.mean())


def _sentence(what: str, found: Mapping[str, float]) -> str:
    return f"{what}: {found['value']:+.4f} NDCG@10, interval {found['low']:+.4f} to {found['high']:+.4f}"

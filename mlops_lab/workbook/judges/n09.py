"""Judges of notebook 09: would we bet dinner on it?"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from mlops_lab.draws import draw

COOKS, EQUAL, LUCKY = 300, 20, 4
TOLERANCE = 0.02
DAYS, SPLIT = 8, 4


def slice_finder(answer: Callable[..., Any]) -> list[str]:
    """Names "column value" of slices that got worse beyond doubt: found, large enough, corrected for their number."""
    sick = _table(0, lambda rows: np.where(rows["market"] == "c", -0.15, 0.0))
    found = answer(sick.copy(), 30)
    if isinstance(found, str) or not hasattr(found, "__iter__"):
        return [f"Found {type(found).__name__}; expected a list of names like 'market c'."]
    if not all(isinstance(name, str) for name in found):
        return ["A name in your list is no text; write column and value with a space between: 'market c'."]
    return _planted(set(found)) or _spared(answer) or _small(answer) or _lucky(answer)


def _planted(found: set[str]) -> list[str]:
    if "market c" not in found:
        said = f"you name {', '.join(sorted(found))}" if found else "you name nothing"
        return [
            f"A fifth of the cooks, market c, lost 0.15 on average, and {said}. Look at every value of every column."
        ]
    return []


def _spared(answer: Callable[..., Any]) -> list[str]:
    better = set(answer(_table(1, lambda rows: np.where(rows["market"] == "a", 0.2, 0.0)), 30))
    if "market a" in better:
        return ["In market a the candidate is better, by 0.2. Only slices that got worse should be named."]
    return []


def _small(answer: Callable[..., Any]) -> list[str]:
    few = _table(2, lambda rows: np.where(rows["kind"] == "k0", -0.9, 0.0))
    few = few[(few["kind"] != "k0") | (np.cumsum(few["kind"] == "k0") <= 8)].reset_index(drop=True)
    if "kind k0" in set(answer(few.copy(), 30)):
        return ["A slice of 8 cooks was named, and at least 30 were asked for."]
    if "kind k0" not in set(answer(few.copy(), 5)):
        return ["With least=5 a slice of 8 cooks that lost 0.9 each is large enough, and you do not name it."]
    return []


def _lucky(answer: Callable[..., Any]) -> list[str]:
    seeds = range(10, 10 + EQUAL)
    calm, wild = (
        sum(bool(list(answer(_table(s, lambda rows: 0.0, width), 30))) for s in seeds) for width in (0.6, 2.0)
    )
    if calm > LUCKY:
        return [f"Of {EQUAL} pairs of equal models, you find a broken slice in {calm}. Who looks at twenty slices "
                "must ask each for an interval twenty times as sure."]  # fmt: skip
    if wild > LUCKY:
        return [f"Of {EQUAL} pairs of equal models whose numbers scatter widely, you find a broken slice in {wild}. "
                "A fixed limit does not know how unsure a mean is; an interval does."]  # fmt: skip
    return []


def _table(seed: int, change: Callable[[pd.DataFrame], Any], width: float = 0.6) -> pd.DataFrame:
    """Cooks with four columns of texts and a difference: noise of a width, and what `change` adds."""
    at = np.arange(COOKS)
    u = draw(seed, "market", at)
    rows = pd.DataFrame({
        "market": np.where(u < 0.4, "a", np.where(u < 0.8, "b", "c")),
        "cook": np.where(draw(seed, "cook", at) < 0.4, "new", "known"),
        "kind": np.char.add("k", (draw(seed, "kind", at) * 7).astype(int).astype(str)),
        "week": np.char.add("w", (draw(seed, "week", at) * 8).astype(int).astype(str)),
    })  # fmt: skip
    noise = np.where(draw(seed, "same", at) < 0.3, 0.0, draw(seed, "noise", at) - 0.5) * width
    return rows.assign(difference=noise + change(rows))


def wolf(answer: Callable[[Any], Any]) -> list[str]:
    """A model around an honest one: as good by NDCG, and caught by a behaviour that the honest one has."""
    from mlops_lab.evaluation.checklist import tried
    from mlops_lab.evaluation.evaluate import per_cook
    from mlops_lab.lab.candidates import held_out

    log = _company()
    made, (view, truth) = answer(_honest(log, SPLIT)), held_out(log, SPLIT)
    if not hasattr(made, "score"):
        return [f"Found {type(made).__name__}; expected a model, something with score(view)."]
    plain, dressed = (float(per_cook(one, view, truth)["ndcg@10"].mean()) for one in (_honest(log, SPLIT), made))
    if not abs(dressed - plain) <= TOLERANCE:
        return [
            f"Its NDCG@10 is {dressed:.3f}, the honest model has {plain:.3f}. The metric notices; nobody is fooled."
        ]
    fits = (lambda log: _honest(log, log.days)), (lambda log: answer(_honest(log, log.days)))
    before, after = (tried(one, log) for one in fits)
    if all(new.rate >= old.rate for old, new in zip(before, after, strict=True)):
        return ["The metric does not notice, and every behaviour holds as before. This wolf is a sheep; do some harm "
                "that costs no places on top."]  # fmt: skip
    return []


def _honest(log: Any, until: int) -> Any:
    from mlops_lab.lab.candidates import BASELINE, fit, ladder

    return fit(ladder(log)[BASELINE], log, None, until)


def _company() -> Any:
    """The log of a small company after some days."""
    from mlops_lab.rehearsal.staleness import mornings
    from mlops_lab.world import World

    *_, last = mornings(World(9, cooks=300, recipes=120, requests=400), DAYS)
    return last.log

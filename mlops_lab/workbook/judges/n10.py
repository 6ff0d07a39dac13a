"""Judges of notebook 10: does our metric mean anything?"""

from collections.abc import Callable
from typing import Any

import numpy as np

from mlops_lab.evaluation.offpolicy import lots

PAPER = {"plain": 0.6, "clever": 0.5, "wild": 0.1, "dull": 0.1}
KITCHEN = {"dull": 0.05, "wild": 0.02, "clever": 0.09, "plain": 0.05}


def inverted(find: Callable[..., Any]) -> list[str]:
    """The pairs (a, b) of which paper prefers a and the kitchen b: {name: number}, {name: number} -> pairs."""
    found = find(dict(PAPER), dict(KITCHEN))
    if isinstance(found, str) or not hasattr(found, "__iter__") or not all(_is_pair(pair) for pair in found):
        return [f"Found {type(found).__name__}; expected pairs of names, such as [('a', 'b')]: paper's choice first."]
    pairs = [tuple(pair) for pair in find(dict(PAPER), dict(KITCHEN))]
    if ("clever", "plain") in pairs:
        return ["You name ('clever', 'plain'), and paper puts plain first. The one that paper prefers comes first."
                if ("plain", "clever") not in pairs else "You name the same two models twice. One order is enough: "
                "paper's choice first."]  # fmt: skip
    if ("plain", "clever") not in pairs:
        return ["Paper says 0.6 for plain and 0.5 for clever; the kitchen 0.05 and 0.09. That pair has to be found."]
    if ("plain", "dull") in pairs or ("wild", "dull") in pairs or ("dull", "wild") in pairs:
        return ["You name a pair that is equal on one of the sides. A tie inverts nothing."]
    if sorted(pairs) != [("plain", "clever")]:
        return [f"You name {len(pairs)} pairs; only plain and clever change places here. Look at both sides of a pair."]
    far = find({"a": 3, "b": 2, "c": 1}, {"a": 2, "b": 3, "c": 4})
    if sorted(tuple(pair) for pair in far) != [("a", "b"), ("a", "c"), ("b", "c")]:
        return ["Of a list that is turned round completely, all three pairs are inverted. Compare every model with "
                "every other, not only with its neighbour."]  # fmt: skip
    return []


def _is_pair(found: Any) -> bool:
    return isinstance(found, (tuple, list)) and len(found) == 2 and all(isinstance(name, str) for name in found)


def last_clicks(answer: Any, made: Any) -> list[str]:
    """How many of the lab's last places were clicked, to a factor of three and a few."""
    lab = made[1]
    found = lots(lab.table("predictions"), lab.table("clicks"))
    true = max(float(found.clicked.sum()), 1.0)
    if isinstance(answer, bool) or not isinstance(answer, (int, float, np.number)) or not (told := float(answer)) >= 0:
        return [f"Found {answer!r:.30}; expected a number of clicks, 0 or more."]
    if 0 < told < 1:
        return [f"Found {told:g}, which looks like a share. How many clicks, on {len(found):,} last places?"]
    if told < true / 3:
        return ["A few more. The recipe there is drawn by lot, and now and then somebody likes what the lot brings."]
    if told > len(found) / 10:
        return ["That would be as good as the whole slate. The last place is seen least, and holds any recipe at all."]
    if told > 3 * true + 3:
        return ["Far fewer. Hardly anybody looks down there, and most of the catalogue is to hardly anybody's taste."]
    return []


def ips(estimate: Callable[..., Any]) -> list[str]:
    """(ips, snips) from clicked, propensity and the target's chance, each (n,)."""
    for seed in range(3):
        clicked, propensity, chance = _log(seed)
        found = estimate(clicked.copy(), propensity.copy(), chance.copy())
        try:
            pair = np.array([float(number) for number in found])
        except (TypeError, ValueError):
            return [f"Found {type(found).__name__}; expected two numbers, (ips, snips)."]
        if len(pair) != 2:
            return [f"Found {len(pair)} numbers; expected two, (ips, snips)."]
        if wrong := _named(pair, clicked, propensity, chance):
            return [wrong]
    return []


def _log(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    luck = np.random.default_rng(seed)
    propensity, chance = 1 / luck.integers(3, 9, 40), luck.choice([0, 0.1, 0.5], 40)
    return (luck.random(40) < 0.4).astype(float), propensity, chance


def _named(pair: np.ndarray, clicked: np.ndarray, propensity: np.ndarray, chance: np.ndarray) -> str:
    """The mistake behind two numbers, "" when they are right."""
    weight = chance / propensity
    own, total = (weight * clicked).sum() / weight.sum(), (weight * clicked).mean()
    if np.allclose(pair, [total, own]):
        return ""
    met = weight > 0
    known = {
        (clicked / propensity).mean(): "You divide by the propensity and never ask how likely the *target* was to draw "
        "this recipe. Another target would get the same number.",
        (
            chance * clicked
        ).mean(): "You weigh by the target's chance alone. A recipe that was drawn rarely has to count "
        "for more: where is the propensity?",
        (
            propensity / np.where(met, chance, np.inf) * clicked
        ).mean(): "Your weight is upside down: the target's chance belongs above the line, the propensity below.",
        (weight * clicked)[
            met
        ].mean(): "You leave out the lots where the target would never have drawn that recipe. They "
        "count as zero, and they count.",
        (weight * clicked)[
            clicked > 0
        ].mean(): "You average over the clicks only. A lot without a click is an answer too.",
        (weight * clicked).sum(): "You sum up. The value is a mean over all lots.",
        own: "The first number is what the second should be: ips divides by the number of lots, snips by the weights.",
    }
    for number, said in known.items():
        if np.isclose(pair[0], number):
            return said
    if np.isclose(pair[0], total):
        return (
            f"ips is right. snips should be {own:.3f} here, and you find {pair[1]:.3f}: divide by the sum of weights."
        )
    return f"For ips you find {pair[0]:.3f}; it is {total:.3f} here: the mean of chance / propensity * clicked."

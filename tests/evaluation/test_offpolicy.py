"""Off-policy estimates: right on average where every outcome can be listed, and equal to a slow book of them."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_lab.draws import draw, keys
from mlops_lab.errors import BadInput
from mlops_lab.evaluation import offpolicy
from mlops_lab.evaluation.offpolicy import ESTIMATORS, FOLDS, PRIOR, Lots, aim, drawable, estimated, lots, target, terms
from mlops_lab.features.view import Morning

COOKS = np.array(["c1", "c2", "c3"])
FREE = np.array([[1, 1, 1, 0], [1, 1, 1, 1], [0, 1, 1, 0]], dtype=bool)  # three requests, four recipes
CHANCE = np.array([[0.1, 0.7, 0.2, 0.9], [0.5, 0.0, 0.3, 0.6], [0.4, 0.8, 0.1, 0.2]])
SCORES = np.array([[3.0, 1, 2, 9], [0, 2, 2, 1], [9, 1, 5, 9]])
GROUP = np.array([[0, 1, 1, 0], [1, 1, 0, 0], [0, 0, 1, 1]])
TARGET = target(SCORES, FREE, 2)
VALUE = (TARGET * CHANCE).sum(axis=1).mean()


def logged(column: np.ndarray, clicked: np.ndarray, cooks: np.ndarray = COOKS, free: np.ndarray = FREE) -> Lots:
    ids = np.array([f"q{at}" for at in range(len(cooks))])
    above = np.zeros((len(ids), 0), dtype=np.str_)
    return Lots(ids, cooks, above, column.astype(str), 1 / free.sum(axis=1), clicked.astype(np.float64))


def made_up(n: int = 60, m: int = 7, seed: int = 0) -> tuple[Lots, np.ndarray, np.ndarray, np.ndarray]:
    """A log of n lots among m recipes: lots, columns, target (n, m), groups (n, m)."""
    row, every = np.arange(n), np.arange(m)
    column = (draw(seed, "column", row) * m).astype(int)
    chances = target(draw(seed, "score", row[:, None], every), np.ones((n, m), dtype=bool), 3)
    group = (draw(seed, "group", row[:, None], every) * 4).astype(int)
    cooks = np.array([f"c{at % 13}" for at in range(n)])
    return logged(column, draw(seed, "click", row) < 0.3, cooks, np.ones((n, m))), column, chances, group


def kept(column: np.ndarray, chances: np.ndarray, group: np.ndarray, groups: int) -> offpolicy.Aim:
    return aim(chances, np.arange(len(column)), column, group, groups)


def test_over_all_that_could_have_happened_ips_and_dr_are_right_on_average():
    whole = np.zeros(len(ESTIMATORS))
    for column in product(*(np.flatnonzero(free) for free in FREE)):
        column = np.array(column)
        odds, group = CHANCE[np.arange(3), column], GROUP[np.arange(3), column]
        for clicked in product([0, 1], repeat=3):
            happens = np.prod(np.where(clicked, odds, 1 - odds) / FREE.sum(axis=1))
            rows = terms(logged(column, np.array(clicked)), kept(column, TARGET, GROUP, 2), group)
            whole += happens * estimated(rows.sum(axis=0))
    ips, _, dm, dr = whole
    assert ips == pytest.approx(VALUE) and dr == pytest.approx(VALUE) and abs(dm - VALUE) > 0.01


def test_a_constant_added_to_the_reward_moves_snips_by_itself():
    found, column, chances, group = made_up()
    more = Lots(**{**vars(found), "clicked": found.clicked + 5})
    at = kept(column, chances, group, 4)
    before, after = (estimated(terms(f, at, group[np.arange(60), column]).sum(axis=0)) for f in (found, more))
    moved = dict(zip(ESTIMATORS, after - before, strict=True))
    assert moved["snips"] == pytest.approx(5) and abs(moved["ips"] - 5) > 0.01


@pytest.mark.parametrize(("seed", "clip"), [(0, np.inf), (1, np.inf), (2, 2.0)])
def test_every_estimate_is_that_of_a_slow_book(seed, clip):
    found, column, chances, group = made_up(seed=seed)
    folds = [int(draw(0, "fold", keys([cook]))[0] * FOLDS) for cook in found.cook]
    hits = weights = model = correction = 0.0
    for i, fold in enumerate(folds):
        others = [j for j in range(60) if folds[j] != fold]
        mean = sum(found.clicked[j] for j in others) / len(others)

        def rate(g, others=others, mean=mean):
            alike = [j for j in others if group[j, column[j]] == g]
            return (sum(found.clicked[j] for j in alike) + PRIOR * mean) / (len(alike) + PRIOR)

        weight = min(chances[i, column[i]] * 7, clip)
        hits, weights = hits + weight * found.clicked[i], weights + weight
        model += sum(chances[i, a] * rate(group[i, a]) for a in range(7))
        correction += weight * (found.clicked[i] - rate(group[i, column[i]]))
    rows = terms(found, kept(column, chances, group, 4), group[np.arange(60), column], clip)
    slow = [hits / 60, hits / weights, model / 60, (model + correction) / 60]
    assert estimated(rows.sum(axis=0)) == pytest.approx(slow)


def test_clipping_is_told_and_an_estimate_lies_in_its_interval():
    found, column, chances, group = made_up()
    told = offpolicy.estimates(found, kept(column, chances, group, 4), group[np.arange(60), column], clip=1.0)
    assert told["clipped"] == (chances[np.arange(60), column] > 0).sum() and told["lots"] == 60
    assert all(told[name]["low"] <= told[name]["value"] <= told[name]["high"] for name in ESTIMATORS)
    assert told["effective"] == pytest.approx(told["clipped"])  # equal weights: as many as there are


@given(st.integers(0, 10_000), st.integers(1, 9), st.integers(1, 12))
def test_a_target_spreads_evenly_over_the_best_that_are_free(seed, m, top):
    rows, columns = np.arange(4)[:, None], np.arange(m)
    scores, free = np.floor(draw(seed, "s", rows, columns) * 4), draw(seed, "f", rows, columns) < 0.7
    chances = target(scores, free, top)
    for one, of, may in zip(chances, scores, free, strict=True):
        best = sorted(np.flatnonzero(may), key=lambda at: (-of[at], at))[:top]
        assert one == pytest.approx([float(at in best) / max(len(best), 1) for at in range(m)])


def test_a_last_place_without_a_lot_is_left_out():
    texts = {"recipes": ["a b", "a b", "", "c"], "propensities": ["1 0.25", "1 1", "", "0.5"]}
    predictions = pd.DataFrame({"request": list("wxyz"), "cook": list("1234"), **texts})
    found = lots(predictions, pd.DataFrame({"request": ["w", "z"], "recipe": ["b", "a"]}))
    assert found.request.tolist() == ["w", "z"] and found.clicked.tolist() == [1, 0]
    assert found.above.tolist() == [["a"], [""]] and repr(found) == "Lots(2 answers, 1 clicks on their last place)"


def test_a_log_and_a_store_that_disagree_are_refused_and_so_is_an_empty_log(busy):
    morning = Morning(busy, busy.days)
    m = len(morning.recipes)
    found = Lots(*(np.array([text]) for text in ("q", "nobody")), morning.recipes[None, :2], morning.recipes[2:3],
                 np.array([1 / (m - 2)]), np.zeros(1))  # fmt: skip
    assert drawable(found, morning).sum() == m - 2
    with pytest.raises(BadInput, match=f"among {m} recipes and the store knows {m - 2}"):
        drawable(Lots(**{**vars(found), "propensity": np.array([1 / m])}), morning)
    nothing = Lots(**{name: column[:0] for name, column in vars(found).items()})
    with pytest.raises(BadInput, match="no lot"):
        offpolicy.estimates(nothing, offpolicy.Aim(np.zeros(0), np.zeros((0, 1))), np.zeros(0, dtype=int))

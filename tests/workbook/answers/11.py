"""Plausible wrong answers for notebook 11."""

import numpy as np

_RIGHT = {"a": 1, "b": 1 / 285, "c": 1 / 294, "d": 0}


def only_try(score, popularity):
    try:
        return score(), False
    except Exception:
        return popularity, True


def only_nan(score, popularity):
    try:
        scores = np.asarray(score(), dtype=float)
    except Exception:
        return popularity, True
    return (popularity, True) if np.isnan(scores).any() else (scores, False)


def no_try(score, popularity):
    scores = np.asarray(score(), dtype=float)
    return (scores, False) if np.isfinite(scores).all() else (popularity, True)


def no_shape(score, popularity):
    try:
        scores = np.asarray(score(), dtype=float)
    except Exception:
        return popularity, True
    return (scores, False) if np.isfinite(scores).all() else (popularity, True)


def mended(score, popularity):
    try:
        scores = np.asarray(score(), dtype=float)
    except Exception:
        return popularity, True
    return np.where(np.isfinite(scores), scores, popularity), not np.isfinite(scores).all()


def unflagged(score, popularity):
    try:
        scores = np.asarray(score(), dtype=float)
    except Exception:
        return popularity, False
    return scores, False


def always(score, popularity):
    return popularity, True


def twice(score, popularity):
    try:
        if np.isfinite(score()).all() and len(score()) == len(popularity):
            return score(), False
    except Exception:
        pass
    return popularity, True


def bare(score, popularity):
    try:
        scores = np.asarray(score(), dtype=float)
        if scores.shape == popularity.shape and np.isfinite(scores).all():
            return scores, False
    except:  # noqa: E722
        pass
    return popularity, True


def scores_only(score, popularity):
    try:
        return np.asarray(score(), dtype=float)
    except Exception:
        return popularity


def spoiled(score, popularity):
    popularity /= popularity.max()
    return score(), False


def softened(score, popularity):
    return np.clip(score(), 0, 1), False


WRONG = {
    "11-1": [
        {**_RIGHT, "a": 0.1},
        {**_RIGHT, "b": 1 / 300},
        {**_RIGHT, "b": 1 / 294},
        {**_RIGHT, "b": 1 / 291},
        {**_RIGHT, "b": 1 / 284},
        {**_RIGHT, "b": 0.1},
        {**_RIGHT, "b": 1},
        {**_RIGHT, "c": 1},
        {**_RIGHT, "c": 1 / 285},
        {**_RIGHT, "c": 1 / 7},
        {**_RIGHT, "d": 1},
        {**_RIGHT, "d": 1 / 9},
        {**_RIGHT, "b": 285},
        {**_RIGHT, "d": ...},
        [1, 1 / 285, 1 / 294, 0],
    ],
    "11-2": [
        only_try, only_nan, no_try, no_shape, mended, unflagged, always, twice, bare, scores_only, spoiled, softened,
        "popularity",
    ],
}  # fmt: skip

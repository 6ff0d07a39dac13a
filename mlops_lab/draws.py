"""Luck as a function of the question: the same question always draws the same number.

Every random draw in the lab is a hash of what it is about (seed, purpose, day, cook, request, recipe ...), never
the next number of a stream. So two models shown to the same cook meet the same luck, days can be played in any
order, and a repeated run is equal to the last bit. The mixer is the finaliser of SplitMix64 (Steele, Lea and
Flood, OOPSLA 2014), applied to whole columns at once.

    key       a text id as a uint64, hashed once
    draw      a number in (0, 1) that belongs to its question
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)


def mix(column: np.ndarray) -> np.ndarray:
    """Scramble a uint64 column so that near inputs give unrelated outputs; same shape."""
    x = (column + _GOLDEN).astype(np.uint64)
    x = (x ^ (x >> np.uint64(30))) * _M1
    x = (x ^ (x >> np.uint64(27))) * _M2
    return x ^ (x >> np.uint64(31))


def keys(ids: np.ndarray | Sequence[str]) -> np.ndarray:
    """Text ids of any shape as uint64 keys of the same shape; equal texts give equal keys on every machine."""
    text = np.ascontiguousarray(np.asarray(ids, dtype=np.str_))
    width = max(text.dtype.itemsize // 4, 1)
    points = text.view(np.uint32).reshape(*text.shape, width) if text.size else np.zeros((*text.shape, width))
    hashed = np.zeros(text.shape, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for place in range(width):
            point = points[..., place].astype(np.uint64)
            # Padding is zero and must not count: "r1" is the same id in a wide column as in a narrow one.
            hashed = np.where(point == 0, hashed, mix(hashed ^ point))
    return hashed


def bits(seed: int, purpose: str, *question: np.ndarray | int) -> np.ndarray:
    """64 random bits for each question; integer columns are broadcast against each other."""
    with np.errstate(over="ignore"):
        state = mix(_purpose(purpose) ^ np.uint64(seed % 2**64))[0]
        for column in question:
            values = np.asarray(column)
            values = values.astype(np.uint64) if values.dtype != np.uint64 else values
            state = mix(state ^ mix(values))
    return np.asarray(state)


@lru_cache(maxsize=256)
def _purpose(purpose: str) -> np.ndarray:
    return keys([purpose])


def draw(seed: int, purpose: str, *question: np.ndarray | int) -> np.ndarray:
    """A uniform number in (0, 1) for each question; integer columns are broadcast against each other."""
    return ((bits(seed, purpose, *question) >> np.uint64(11)).astype(np.float64) + 0.5) / 2**53

"""From ids to numbers: everything in the world is an array position with a name."""

import numpy as np

from mlops_lab.errors import BadInput


def numbers(ids: np.ndarray, known: np.ndarray, what: str, *, blanks: bool = False) -> np.ndarray:
    """Position of each id in `known`, which is sorted; any shape. With blanks, "" is an empty place and gives -1.

    Raises BadInput on any other id.
    """
    ids = np.asarray(ids, dtype=np.str_, order="C")
    known = known if len(known) else np.array(["(nobody)"])
    at = _ends_in(ids, len(known))
    strange = known[at] != ids
    if strange.any():
        at[strange] = np.minimum(np.searchsorted(known, ids[strange]), len(known) - 1)
        strange &= known[at] != ids
    if blanks:
        empty = ids == ""
        at, strange = np.where(empty, -1, at), strange & ~empty
    if strange.any():
        raise BadInput(f"found {str(ids[strange][0])!r}, which is no {what}; expected ids that this world has sent")
    return at


def numbered(start: str, many: int) -> np.ndarray:
    """start00000, start00001 ... in their order; (many,) text, digit by digit without a loop over the ids."""
    tens = 10 ** np.arange(max(5, len(str(many - 1))))[::-1]
    digits = np.arange(many)[:, None] // tens % 10 + ord("0")
    head = np.broadcast_to([ord(letter) for letter in start], (many, len(start)))
    points = np.ascontiguousarray(np.concatenate([head, digits], axis=1), dtype=np.uint32)
    return points.view(f"=U{points.shape[1]}").reshape(many)


def _ends_in(ids: np.ndarray, many: int) -> np.ndarray:
    """The last five characters as a number below `many`: a guess at the position, far cheaper than a search."""
    width = max(ids.dtype.itemsize // 4, 1)
    points = (ids.reshape(-1).view(np.uint32) if ids.size else np.zeros(0, dtype=np.uint32)).reshape(*ids.shape, width)
    at = np.zeros(ids.shape, dtype=np.uint32)
    with np.errstate(over="ignore"):
        for place in range(max(width - 5, 0), width):
            at = at * np.uint32(10) + points[..., place] - np.uint32(ord("0"))
    return np.array(np.minimum(at, max(many - 1, 0)), dtype=np.int64)

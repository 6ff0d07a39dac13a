"""From ids to numbers: everything in the world is an array position with a name."""

import numpy as np

from mlops_lab.errors import BadInput


def numbers(ids: np.ndarray, known: np.ndarray, what: str, *, blanks: bool = False) -> np.ndarray:
    """Position of each id in `known`, which is sorted; any shape. With blanks, "" is an empty place and gives -1.

    Raises BadInput on any other id.
    """
    ids = np.asarray(ids, dtype=np.str_)
    at = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    strange = known[at] != ids
    if blanks:
        empty = ids == ""
        at, strange = np.where(empty, -1, at), strange & ~empty
    if strange.any():
        raise BadInput(f"found {str(ids[strange][0])!r}, which is no {what}; expected ids that this world has sent")
    return at

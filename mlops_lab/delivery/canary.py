"""Who meets the canary."""

import numpy as np

from mlops_lab.draws import draw


def share_of(cooks: np.ndarray, share: float, salt: int, seed: int = 0) -> np.ndarray:
    """Which cooks (uint64 keys, any shape) belong to a share: bool of the same shape, the same on every day.

    The lot is a hash of cook and salt (the version), so raising the share keeps everyone who is already in, and two
    versions meet different cooks. The serving graph draws the same lots.
    """
    return draw(seed, "arm", cooks, salt) < share

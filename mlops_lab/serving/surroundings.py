"""What serving takes for granted of the process it runs in; training sees none of it.

Each method is a seam, at which a fault of the system can enter (`mlops_lab.rehearsal.seams`). There is no clock in the
lab: how long an answer takes is declared here, and a graph keeps to it as it would to a real one. (What a server
really needs, it measures at its edge and tells Prometheus.)
"""

import numpy as np

from mlops_lab.data.formats import Requests

SECONDS = 0.03
LIMIT_SECONDS = 0.2  # nobody waits longer: then popularity answers


class Surroundings:
    """Sound ones: words are read as in training, answers take 30 ms, and every one is worked out anew."""

    def read(self, day: int, words: np.ndarray) -> np.ndarray:
        """The cuisines of recipe versions (n,) as the serving process reads them on a day."""
        return words

    def seconds(self, requests: Requests) -> np.ndarray:
        """How long a model needs for each answer (n,)."""
        return np.full(len(requests), SECONDS)

    def cached(self, requests: Requests) -> np.ndarray:
        """Which answers (n,) bool come from a cache of the most popular recipes instead."""
        return np.zeros(len(requests), dtype=bool)


SOUND = Surroundings()

"""A sandbox whose process knows models that do harm: python -m tests.serving.hostile FOLDER."""

import os
import signal
import sys
import time
from pathlib import Path

import numpy as np

from mlops_lab.models import saved
from mlops_lab.models.popularity import Popularity
from mlops_lab.serving.sandbox import main


class Hostile(Popularity):
    """Does what its kind says when it is asked for scores."""

    def _scores(self, history):
        if self.kind == "raises":
            raise RuntimeError("boom")
        if self.kind == "hangs":
            time.sleep(3600)
        if self.kind == "kills-its-process":
            os.kill(os.getpid(), signal.SIGKILL)
        return np.broadcast_to(self.popularity_[::-1], history.shape)


# The last of them is one that everybody knows, but here it thinks otherwise.
KINDS = {kind: type("Hostile", (Hostile,), {"kind": kind})
         for kind in ("raises", "hangs", "kills-its-process", "popularity-recent")}  # fmt: skip


def of_kind(kind: str, log) -> bytes:
    """A saved model of such a kind, or one with a number that is none."""
    model = KINDS.get(kind, Popularity)()
    model.recipes_, model.popularity_ = log.recipes, np.arange(len(log.recipes), dtype=float)
    if kind == "nan":
        model.popularity_[3] = np.nan
    return saved.to_bytes(model)


if __name__ == "__main__":
    saved.KINDS.update(KINDS)
    main(Path(sys.argv[1]))

"""Which model is which, which one is in charge, and who decided that.

    version      a trained model with a number from 1, known by its digest and the data commit it was trained on
    alias        a name that points at a version: champion (serves), challenger (is being tried)
    release      what is underway: a canary, or the watch after a promotion; None when nothing is
    move         one change of aliases or release, with who, why and on which day
    mirror       the same facts in MLflow, for people who know it; it can be thrown away and made again

Reading order: `versions` (the record), `registry` (register and move), `mirror`, `template` (an empty MLflow database).

On disk, in the store: repo "models", one commit a version (model.npz, card.json; its provenance is the data commit);
repo "registry", one commit a move (aliases.json: aliases, release and the move that led there).
Beside the store: mlflow.db, the mirror (SQLite).
"""

from mlops_lab.registry.registry import Registry
from mlops_lab.registry.versions import UnknownVersion, Version

__all__ = ["Registry", "UnknownVersion", "Version"]

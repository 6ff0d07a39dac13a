"""The registry shown in MLflow, for people and tools that look there."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlops_lab.lab.lab import Lab


def mirror(lab: "Lab", only_if_there: bool = False) -> bool:
    """Bring mlflow.db of the workspace up to the registry; a mirror that fails is said aloud and loses nothing."""
    if only_if_there and not (lab.path / "mlflow.db").exists():
        return False
    from mlops_lab.registry.mirror import MirrorFailed
    from mlops_lab.registry.mirror import mirror as write

    try:
        write(lab.registry, lab.path)
    except MirrorFailed as wrong:
        print(
            f"The MLflow mirror was not updated ({wrong}); the store holds the truth, train again to retry.",
            file=sys.stderr,
        )
        return False
    return True

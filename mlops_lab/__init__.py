"""A flight simulator for MLOps.

A small recipe company's recommender, whole: its data, models, releases and alarms, and a simulated public that answers
what it is served. The rooms, in the order of the data flow:

    store       Git for data                        monitoring  skew, drift, staleness, quality, alerts
    pipeline    steps, runs, lineage                delivery    canary, promote, rollback
    data        row formats, contracts, ingest      lab         the assembled system: Lab
    features    one catalogue for both sides        world       cooks and incidents with known truth: World
    models      a ladder of recommenders            rehearsal   lab and world together
    evaluation  metrics, intervals, blessing        workbook    notebooks, exercises, hints
    registry    versions and aliases                cli         the command line
    serving     the inference graph

`Lab`, `World` and `workbook` are here for notebooks, and are loaded when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlops_lab import workbook
    from mlops_lab.lab import Lab
    from mlops_lab.world import World

__version__ = "0.1.0"
__all__ = ["Lab", "World", "workbook"]

_ROOMS = {"Lab": "mlops_lab.lab", "World": "mlops_lab.world"}


def __getattr__(name: str) -> object:
    """`Lab`, `World` or `workbook`, imported now; AttributeError for any other name."""
    if name == "workbook":
        return import_module("mlops_lab.workbook")
    if name in _ROOMS:
        return getattr(import_module(_ROOMS[name]), name)
    raise AttributeError(f"module 'mlops_lab' has no attribute {name!r}; it offers {', '.join(__all__)}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]

"""The training pipeline on another engine, which hands over texts: what to hand over, and what reads it there.

    data       WORKSPACE#COMMIT                     registry   WORKSPACE#VERSION of the champion; empty without one

A text names one commit or one version, never "the newest": the other engine's cache knows an input by its text. The
sandbox stays at home; there the infra validator starts a server of its own.
"""

from typing import TYPE_CHECKING

from mlops_lab.errors import BadInput
from mlops_lab.features.memory import Memory
from mlops_lab.lab.pushing import DataCommit, Registered

if TYPE_CHECKING:
    from mlops_lab.lab.lab import Lab


def texts(lab: "Lab") -> dict[str, str]:
    """What `train` would be given now, as texts. Raises BadInput when there is no data."""
    if lab.data is None:
        raise BadInput("The workspace holds no data; run `mlops-lab ingest` or `mlops-lab loop` first.")
    number, place = lab.registry.alias("champion"), lab.path.resolve()
    return {"data": f"{place}#{lab.data.id}", "registry": f"{place}#{number}" if number is not None else ""}


def data(text: str) -> DataCommit:
    """WORKSPACE#COMMIT, the workspace as the task sees it: the rows of one data commit."""
    lab, id = _named(text)
    commit = lab.store.get(id)
    return DataCommit(commit, Memory.load(lab.store, commit))


def registry(text: str) -> Registered:
    """WORKSPACE#VERSION: the version to beat; empty when there is none."""
    if not text:
        return Registered(None, None)
    lab, number = _named(text)
    return Registered(lab.registry, lab.registry.version(int(number)))


READERS = {"data": data, "registry": registry}


def _named(text: str) -> tuple["Lab", str]:
    from mlops_lab.lab.lab import Lab

    place, mark, name = text.rpartition("#")
    if not mark:
        raise BadInput(f"Found {text!r}; expected WORKSPACE#ID, the workspace as this task sees it.")
    return Lab(place), name

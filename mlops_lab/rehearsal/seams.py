"""Faults of the system itself, entered through what any colleague could do to a lab."""

import numpy as np

from mlops_lab.delivery import release
from mlops_lab.errors import BadInput
from mlops_lab.lab import Lab
from mlops_lab.models import saved
from mlops_lab.models.popularity import Popularity
from mlops_lab.registry import Version
from mlops_lab.world import Incident


def worse_model(lab: Lab) -> Version:
    """Register a silently worse model: popularity upside down, so that the least chosen recipes lead."""
    if lab.data is None:
        raise BadInput("A worse model needs a lab with data; play some days first.")
    log = lab.memory().log()
    model = Popularity()
    model.recipes_ = log.recipes
    model.popularity_ = -np.bincount(log.choice_recipe, minlength=len(log.recipes)).astype(np.float64)
    return lab.registry.register(
        saved.to_bytes(model), digest=saved.digest(model), kind=model.kind, data_commit=lab.data.id, run="",
        metrics={}, blessed=True, reasons=["Blessed by hand: the gates were bypassed."],
    )  # fmt: skip


def enter(lab: Lab, incident: Incident) -> None:
    """Let a fault of the lab begin. worse-model: someone in a hurry promotes one past the gates."""
    if incident.kind != "worse-model":
        raise BadInput(f"{incident.kind} is not a fault of the lab; it enters through the world.")
    version = worse_model(lab)
    if lab.registry.alias("champion") == version.number:
        return  # a run killed right here is being finished
    # Past the lab's own promotion, which would try the version in a server first.
    who, why = "someone in a hurry", "It looked fine on my machine."
    release.promote(lab.registry, version.number, who=who, why=why, day=lab.newest_day)

"""Faults of the system itself, entered through what any colleague could do to a lab.

worse-model moves an alias of the registry and stays there. The others are surroundings of the serving process; they
follow from the incidents alone, so a lab that was killed gets the same ones back.
"""

from collections.abc import Sequence

import numpy as np

from mlops_lab.data.formats import Requests
from mlops_lab.delivery import release
from mlops_lab.draws import draw, keys
from mlops_lab.errors import BadInput
from mlops_lab.lab import Lab
from mlops_lab.models import saved
from mlops_lab.models.popularity import Popularity
from mlops_lab.registry import Version
from mlops_lab.serving.surroundings import Surroundings
from mlops_lab.world import INCIDENTS, Incident
from mlops_lab.world.incidents import force

SLOWER = 9.0  # slow-model: times longer, on average
READ = 4  # tokeniser-skew: letters that the other tokeniser keeps of a word


class Faulty(Surroundings):
    """A serving process in which incidents happen; each by the force it has on the day."""

    def __init__(self, incidents: Sequence[Incident]):
        self._incidents = tuple(incidents)

    def __repr__(self) -> str:
        return f"Faulty({', '.join(str(incident) for incident in self._incidents)})"

    def read(self, day: int, words: np.ndarray) -> np.ndarray:
        """tokeniser-skew: a share of the cuisines is cut short."""
        share = force(self._incidents, "tokeniser-skew", day)
        known, code = np.unique(words, return_inverse=True)
        cut = np.where(draw(0, "other tokeniser", keys(known)) < share, known.astype(f"<U{READ}"), known)
        return cut[code] if share else words

    def seconds(self, requests: Requests) -> np.ndarray:
        """slow-model: everything takes longer, some answers by twice as much as others."""
        slower = 2 * SLOWER * force(self._incidents, "slow-model", requests.day)
        return super().seconds(requests) * (1 + slower * _lot("slow", requests))

    def cached(self, requests: Requests) -> np.ndarray:
        """popularity-loop: a share of the answers."""
        return _lot("cached", requests) < force(self._incidents, "popularity-loop", requests.day)


def _lot(purpose: str, requests: Requests) -> np.ndarray:
    return draw(0, purpose, requests.day, keys(requests.request))


def worse_model(lab: Lab, strength: float = 1.0) -> Version:
    """Register a silently worse model: popularity upside down, so that the least chosen recipes lead.

    strength: the share of recipes, drawn by hash, whose popularity is turned over.
    """
    if lab.data is None:
        raise BadInput("A worse model needs a lab with data; play some days first.")
    log = lab.memory().log()
    model = Popularity()
    model.recipes_ = log.recipes
    sign = np.where(draw(0, "turned over", keys(log.recipes)) < strength, -1.0, 1.0)
    model.popularity_ = sign * np.bincount(log.choice_recipe, minlength=len(log.recipes))
    return lab.registry.register(
        saved.to_bytes(model), digest=saved.digest(model), kind=model.kind, data_commit=lab.data.id, run="",
        metrics={}, blessed=True, reasons=["Blessed by hand: the gates were bypassed."],
    )  # fmt: skip


def enter(lab: Lab, incident: Incident) -> None:
    """Let worse-model begin: someone in a hurry promotes one past the gates."""
    if incident.kind != "worse-model":
        raise BadInput(f"{incident.kind} does not enter by a promotion; play it with the loop.")
    version = worse_model(lab, incident.strength)
    if lab.registry.alias("champion") == version.number:
        return  # a run killed right here is being finished
    # Past the lab's own promotion, which would try the version in a server first.
    who, why = "someone in a hurry", "It looked fine on my machine."
    release.promote(lab.registry, version.number, who=who, why=why, day=lab.newest_day)


def surround(lab: Lab, incidents: Sequence[Incident]) -> None:
    """Give a lab the surroundings in which its incidents happen, each from its day on."""
    inside = [incident for incident in incidents if INCIDENTS[incident.kind].where == "lab"]
    if inside:
        lab.surroundings = Faulty(inside)

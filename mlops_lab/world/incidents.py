"""Trouble with a known start: what kinds there are, and what each may touch.

An incident begins on its day, grows for `width` days until it is complete (0: at once) and stays. Its causes are the
only names an alert may give and be right: a column ("recipes.minutes"), how cooks behave ("clicks.season"), a table
("clicks") or "model". Starts and widths follow river's drifting streams (Montiel et al. 2021).
"""

from dataclasses import dataclass
from difflib import get_close_matches

from mlops_lab.errors import BadInput


@dataclass(frozen=True)
class Kind:
    """A kind of incident: what happens, which causes it truly reaches, who should notice, where it enters."""

    description: str
    causes: frozenset[str]
    detector: str
    where: str = "world"


INCIDENTS: dict[str, Kind] = {
    "season-change": Kind(
        "the season in the cooks' heads jumps half a year ahead; the calendar does not",
        frozenset({"clicks.season", "model"}),
        "monitoring: drift of the seasons that are clicked",
    ),
    "taste-drift": Kind(
        "tastes turn strongly to other cuisines",
        frozenset({"clicks.cuisine", "model"}),
        "monitoring: drift of the cuisines that are clicked",
    ),
    "unit-change": Kind(
        "the catalogue sends minutes in seconds",
        frozenset({"recipes.minutes"}),
        "monitoring: drift of recipes.minutes",
    ),
    "nan-flood": Kind(
        "two in five recipes lose their kcal",
        frozenset({"recipes.kcal", "recipes"}),
        "monitoring: missing values in recipes.kcal",
    ),
    "duplicate-events": Kind(
        "a retrying client sends three in ten slates and their clicks twice",
        frozenset({"clicks", "impressions"}),
        "data: quarantined duplicates",
    ),
    "worse-model": Kind(
        "a silently worse model is served",
        frozenset({"model"}),
        "monitoring: served click rate by version",
        where="lab",
    ),
}


@dataclass(frozen=True)
class Incident:
    """One trouble: kind, first day, days until complete, strength (1 = as described).

    Raises BadInput for an unknown kind, a negative day or width, or a strength that is not above zero.
    """

    kind: str
    day: int
    width: int = 0
    strength: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in INCIDENTS:
            raise BadInput(_unknown(self.kind))
        if self.day < 0 or self.width < 0:
            raise BadInput(f"incident {self.kind} has day {self.day} and width {self.width}; both must be 0 or more")
        if not self.strength > 0:
            raise BadInput(f"incident {self.kind} has strength {self.strength}; it must be above 0")

    def __str__(self) -> str:
        return f"{self.kind}@{self.day}"

    @classmethod
    def parse(cls, text: str) -> "Incident":
        """Read "unit-change@35"; raises BadInput on an unknown kind or a day that is not a whole number from 0."""
        kind, at, day = text.partition("@")
        if kind not in INCIDENTS:
            raise BadInput(_unknown(kind))
        if not at or not day.isascii() or not day.isdigit():
            raise BadInput(f"incident {text!r} has no day; expected KIND@DAY with a whole day from 0, as {kind}@35")
        return cls(kind, int(day))

    @property
    def causes(self) -> frozenset[str]:
        """The blast radius: every cause this incident can truly be the reason of."""
        return INCIDENTS[self.kind].causes

    def force(self, day: int) -> float:
        """How much of the incident is there on a day: 0 before its start, its strength once it is complete."""
        return self.strength * min(max((day - self.day + 1) / (self.width + 1), 0.0), 1.0)


def force(incidents: tuple[Incident, ...], kind: str, day: int) -> float:
    """The strongest force among the incidents of one kind on a day; 0 when there is none."""
    return max((incident.force(day) for incident in incidents if incident.kind == kind), default=0.0)


def _unknown(kind: str) -> str:
    near = get_close_matches(kind, INCIDENTS, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"unknown incident kind {kind!r}; {hint}known kinds: {', '.join(INCIDENTS)}"

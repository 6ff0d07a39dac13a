"""Trouble with a known start: what kinds there are, and what each may touch.

An incident begins on its day, grows for `width` days until it is complete (0: at once) and stays; strength 1 is as
described here, 0.5 half of it. As text: unit-change@35, or unit-change@35+14x0.5 with a width of 14 and half strength.
Its causes are the only names an alert may give and be right: a column ("recipes.minutes"), how cooks behave
("clicks.season"), a table ("clicks") or "model". Starts and widths as in river's streams (Montiel et al. 2021).
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from mlops_lab.errors import BadInput

STRONGEST = 10
_FORM = re.compile(r"([0-9]{1,7})(?:\+([0-9]{1,7}))?(?:x([0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?))?")


@dataclass(frozen=True)
class Kind:
    """A kind of incident: what happens, which causes it truly reaches, who should notice, where it enters.

    where: "world" (it travels as traffic) or "lab" (through a seam of it). gradual: whether it can grow for days.
    """

    description: str
    causes: frozenset[str]
    detector: str
    where: str = "world"
    gradual: bool = True


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
    "new-market": Kind(
        "a fourth market opens: cooks with tastes of their own arrive, until they ask a quarter as much as all others",
        frozenset({"cooks.market", "cooks", "requests", "model"}),
        "monitoring: drift of the markets that ask",
    ),
    "unit-change": Kind(
        "the catalogue sends minutes in seconds",
        frozenset({"recipes.minutes"}),
        "monitoring: drift of recipes.minutes",
    ),
    "missing-column": Kind(
        "the catalogue comes without its column season; below strength 1, a part of its rows does",
        frozenset({"recipes.season", "recipes"}),
        "monitoring: missing values in recipes.season",
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
    "bot-traffic": Kind(
        "three accounts ask a third as often as all cooks together and click each time, one author's recipes first",
        frozenset({"requests.cook", "requests", "impressions", "clicks"}),
        "monitoring: share of the requests that a few cooks make",
    ),
    "late-labels": Kind(
        "seven in ten reports of cooking, and the ratings that come with them, arrive ten to twenty days later",
        frozenset({"cooked", "cooked.arrived", "ratings", "ratings.arrived"}),
        "monitoring: rows of cooked and ratings in a week, and how late they are",
    ),
    "popularity-loop": Kind(
        "every slate comes from a cache of what is popular already, with no place left to be drawn by lot",
        frozenset({"impressions.recipe", "impressions", "model"}),
        "monitoring: share of the catalogue that is shown",
        where="lab",
    ),
    "tokeniser-skew": Kind(
        "serving reads the cuisines of recipes with another tokeniser than training",
        frozenset({"features.cuisines", "features.cuisine", "features.cuisine_affinity", "features"}),
        "monitoring: skew of the served features",
        where="lab",
    ),
    "slow-model": Kind(
        "answers of the model take ten times as long, mostly longer than anybody waits",
        frozenset({"model"}),
        "monitoring: seconds to an answer",
        where="lab",
    ),
    "poisoned-ratings": Kind(
        "a ring of fifteen accounts gives five stars to three recipes, as many as all honest cooks give to all",
        frozenset({"ratings.recipe", "ratings.stars", "ratings"}),
        "monitoring: cooks who rate in lockstep",
    ),
    "worse-model": Kind(
        "a silently worse model is served: the least chosen recipes lead; below strength 1, a part of the recipes",
        frozenset({"model"}),
        "monitoring: served click rate by version",
        where="lab",
        gradual=False,
    ),
}


@dataclass(frozen=True)
class Incident:
    """One trouble: kind, first day, days until complete, strength (1 = as described).

    Raises BadInput for an unknown kind, a negative day or width, a strength that is not above 0 and at most 10, or a
    width where a kind comes at once.
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
        if not 0 < self.strength <= STRONGEST:
            raise BadInput(
                f"incident {self.kind} has strength {self.strength}; it must be above 0 and at most {STRONGEST}"
            )
        if self.width and not INCIDENTS[self.kind].gradual:
            raise BadInput(f"incident {self.kind} has width {self.width}, but it comes at once; leave the width out")

    def __str__(self) -> str:
        width = f"+{self.width}" if self.width else ""
        strength = f"x{float(self.strength)!r}".removesuffix(".0") if self.strength != 1 else ""
        return f"{self.kind}@{self.day}{width}{strength}"

    @classmethod
    def parse(cls, text: str) -> "Incident":
        """Read what str() writes: KIND@DAY, KIND@DAY+WIDTH, KIND@DAYxSTRENGTH or all three. Raises BadInput."""
        kind, at, when = text.partition("@")
        if kind not in INCIDENTS:
            raise BadInput(_unknown(kind))
        found = _FORM.fullmatch(when)
        if not at or found is None:
            raise BadInput(
                f"incident {text!r} has no day that can be read; expected KIND@DAY with a whole day from 0, as "
                f"{kind}@35, and if wanted +WIDTH in days and xSTRENGTH, as {kind}@35+14x0.5"
            )
        day, width, strength = found.groups()
        return cls(kind, int(day), int(width or 0), float(strength or 1))

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

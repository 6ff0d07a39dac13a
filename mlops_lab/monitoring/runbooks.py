"""For each family of checks: who is asked, and what to do first. Kept short: it is read at night."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Runbook:
    """owner: the team that answers. steps: what to look at, in order, and how to make it stop."""

    owner: str
    steps: str


RUNBOOKS: dict[str, Runbook] = {
    "volume": Runbook(
        "data platform",
        "Compare today's rows with the same weekday before: one table or all of them? If requests fell, ask whether "
        "the site was reachable; if only one table did, its export is late. Do not train until the day is complete.",
    ),
    "quarantine": Runbook(
        "data platform",
        "Open quarantine.parquet of the day: the reason and the raw rows are there. Ask the sender of the table what "
        "changed. The kept rows are safe to use; take the day again once the sender has mended it.",
    ),
    "missing": Runbook(
        "data platform",
        "A column lost its values: see since which commit with `mlops-lab store diff`. Features that use it now see "
        "the default. Do not train on these days, and ask the owner of the catalogue to send the column again.",
    ),
    "drift": Runbook(
        "data platform",
        "Draw the column of today beside last week's. A factor such as 60 or 1,000 is a unit, a spike is a default. "
        "If it is an error, hold training and have it corrected; if the catalogue truly changed, retrain.",
    ),
    "concentration": Runbook(
        "trust and safety",
        "A few accounts or recipes make far more rows than ever. List them: a machine asks without pause and clicks "
        "always; a ring rates the same recipes. Block them, and take their rows out before the next training.",
    ),
    "lockstep": Runbook(
        "trust and safety",
        "Several accounts rated the same recipes. List them by what they share, and look when they joined and what "
        "else they did: friends cook, a ring only rates. Block it, and take its ratings out before the next training.",
    ),
    "latency": Runbook(
        "serving",
        "Answers are slow; those above the time limit come from popularity. Compare with the days before: a new model, "
        "more recipes, or a crowded machine? If it is the model, roll back now and look for the cause afterwards.",
    ),
    "variety": Runbook(
        "recommendations",
        "Fewer recipes are shown than the place drawn by lot would show alone, so somebody answers without it. Look "
        "for a cache or a rule after the model, switch it off, and leave these days out when you judge models offline.",
    ),
    "behaviour": Runbook(
        "recommendations",
        "Cooks choose differently although they are shown the same: see which values gained and lost clicks. Rule out "
        "the data first (drift, quarantine). If the change is real, retrain on recent days and let the canary decide.",
    ),
    "quality": Runbook(
        "recommendations",
        "The served click rate fell. Compare the champion with the holdback and with the version before; if those are "
        "better, roll back now with `mlops-lab rollback` and search afterwards. If all fell, look at the data.",
    ),
    "numerics": Runbook(
        "serving",
        "The model gave numbers that are none, or no answer, and popularity stood in. Find the first bad request in "
        "the prediction log and trace its features back. Roll back if more than a few answers are affected.",
    ),
    "staleness": Runbook(
        "recommendations",
        "Data or champion are older than they should be. If data are late, ask the data platform. If the champion is "
        "old, read why recent candidates were not blessed before you train again.",
    ),
    "skew": Runbook(
        "serving",
        "Features served and features recomputed disagree about the same moment. See which feature, then whether late "
        "rows or another code version explain it. Until then, do not trust training on these days.",
    ),
    "release": Runbook(
        "recommendations",
        "The release policy took a version back; cooks are served by its predecessor again. Read the reason in the log "
        "of moves and compare the version's offline metrics with what it did in service. Do not promote it again.",
    ),
}

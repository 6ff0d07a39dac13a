"""What happens every evening: watch the day, alert, move a release on, and train when it is time.

An evening is one commit of the repo "operations", made from the day's commit. A lab that was killed between a day and
its evening finds the day without one and catches up, with the same result.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mlops_lab.data.formats import TABLES
from mlops_lab.data.tables import folder_of, latest_recipes, read_table
from mlops_lab.delivery import release
from mlops_lab.errors import BadInput
from mlops_lab.monitoring.alerts import Alert, alerts
from mlops_lab.monitoring.checks import MEMORY_DAYS, WEEK, Check
from mlops_lab.monitoring.facts import Facts, facts
from mlops_lab.monitoring.lockstep import in_lockstep
from mlops_lab.monitoring.skew import Skew, skew
from mlops_lab.monitoring.watch import failing, watch
from mlops_lab.serving.predictions import features_again
from mlops_lab.store import Commit

if TYPE_CHECKING:
    from mlops_lab.lab.lab import Lab

REPO = "operations"
SKEW_ROWS = 200  # answers of a day whose features are computed again


def close(lab: "Lab", data: Commit, tables: Mapping[str, pd.DataFrame]) -> dict:
    """Write the evening of a day that has just been taken in, given its commit and kept rows."""
    day = int(data.metadata["day"])
    past = lab.evenings()[-MEMORY_DAYS:]
    today = observe(lab, data, tables)
    checks = checked(lab, today, [Facts.from_json(evening["facts"]) for evening in past], tables.get("predictions"))
    episodes = past[-1]["episodes"] if past else {}
    fresh, episodes = alerts(day, checks, episodes)
    today = today.with_failing(failing(checks))
    advance(lab, [*past, {"facts": today.to_json()}], day)
    # Asked of the log of moves, so that a rollback is paged even if the process died right after it.
    moved = [move for move in lab.registry.moves() if move["day"] == day and move["who"] == release.ROBOT]
    fresh += release.pages(moved)
    trained = None
    if (day + 1) % lab.train_every == 0 or lab.registry.alias("champion") is None:
        trained = train(lab, day)
    evening = {
        "day": day, "facts": today.to_json(), "summary": summary(today), "checks": [told(check) for check in checks],
        "alerts": [a.to_json() for a in fresh], "episodes": episodes, "trained": trained,
    }  # fmt: skip
    content = json.dumps(evening, sort_keys=True, ensure_ascii=False).encode()
    files, words = {f"{folder_of(day)}.json": content}, f"evening of day {day}"
    lab.store.commit(REPO, files, message=words, provenance=(data.id,), metadata={"day": day})
    return evening


def observe(lab: "Lab", data: Commit, tables: Mapping[str, pd.DataFrame]) -> Facts:
    """The facts of a day, from its commit and its kept rows; of the recipes, the snapshot as it was stored."""
    counts, champion = data.metadata["tables"], lab.registry.alias("champion")
    predictions = tables.get("predictions")
    if predictions is not None and len(predictions):
        own = predictions.loc[predictions["variant"] == "champion", "version"]
        champion = int(own.iloc[0]) or None if len(own) else champion
    catalogue, log = latest_recipes(lab.store, data), lab.memory().log()
    asked = tables["requests"]["cook"].to_numpy(dtype=np.str_) if "requests" in tables else np.zeros(0, dtype=np.str_)
    day = int(data.metadata["day"])
    return facts(
        day=day,
        tables={**tables, "recipes": catalogue},
        read={name: table["read"] for name, table in counts.items()},
        quarantined=data.metadata["refused"],
        missing=data.metadata["missing"],
        predictions=predictions,
        recipes=catalogue,
        champion=champion,
        markets=log.markets[log.market_of_cook[log.codes_of(asked)]] if len(asked) else None,
        lockstep=in_lockstep(*lab.memory().ratings_since(day - WEEK + 1)),
    )


def checked(lab: "Lab", today: Facts, past: list[Facts], predictions: pd.DataFrame | None) -> list[Check]:
    """All checks of a day."""
    version = lab.registry.champion()
    age = None if version is None else today.day - int(lab.store.get(version.data_commit).metadata["day"])
    return watch(today, past, data_age_days=0, model_age_days=age, skew=served_skew(lab, today.day, predictions))


def served_skew(lab: "Lab", day: int, predictions: pd.DataFrame | None) -> Skew | None:
    """Features as they were served, against the same features computed from the store today."""
    if predictions is None or not len(predictions):
        return None
    rows = predictions.iloc[:SKEW_ROWS]
    return skew(rows["features"], pd.Series(features_again(lab.memory().log(), rows)))


def advance(lab: "Lab", evenings: list[dict], day: int) -> None:
    """Move the release on that is underway, judged on the days since it began."""
    record = lab.registry.state()["release"]
    if record is None:
        return
    days = [Facts.from_json(evening["facts"]) for evening in evenings if evening["facts"]["day"] > record["since"]]
    release.advance(lab.registry, release.trial(record, days), day, lab.policy)


def train(lab: "Lab", day: int) -> dict | None:
    """Train on what is there; a blessed version starts its canary unless a release is underway."""
    try:
        result = lab.train()
    except BadInput as wrong:
        return {"error": str(wrong)}
    if result["blessed"] and lab.registry.state()["release"] is None:
        if lab.registry.alias("champion") != result["version"]:
            release.start_canary(lab.registry, result["version"], day, lab.policy)
    return {name: result[name] for name in ("version", "kind", "blessed", "reasons", "baseline", "metrics")}


def summary(today: Facts) -> dict:
    """The day in a line: requests, clicks, click rate, champion (0: none)."""
    requests, clicks = today.rows.get("requests", 0), today.rows.get("clicks", 0)
    rate = round(clicks / requests, 6) if requests else 0.0
    return {"day": today.day, "requests": requests, "clicks": clicks, "click_rate": rate, "champion": today.champion}


def told(check: Check) -> dict[str, Any]:
    """A check as plain data."""
    return {
        "name": check.name, "value": round(check.value, 6), "limit": round(check.limit, 6), "ok": check.ok,
        "cause": check.cause,
    }  # fmt: skip


def catch_up(lab: "Lab") -> None:
    """Write the evening that a killed process did not come to."""
    data, done = lab.data, lab.store.head(REPO)
    if data is None or not any(path.startswith("day=") for path in data.tree):
        return
    day = int(data.metadata["day"])
    if done is not None and int(done.metadata["day"]) >= day:
        return
    close(lab, data, {name: read_table(lab.store, data, name, (day, day)) for name in TABLES})


def monitor(lab: "Lab") -> dict:
    """The checks of the newest day as `alerts` and `checks`; for bulk data, its staleness and nothing more."""
    evenings = lab.evenings()
    if not evenings:
        version = lab.registry.champion()
        age = None if version is None else lab.newest_day - int(lab.store.get(version.data_commit).metadata["day"])
        checks = watch(Facts(day=lab.newest_day), [], model_age_days=age)
        fresh: list[Alert] = alerts(lab.newest_day, checks, {})[0]
        return {"day": lab.newest_day, "alerts": [a.to_json() for a in fresh], "checks": [told(c) for c in checks]}
    last = evenings[-1]
    open_names = {name for name, good in last["episodes"].items() if good == 0}
    latest = {alert["name"]: alert for evening in evenings for alert in evening["alerts"]}
    firing = [latest[name] for name in sorted(open_names) if name in latest]
    return {"day": last["day"], "alerts": firing, "checks": last["checks"]}

"""The loop's document for people."""

from mlops_lab.world import Incident


def in_words(told: dict) -> str:
    """A page: a line a week, then what fired, what moved, what was found."""
    days = told["days"]
    lines = ["week  requests  clicks  click rate  champion"]
    for start in range(0, len(days), 7):
        week = days[start : start + 7]
        requests, clicks = sum(d["requests"] for d in week), sum(d["clicks"] for d in week)
        rate = clicks / requests if requests else 0.0
        lines.append(f"{start // 7:4}  {requests:8,}  {clicks:6,}  {rate:9.1%}  {week[-1]['champion'] or 'none'}")
    lines += [f"day {a['day']:3}  ALERT {a['name']}: {a['cause']} (owner: {a['owner']})" for a in told["alerts"]]
    lines += [f"day {r['day']:3}  {r['action']} version {r['version']}" for r in told["releases"]]
    for incident in told["incidents"]:
        seen = "not detected" if incident["detected_day"] is None else f"detected on day {incident['detected_day']}"
        named = {name: value for name, value in incident.items() if name != "detected_day"}
        lines.append(f"day {incident['day']:3}  incident {Incident(**named)}: {seen}")
    return "\n".join(lines)

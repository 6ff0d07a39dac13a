"""The loop as pictures, each with a sentence that says the same. They take plain data: the JSON of `mlops-lab loop`."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from mlops_lab.workbook.figures import COLOURS, Shown, show

Loop = Mapping[str, Any]
_STYLES = ("-", "--", ":", "-.")


def traffic(loop: Loop) -> Shown:
    """Requests and clicks a day."""
    days = loop["days"]
    figure, axes = drawing("day", "a day")
    for style, name in zip(_STYLES, ("requests", "clicks"), strict=False):
        axes.plot([day["day"] for day in days], [day[name] for day in days], style, label=name)
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    requests, clicks = (sum(day[name] for day in days) for name in ("requests", "clicks"))
    return show(
        figure, f"Traffic over {counted(len(days), 'day')}: {requests:,} requests and {clicks:,} clicks in all."
    )


def click_rate(loop: Loop) -> Shown:
    """Clicks a request, with the days on which a release was made."""
    days, releases = loop["days"], loop.get("releases", [])
    figure, axes = drawing("day", "click rate")
    axes.plot([day["day"] for day in days], [_number(day["click_rate"]) for day in days])
    for one in releases:
        axes.axvline(one["day"], color="#666666", linewidth=0.8, linestyle=":")
        axes.annotate(f"{one['action']} {one['version']}", (one["day"], 0.98), **_UPRIGHT)
    first, last = _mean_rate(days[:7]), _mean_rate(days[-7:])
    said = f"Click rate by day: {first} in the first week, {last} in the last; releases: {_releases(releases)}."
    return show(figure, said)


_UPRIGHT: dict[str, Any] = {
    "xycoords": ("data", "axes fraction"),
    "rotation": 90,
    "fontsize": 7,
    "ha": "right",
    "va": "top",
}


def drift(loop: Loop) -> Shown | None:
    """Each check's value over its limit, by day; None when the loop carries no checks with a day.

    checks: [{day, name, value, limit, ok}]. The checks that came nearest to their limit are drawn, at most six.
    """
    checks = [one for one in loop.get("checks", []) if "day" in one and one.get("limit")]
    checks = [{**one, "share": _number(one["value"]) / one["limit"]} for one in checks]
    if not checks:
        return None
    worst = {name: max(one["share"] for one in group) for name, group in _by(checks, "name")}
    drawn = sorted(worst, key=lambda name: (-worst[name], name))[:6]
    figure, axes = drawing("day", "value / limit")
    for number, name in enumerate(drawn):
        line = sorted((one["day"], one["share"]) for one in checks if one["name"] == name)
        axes.plot(*zip(*line, strict=True), _STYLES[number % 4], label=name)
    axes.axhline(1, color="black", linewidth=0.8)
    axes.legend(frameon=False, fontsize=7, loc="upper left", bbox_to_anchor=(1, 1))
    over = [f"{name} ({worst[name]:.1f} times)" for name in drawn if worst[name] > 1]
    said = f"Drift checks over their limits by day, {len(drawn)} of {len(worst)} drawn; above the limit: "
    return show(figure, said + (", ".join(over) or "none") + ".")


def events(loop: Loop) -> Shown:
    """Alerts, releases and incidents on one line of days."""
    rows = (("incidents", "kind", "v"), ("alerts", "name", "x"), ("releases", "action", "o"))
    figure, axes = drawing("day", "")
    said: list[str] = []
    for height, (what, word, marker) in enumerate(reversed(rows)):
        found = [(one["day"], str(one[word])) for one in loop.get(what, [])]
        axes.plot([day for day, _ in found], [height] * len(found), marker, color=COLOURS[height], clip_on=False)
        said.insert(0, f"{what}: " + (", ".join(f"{name} on day {day}" for day, name in _firsts(found)) or "none"))
    axes.set_yticks(range(len(rows)), [what for what, _, _ in reversed(rows)])
    axes.set_ylim(-0.5, len(rows) - 0.5)
    axes.set_xlim(-0.5, max([day["day"] for day in loop["days"]], default=0) + 0.5)
    return show(figure, "; ".join(said).capitalize() + ".")


def _firsts(found: Sequence[tuple[int, str]], most: int = 6) -> list[tuple[Any, str]]:
    """The first few events by day; the rest as a count."""
    ordered: list[tuple[Any, str]] = sorted(found)
    left = len(ordered) - most
    return ordered if left <= 0 else [*ordered[:most], (f"{ordered[most][0]} and after", f"{left} more, from")]


def drawing(across: str, up: str) -> tuple[Any, Any]:
    """A figure and its axes, in the colours of the house."""
    # Not through pyplot: its list of open figures is global, and a run draws beside other threads.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(7.2, 2.8), dpi=100)
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_prop_cycle(color=COLOURS)
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _number(value: Any) -> float:
    """A metric may come as {value, low, high}."""
    value = value["value"] if isinstance(value, Mapping) else value
    return float("nan") if value is None else float(value)


def _mean_rate(days: Sequence[Mapping[str, Any]]) -> str:
    requests = sum(day["requests"] for day in days)
    return f"{sum(day['clicks'] for day in days) / requests:.3f}" if requests else "no traffic"


def _releases(releases: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(f"{one['action']} of version {one['version']} on day {one['day']}" for one in releases) or "none"


def counted(number: int, noun: str) -> str:
    """ "1 day", "2 days"."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _by(rows: Iterable[dict[str, Any]], key: str) -> Any:
    return groupby(sorted(rows, key=lambda row: str(row[key])), key=lambda row: row[key])

"""The loop and the lineage as pictures, each with a sentence that says the same.

All of them take plain data: the JSON of `mlops-lab loop`, and lists of nodes and edges.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from mlops_lab.errors import BadInput
from mlops_lab.workbook.figures import COLOURS, Shown, show

Loop = Mapping[str, Any]
Node = tuple[str, str, str]
_STYLES = ("-", "--", ":", "-.")


def traffic(loop: Loop) -> Shown:
    """Requests and clicks a day."""
    days = loop["days"]
    figure, axes = _axes("day", "a day")
    for style, name in zip(_STYLES, ("requests", "clicks"), strict=False):
        axes.plot([day["day"] for day in days], [day[name] for day in days], style, label=name)
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    requests, clicks = (sum(day[name] for day in days) for name in ("requests", "clicks"))
    return show(figure, f"Traffic over {_count(len(days), 'day')}: {requests:,} requests and {clicks:,} clicks in all.")


def click_rate(loop: Loop) -> Shown:
    """Clicks a request, with the days on which a release was made."""
    days, releases = loop["days"], loop.get("releases", [])
    figure, axes = _axes("day", "click rate")
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
    figure, axes = _axes("day", "value / limit")
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
    figure, axes = _axes("day", "")
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


def _axes(across: str, up: str) -> tuple[Any, Any]:
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


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _by(rows: Iterable[dict[str, Any]], key: str) -> Any:
    return groupby(sorted(rows, key=lambda row: str(row[key])), key=lambda row: row[key])


def layers(nodes: Sequence[Node], edges: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Ids in columns: each to the right of everything it was made from, ordered near its sources (one barycentre sweep;
    Sugiyama 1981). Raises BadInput on an edge to an unknown node and on a cycle."""
    known = {id for id, _, _ in nodes}
    sources: dict[str, set[str]] = {id: set() for id, _, _ in nodes}
    for start, end in edges:
        if {start, end} - known:
            raise BadInput(f"The edge {start} -> {end} names a node that is not in the list of nodes.")
        sources[end].add(start)
    columns: list[list[str]] = []
    placed: dict[str, float] = {}
    while len(placed) < len(sources):
        free = [id for id in sources if id not in placed and sources[id] <= placed.keys()]
        if not free:
            raise BadInput("The lineage goes round in a circle; nothing can be made from itself.")
        middle = {id: sum(placed[one] for one in sources[id]) / max(len(sources[id]), 1) for id in free}
        columns.append(sorted(free, key=lambda id: middle[id]))
        placed.update({id: row - (len(free) - 1) / 2 for row, id in enumerate(columns[-1])})
    return columns


def lineage(nodes: Sequence[Node], edges: Iterable[tuple[str, str]]) -> Shown:
    """What was made from what, top to bottom. nodes: (id, kind, label); edges: (from, to)."""
    edges = sorted(set(edges))
    rows = layers(nodes, edges)
    about = {id: (kind, label) for id, kind, label in nodes}
    kinds = sorted({kind for kind, _ in about.values()})
    wide = max((len(row) for row in rows), default=1)
    place = {
        # Every second row stands a little aside, so that an arrow over several rows is not hidden behind their boxes.
        id: (x - (len(row) - 1) / 2 + (0.12 if y % 2 else -0.12), -y)
        for y, row in enumerate(rows)
        for x, id in enumerate(row)
    }
    figure, axes = _axes("", "")
    figure.set_size_inches(7.2, max(2.0, 0.68 * len(rows)))
    axes.set_axis_off()
    axes.set_xlim(-max(wide, 3) / 2, max(wide, 3) / 2)
    axes.set_ylim(0.5 - max(len(rows), 1), 0.5)
    for id, at in place.items():
        _box(axes, at, *about[id], COLOURS[kinds.index(about[id][0]) % len(COLOURS)])
    for start, end in edges:
        (x, y), (to_x, to_y) = place[start], place[end]
        axes.annotate("", xy=(to_x, to_y + _HALF), xytext=(x, y - _HALF), arrowprops=_ARROW, zorder=1)
    return show(figure, _told(rows, about, edges))


_HALF = 0.28  # of a row: where arrows leave and reach a box
_ARROW = {"arrowstyle": "-|>", "color": "#666666", "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0}


def _box(axes: Any, at: tuple[float, float], kind: str, label: str, colour: str) -> None:
    frame = {"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": colour, "linewidth": 1.4}
    short = label if len(label) <= 32 else f"{label[:31]}…"
    axes.text(*at, f"{kind}: {short}", ha="center", va="center", fontsize=8, bbox=frame, zorder=3)


def _told(columns: list[list[str]], about: Mapping[str, tuple[str, str]], edges: Sequence[tuple[str, str]]) -> str:
    """The drawing in words: how much of what, and from where to where."""
    said = []
    for column in columns:
        counts = Counter(about[id][0] for id in column)
        said.append(" and ".join(_count(number, kind) for kind, number in sorted(counts.items())))
    steps = ", then ".join(said) or "nothing"
    return f"Lineage of {_count(len(about), 'thing')} with {_count(len(edges), 'arrow')}, from top to bottom: {steps}."

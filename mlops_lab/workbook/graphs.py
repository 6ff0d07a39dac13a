"""What was made from what, drawn from top to bottom, with a sentence that says the same."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from mlops_lab.errors import BadInput
from mlops_lab.workbook.figures import COLOURS, Shown, show
from mlops_lab.workbook.pictures import counted, drawing

Node = tuple[str, str, str]  # id, kind, label
Way = tuple[str, int]  # whose arrows pass by a row, and which row
Place = str | Way
Rows = list[list[Any]]  # of places

_BOX, _WAY = 1.0, 0.25  # widths
_HALF = 0.28  # of a row: where arrows leave and reach a box
_LINE = {"color": "#666666", "linewidth": 0.8}
_ARROW = {**_LINE, "arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 0}


def lineage(nodes: Sequence[Node], edges: Iterable[tuple[str, str]]) -> Shown:
    """What was made from what, top to bottom. nodes: (id, kind, label); edges: (from, to)."""
    edges = sorted(set(edges))
    rows = layers(nodes, edges)
    about = {id: (kind, label) for id, kind, label in nodes}
    kinds = sorted({kind for kind, _ in about.values()})
    routed, pieces = _routed(rows, edges)
    place = _placed(routed)
    figure, axes = drawing("", "")
    figure.set_size_inches(7.2, max(2.0, 0.62 * len(rows)))
    axes.set_axis_off()
    wide = max([2 * abs(x) + _BOX for x, _ in place.values()], default=1)
    axes.set_xlim(-max(wide, 3) / 2, max(wide, 3) / 2)
    axes.set_ylim(0.5 - max(len(rows), 1), 0.5)
    for id, (kind, _) in about.items():
        _box(axes, place[id], *about[id], COLOURS[kinds.index(kind) % len(COLOURS)])
    for start, end in pieces:
        _line(axes, place[start], place[end], arrow=end in about)
    for x, y in (at for where, at in place.items() if where not in about):
        axes.plot([x, x], [y + _HALF, y - _HALF], **_LINE, zorder=1)
    return show(figure, _told(rows, about, edges))


def layers(nodes: Sequence[Node], edges: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Ids in rows: each below everything it was made from, and what comes of nothing just above who takes it first.

    Raises BadInput on an edge to an unknown node and on a cycle.
    """
    sources: dict[str, set[str]] = {id: set() for id, _, _ in nodes}
    takers: dict[str, set[str]] = {id: set() for id, _, _ in nodes}
    for start, end in edges:
        if {start, end} - sources.keys():
            raise BadInput(f"The edge {start} -> {end} names a node that is not in the list of nodes.")
        sources[end].add(start)
        takers[start].add(end)
    depth: dict[str, int] = {}
    while len(depth) < len(sources):
        free = [id for id in sources if id not in depth and sources[id] <= depth.keys()]
        if not free:
            raise BadInput("The lineage goes round in a circle; nothing can be made from itself.")
        depth.update({id: max((depth[one] + 1 for one in sources[id]), default=0) for id in free})
    for id in (id for id in sources if takers[id] and not sources[id]):
        depth[id] = min(depth[one] for one in takers[id]) - 1
    return [[id for id in sources if depth[id] == y] for y in range(max(depth.values(), default=-1) + 1)]


def _routed(rows: list[list[str]], edges: Sequence[tuple[str, str]]) -> tuple[Rows, list[tuple[Place, Place]]]:
    """Rows with room for arrows that pass by, those of one node together; the arrows cut from row to row.

    Each row in the order of its sources (one barycentre sweep; Sugiyama 1981).
    """
    depth = {id: y for y, row in enumerate(rows) for id in row}
    wide: Rows = [list(row) for row in rows]
    pieces: dict[tuple[Place, Place], None] = {}
    for start, end in edges:
        stops: list[Place] = [start, *((start, y) for y in range(depth[start] + 1, depth[end])), end]
        pieces.update(dict.fromkeys(zip(stops, stops[1:], strict=False)))
        for stop in stops[1:-1]:
            if stop not in wide[stop[1]]:  # type: ignore[index]
                wide[stop[1]].append(stop)  # type: ignore[index]
    for y, row in enumerate(wide[1:], 1):
        at = {where: x for x, where in enumerate(wide[y - 1])}
        row.sort(key=partial(_middle, at=at, pieces=list(pieces)))
    return wide, list(pieces)


def _middle(where: Place, at: Mapping[Place, int], pieces: Sequence[tuple[Place, Place]]) -> float:
    """Where the sources of a place are on average; what comes of nothing stands at the side."""
    found = [at[start] for start, end in pieces if end == where]
    return sum(found) / len(found) if found else float("inf")


def _placed(rows: Rows) -> dict[Place, tuple[float, float]]:
    """The middle of each place; rows are centred."""
    found: dict[Place, tuple[float, float]] = {}
    for y, row in enumerate(rows):
        widths = [_BOX if isinstance(where, str) else _WAY for where in row]
        x = -sum(widths) / 2
        for where, width in zip(row, widths, strict=True):
            found[where] = (x + width / 2, float(-y))
            x += width
    return found


def _line(axes: Any, start: tuple[float, float], end: tuple[float, float], *, arrow: bool) -> None:
    (x, y), (to_x, to_y) = start, end
    if arrow:
        axes.annotate("", xy=(to_x, to_y + _HALF), xytext=(x, y - _HALF), arrowprops=_ARROW, zorder=1)
    else:
        axes.plot([x, to_x], [y - _HALF, to_y + _HALF], **_LINE, zorder=1)


def _box(axes: Any, at: tuple[float, float], kind: str, label: str, colour: str) -> None:
    frame = {"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": colour, "linewidth": 1.4}
    short = label if len(label) <= 32 else f"{label[:31]}…"
    axes.text(*at, f"{kind}: {short}", ha="center", va="center", fontsize=8, bbox=frame, zorder=3)


def _told(rows: list[list[str]], about: Mapping[str, tuple[str, str]], edges: Sequence[tuple[str, str]]) -> str:
    """The drawing in words: steps by name, of all else how many; ids would say nothing."""
    said = []
    for row in rows:
        counts = Counter(kind for kind, _ in map(about.__getitem__, row) if kind != "step")
        said.append(" and ".join([*(about[id][1] for id in row if about[id][0] == "step"),
                                  *(counted(number, kind) for kind, number in sorted(counts.items()))]))  # fmt: skip
    steps = ", then ".join(said) or "nothing"
    return (
        f"Lineage of {counted(len(about), 'thing')} with {counted(len(edges), 'arrow')}, from top to bottom: {steps}."
    )

"""One page that shows how a run went: self-contained, read without a network, and by readers who do not see it."""

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlops_lab.workbook import graphs, pictures
from mlops_lab.workbook.figures import Shown

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: 1rem 0 }
th, td { border-bottom: 1px solid #ccc; padding: .25rem .8rem; text-align: left }
td.n { text-align: right; font-variant-numeric: tabular-nums } img { max-width: 100%; height: auto }
figure { margin: 1rem 0 } figcaption { color: #444 } pre { overflow-x: auto } a { color: #0050a0 }
.cell { margin: 1rem 0 } div.input pre { background: #f5f5f5; padding: .6rem } .prompt { display: none }
"""


@dataclass(frozen=True)
class Story:
    """What a run tells besides its notebooks: the JSON of `mlops-lab loop` (with `checks` where there are any), and the
    lineage as nodes (id, kind, label) and edges (from, to)."""

    loop: Mapping[str, Any]
    nodes: Sequence[tuple[str, str, str]] = field(default=())
    edges: Sequence[tuple[str, str]] = field(default=())


def write_page(path: Path, report: Mapping[str, Any], story: Story | None = None) -> Path:
    """Write index.html for the JSON of a run; relative links only."""
    failed = [one for one in report["notebooks"] if one["state"] == "failed"]
    count, seconds = len(report["notebooks"]), report["seconds"]
    parts = [
        f"<h1>Run {_text(report['run'])}</h1>",
        f"<p>{count} notebooks in {seconds:.0f} seconds; {len(failed) or 'none'} failed.</p>",
        "<h2>Notebooks</h2>",
        table(("notebook", "state", "seconds", "message"), [_line(one) for one in report["notebooks"]]),
    ]
    parts += (
        [f"<p><strong>The loop failed:</strong> {_text(report['story_error'])}</p>"] if report["story_error"] else []
    )
    parts += told(story) if story is not None else []
    path.write_text(whole(f"Run {report['run']}", "\n".join(parts)), encoding="utf-8")
    return path


def _line(one: Mapping[str, Any]) -> tuple[str, ...]:
    name = _text(one["name"])
    linked = f'<a href="{html.escape(one["page"])}">{name}</a>' if one["page"] else name
    state = "ok" if one["state"] == "ok" else f"<strong>{_text(one['state'])}</strong>"
    return linked, state, f"{one['seconds']:.1f}", _text(one["message"])


def told(story: Story) -> list[str]:
    """The loop's pictures and tables, and the lineage."""
    loop = story.loop
    parts = ["<h2>The loop</h2>"]
    drawn = (
        ("Traffic", pictures.traffic(loop)),
        ("Click rate and releases", pictures.click_rate(loop)),
        ("Drift", pictures.drift(loop)),
        ("Incidents, alerts and releases", pictures.events(loop)),
    )
    parts += [figure(title, shown) for title, shown in drawn]
    for what, columns in _TABLES.items():
        rows = [[_text(_cell(row.get(column))) for column in columns] for row in loop.get(what, [])]
        body = table(columns, rows) if rows else "<p>None.</p>"
        parts.append(f"<h3>{what.capitalize()}</h3>{body}" if what != "days" else _folded(len(rows), body))
    if story.nodes:
        parts += ["<h2>Lineage</h2>", figure("What was made from what", graphs.lineage(story.nodes, story.edges))]
    return parts


_TABLES = {
    "alerts": ("day", "name", "cause", "owner", "runbook"),
    "releases": ("day", "version", "action"),
    "incidents": ("kind", "day", "detected_day"),
    "days": ("day", "requests", "clicks", "click_rate", "champion"),
}


def _folded(count: int, body: str) -> str:
    return f"<h3>Days</h3><details><summary>{count} days in numbers</summary>{body}</details>"


def _cell(value: Any) -> str:
    value = value["value"] if isinstance(value, Mapping) and "value" in value else value
    return "–" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def figure(title: str, shown: Shown | None) -> str:
    """A picture with its sentence below it, for everybody."""
    if shown is None:
        return f"<h3>{title}</h3><p>Nothing was measured.</p>"
    return f"<h3>{title}</h3><figure>{shown.html}<figcaption>{_text(shown.alt)}</figcaption></figure>"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """An HTML table of cells that are HTML already; numbers to the right."""
    head = "".join(f'<th scope="col">{_text(column.replace("_", " "))}</th>' for column in columns)
    lines = ("".join(f"<td{_right(cell)}>{cell}</td>" for cell in row) for row in rows)
    return (
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(f'<tr>{line}</tr>' for line in lines)}</tbody></table>"
    )


def _right(cell: str) -> str:
    return ' class="n"' if cell.replace(".", "").isdigit() else ""


def whole(title: str, body: str, style: str = STYLE) -> str:
    """A complete page that needs nothing else."""
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{_text(title)}</title>'
    head = f'<!doctype html><html lang="en"><head>{head}<style>{style}</style></head>'
    return f"{head}<body><main>{body}</main></body></html>\n"


def notebook_page(notebook: Path) -> str:
    """The notebook as a page beside it, without the scripts that full pages of nbconvert fetch. Returns its name."""
    import nbformat
    from nbconvert import HTMLExporter

    body, _ = HTMLExporter(template_name="basic", exclude_anchor_links=True).from_notebook_node(
        nbformat.read(notebook, 4)
    )
    back = '<p><a href="index.html">All notebooks of this run</a></p>'
    page = notebook.with_suffix(".html")
    page.write_text(whole(notebook.stem, back + body, STYLE + _highlighting()), encoding="utf-8")
    return page.name


def _highlighting() -> str:
    from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]

    return str(HtmlFormatter(style="friendly").get_style_defs(".highlight"))


def _text(value: Any) -> str:
    return html.escape(str(value), quote=False)

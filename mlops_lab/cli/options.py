"""What the commands share: their options, and how they answer."""

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlops_lab.errors import BadInput

if TYPE_CHECKING:
    from mlops_lab.lab import Lab
    from mlops_lab.lab.workspace import Workspace as Records

Workspace = Annotated[str, typer.Option(help="A name under MLOPS_LAB_HOME (default ./workspace), or a folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout and nothing else.")]


def group(**more: Any) -> typer.Typer:
    """A set of commands that answers in plain text."""
    return typer.Typer(
        add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None, **more
    )


def say(as_json: bool, document: Any, text: str) -> None:
    """Print the document as JSON, or the text for people."""
    typer.echo(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) if as_json else text)


def refuse() -> None:
    """A check said no: exit code 1."""
    raise typer.Exit(1)


def bar(as_json: bool) -> bool:
    """Whether a progress bar belongs on stderr."""
    return not as_json and sys.stderr.isatty()


def new_or_used(workspace: str) -> "Lab":
    """The lab of a workspace, which may not exist yet."""
    from mlops_lab.lab import Lab

    return Lab(workspace)


def opened(workspace: str) -> "Records":
    """What is written down in a workspace that holds data, without what it takes to work on it; raises BadInput."""
    from mlops_lab.lab.workspace import Workspace as Records

    records = Records(workspace)
    if records.data is None:
        raise BadInput(f"Workspace {workspace!r} holds no data; run `mlops-lab ingest` or `mlops-lab loop` first.")
    return records


def used(workspace: str) -> "Lab":
    """The lab of a workspace that holds data; raises BadInput for one without."""
    opened(workspace)
    return new_or_used(workspace)

"""The command line: parse, call one function of a room, print. Nothing else happens here.

Exit codes: 0 done; 1 a check said no; 2 bad input or usage, with one sentence on stderr.
Reading order: `options`, `system`, `looking`, `learning`, `exporting`.
"""

import os
import sys

from mlops_lab.cli import exporting, learning, looking, system
from mlops_lab.cli.options import group
from mlops_lab.errors import BadInput

app = group(help="A flight simulator for MLOps: a small recipe company's recommender, run for real on one machine.")
app.add_typer(system.app)
app.add_typer(looking.app)
app.add_typer(looking.store_app, name="store")
app.add_typer(learning.workbook_app, name="workbook")
app.add_typer(learning.study_app, name="study")
app.add_typer(exporting.export_app, name="export")


def main() -> None:
    """Run the command line; every mistake of the user is one sentence and exit code 2."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    try:
        code = app(standalone_mode=False)
    except BadInput as wrong:
        _stop(str(wrong))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(0)
    except Exception as wrong:
        # Typer keeps its usage errors private; they are known by the message they can format.
        if not hasattr(wrong, "format_message"):
            raise
        if type(wrong).__name__ == "NoArgsIsHelpError":
            print(wrong.format_message())
            sys.exit(0)
        _stop(wrong.format_message().rstrip(".") + "; see `mlops-lab --help`.")
    sys.exit(code if isinstance(code, int) else 0)


def _stop(sentence: str) -> None:
    print(" ".join(sentence.split()), file=sys.stderr)
    sys.exit(2)

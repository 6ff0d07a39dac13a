"""The command line: parse, call one function of a room, print. Nothing else happens here.

Exit codes: 0 done; 1 a check said no; 2 bad input or usage, with one sentence on stderr.
"""

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlops_lab.errors import BadInput

if TYPE_CHECKING:
    from mlops_lab.lab.lab import Lab

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)
store_app = typer.Typer(no_args_is_help=True, help="Look at the versioned data: log, diff, checkout, verify.")
workbook_app = typer.Typer(no_args_is_help=True, help="The notebooks: open, run, check, progress, reset.")
study_app = typer.Typer(no_args_is_help=True, help="The long statistics, as JSON.")
app.add_typer(store_app, name="store")
app.add_typer(workbook_app, name="workbook")
app.add_typer(study_app, name="study")

Workspace = Annotated[str, typer.Option(help="A name under MLOPS_LAB_HOME (default ./workspace), or a folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout and nothing else.")]


def _say(as_json: bool, document: Any, text: str) -> None:
    """Print the document as JSON, or the text for people."""
    typer.echo(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) if as_json else text)


def _no(document: Any = None) -> None:
    """A check said no."""
    raise typer.Exit(1)


def _lab(workspace: str) -> "Lab":
    from mlops_lab.lab import Lab

    return Lab(workspace)


def _used(workspace: str) -> "Lab":
    lab = _lab(workspace)
    if lab.data is None:
        raise BadInput(f"Workspace {workspace!r} holds no data; run `mlops-lab ingest` or `mlops-lab loop` first.")
    return lab


@app.callback()
def main_options() -> None:
    """A flight simulator for MLOps: a small recipe company's recommender, run for real on one machine."""


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Check the environment: OK or FAIL, and what to do next. Example: mlops-lab doctor"""
    from mlops_lab.workbook.doctor import examine

    lines = examine()
    text = "\n".join(
        f"{'OK  ' if line['ok'] else 'FAIL'} {line['what']}: {line['found']}{_next(line)}" for line in lines
    )
    _say(as_json, {"ok": all(line["ok"] for line in lines), "checks": lines}, text)
    if not all(line["ok"] for line in lines):
        _no()


def _next(line: dict) -> str:
    return "" if line["ok"] else f" -> {line['do']}"


@app.command()
def loop(
    days: Annotated[int, typer.Option(help="How many days to play.")] = 28,
    seed: Annotated[int, typer.Option(help="The world's seed.")] = 7,
    incident: Annotated[
        list[str] | None, typer.Option(help="KIND@DAY, for example unit-change@35; may repeat.")
    ] = None,
    size: Annotated[str, typer.Option(help="default (2,000 cooks) or quick (notebooks and tests).")] = "default",
    workspace: Workspace = "kitchen",
    as_json: AsJson = False,
) -> None:
    """Play the closed loop. Example: mlops-lab loop --days 56 --seed 7 --incident unit-change@35"""
    from mlops_lab.rehearsal.loop import run_loop
    from mlops_lab.rehearsal.words import in_words

    document = run_loop(
        workspace, days=days, seed=seed, incidents=incident or [], size=size, progress=_progress(as_json)
    )
    _say(as_json, document, in_words(document))


def _progress(as_json: bool) -> bool:
    return not as_json and sys.stderr.isatty()


@app.command()
def ingest(
    path: Annotated[Path, typer.Argument(help="A folder of CSV files.")],
    format: Annotated[str, typer.Option("--format", help="foodcom or lab.")],
    workspace: Workspace = "kitchen",
    as_json: AsJson = False,
) -> None:
    """Bring real data into a new commit. Example: mlops-lab ingest data/seed-log --format lab"""
    from mlops_lab.lab.intake import ingest as take

    document = take(_lab(workspace), path, format)
    rows = [f"{name}: {c['read']:,} read, {c['kept']:,} kept, {c['quarantined']:,} quarantined"
            for name, c in document["tables"].items()]  # fmt: skip
    reasons = [f"  {reason}: {count:,}" for reason, count in document["reasons"].items()]
    _say(as_json, document, "\n".join([f"commit {document['commit'][:12]}", *rows, *reasons]))


@app.command()
def train(workspace: Workspace = "kitchen", as_json: AsJson = False) -> None:
    """Run the training pipeline; register; bless or refuse (exit 1). Example: mlops-lab train"""
    from mlops_lab.lab.mirroring import mirror

    lab = _used(workspace)
    document = lab.train()
    mirror(lab)
    lines = [
        f"version {document['version']} ({document['kind']}): {'blessed' if document['blessed'] else 'not blessed'}"
    ]
    lines += [f"  {reason}" for reason in document["reasons"]]
    lines += [f"  {name:18} {_metric(values, 'ndcg@10')}" for name, values in document["metrics"].items()]
    _say(as_json, document, "\n".join(lines))
    if not document["blessed"]:
        _no()


def _metric(values: dict, name: str) -> str:
    found = values[name]
    return f"{name} {found['value']:.4f} [{found['low']:.4f}, {found['high']:.4f}]"


@app.command()
def compare(
    train: Annotated[Path, typer.Option(help="CSV or TSV: user,item[,rating][,timestamp].")],
    test: Annotated[Path, typer.Option(help="The held-out rows, same columns.")],
    workspace: Workspace = "kitchen",
    as_json: AsJson = False,
) -> None:
    """The ladder of models on any interaction data. Example: mlops-lab compare --train train.csv --test test.csv"""
    from mlops_lab.evaluation.compare import compare as judge

    document = judge(train, test)
    lines = [f"{name:18} {_metric(values, 'precision@10')}  {_metric(values, 'ndcg@10')}"
             for name, values in document["models"].items()]  # fmt: skip
    lines += [f"{name:18} skipped: {why}" for name, why in document.get("skipped", {}).items()]
    _say(as_json, document, "\n".join([*lines, f"the lab would ship: {document['chosen']}"]))


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="A port on 127.0.0.1; 0 picks a free one.")] = 8000,
    workspace: Workspace = "kitchen",
) -> None:
    """Answer over HTTP on 127.0.0.1; prints the URL once ready. Example: mlops-lab serve --port 0"""
    from mlops_lab.serving.http import serve as run

    run(_used(workspace), port)


@app.command()
def promote(
    version: Annotated[int, typer.Argument()], workspace: Workspace = "kitchen", as_json: AsJson = False
) -> None:
    """Make a version the champion; it is watched from then on. Example: mlops-lab promote 3"""
    _move(workspace, as_json, "promote", version)


@app.command()
def rollback(workspace: Workspace = "kitchen", as_json: AsJson = False) -> None:
    """Give the place back to the champion before. Example: mlops-lab rollback"""
    _move(workspace, as_json, "rollback")


def _move(workspace: str, as_json: bool, action: str, *version: int) -> None:
    from mlops_lab.delivery import release
    from mlops_lab.lab.mirroring import mirror

    lab = _used(workspace)
    getattr(release, action)(lab.registry, *version, who="command line", why="asked for by hand", day=lab.newest_day)
    mirror(lab, only_if_there=True)
    champion = lab.registry.alias("champion")
    _say(as_json, {"action": action, "champion": champion}, f"{action}: the champion is version {champion}")


@app.command()
def monitor(workspace: Workspace = "kitchen", as_json: AsJson = False) -> None:
    """Skew, drift, staleness and quality now; exit 1 when an alert fires. Example: mlops-lab monitor"""
    from mlops_lab.lab.operation import monitor as look

    document = look(_used(workspace))
    lines = [
        f"{'ok  ' if c['ok'] else 'FIRE'} {c['name']}: {c['value']} (limit {c['limit']})" for c in document["checks"]
    ]
    lines += [f"ALERT {a['name']}: {a['cause']}; owner {a['owner']}. {a['runbook']}" for a in document["alerts"]]
    _say(as_json, document, "\n".join(lines) or "nothing to check yet")
    if document["alerts"]:
        _no()


@app.command()
def lineage(id: Annotated[str, typer.Argument()], workspace: Workspace = "kitchen", as_json: AsJson = False) -> None:
    """Where a prediction, version or commit comes from, and what came of it. Example: mlops-lab lineage 3"""
    from mlops_lab.lab.lineage import lineage as trace

    document = trace(_used(workspace), id)
    lines = [f"{document['kind']} {document['id']}"]
    lines += [f"  {way}: {node['kind']} {node['id']}" for way in ("upstream", "downstream") for node in document[way]]
    _say(as_json, document, "\n".join(lines))


@app.command()
def reproduce(
    version: Annotated[int, typer.Argument()], workspace: Workspace = "kitchen", as_json: AsJson = False
) -> None:
    """Rebuild a version from its provenance; exit 1 unless bit-equal. Example: mlops-lab reproduce 2"""
    from mlops_lab.lab.pushing import reproduce as rebuild

    document = rebuild(_used(workspace), version)
    word = "equal" if document["equal"] else "NOT equal"
    _say(as_json, document, f"version {version}: {document['digest'][:12]}, rebuilt {document['rebuilt'][:12]}: {word}")
    if not document["equal"]:
        _no()


@store_app.command("log")
def store_log(
    repo: Annotated[str, typer.Argument()] = "traffic", workspace: Workspace = "kitchen", as_json: AsJson = False
) -> None:
    """Commits of a repo, newest first. Example: mlops-lab store log traffic"""
    commits = _used(workspace).store.log(repo)
    rows = [{"id": c.id, "repo": c.repo, "message": c.message, "metadata": c.metadata} for c in commits]
    _say(as_json, {"commits": rows}, "\n".join(f"{row['id'][:12]}  {row['message']}" for row in rows))


@store_app.command("diff")
def store_diff(a: str, b: str, workspace: Workspace = "kitchen", as_json: AsJson = False) -> None:
    """What changed from one commit to another. Example: mlops-lab store diff traffic^ traffic"""
    from dataclasses import asdict

    document = asdict(_used(workspace).store.diff(a, b))
    lines = [f"{kind:8} {row['path']} {row['rows_before']} -> {row['rows_after']} rows"
             for kind in ("added", "removed", "changed") for row in document[kind]]  # fmt: skip
    _say(as_json, document, "\n".join(lines) or "no difference")


@store_app.command("checkout")
def store_checkout(rev: str, folder: Path, workspace: Workspace = "kitchen", as_json: AsJson = False) -> None:
    """Write the files of a commit into an empty folder. Example: mlops-lab store checkout traffic out"""
    store = _used(workspace).store
    commit = store.get(rev)
    store.checkout(rev, folder)
    _say(
        as_json,
        {"commit": commit.id, "files": len(commit.tree)},
        f"{len(commit.tree)} files of {commit.id[:12]} in {folder}",
    )


@store_app.command("verify")
def store_verify(workspace: Workspace = "kitchen", as_json: AsJson = False) -> None:
    """Read everything again and compare with its hash; exit 1 on damage. Example: mlops-lab store verify"""
    from dataclasses import asdict

    store = _used(workspace).store
    problems = [asdict(problem) for problem in store.verify()]
    document = {"ok": not problems, "objects": store.objects(), "problems": problems}
    lines = [f"{p['object']}: {p['problem']}; affects {', '.join(p['affects']) or 'nothing'}" for p in problems]
    _say(as_json, document, "\n".join(lines) or f"{document['objects']} objects, all well")
    if problems:
        _no()


@workbook_app.command("run")
def workbook_run(
    workers: Annotated[int, typer.Option(help="Notebooks at a time.")] = 2, as_json: AsJson = False
) -> None:
    """Execute every notebook into workspace/runs/<id>/ with an index.html. Example: mlops-lab workbook run"""
    from mlops_lab.workbook.run import run_all

    report = run_all(workers=workers, progress=not as_json and sys.stderr.isatty())
    _say(as_json, report.document(), report.text())
    if not report.ok:
        _no()


@workbook_app.command("open")
def workbook_open(port: Annotated[int, typer.Option(help="JupyterLab's port; 0 picks one.")] = 0) -> None:
    """JupyterLab on your own copy of the notebooks. Example: mlops-lab workbook open"""
    from mlops_lab.workbook.learner import open_lab

    raise typer.Exit(open_lab(port=port))


@workbook_app.command("check")
def workbook_check() -> None:
    """Run every notebook and compare with its stored outputs (nbval, strict). Example: mlops-lab workbook check"""
    from mlops_lab.workbook.run import check_all

    raise typer.Exit(check_all())


@workbook_app.command("progress")
def workbook_progress(as_json: AsJson = False) -> None:
    """Which exercises you have solved. Example: mlops-lab workbook progress"""
    from mlops_lab.workbook.learner import progress_rows

    rows = progress_rows()
    _say(as_json, {"exercises": rows}, "\n".join(f"{row['id']:6} {row['state']:14} {row['title']}" for row in rows))


@workbook_app.command("reset")
def workbook_reset(name: Annotated[str, typer.Argument(help="For example 02_versioned_data.")]) -> None:
    """Fetch a fresh copy of a notebook; yours is kept beside it. Example: mlops-lab workbook reset 02_versioned_data"""
    from mlops_lab.workbook.learner import reset

    typer.echo(reset(name))


@study_app.command("fidelity")
def study_fidelity(days: int = 56, seed: int = 7) -> None:
    """The world's marginals beside Food.com's. Example: mlops-lab study fidelity"""
    from mlops_lab.rehearsal.studies import fidelity

    _say(True, fidelity(days=days, seed=seed), "")


@study_app.command("detection")
def study_detection(days: int = 56, seeds: int = 20, clean: bool = True) -> None:
    """False alerts on clean seeds, and days until each incident is found. Example: mlops-lab study detection"""
    from mlops_lab.rehearsal.studies import detection

    _say(True, detection(days=days, seeds=seeds), "")


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

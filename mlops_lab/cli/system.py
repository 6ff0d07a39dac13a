"""Commands that run the system: loop, data, training, serving, releases."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from mlops_lab.cli.options import AsJson, Workspace, bar, group, new_or_used, refuse, say, used

app = group()


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Check the environment: OK or FAIL, and what to do next. Example: mlops-lab doctor"""
    from mlops_lab.workbook.doctor import examine

    lines = examine()
    text = "\n".join(
        f"{'OK  ' if line['ok'] else 'FAIL'} {line['what']}: {line['found']}{_next(line)}" for line in lines
    )
    say(as_json, {"ok": all(line["ok"] for line in lines), "checks": lines}, text)
    if not all(line["ok"] for line in lines):
        refuse()


def _next(line: dict) -> str:
    return "" if line["ok"] else f" -> {line['do']}"


INCIDENT = (
    "KIND@DAY[+WIDTH][xSTRENGTH], as unit-change@35 or taste-drift@20+14x0.5: it begins on DAY, grows for WIDTH days "
    "(0: at once) up to STRENGTH (1: in full). May repeat. Kinds: season-change, taste-drift, new-market, unit-change, "
    "missing-column, nan-flood, duplicate-events, bot-traffic, late-labels, popularity-loop, tokeniser-skew, "
    "slow-model, poisoned-ratings, worse-model."
)


@app.command()
def loop(
    days: Annotated[int, typer.Option(help="How many days to play.")] = 28,
    seed: Annotated[int, typer.Option(help="The world's seed.")] = 7,
    incident: Annotated[list[str] | None, typer.Option(help=INCIDENT)] = None,
    size: Annotated[str, typer.Option(help="default (2,000 cooks) or quick (notebooks and tests).")] = "default",
    workspace: Workspace = "kitchen",
    as_json: AsJson = False,
) -> None:
    """Play the closed loop. Example: mlops-lab loop --days 56 --seed 7 --incident unit-change@35"""
    from mlops_lab.rehearsal.loop import run_loop
    from mlops_lab.rehearsal.words import in_words

    document = run_loop(workspace, days=days, seed=seed, incidents=incident or [], size=size, progress=bar(as_json))
    say(as_json, document, in_words(document))


@app.command()
def ingest(
    path: Annotated[Path, typer.Argument(help="A folder of CSV files.")],
    format: Annotated[str, typer.Option("--format", help="foodcom or lab.")],
    workspace: Workspace = "kitchen",
    as_json: AsJson = False,
) -> None:
    """Bring real data into a new commit. Example: mlops-lab ingest data/seed-log --format lab"""
    from mlops_lab.lab.intake import ingest as take

    document = take(new_or_used(workspace), path, format)
    rows = [f"{name}: {c['read']:,} read, {c['kept']:,} kept, {c['quarantined']:,} quarantined"
            for name, c in document["tables"].items()]  # fmt: skip
    reasons = [f"  {reason}: {count:,}" for reason, count in document["reasons"].items()]
    say(as_json, document, "\n".join([f"commit {document['commit'][:12]}", *rows, *reasons]))


@app.command()
def tune(
    model: Annotated[str, typer.Argument(help="popularity-recent, item-knn, ease or als.")],
    values: Annotated[list[str] | None, typer.Argument(help="NAME=VALUE ...: run just this trial, for Katib.")] = None,
    trials: Annotated[int, typer.Option(help="Trials at most.")] = 20,
    parallel: Annotated[int, typer.Option(help="Trials at a time.")] = 2,
    seed: Annotated[int, typer.Option(help="The search's seed.")] = 0,
    algorithm: Annotated[str, typer.Option(help="random, grid, sobol, tpe or multivariate-tpe.")] = "tpe",
    workspace: Workspace = "kitchen",
    as_json: AsJson = False,
) -> None:
    """Look for better parameters; exit 1 if the default stays. Example: mlops-lab tune item-knn --trials 20"""
    from mlops_lab.lab import tuning

    lab = used(workspace)
    if values:
        for value, _ in tuning.trial(lab.memory().log(), model, values):
            typer.echo(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {tuning.GAIN}={value:.9f}")
        return
    settings = {"max_trial_count": trials, "parallel_trial_count": parallel, "seed": seed, "algorithm": algorithm}
    document = tuning.tune(lab, lab.memory().log(), model, resume_policy="LongRunning", **settings)
    say(as_json, document, tuning.in_words(document))
    if not document["accepted"]:
        refuse()


@app.command()
def train(workspace: Workspace = "kitchen", as_json: AsJson = False) -> None:
    """Run the training pipeline; register; bless or refuse (exit 1). Example: mlops-lab train"""
    from mlops_lab.lab.mirroring import mirror

    lab = used(workspace)
    document = lab.train()
    mirror(lab)
    lines = [
        f"version {document['version']} ({document['kind']}): {'blessed' if document['blessed'] else 'not blessed'}"
    ]
    lines += [f"  {reason}" for reason in document["reasons"]]
    lines += [f"  {name:18} {_metric(values, 'ndcg@10')}" for name, values in document["metrics"].items()]
    say(as_json, document, "\n".join(lines))
    if not document["blessed"]:
        refuse()


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
    say(as_json, document, "\n".join([*lines, f"the lab would ship: {document['chosen']}"]))


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="A port on 127.0.0.1; 0 picks a free one.")] = 8000,
    workspace: Workspace = "kitchen",
) -> None:
    """Answer over HTTP on 127.0.0.1; prints the URL once ready. Example: mlops-lab serve --port 0"""
    from mlops_lab.serving.http import serve as run

    run(used(workspace), port)


@app.command()
def promote(
    version: Annotated[int, typer.Argument()], workspace: Workspace = "kitchen", as_json: AsJson = False
) -> None:
    """Make a version that serves the champion; it is watched from then on. Example: mlops-lab promote 3"""
    _move(workspace, as_json, "promote", version)


@app.command()
def rollback(workspace: Workspace = "kitchen", as_json: AsJson = False) -> None:
    """Give the place back to the champion before. Example: mlops-lab rollback"""
    _move(workspace, as_json, "rollback")


def _move(workspace: str, as_json: bool, action: str, *version: int) -> None:
    from mlops_lab.lab.mirroring import mirror

    lab = used(workspace)
    getattr(lab, action)(*version, who="command line", why="asked for by hand")
    mirror(lab, only_if_there=True)
    champion = lab.registry.alias("champion")
    say(as_json, {"action": action, "champion": champion}, f"{action}: the champion is version {champion}")

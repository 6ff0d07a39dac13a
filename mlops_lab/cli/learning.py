"""Commands of the workbook and of the long statistics."""

from typing import Annotated

import typer

from mlops_lab.cli.options import AsJson, bar, group, refuse, say

workbook_app = group(help="The notebooks: open, run, check, progress, reset.")
study_app = group(help="The long statistics, as JSON.")


@workbook_app.command("run")
def workbook_run(
    workers: Annotated[int, typer.Option(help="Notebooks at a time.")] = 2, as_json: AsJson = False
) -> None:
    """Execute every notebook into workspace/runs/<id>/ with an index.html. Example: mlops-lab workbook run"""
    from mlops_lab.workbook.run import run_all
    from mlops_lab.workbook.story import story

    report = run_all(workers=workers, progress=bar(as_json), story=story)
    say(as_json, report.document(), report.text())
    if not report.ok:
        refuse()


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
    say(as_json, {"exercises": rows}, "\n".join(f"{row['id']:6} {row['state']:14} {row['title']}" for row in rows))


@workbook_app.command("reset")
def workbook_reset(name: Annotated[str, typer.Argument(help="For example 02_versioned_data.")]) -> None:
    """Fetch a fresh copy of a notebook; yours is kept beside it. Example: mlops-lab workbook reset 02_versioned_data"""
    from mlops_lab.workbook.learner import reset

    typer.echo(reset(name))


@study_app.command("fidelity")
def study_fidelity(days: int = 56, seed: int = 7, as_json: AsJson = True) -> None:
    """The world's marginals beside Food.com's. Example: mlops-lab study fidelity"""
    from mlops_lab.rehearsal.fidelity import fidelity

    say(as_json, fidelity(days=days, seed=seed), "")


@study_app.command("personalisation")
def study_personalisation(days: int = 56, seeds: int = 5, size: str = "default", as_json: AsJson = True) -> None:
    """What knowing a cook is worth, beside popularity and the oracle. Example: mlops-lab study personalisation"""
    from mlops_lab.rehearsal.personalisation import personalisation

    say(as_json, personalisation(days=days, seeds=seeds, size=size), "")


@study_app.command("detection")
def study_detection(days: int = 56, seeds: int = 20, as_json: AsJson = True) -> None:
    """False alerts on clean seeds, and days until each incident is found. Example: mlops-lab study detection"""
    from mlops_lab.rehearsal.detection import detection

    say(as_json, detection(days=days, seeds=seeds), "")


@study_app.command("kills")
def study_kills(moments: int = 200, seed: int = 1, as_json: AsJson = True) -> None:
    """A lab killed (SIGKILL) at random moments goes on to the same end. Example: mlops-lab study kills --moments 20"""
    from mlops_lab.rehearsal.kills import kills

    say(as_json, kills(moments=moments, seed=seed), "")


@study_app.command("tune")
def study_tune(
    seeds: int = 16, days: int = 42, size: str = "quick", searches: int = 40, as_json: AsJson = True
) -> None:  # fmt: skip
    """What searches promise, what is left of it, what stopping saves. Example: mlops-lab study tune --seeds 4"""
    from mlops_lab.rehearsal.tuning import tuning

    say(as_json, tuning(seeds=seeds, days=days, size=size, searches=searches), "")


@study_app.command("staleness")
def study_staleness(seeds: int = 8, tolerance: float = 0.05, size: str = "default", as_json: AsJson = True) -> None:
    """How fast models age, and the oldest one to allow. Example: mlops-lab study staleness --size quick"""
    from mlops_lab.rehearsal.staleness import staleness

    say(as_json, staleness(seeds=seeds, tolerance=tolerance, size=size), "")


@study_app.command("offline-online")
def study_offline_online(seeds: int = 3, days: int = 28, as_json: AsJson = True) -> None:
    """Whether metrics on a log agree with the true click rate. Example: mlops-lab study offline-online --seeds 1"""
    from mlops_lab.rehearsal.offline_online import offline_online

    say(as_json, offline_online(seeds=seeds, days=days), "")


@study_app.command("corruption")
def study_corruption(
    corruptions: int = 1_000, seeds: int = 4, days: int = 91, first_seed: int = 101, size: str = "default",
    as_json: AsJson = True,
) -> None:  # fmt: skip
    """Corrupted spans: caught, missed, and false anomalies. Example: mlops-lab study corruption --corruptions 100"""
    from mlops_lab.rehearsal.corruption import corruption

    found = corruption(corruptions=corruptions, seeds=seeds, days=days, first_seed=first_seed, size=size)
    say(as_json, found, "")


@study_app.command("features")
def study_features(seeds: int = 3, days: int = 56, size: str = "default", as_json: AsJson = True) -> None:
    """What each feature is worth beside noise, and its cost. Example: mlops-lab study features --size quick"""
    from mlops_lab.rehearsal.worth import worth

    say(as_json, worth(seeds=seeds, days=days, size=size), "")

"""Commands that look: monitors, lineage, reproduction, the store."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from mlops_lab.cli.options import AsJson, Workspace, group, opened, refuse, say, used
from mlops_lab.errors import BadInput

app = group()
store_app = group(help="The versioned data: look at it, check it, clean up, erase, and carry it elsewhere.")


@app.command()
def monitor(workspace: Workspace = "kitchen", as_json: AsJson = False) -> None:
    """Skew, drift, staleness and quality now; exit 1 when an alert fires. Example: mlops-lab monitor"""
    from mlops_lab.lab.operation import monitor as look

    document = look(used(workspace))
    lines = [
        f"{'ok  ' if c['ok'] else 'FIRE'} {c['name']}: {c['value']} (limit {c['limit']})" for c in document["checks"]
    ]
    lines += [f"ALERT {a['name']}: {a['cause']}; owner {a['owner']}. {a['runbook']}" for a in document["alerts"]]
    say(as_json, document, "\n".join(lines) or "nothing to check yet")
    if document["alerts"]:
        refuse()


@app.command()
def lineage(
    id: Annotated[str, typer.Argument(help="A request id, version, revision, REV:PATH, or an id of the ledger.")],
    workspace: Workspace = "kitchen",
    as_json: AsJson = False,
) -> None:
    """Where a thing comes from, and what came of it. Example: mlops-lab lineage traffic:day=0007/clicks.parquet"""
    from mlops_lab.lab.lineage import in_words
    from mlops_lab.lab.lineage import lineage as trace

    document = trace(opened(workspace), id)
    say(as_json, document, in_words(document))


@app.command()
def reproduce(
    version: Annotated[int, typer.Argument()], workspace: Workspace = "kitchen", as_json: AsJson = False
) -> None:
    """Rebuild a version from its provenance; exit 1 unless bit-equal. Example: mlops-lab reproduce 2"""
    from mlops_lab.lab.pushing import reproduce as rebuild

    document = rebuild(used(workspace), version)
    word = "equal" if document["equal"] else "NOT equal"
    say(as_json, document, f"version {version}: {document['digest'][:12]}, rebuilt {document['rebuilt'][:12]}: {word}")
    if not document["equal"]:
        refuse()


@store_app.command("log")
def store_log(
    repo: Annotated[str, typer.Argument()] = "traffic", workspace: Workspace = "kitchen", as_json: AsJson = False
) -> None:
    """Commits of a repo, newest first. Example: mlops-lab store log traffic"""
    commits = used(workspace).store.log(repo)
    rows: list[dict] = [{"id": c.id, "repo": c.repo, "message": c.message, "metadata": c.metadata} for c in commits]
    say(as_json, {"commits": rows}, "\n".join(f"{row['id'][:12]}  {row['message']}" for row in rows))


@store_app.command("diff")
def store_diff(a: str, b: str, workspace: Workspace = "kitchen", as_json: AsJson = False) -> None:
    """What changed from one commit to another. Example: mlops-lab store diff traffic^ traffic"""
    document = asdict(used(workspace).store.diff(a, b))
    lines = [f"{kind:8} {row['path']} {row['rows_before']} -> {row['rows_after']} rows"
             for kind in ("added", "removed", "changed") for row in document[kind]]  # fmt: skip
    say(as_json, document, "\n".join(lines) or "no difference")


@store_app.command("checkout")
def store_checkout(rev: str, folder: Path, workspace: Workspace = "kitchen", as_json: AsJson = False) -> None:
    """Write the files of a commit into an empty folder. Example: mlops-lab store checkout traffic out"""
    store = used(workspace).store
    commit = store.get(rev)
    store.checkout(rev, folder)
    say(
        as_json,
        {"commit": commit.id, "files": len(commit.tree)},
        f"{len(commit.tree)} files of {commit.id[:12]} in {folder}",
    )


@store_app.command("verify")
def store_verify(workspace: Workspace = "kitchen", as_json: AsJson = False) -> None:
    """Read everything again and compare with its hash; exit 1 on damage. Example: mlops-lab store verify"""
    store = used(workspace).store
    problems = [asdict(problem) for problem in store.verify()]
    document = {"ok": not problems, "objects": store.objects(), "problems": problems}
    lines = [f"{p['object']}: {p['problem']}; affects {', '.join(p['affects']) or 'nothing'}" for p in problems]
    say(as_json, document, "\n".join(lines) or f"{document['objects']} objects, all well")
    if problems:
        refuse()


@store_app.command("gc")
def store_gc(workspace: Workspace = "kitchen", as_json: AsJson = False) -> None:
    """Take away what no branch, tag or newest run needs, and merge small packs. Example: mlops-lab store gc"""
    from mlops_lab.lab.housekeeping import collect

    done = collect(opened(workspace))
    say(as_json, asdict(done), f"{done.objects} objects went, {done.bytes:,} bytes freed; {done.packs} packs now")


@store_app.command("forget")
def store_forget(
    repo: Annotated[str, typer.Argument()] = "traffic",
    paths: Annotated[list[str] | None, typer.Argument(help="Files to erase.")] = None,
    cook: Annotated[str, typer.Option(help="Instead of files: everything that tells of this cook.")] = "",
    why: Annotated[str, typer.Option(help="Kept for good.")] = "",
    workspace: Workspace = "kitchen", as_json: AsJson = False,
) -> None:  # fmt: skip
    """Erase files, or a cook, for good. Example: mlops-lab store forget --cook c00012 --why "an account closed\""""
    from mlops_lab.lab.housekeeping import forget

    if cook:
        return _forget_cook(workspace, cook, why or "asked for by the cook", as_json)
    if not paths:
        raise BadInput("Nothing to forget is named; give a repo and its files, or --cook ID.")
    done = forget(opened(workspace), repo, paths, why)
    lines = [f"{len(done['erased'])} contents erased; the newest commit of {repo} is {done['commit'][:12]}"]
    lines += [f"still held as {place}, and not erased" for place in done["spared"].values()]
    lines += [f"made from what is gone: {one['id'][:12]} of {one['repo']}" for one in done["dependents"]]
    lines += [f"train again: version {number} has learned from what is gone" for number in done["versions"]]
    say(as_json, done, "\n".join(lines))


def _forget_cook(workspace: str, cook: str, why: str, as_json: bool) -> None:
    from mlops_lab.lab.erasure import forget_cook

    done = forget_cook(opened(workspace), cook, why)
    lines = [f"{len(paths)} files of {repo} written again" for repo, paths in done["repos"].items()]
    lines += [f"{len(done['erased'])} contents erased; {done['lines']} waiting lines taken out"]
    lines += [f"train again: version {number} has learned from this cook" for number in done["versions"]]
    say(as_json, done, "\n".join(lines))


@store_app.command("push")
def store_push(url: str, workspace: Workspace = "kitchen", as_json: AsJson = False) -> None:
    """Send all branches and tags to a folder or object store. Example: mlops-lab store push s3://bucket/kitchen"""
    moved = opened(workspace).store.push(url)
    say(as_json, asdict(moved), f"{moved.objects} objects sent, {moved.bytes:,} bytes in {moved.packs} packs")


@store_app.command("pull")
def store_pull(url: str, workspace: Workspace = "kitchen", as_json: AsJson = False) -> None:
    """Take over what lies at a URL; makes the workspace. Example: mlops-lab store pull s3://bucket/kitchen"""
    from mlops_lab.lab.housekeeping import pull
    from mlops_lab.lab.workspace import Workspace as Records

    moved = pull(Records(workspace), url)
    say(as_json, asdict(moved), f"{moved.objects} objects taken over, {moved.bytes:,} bytes in {moved.packs} packs")

"""What a workspace may lose, what it must lose, and how it is carried elsewhere."""

from collections.abc import Iterable, Mapping
from typing import Any

from mlops_lab.errors import BadInput
from mlops_lab.lab.workspace import Workspace, settle
from mlops_lab.pipeline.ledger import Ledger
from mlops_lab.store.collection import Collected
from mlops_lab.store.transfer import Moved


def collect(workspace: Workspace) -> Collected:
    """Take away what neither a branch nor a tag nor the newest run of a pipeline needs; later runs compute it again."""
    return workspace.store.gc(keep=_newest(workspace.ledger))


def forget(
    workspace: Workspace, repo: str, files: Iterable[str] | Mapping[str, bytes | None], why: str
) -> dict[str, Any]:
    """Erase files from a repo for good, or what replaces them leaves out; then what runs have made of them.

    What else nobody needs goes as well, for nobody can tell whose it is. Gives the new `commit` of the repo, the
    digests `erased`, `spared` {digest: where a branch still holds it}, `dependents` [{`id`, `repo`}] that were made
    from what is gone and stay until they are made again, and the `versions` among them, to be trained again.
    """
    new = files if isinstance(files, Mapping) else dict.fromkeys(files)
    done = workspace.store.forget(repo, new, why)
    made = set[str]().union(*(_made_of(workspace.ledger, commit.id) for commit in done.holders))
    workspace.store.gc(keep=_newest(workspace.ledger) - made)
    stale = {commit.id for commit in done.dependents}
    return {
        "commit": done.commit.id,
        "erased": done.erased,
        "spared": done.spared,
        "dependents": [{"id": commit.id, "repo": commit.repo} for commit in done.dependents],
        "versions": [version.number for version in workspace.registry.versions() if version.commit in stale],
    }


def pull(workspace: Workspace, url: str) -> Moved:
    """Take over the store at a URL; the workspace is made when there is something to put into it."""
    return workspace.store.pull(url, ready=lambda: settle(workspace.path))


def _newest(ledger: Ledger) -> set[str]:
    """What the newest run of each pipeline made, and every run that goes on."""
    runs = {run["pipeline"]: run["id"] for run in ledger.runs()}.values()
    going_on = {run["id"] for run in ledger.runs() if run["state"] == "running"}
    executions = [step["id"] for run in {*runs, *going_on} for step in ledger.executions(run)]
    return set[str]().union(*(_made_of(ledger, execution) for execution in executions))


def _made_of(ledger: Ledger, id: str) -> set[str]:
    """Artifacts that came of an execution or artifact; none of what the ledger does not know."""
    try:
        return {node.id for node in ledger.downstream(id) if node.kind == "artifact"}
    except BadInput:
        return set()

"""What was made from what: provenance of commits, events of the ledger and the rows of answers, as one graph.

Content joins the three: an artifact and a file with the same digest are the same bytes, so a trained artifact is the
model of a version, and a commit that a run was given stands in both. Followed is what was read to make a thing. What
cooks did with an answer comes back as the next day's files; so a log of answers is a leaf, as is a file.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, product
from typing import Any, NamedTuple

from mlops_lab.lab import answered
from mlops_lab.lab.workspace import Workspace
from mlops_lab.registry.versions import MODEL
from mlops_lab.store import Commit, Entry

UNREAD = "/quarantine.parquet"  # refused rows are kept to be looked at; nothing is made from them
LEAVES = ("artifact", "file", "predictions", "run")  # not walked through: equal answers of two runs are no kinship


class Node(NamedTuple):
    """A thing that can be asked for by its id."""

    id: str
    kind: str


Edges = Iterator[tuple[Node, Node]]  # what was taken, what was made of it


class Links:
    """The graph of a workspace; asked: a commit that may lie on no branch."""

    def __init__(self, workspace: Workspace, asked: Commit | None = None):
        self.store, self.registry, self.head = workspace.store, workspace.registry, workspace.data
        heads = [(repo, branch) for repo in self.store.repos() for branch in self.store.branches(repo)]
        commits = [commit for repo, branch in heads for commit in self.store.log(repo, branch)]
        commits += [asked, *self.store.upstream(asked)] if asked else []
        self.commits = {commit.id: commit for commit in commits}
        self._short = {id[:12]: id for id in self.commits}  # as snapshots are called in prediction rows
        self.runs, self._events, self._feeds = _ledger(workspace)
        self.artifacts = {artifact for _, _, artifact in self._events}
        self._newest = dict(self.head.tree.walk()) if self.head else {}
        self._waiting = workspace.path / "predictions"
        self._logs = answered.logs(self.store, self._newest, commits)
        self._up: dict[Node, list[Node]] = {}
        self._down: dict[Node, list[Node]] = {}
        every = (self._of_commits(), self._of_versions(), self._of_runs(), self._of_answers())
        for taken, made in dict.fromkeys(chain(*every)):
            self._down.setdefault(taken, []).append(made)
            self._up.setdefault(made, []).append(taken)

    def above(self, *start: Node) -> list[Node]:
        """Everything that the start nodes were made from, nearest first; files last."""
        found = _reached(start, self._up)
        commits = [self.commits[node.id] for node in (*start, *found) if node.id in self.commits]
        return [*found, *self._files(commit for commit in commits if self.head and commit.repo == self.head.repo)]

    def below(self, *start: Node) -> list[Node]:
        """Everything that was made from the start nodes, nearest first."""
        return _reached(start, self._down)

    def edges(self) -> Edges:
        """Every edge: what was taken, what was made of it."""
        return ((taken, made) for taken, all_made in self._down.items() for made in all_made)

    def commit(self, id: str) -> Node:
        """The node of a commit; a move of the registry is called by what it did."""
        commit = self.commits[id]
        move = commit.metadata.get("move")
        return Node(id, f"{move['action']} on day {move['day']}" if move else f"commit of {commit.repo}")

    def file(self, commit: Commit, path: str) -> Node:
        """A file by its path, which follows the commit and a colon where the newest data hold something else there."""
        return self._file(commit, path, commit.tree[path])

    def holders(self, commit: Commit, path: str) -> list[Node]:
        """The commits that hold the very content of this file, oldest first. Raises BadInput when there is no file."""
        return [self.commit(held.id) for held in self.store.holding(commit, path) if held.id in self.commits]

    def answer(self, request: str) -> dict[str, Any] | None:
        """The row of a request: version, snapshot, and the `path` of its log ("" while it waits for its evening)."""
        written = (row for log in self._logs if (row := log.row(request)))
        return answered.waiting(self._waiting, request) or next(written, None)

    def made_from(self, row: Mapping[str, Any]) -> list[Node]:
        """The version that gave an answer, and the snapshot of the data it was computed from."""
        version = [Node(str(row["version"]), "version")] if row["version"] else []
        return version + ([self.commit(self._short[row["snapshot"]])] if row["snapshot"] in self._short else [])

    def executions(self, run: str) -> list[Node]:
        """The executions of a run."""
        return [Node(id, "execution") for id, of in self.runs.items() if of == run]

    def _files(self, commits: Iterable[Commit]) -> list[Node]:
        """The files of data commits that something may be made from."""
        held = ((commit, path, entry) for commit in commits for path, entry in commit.tree.walk())
        return list(dict.fromkeys(self._file(*file) for file in held if not file[1].endswith(UNREAD)))

    def _file(self, commit: Commit, path: str, entry: Entry) -> Node:
        name = path if self._newest.get(path) == entry else f"{commit.id[:12]}:{path}"
        return Node(name, "predictions" if path.endswith(answered.LOG) else "file")

    def _of_commits(self) -> Edges:
        for id, commit in self.commits.items():
            yield from ((self.commit(source), self.commit(id)) for source in commit.provenance)

    def _of_versions(self) -> Edges:
        for version in self.registry.versions():
            node, commit = Node(str(version.number), "version"), self.commit(version.commit)
            yield commit, node
            if version.run in self.runs.values():
                yield Node(version.run, "run"), node

    def _of_runs(self) -> Edges:
        """Executions with the artifacts they took and made; a model's artifact stands beside its version's commit."""
        models = {self.commits[v.commit].tree[MODEL].digest: self.commit(v.commit) for v in self.registry.versions()}
        for upper, lower in self._feeds:
            yield Node(upper, "execution"), Node(lower, "execution")
        for execution, direction, artifact in self._events:
            done = Node(execution, "execution")
            same = [self.commit(artifact)] if artifact in self.commits else [Node(artifact, "artifact")]
            same += [models[artifact]] if artifact in models else []
            yield from ((thing, done) if direction == "input" else (done, thing) for thing in same)
        for artifact in self.artifacts & models.keys():
            yield Node(artifact, "artifact"), models[artifact]
        for execution, run in self.runs.items():
            yield Node(execution, "execution"), Node(run, "run")

    def _of_answers(self) -> Edges:
        """Versions and snapshots with the logs of the answers that were made from them."""
        for log in self._logs:
            pairs = product(log.versions, log.snapshots)
            taken = [self.made_from({"version": version, "snapshot": snapshot}) for version, snapshot in pairs]
            yield from ((thing, Node(log.path, "predictions")) for things in taken for thing in things)


def _reached(start: Iterable[Node], edges: Mapping[Node, list[Node]]) -> list[Node]:
    start = list(start)
    found = dict.fromkeys(start)
    waiting = list(start)
    for node in waiting:  # grows while it is walked
        if node.kind in LEAVES and node not in start:
            continue
        new = [near for near in dict.fromkeys(edges.get(node, ())) if near not in found]
        found.update(dict.fromkeys(new))
        waiting += new
    return [node for node in found if node not in start]


Events = list[tuple[str, str, str]]  # execution, "input" or "output", artifact


def _ledger(workspace: Workspace) -> tuple[dict[str, str], Events, list[tuple[str, str]]]:
    """From the ledger: the run of each execution, the events, and which execution feeds which (upper, lower)."""
    if not workspace.ledger.path.exists():
        return {}, [], []
    with workspace.ledger.open() as book:
        return (
            dict(book.rows("SELECT id, run FROM executions ORDER BY rowid")),
            book.rows("SELECT execution, direction, artifact FROM events"),
            book.rows("SELECT DISTINCT upper, lower FROM edges"),
        )

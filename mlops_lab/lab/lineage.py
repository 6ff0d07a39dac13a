"""From a prediction, a version or a commit to everything it came from, and to everything that came of it."""

from typing import TYPE_CHECKING

from mlops_lab.errors import BadInput
from mlops_lab.store import Commit

if TYPE_CHECKING:
    from mlops_lab.lab.lab import Lab


def lineage(lab: "Lab", wanted: str) -> dict:
    """`id`, `kind`, `upstream`, `downstream` (each {`id`, `kind`}) of a version number, request id or commit.

    Raises BadInput when nothing by that name is known.
    """
    if wanted.isdigit() and any(version.number == int(wanted) for version in lab.registry.versions()):
        return _version(lab, int(wanted))
    found = _prediction(lab, wanted)
    if found is not None:
        return found
    try:
        commit = lab.store.get(wanted)
    except BadInput:
        raise BadInput(
            f"Nothing is known under {wanted!r}; give a version number, a request id of a prediction, or a commit id."
        ) from None
    return _document(
        commit.id, "commit", _nodes(lab.store.upstream(commit.id)), _nodes(lab.store.downstream(commit.id))
    )


def _document(name: str, kind: str, upstream: list[dict], downstream: list[dict]) -> dict:
    return {"id": name, "kind": kind, "upstream": upstream, "downstream": downstream}


def _nodes(commits: list[Commit]) -> list[dict]:
    return [{"id": commit.id, "kind": f"commit of {commit.repo}"} for commit in commits]


def _files(commit: Commit) -> list[dict]:
    return [{"id": path, "kind": "file"} for path in sorted(commit.tree) if not path.endswith("quarantine.parquet")]


def _version(lab: "Lab", number: int) -> dict:
    version = lab.registry.version(number)
    data = lab.store.get(version.data_commit)
    upstream = [
        {"id": version.commit, "kind": "commit of models"},
        {"id": version.run, "kind": "run"},
        {"id": data.id, "kind": "commit of traffic"},
        *_files(data),
    ]
    served = [{"id": move["commit"], "kind": f"{move['action']} on day {move['day']}"} for move in lab.registry.moves()
              if number in (move["champion"], move["challenger"])]  # fmt: skip
    return _document(str(number), "version", upstream, _nodes(lab.store.downstream(version.commit)) + served)


def _prediction(lab: "Lab", request: str) -> dict | None:
    """The lineage of an answer: its version, the snapshot it was computed from, and what was committed with it."""
    from mlops_lab.data.tables import from_bytes

    head = lab.data
    if head is None:
        return None
    for path in sorted((p for p in head.tree if p.endswith("/predictions.parquet")), reverse=True):
        rows = from_bytes(lab.store.read(head, path))
        row = rows[rows["request"] == request]
        if len(row):
            answer = row.iloc[0]
            upstream = [{"id": str(answer["snapshot"]), "kind": "snapshot"}]
            if answer["version"]:
                upstream = [{"id": str(answer["version"]), "kind": "version"}, *upstream]
                upstream += _version(lab, int(answer["version"]))["upstream"]
            day = next(
                (c for c in lab.store.log("traffic") if path in c.tree and c.metadata["day"] == answer["day"]), None
            )
            below = [{"id": day.id, "kind": "commit of traffic"}, *_nodes(lab.store.downstream(day.id))] if day else []
            return _document(request, "prediction", upstream, below)
    return None


def graph(lab: "Lab") -> tuple[list[tuple[str, str, str]], list[tuple[str, str]]]:
    """Nodes (id, kind, label) and edges (from, to) of the champion's origin, for a picture."""
    number = lab.registry.alias("champion")
    if number is None:
        return [], []
    version = lab.registry.version(number)
    data = lab.store.get(version.data_commit)
    days = sorted({path.split("/")[0] for path in data.tree})
    nodes = [
        ("raw", "file", f"{len(days)} days of files" if len(days) > 1 else days[0]),
        ("data", "commit", data.id[:8]),
    ]
    edges = [("raw", "data")]
    from mlops_lab.lab.training import TRAINING

    for step in TRAINING.steps:
        nodes.append((step.__name__, "step", step.__name__))
    # The champion that a candidate had to beat is an input too, but of the verdict, not of the model.
    edges += [(needs, name) for name, needs in TRAINING.edges() if not needs.startswith("champion")]
    nodes += [("version", "version", f"version {number} ({version.kind})"), ("champion", "alias", "champion")]
    edges += [("best" if version.kind != "popularity" else "baseline", "version"), ("version", "champion")]
    known = {node[0] for node in nodes}
    return nodes, [edge for edge in edges if edge[0] in known and edge[1] in known]

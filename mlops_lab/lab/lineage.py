"""From a prediction, version, commit, run or file to everything it came from, and everything that came of it."""

from mlops_lab.errors import BadInput
from mlops_lab.lab.links import Links, Node
from mlops_lab.lab.workspace import Workspace
from mlops_lab.store import Commit
from mlops_lab.store.commits import ID_LENGTH

SHORTEST = 12  # characters of an artifact's id that are taken for it
SHOWN = 4  # ids of one kind that people are shown
Picture = tuple[list[tuple[str, str, str]], list[tuple[str, str]]]


def lineage(workspace: Workspace, wanted: str) -> dict:
    """`id`, `kind`, `upstream`, `downstream` (each {`id`, `kind`}), nearest first, of whatever has this id.

    wanted: a version number; a file as REV:PATH (a path alone is one of the newest data); any revision of a commit; the
    id of a run, execution or artifact; a request id. Every id in the answer can be asked for in turn.
    Raises BadInput when nothing by that name is known.
    """
    rev, colon, path = wanted.partition(":") if ":" in wanted else ("traffic", "/" in wanted, wanted)
    commit, why = _commit(workspace, rev if colon else wanted)
    links = Links(workspace, commit)
    if wanted.isdigit() and 1 <= int(wanted) <= len(workspace.registry.versions()):
        return _around(links, Node(str(int(wanted)), "version"))
    if commit and not colon:
        return _around(links, links.commit(commit.id))
    if wanted in links.runs:
        return _around(links, Node(wanted, "execution"))
    short = len(wanted) >= SHORTEST
    if artifact := next((id for id in links.artifacts if id == wanted or short and id.startswith(wanted)), None):
        return _around(links, Node(artifact, "artifact"))
    if wanted in links.runs.values():
        return _run(links, wanted)
    if found := _prediction(links, wanted):
        return found
    if commit and (path in commit.tree or ":" in wanted):
        return _file(links, commit, path)
    raise BadInput(
        f"Nothing is known under {wanted!r}: no version, run or artifact, no answered request; as a commit or file: "
        f"{why or 'the newest data have no such file; give REV:PATH for older ones.'}"
    )


def _commit(workspace: Workspace, rev: str) -> tuple[Commit | None, str]:
    """The commit of a revision; else None and why."""
    try:
        return workspace.store.get(rev), ""
    except BadInput as wrong:
        return None, str(wrong)


def _document(node: Node, upstream: list[Node], downstream: list[Node]) -> dict:
    ways = {"upstream": upstream, "downstream": downstream}
    told = {way: [near._asdict() for near in dict.fromkeys(nodes) if near != node] for way, nodes in ways.items()}
    return {**node._asdict(), **told}


def _around(links: Links, node: Node) -> dict:
    return _document(node, links.above(node), links.below(node))


def _run(links: Links, id: str) -> dict:
    """A run comes of its executions and what they took; what they made comes of it."""
    run, own = Node(id, "run"), links.executions(id)
    made = dict.fromkeys(links.below(run, *own))
    return _document(run, [*own, *(node for node in links.above(run, *own) if node not in made)], list(made))


def _file(links: Links, commit: Commit, path: str) -> dict:
    """A file: of a log of answers, what answered; and all that was made from commits with this very content."""
    holders = links.holders(commit, path)
    file = links.file(commit, path)
    return _document(file, links.above(file), [*holders, *links.below(*holders)])


def _prediction(links: Links, request: str) -> dict | None:
    """An answer: its version and the snapshot it was computed from; what was committed with it and made from that."""
    row = links.answer(request)
    if row is None:
        return None
    made_from = links.made_from(row)
    upstream = [*made_from, *links.above(*made_from)]
    holders = links.holders(links.head, row["path"]) if row["path"] and links.head else []
    logs = [links.file(links.head, row["path"])] if holders and links.head else []
    return _document(Node(request, "prediction"), upstream, [*holders, *logs, *links.below(*holders)])


def in_words(document: dict) -> str:
    """The same for people: what is above and below, a line for each kind, its first ids."""
    lines = [f"{document['kind']} {document['id']}"]
    for way in ("upstream", "downstream"):
        kinds: dict[str, list[str]] = {}
        for node in document[way]:
            kinds.setdefault(node["kind"].partition(" on day ")[0], []).append(node["id"])
        for kind, ids in kinds.items():
            shown = ", ".join(id[:12] if len(id) == ID_LENGTH else id for id in ids[:SHOWN])
            lines.append(f"  {way}: {kind} {shown}{f' and {len(ids) - SHOWN} more' if len(ids) > SHOWN else ''}")
    return "\n".join(lines)


def graph(workspace: Workspace, number: int | None = None) -> Picture:
    """Nodes (id, kind, label) and edges (from, to) of the origin of a version, by default the champion, for a picture.

    The steps are those of the run that made it, as the ledger has them.
    """
    champion = workspace.registry.alias("champion")
    number = number or champion
    if number is None:
        return [], []
    links, version = Links(workspace), workspace.registry.version(number)
    data, days = version.data_commit, len({path.split("/")[0] for path in links.commits[version.data_commit].tree})
    nodes: list[tuple[str, str, str]] = [("raw", "file", f"{days} {'day' if days == 1 else 'days'} of files")]
    nodes += [(data, "commit", data[:8])]
    nodes += [(step.id, "step", step.id.partition("/")[2]) for step in links.executions(version.run)]
    nodes += [("version", "version", f"version {number} ({version.kind})")]
    nodes += [("champion", "alias", "champion")] if number == champion else []
    called = {version.commit: "version", **{id: id for id, _, _ in nodes}}
    edges = [(called[a.id], called[b.id]) for a, b in links.edges() if a.id in called and b.id in called]
    if links.executions(version.run):  # the way through the steps says more than that it came of the data
        edges = [edge for edge in edges if edge != (data, "version")]
    return nodes, [("raw", data), *edges, *([("version", "champion")] if number == champion else [])]

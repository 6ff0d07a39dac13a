"""What a run is given: values, and what identifies them."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from mlops_lab.pipeline.book import Artifact
from mlops_lab.pipeline.codecs import Unkept, encode, shared
from mlops_lab.pipeline.datums import Datums
from mlops_lab.pipeline.fingerprints import code_of
from mlops_lab.pipeline.steps import BrokenPipeline
from mlops_lab.store import Commit, Store
from mlops_lab.store.history import MAIN

VALUE_LENGTH = 2_000  # characters of a JSON input that the ledger keeps for people to read


@dataclass(frozen=True)
class Given:
    """An input: its value, what identifies it, and the commits it was read from.

    artifacts: name -> artifact; several for datums of several commits.
    """

    value: Any
    artifacts: dict[str, Artifact]
    identity: Any
    commits: tuple[Commit, ...] = ()

    @property
    def is_json(self) -> bool:
        """Was it given as a JSON value, of which every step gets a copy of its own?"""
        return [artifact.type for artifact in self.artifacts.values()] == ["json"]

    @property
    def type(self) -> Any:
        """Its class, to be compared with signatures; Any for what stands for something else."""
        value = None if isinstance(self.value, Datums) else self.hand_out()
        return Any if value is None else type(value)

    def hand_out(self) -> Any:
        """The value for one step."""
        if self.is_json:
            return json.loads(self.value)
        return shared(next(iter(self.artifacts.values())).type, self.value)


@dataclass(frozen=True)
class Newest:
    """The newest commit of a branch, looked up when a run begins."""

    rev: str


def newest(rev: str) -> Newest:
    """The newest commit of "repo" or "repo@branch" as an input."""
    return Newest(rev)


def branches(value: Any) -> list[tuple[str, str]]:
    """(repo, branch) of every branch that an input names: what a trigger watches."""
    revs = [value.rev] if isinstance(value, Newest) else []
    revs += (
        [glob.commit for _, glob in value.globs if isinstance(glob.commit, str)] if isinstance(value, Datums) else []
    )
    return [(repo, branch or MAIN) for repo, _, branch in (rev.partition("@") for rev in revs)]


def given(name: str, value: Any, store: Store) -> Given:
    """An input of a run. Raises BrokenPipeline for a value without an identity."""
    value = store.get(value.rev) if isinstance(value, Newest) else value
    if isinstance(value, Datums):
        cut = value.bound(store, name)
        members = [member for member, _ in cut.globs]
        names = [m if members.count(m) == 1 else f"{m}{at}" for at, m in enumerate(members)]
        artifacts = {m: Artifact(c.id, "commit", m) for m, c in zip(names, cut.commits, strict=True)}
        return Given(cut, artifacts, [cut.shape, [commit.id for commit in cut.commits]], tuple(cut.commits))
    if isinstance(value, Store):
        return _known(name, value, Artifact("store", "store", name))
    if isinstance(value, Commit):
        return _known(name, value, Artifact(value.id, "commit", name), commits=(value,))
    if isinstance(getattr(value, "id", None), str):
        commit = getattr(value, "commit", None)
        commits = (commit,) if isinstance(commit, Commit) else ()
        return _known(
            name, value, Artifact(value.id, type(value).__name__.lower(), name), code_of(type(value)), commits
        )
    try:
        kind, content = encode(value)
    except Unkept as error:
        raise BrokenPipeline(f"Input {name!r} has no identity: {error}, or an id.") from error
    text = content.decode() if kind == "json" and len(content) <= VALUE_LENGTH else None
    artifact = Artifact(hashlib.sha256(content).hexdigest(), kind, name, text)
    # A step gets JSON as it would come back from the store, and may change it.
    return _known(
        name, content if kind == "json" else value, artifact, code_of(type(value)) if kind == "object" else None
    )


def _known(
    name: str, value: Any, artifact: Artifact, code: str | None = None, commits: tuple[Commit, ...] = ()
) -> Given:
    """code: a hash of the code of its class, where its methods do work."""
    return Given(value, {name: artifact}, [artifact.type, artifact.id, code], commits)

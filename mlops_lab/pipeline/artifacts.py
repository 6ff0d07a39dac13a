"""What a run makes: values kept in the store, handed from step to step, read when they are asked for."""

from collections.abc import Iterator, Mapping
from typing import Any

from mlops_lab.pipeline.book import Artifact
from mlops_lab.pipeline.codecs import class_of, decode, encode, kind_of_path, shared
from mlops_lab.pipeline.kinds import annotation
from mlops_lab.pipeline.steps import Step
from mlops_lab.store import Commit, Store

INEXACT = ("json", "parquet")  # come back a little different, e.g. tuples as lists


class Artifacts(Mapping[str, Any]):
    """What the steps of a run made, read from the store when it is asked for. Equal whether the step ran or not."""

    def __init__(self, store: Store, steps: tuple[Step, ...]):
        self._store, self._says = store, {step.name: annotation(step.function, "return") for step in steps}
        self._made: dict[str, Artifact] = {}
        self._content: dict[str, bytes] = {}
        self._values: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        artifact = self._made[name]
        if artifact.type == "commit":
            return outputs(self._store, self._store.get(artifact.id), self._says[name])
        if name not in self._values:
            content = self._content.get(name) or self._store.blob(artifact.id)
            value = decode(artifact.type, content, self._says[name])
            if artifact.type == "json":  # cheap to read again, and easily changed by a step that holds it
                return value
            self._values[name] = value
            self._content.pop(name, None)
        return shared(artifact.type, self._values[name])

    def __contains__(self, name: object) -> bool:
        return name in self._made

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)

    def __repr__(self) -> str:
        return f"Artifacts({', '.join(self)})"

    def artifact(self, name: str) -> Artifact:
        """Digest and format of what a step made."""
        return self._made[name]

    def keep(self, name: str, value: Any) -> Artifact:
        """Store what a step made, durably. Raises Unkept for a value without a format."""
        kind, content = encode(value)
        if kind == "object":
            class_of(self._says[name])
        artifact = Artifact(self._store.put(content), kind, name)
        self.found(name, artifact)
        if kind in INEXACT:  # the next step gets the value as it comes back, as it would after a skip
            self._content[name] = content
        else:
            self._values[name] = value
        return artifact

    def found(self, name: str, artifact: Artifact) -> None:
        """Take over what an earlier run made."""
        self._made[name] = artifact


def outputs(store: Store, commit: Commit, said: Any = None) -> Any:
    """What a fan-out made, from its commit: a list over a list, a dict key -> value over datums."""
    files = {path.rpartition(".")[0]: path for path in store.paths(commit)}
    values = {key: decode(kind_of_path(path), store.read(commit, path), said) for key, path in files.items()}
    return list(values.values()) if commit.metadata["shape"] == "list" else values

"""A pipeline and what a run of it does: decide from hashes, run what changed, remember everything."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlops_lab.errors import BadInput
from mlops_lab.pipeline.artifacts import Artifacts
from mlops_lab.pipeline.book import Artifact, Book, Execution
from mlops_lab.pipeline.codecs import Unkept, encode, shared
from mlops_lab.pipeline.fingerprints import code_of, fingerprint
from mlops_lab.pipeline.ledger import Ledger
from mlops_lab.pipeline.steps import BrokenPipeline, Step, checked, steps_of
from mlops_lab.store import Commit, Store

VALUE_LENGTH = 2_000  # characters of a JSON input that the ledger keeps for people to read
Taken = dict[str, tuple[Artifact, str | None]]  # parameter -> artifact, and the execution of this run that made it


class StepFailed(Exception):
    """A step raised an error; `step` is its name, `cause` what it raised. Steps that had finished stay finished."""

    def __init__(self, step: str, cause: BaseException):
        super().__init__(f"Step {step!r} failed: {cause if isinstance(cause, BadInput) else _sentence(cause)}")
        self.step, self.cause = step, cause


class StepRefused(StepFailed, BadInput):
    """A step said that its input cannot be used."""


@dataclass(frozen=True)
class StepRun:
    """One step of a run: state "ran" or "skipped", key and fingerprint, the output's digest, seconds of work."""

    name: str
    state: str
    key: str
    fingerprint: str
    output: str
    seconds: float

    def __repr__(self) -> str:
        return f"StepRun({self.name}: {self.state}, output {self.output[:12]})"


@dataclass(frozen=True)
class Run:
    """A finished run. id: the pipeline's name and a hash of its code and inputs; repeating it is the same run.

    artifacts: step name -> what it made, read from the store when asked for.
    """

    id: str
    name: str
    artifacts: Mapping[str, Any]
    steps: list[StepRun]

    def __repr__(self) -> str:
        ran = sum(step.state == "ran" for step in self.steps)
        return f"Run({self.id}: {ran} ran, {len(self.steps) - ran} skipped)"


@dataclass(frozen=True)
class Pipeline:
    """Steps under a name. Raises BrokenPipeline when two steps have one name or wait for each other."""

    name: str
    steps: tuple[Callable[..., Any], ...]
    _steps: tuple[Step, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_steps", steps_of(self.steps))

    def __repr__(self) -> str:
        return f"Pipeline({self.name}: {', '.join(step.name for step in self._steps)})"

    def edges(self) -> list[tuple[str, str]]:
        """(step, artifact it takes) of every edge; artifacts that no step makes are inputs."""
        names = {step.name for step in self._steps}
        return [(step.name, taken) for step in self._steps for taken in step.edges(names)]

    def run(self, store: Store, ledger: Ledger, inputs: Mapping[str, Any], *, force: bool = False) -> Run:
        """Run the steps whose code or inputs are new (with force: all), skip the others, record both.

        inputs: JSON values, bytes, DataFrames, objects with to_bytes(), or what is known by its `id` (a commit). A
        Store may be given too; it is no part of a key, so name what is read from it by a commit.
        Raises BrokenPipeline before anything runs, StepFailed when a step raises (StepRefused when that is BadInput).
        """
        order = checked(self._steps, inputs)
        given = {name: _Given.of(name, value) for name, value in inputs.items()}
        prints = {step.name: fingerprint(step.function) for step in order}
        id = f"{self.name}-{_hash([self.name, prints, {name: g.identity for name, g in given.items()}])[:16]}"
        with ledger.open() as book:
            work = _Work(self.name, id, store, book, given, prints, Artifacts(store, order))
            steps = [work.done(step, force) for step in order]
            book.close_run(id, self.name, "done")
        return Run(id, self.name, work.artifacts, steps)


@dataclass(frozen=True)
class _Given:
    """An input: its value, what identifies it, and a hash of the code of its class where its methods do work."""

    value: Any
    artifact: Artifact
    code: str | None = None

    @property
    def identity(self) -> list[str | None]:
        return [self.artifact.type, self.artifact.id, self.code]

    @classmethod
    def of(cls, name: str, value: Any) -> "_Given":
        """Raises BrokenPipeline for a value without an identity."""
        if isinstance(value, Store):
            return cls(value, Artifact("store", "store", name))
        if isinstance(value, Commit):
            return cls(value, Artifact(value.id, "commit", name))
        if isinstance(getattr(value, "id", None), str):
            return cls(value, Artifact(value.id, type(value).__name__.lower(), name), code_of(type(value)))
        try:
            kind, content = encode(value)
        except Unkept as error:
            raise BrokenPipeline(f"Input {name!r} has no identity: {error}, or an id.") from error
        text = content.decode() if kind == "json" and len(content) <= VALUE_LENGTH else None
        artifact = Artifact(hashlib.sha256(content).hexdigest(), kind, name, text)
        # A step gets JSON as it would come back from the store, and may change it.
        return cls(content if kind == "json" else value, artifact, code_of(type(value)) if kind == "object" else None)

    def hand_out(self) -> Any:
        """The value for one step."""
        return json.loads(self.value) if self.artifact.type == "json" else shared(self.artifact.type, self.value)


@dataclass(frozen=True)
class _Work:
    """A run while it goes on."""

    pipeline: str
    run: str
    store: Store
    book: Book
    given: Mapping[str, _Given]
    prints: Mapping[str, str]
    artifacts: Artifacts

    def done(self, step: Step, force: bool) -> StepRun:
        """Run a step, or take over what an execution with the same key made."""
        taken = {name: self._taken(name) for name in step.edges({*self.given, *self.prints})}
        key = _hash([step.name, self.prints[step.name], {name: self._identity(name) for name in taken}])
        earlier = None if force else self.book.finished(key)
        if earlier and self.store.has(earlier.id):
            self.artifacts.found(step.name, earlier)
            return self._recorded(step, key, taken, "skipped", 0.0)
        started = time.perf_counter()
        try:
            made = step.function(**{name: self._value(name) for name in taken})
            self.artifacts.keep(step.name, made)
        except Exception as error:
            self._record(step, key, taken, "failed", 0.0, _sentence(error))
            self.book.close_run(self.run, self.pipeline, "failed")
            raise (StepRefused if isinstance(error, BadInput) else StepFailed)(step.name, error) from error
        return self._recorded(step, key, taken, "ran", time.perf_counter() - started)

    def _recorded(self, step: Step, key: str, taken: Taken, state: str, seconds: float) -> StepRun:
        self._record(step, key, taken, state, seconds)
        output = self.artifacts.artifact(step.name).id
        return StepRun(step.name, state, key, self.prints[step.name], output, seconds)

    def _record(self, step: Step, key: str, taken: Taken, state: str, seconds: float, error: str | None = None) -> None:
        made = None if error else self.artifacts.artifact(step.name)
        execution = Execution(self.run, step.name, key, self.prints[step.name], state, seconds, taken, made, error)
        self.book.record(execution, self.pipeline)

    def _taken(self, name: str) -> tuple[Artifact, str | None]:
        if name in self.given:
            return self.given[name].artifact, None
        return self.artifacts.artifact(name), f"{self.run}/{name}"

    def _identity(self, name: str) -> list[str | None]:
        made = None if name in self.given else self.artifacts.artifact(name)
        return [made.type, made.id] if made else self.given[name].identity

    def _value(self, name: str) -> Any:
        return self.given[name].hand_out() if name in self.given else self.artifacts[name]


def _sentence(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()

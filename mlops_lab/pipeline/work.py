"""A run while it goes on: each step is skipped, omitted, or called, and written down."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlops_lab.errors import BadInput
from mlops_lab.pipeline.artifacts import Artifacts
from mlops_lab.pipeline.book import Artifact, Book, Execution
from mlops_lab.pipeline.datums import Datums, DatumsFailed
from mlops_lab.pipeline.inputs import Given
from mlops_lab.pipeline.sources import identified
from mlops_lab.pipeline.steps import BrokenPipeline, Step
from mlops_lab.store import Commit, Store

RAN, SKIPPED, OMITTED, FAILED = "ran", "skipped", "omitted", "failed"
Counts = Mapping[str, int]  # state -> datums
NONE: Counts = {}
Taken = dict[str, tuple[Artifact, str | None]]  # name -> artifact, and the execution of this run that made it


class StepFailed(Exception):
    """A step raised an error; `step` is its name, `cause` what it raised. Steps that had finished stay finished."""

    def __init__(self, step: str, cause: BaseException):
        super().__init__(f"Step {step!r} failed: {sentence(cause)}")
        self.step, self.cause = step, cause


class StepRefused(StepFailed, BadInput):
    """A step said that its input cannot be used."""


@dataclass(frozen=True)
class StepRun:
    """One step of a run: state "ran", "skipped" (nothing is new) or "omitted" (its condition does not hold).

    output: the digest of what it made, or the id of its commit; "" when omitted. seconds: of work. datums: how many of
    them ended in each state.
    """

    name: str
    state: str
    key: str
    fingerprint: str
    output: str
    seconds: float
    datums: Counts

    def __repr__(self) -> str:
        counts = ", ".join(f"{count} {state}" for state, count in self.datums.items() if count)
        return f"StepRun({self.name}: {self.state}, {counts or f'output {self.output[:12]}'})"


@dataclass(frozen=True)
class Work:
    """What the steps of one run share. tried: step -> how often it was called."""

    pipeline: str
    run: str
    store: Store
    book: Book
    given: Mapping[str, Given]
    prints: Mapping[str, str]
    artifacts: Artifacts
    causes: tuple[Commit, ...]
    force: bool
    tried: Counter[str] = field(default_factory=Counter)

    def done(self, step: Step) -> StepRun:
        """Run a step, take over what an execution with the same key made, or leave it out."""
        taken, key = self._taken(step), ""
        started, counts = time.perf_counter(), dict[str, int]()
        try:
            if taken is None or step.when and not self._value(step.when):
                return self._recorded(step, key, taken or {}, OMITTED)
            names = [name for name in step.edges(self._there()) if name in self._there()]
            inputs = {name: self._identity(name) for name in names}
            key = identified([step.name, step.over, self.prints[step.name], inputs])
            if not self.force and (earlier := self._finished(step, key)):
                self.artifacts.found(step.name, earlier)
                return self._recorded(step, key, taken, SKIPPED)
            counts = self._fan_out(step) if step.over else self._plain(step)
        except Exception as error:
            counts = error.counts if isinstance(error, DatumsFailed) else {}
            self._record(step, key, taken or {}, FAILED, 0.0, counts, sentence(error))
            raise (StepRefused if isinstance(error, BadInput) else StepFailed)(step.name, error) from error
        return self._recorded(step, key, taken, RAN, time.perf_counter() - started, counts)

    def exit(self, step: Step, status: dict[str, Any]) -> StepRun:
        """Call the exit handler; it is never skipped. Raises StepFailed."""
        started = time.perf_counter()
        try:
            self.artifacts.keep(step.name, self.call(step, {"status": status}))
        except Exception as error:
            self._record(step, "", {}, FAILED, 0.0, {}, sentence(error))
            raise StepFailed(step.name, error) from error
        return self._recorded(step, "", {}, RAN, time.perf_counter() - started)

    def call(self, step: Step, more: Mapping[str, Any] | None = None) -> Any:
        """One step's function on its values and more, tried again where it may be."""
        names = [name for name in (*step.needs, *step.options) if name in self._there()]

        def values() -> dict[str, Any]:
            self.tried[step.name] += 1
            return {**{name: self._value(name) for name in names}, **(more or {})}

        return called(step, values)

    def _finished(self, step: Step, key: str) -> Artifact | None:
        """What an execution with this key made, where it still stands.

        What went over datums is the newest commit of its repo, or else it is put together again; and datums that were
        recovered are tried again.
        """
        earlier = self.book.finished(key)
        if earlier and step.over:
            head = self.store.head(f"{self.pipeline}.{step.name}")
            return earlier if head and head.id == earlier.id and not head.metadata["recovered"] else None
        return earlier if earlier and self.store.has(earlier.id) else None

    def _plain(self, step: Step) -> dict[str, int]:
        self.artifacts.keep(step.name, self.call(step))
        return {}

    def _fan_out(self, step: Step) -> dict[str, int]:
        from mlops_lab.pipeline.fanout import FanOut

        assert step.over is not None
        shared = [n for n in (*step.needs, *step.options) if n in self._there() and n != step.over]
        values = {name: self._value(name) for name in shared}
        fan = FanOut(
            self.pipeline, f"{self.run}/{step.name}", step, self.prints[step.name],
            {name: self._identity(name) for name in shared},
            lambda piece: called(step, lambda: {**values, **piece()}), self.store, self.book,
        )  # fmt: skip
        over = self._over(step)
        sources = [*self.causes, *(over.commits if isinstance(over, Datums) else [])]
        commit, counts = fan.commit(over, tuple(dict.fromkeys(sources)), self.force)
        self.artifacts.found(step.name, Artifact(commit.id, "commit", step.name))
        return counts

    def _over(self, step: Step) -> Datums | list:
        """What a step goes over. Raises BrokenPipeline when that is no list and not cut into datums."""
        name = str(step.over)
        made = None if name in self.given else self.artifacts.artifact(name)
        if made and made.type == "commit":
            from mlops_lab.pipeline.fanout import made_over

            return made_over(name, self.store.get(made.id))
        over = self.given[name].value if name in self.given and not self.given[name].is_json else self._value(name)
        if not isinstance(over, (Datums, list)):
            what = f"Step {step.name!r} goes over {name!r}, which is {type(over).__name__}"
            raise BrokenPipeline(f"{what}; give a list, or datums made with glob(commit, pattern).")
        return over

    def _there(self) -> set[str]:
        return {*self.given, *self.artifacts}

    def _taken(self, step: Step) -> Taken | None:
        """What a step takes; None when it needs something that was left out."""
        taken: Taken = {}
        for name in step.edges({*self.given, *self.prints}):
            if name in self.given:
                taken |= {part: (artifact, None) for part, artifact in self.given[name].artifacts.items()}
            elif name in self.artifacts:
                taken[name] = self.artifacts.artifact(name), f"{self.run}/{name}"
            elif name in self.prints and (name in step.control or name in step.needs):
                return None
        return taken

    def _recorded(
        self,
        step: Step,
        key: str,
        taken: Taken,
        state: str,
        seconds: float = 0.0,
        counts: Counts = NONE,
    ) -> StepRun:
        self._record(step, key, taken, state, seconds, counts)
        output = self.artifacts.artifact(step.name).id if state != OMITTED else ""
        return StepRun(step.name, state, key, self.prints[step.name], output, seconds, counts)

    def _record(
        self, step: Step, key: str, taken: Taken, state: str, seconds: float, counts: Counts,
        error: str | None = None,
    ) -> None:  # fmt: skip
        made = None if error or state == OMITTED else self.artifacts.artifact(step.name)
        tried = max(self.tried[step.name], 1)
        execution = Execution(
            self.run, step.name, key, self.prints[step.name], state, seconds, taken, made, error, tried, counts
        )
        self.book.record(execution, self.pipeline, [commit.global_id for commit in self.causes[:1]])

    def _identity(self, name: str) -> Any:
        if name in self.given:
            return self.given[name].identity
        made = self.artifacts.artifact(name)
        return ["tree", self.store.get(made.id).tree.root] if made.type == "commit" else [made.type, made.id]

    def _value(self, name: str) -> Any:
        return self.given[name].hand_out() if name in self.given else self.artifacts[name]


def called(step: Step, values: Callable[[], dict[str, Any]]) -> Any:
    """What a step's function returns, called again after an error as often as it may be; a refusal is final."""
    for left in reversed(range(step.tries)):
        try:
            if step.isolated:
                from mlops_lab.pipeline.isolated import isolated

                return isolated(step, values())
            return step.function(**values())
        except BadInput:
            raise
        except Exception:
            if not left:
                raise
    return None


def sentence(error: BaseException) -> str:
    """An error as one sentence; our own say what they are."""
    return str(error) if isinstance(error, (BadInput, DatumsFailed)) else f"{type(error).__name__}: {error}"

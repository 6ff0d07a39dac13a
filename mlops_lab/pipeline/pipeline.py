"""A pipeline and what a run of it does: decide from hashes, run what changed, remember everything."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from mlops_lab.pipeline.artifacts import Artifacts
from mlops_lab.pipeline.datums import Datums
from mlops_lab.pipeline.fingerprints import fingerprint
from mlops_lab.pipeline.inputs import Given, given
from mlops_lab.pipeline.ledger import Ledger
from mlops_lab.pipeline.sources import identified
from mlops_lab.pipeline.steps import BrokenPipeline, Step, checked, step_of, steps_of
from mlops_lab.pipeline.work import OMITTED, RAN, SKIPPED, StepFailed, StepRun, Work, sentence
from mlops_lab.store import Commit, Store

STATUS = "status"  # the parameter through which an exit handler learns how the run ended


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
        counts = Counter(step.state for step in self.steps)
        omitted = f", {counts[OMITTED]} omitted" if counts[OMITTED] else ""
        return f"Run({self.id}: {counts[RAN]} ran, {counts[SKIPPED]} skipped{omitted})"


@dataclass(frozen=True)
class Pipeline:
    """Steps under a name; on_exit: a function that is called at the end of every run, with how it ended as `status`.

    Raises BrokenPipeline when two steps have one name or wait for each other.
    """

    name: str
    steps: tuple[Callable[..., Any] | Step, ...]
    on_exit: Callable[..., Any] | Step | None = None
    _steps: tuple[Step, ...] = field(init=False, repr=False, compare=False)
    _exit: Step | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_steps", steps_of(self.steps))
        object.__setattr__(self, "_exit", step_of(self.on_exit) if self.on_exit else None)
        steps_of([*self._steps, *([self._exit] if self._exit else [])])  # its name must be its own

    def __repr__(self) -> str:
        return f"Pipeline({self.name}: {', '.join(step.name for step in self._steps)})"

    def edges(self) -> list[tuple[str, str]]:
        """(step, artifact it takes) of every edge; artifacts that no step makes are inputs."""
        names = {step.name for step in self._steps}
        return [(step.name, taken) for step in self._steps for taken in step.edges(names)]

    def run(
        self, store: Store, ledger: Ledger, inputs: Mapping[str, Any], *, force: bool = False,
        cause: Commit | None = None,
    ) -> Run:  # fmt: skip
        """Run the steps whose code or inputs are new (with force: all), skip the others, record both.

        inputs: JSON values, bytes, DataFrames, objects with to_bytes(), datums, or what is known by its `id` (a
        commit). A Store may be given too; it is no part of a key, so name what is read from it by a commit.
        cause: the commit whose global id the run's commits get, by default the first among the inputs.
        Raises BrokenPipeline before anything runs, StepFailed when a step raises (StepRefused when that is BadInput).
        """
        known = {name: given(name, value, store) for name, value in inputs.items()}
        order = self._checked(known)
        everybody = (*order, *([self._exit] if self._exit else []))
        prints = {step.name: fingerprint(step.function) for step in everybody}
        identity = [self.name, prints, {name: one.identity for name, one in known.items()}]
        id = f"{self.name}-{identified(identity)[:16]}"
        sources = [*([cause] if cause else []), *(commit for one in known.values() for commit in one.commits)]
        causes, made = tuple(dict.fromkeys(sources)), Artifacts(store, everybody)
        with ledger.open() as book:
            work = Work(self.name, id, store, book, known, prints, made, causes, force)
            steps = self._done(work, order)
        return Run(id, self.name, made, steps)

    def _checked(self, known: Mapping[str, Given]) -> tuple[Step, ...]:
        """The steps in order. Raises BrokenPipeline."""
        asked = {*self._exit.needs, *self._exit.options} - {STATUS} if self._exit else set[str]()
        if missing := sorted(asked.intersection(self._exit.needs if self._exit else ()) - known.keys()):
            raise BrokenPipeline(
                f"The exit handler needs {missing[0]!r}, which is no input; it gets inputs and {STATUS!r}."
            )
        cuts = {name: one.value for name, one in known.items() if isinstance(one.value, Datums)}
        used = {edge for step in self._steps for edge in (*step.control, *step.needs, *step.options)}
        types = {name: one.type for name, one in known.items() if name in used or name not in asked}
        return checked(self._steps, types, {name: (cut.brings, cut.captures) for name, cut in cuts.items()})

    def _done(self, work: Work, order: tuple[Step, ...]) -> list[StepRun]:
        """Every step, then the exit handler, whatever happened."""
        state = "failed"
        try:
            steps = [work.done(step) for step in order]
            if self._exit:
                steps.append(work.exit(self._exit, {"state": "done", "step": None, "error": None}))
            state = "done"
        except StepFailed as failed:
            if self._exit and failed.step != self._exit.name:
                with suppress(Exception):  # what failed first is what is told
                    work.exit(self._exit, {"state": state, "step": failed.step, "error": sentence(failed.cause)})
            raise
        finally:
            work.book.close_run(work.run, self.name, state)
        return steps

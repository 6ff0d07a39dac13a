"""What starts a run: a commit on a branch, or a day of simulated time. Nobody has to be asked.

A pipeline is added with inputs that name branches, glob("traffic", ...) or newest("traffic@ready"). From then on each
commit there, and each move of the branch (deferred processing), runs it; what it commits may start the next. A process
that was killed in between catches up with `fire`: what is done already is skipped.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlops_lab.pipeline.inputs import branches
from mlops_lab.pipeline.ledger import Ledger
from mlops_lab.pipeline.pipeline import Pipeline, Run
from mlops_lab.pipeline.steps import BrokenPipeline
from mlops_lab.pipeline.work import StepFailed
from mlops_lab.store import Commit, Store

SCHEDULE = "schedule"  # the kind of context that remembers the last tick of a pipeline
TICK = "tick"  # the input that tells a scheduled run its day


@dataclass(frozen=True)
class Job:
    """A run that was started by something. state: "done" or "failed" (then error says why); tick: its day, if any."""

    pipeline: str
    state: str
    run: Run | None
    error: str | None = None
    tick: int | None = None

    def __repr__(self) -> str:
        when = "" if self.tick is None else f" of day {self.tick}"
        return f"Job({self.pipeline}{when}: {self.error or self.run})"


@dataclass(frozen=True)
class _Standing:
    """A pipeline that waits. every_days None: for commits on these branches; else for days since, since + every ..."""

    pipeline: Pipeline
    inputs: Mapping[str, Any]
    watches: frozenset[tuple[str, str]]
    every_days: int | None
    since: int
    catch_up: bool


class Triggers:
    """Pipelines that wait for commits of a store, or for days. jobs: what was started so far, oldest first.

    A job that fails is in `jobs` with its error; whoever made the commit is not to blame and hears nothing.
    """

    def __init__(self, store: Store, ledger: Ledger):
        self.store, self.ledger = store, ledger
        self.jobs: list[Job] = []
        self._standing: list[_Standing] = []
        self._news: deque[tuple[Commit, str]] = deque()
        self._busy = False
        store.subscribe(self._heard)

    def __repr__(self) -> str:
        return f"Triggers({', '.join(one.pipeline.name for one in self._standing) or 'none'}; {len(self.jobs)} jobs)"

    def add(
        self, pipeline: Pipeline, inputs: Mapping[str, Any], *, every_days: int | None = None, since: int = 0,
        catch_up: bool = True,
    ) -> None:  # fmt: skip
        """Let a pipeline wait: for commits on the branches its inputs name, or, with every_days, for ticks.

        A step's parameter `tick` gets the day. catch_up: after a pause run every tick that was missed, else the newest.
        Raises BrokenPipeline for a pipeline that would wait for nothing.
        """
        watches = frozenset(branch for value in inputs.values() for branch in branches(value))
        if every_days is None and not watches:
            raise BrokenPipeline(
                f"{pipeline.name!r} waits for no branch and no day; name one, as in glob('traffic', ...)."
            )
        if every_days is not None and every_days < 1:
            raise BrokenPipeline(f"{pipeline.name!r} runs every {every_days} days; expected 1 or more.")
        self._standing.append(_Standing(pipeline, dict(inputs), watches, every_days, since, catch_up))

    def fire(self) -> list[Job]:
        """Run all that wait for commits on what is there now: to begin with, or after a crash."""
        started = len(self.jobs)
        for one in self._standing:
            if one.every_days is None:
                self._run(one)
        self._work_off()
        return self.jobs[started:]

    def tick(self, day: int) -> list[Job]:
        """Run what is due up to a day, each tick once however often it is asked for."""
        started = len(self.jobs)
        for one in self._standing:
            for due in self._due(one, day):
                self._run(one, tick=due)
                with self.ledger.open() as book:
                    book.say(one.pipeline.name, SCHEDULE, str(due))
        self._work_off()
        return self.jobs[started:]

    def _due(self, one: _Standing, day: int) -> list[int]:
        if one.every_days is None:
            return []
        with self.ledger.open() as book:
            last = int(book.state(one.pipeline.name, SCHEDULE) or one.since - 1)
        due = [tick for tick in range(one.since, day + 1, one.every_days) if tick > last]
        return due if one.catch_up else due[-1:]

    def _heard(self, commit: Commit, branch: str) -> None:
        """A branch has moved. News that comes while a job runs, as from its own commits, waits for its end."""
        self._news.append((commit, branch))
        if not self._busy:
            self._work_off()

    def _work_off(self) -> None:
        while self._news:
            commit, branch = self._news.popleft()
            for one in self._standing:
                if one.every_days is None and (commit.repo, branch) in one.watches:
                    self._run(one, cause=commit)

    def _run(self, one: _Standing, cause: Commit | None = None, tick: int | None = None) -> None:
        """One job; nothing while a branch it waits for has no commit yet."""
        if any(self.store.head(repo, branch) is None for repo, branch in one.watches):
            return
        inputs = {**one.inputs, TICK: tick} if tick is not None and _asks(one.pipeline) else one.inputs
        self._busy = True
        try:
            run = one.pipeline.run(self.store, self.ledger, inputs, cause=cause)
            self.jobs.append(Job(one.pipeline.name, "done", run, tick=tick))
        except (StepFailed, BrokenPipeline) as error:
            self.jobs.append(Job(one.pipeline.name, "failed", None, str(error), tick))
        finally:
            self._busy = False


def _asks(pipeline: Pipeline) -> bool:
    return any(taken == TICK for _, taken in pipeline.edges())

"""From functions to a graph: parameter names are the edges. What cannot run is said before anything runs."""

import difflib
import inspect
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlops_lab.errors import BadInput
from mlops_lab.pipeline.kinds import annotation, fits, told

# An input that is cut into datums -> the names that each datum brings, and those that what is made of it still has.
Provided = Mapping[str, tuple[Collection[str], Collection[str]]]

NOTHING: Provided = {}


class BrokenPipeline(BadInput):
    """The steps and inputs do not make a graph that can run."""


@dataclass(frozen=True)
class Step:
    """A function as a step: needs are the parameters that must be given, options those with a default.

    The other fields are those of `step`.
    """

    name: str
    function: Callable[..., Any]
    needs: tuple[str, ...]
    options: tuple[str, ...]
    over: str | None = None
    when: str | None = None
    tries: int = 1
    workers: int = 1
    recover: Callable[[str], Any] | None = None
    isolated: bool = False

    @property
    def control(self) -> list[str]:
        """Names of artifacts that decide whether and how often the step runs."""
        return [name for name in (self.when, self.over) if name]

    def edges(self, known: Collection[str]) -> list[str]:
        """Names of the artifacts the step takes, given which names there are."""
        taken = [*self.control, *self.needs, *(name for name in self.options if name in known)]
        return list(dict.fromkeys(taken))


def step(
    function: Callable[..., Any], *, over: str | None = None, when: str | None = None, tries: int = 1,
    workers: int = 1, recover: Callable[[str], Any] | None = None, isolated: bool = False,
) -> Step:  # fmt: skip
    """A function as a step, with more to say about how it runs.

    over: called once for each item of this list or each datum of this input. when: run only if this artifact is true.
    tries: calls before an error counts. workers: datums at a time, in threads. recover: called with the error of a
    datum that failed, which then is left out instead of failing the step. isolated: in a process of its own.
    Raises BrokenPipeline for what is not a plain named function.
    """
    name = getattr(function, "__name__", repr(function))
    if not name.isidentifier() or not callable(function):
        raise BrokenPipeline(f"{name} cannot be a step; expected a function with a name, made with def.")
    if tries < 1 or workers < 1:
        raise BrokenPipeline(f"Step {name!r} has {tries} tries and {workers} workers; expected 1 or more of each.")
    needs: list[str] = []
    options: list[str] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise BrokenPipeline(f"Step {name!r} takes {parameter}; name every parameter, since names are the edges.")
        (needs if parameter.default is parameter.empty else options).append(parameter.name)
    if recover and not over:
        raise BrokenPipeline(f"Step {name!r} recovers from datums that fail, but goes over none; say over=... as well.")
    if isolated and (function.__module__ == "__main__" or "<locals>" in function.__qualname__):
        raise BrokenPipeline(f"Step {name!r} cannot be isolated: another process cannot import it; put it in a module.")
    return Step(name, function, tuple(needs), tuple(options), over, when, tries, workers, recover, isolated)


def step_of(what: Callable[..., Any] | Step) -> Step:
    """A step as it is, or a function as a step."""
    return what if isinstance(what, Step) else step(what)


def steps_of(functions: Iterable[Callable[..., Any] | Step]) -> tuple[Step, ...]:
    """The steps of functions. Raises BrokenPipeline when two have one name or when they wait for each other."""
    steps = tuple(step_of(function) for function in functions)
    for name, times in Counter(step.name for step in steps).items():
        if times > 1:
            raise BrokenPipeline(f"{times} steps are called {name!r}; a step's name is its artifact, so rename one.")
    ordered(steps)
    return steps


def checked(steps: Sequence[Step], inputs: Mapping[str, Any], provided: Provided = NOTHING) -> tuple[Step, ...]:
    """The steps in an order in which each comes after what it takes. Raises BrokenPipeline for wrong inputs.

    inputs: name -> its type, Any where that says nothing. provided: what datums bring along.
    """
    names = {step.name for step in steps}
    known = names | set(inputs)
    used = {edge for step in steps for edge in (*step.control, *step.needs, *step.options)}
    for step in steps:
        brings = _brought(step, steps, provided)
        for name in (*step.control, *step.needs):
            if name not in known and name not in brings:
                said = f"Step {step.name!r} needs {name!r}, which is no step and no input"
                raise BrokenPipeline(f"{said}{_near(name, known)}")
        for name in sorted({*step.needs, *step.options} - {step.over}):
            if name in known and name in brings:
                raise BrokenPipeline(f"{name!r} is in the datums of {step.name!r} and a step or an input; rename one.")
            if name in provided:
                raise BrokenPipeline(f"{name!r} is cut into datums; let {step.name!r} say over={name!r}.")
    for name in inputs:
        if name in names:
            raise BrokenPipeline(f"{name!r} is an input and a step; rename one of them.")
        if name not in used:
            raise BrokenPipeline(f"No step takes the input {name!r}{_near(name, used - names)}")
    _typed(steps, inputs)
    return ordered(steps)


def _brought(step: Step, steps: Sequence[Step], provided: Provided) -> Collection[str]:
    """Names that the datums of a step bring along: of its input, or of the input where a chain of fan-outs begins."""
    by_name, over = {one.name: one for one in steps}, step.over
    while over in by_name:
        over = by_name[over].over
    whole, captures = provided.get(over or "", ((), ()))
    return captures if step.over in by_name else whole


def ordered(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps so that each comes after what it takes, otherwise as given. Raises BrokenPipeline for a cycle."""
    names = {step.name for step in steps}
    waiting, done = list(steps), list[Step]()
    while waiting:
        made = {step.name for step in done}
        ready = [step for step in waiting if names.intersection(step.edges(names)) <= made]
        if not ready:
            circle = " -> ".join(_circle(waiting, names))
            raise BrokenPipeline(f"Steps wait for each other: {circle}; let one of them take an input instead.")
        done.append(ready[0])
        waiting.remove(ready[0])
    return tuple(done)


def _typed(steps: Sequence[Step], inputs: Mapping[str, Any]) -> None:
    """Does every artifact fit where it goes? Fan-out and fan-in are not asked: there, one is many."""
    made = {step.name: annotation(step.function, "return") for step in steps if not step.over}
    for step in steps:
        over = made.get(step.over or "", inputs.get(step.over or "", Any))
        if not any(fits(over, many) or fits(many, over) for many in (list, tuple)):
            what = f"Step {step.name!r} goes over {step.over!r}, which is {told(over)}"
            raise BrokenPipeline(f"{what}; give a list, or datums made with glob(commit, pattern).")
        for name in step.edges({*made, *inputs}):
            wanted, given = annotation(step.function, name), made.get(name, inputs.get(name, Any))
            if name != step.over and not fits(given, wanted):
                said = f"Step {step.name!r} takes {name!r} as {told(wanted)}, but {name!r} is {told(given)}"
                raise BrokenPipeline(f"{said}{_other(step.name, wanted, made)}")


def _other(name: str, wanted: Any, made: Mapping[str, Any]) -> str:
    fitting = [other for other, said in made.items() if other != name and said is not Any and fits(said, wanted)]
    return f"; did you mean {fitting[0]!r}?" if fitting else f"; hand over {told(wanted)} or change the signature."


def _circle(waiting: Sequence[Step], names: Collection[str]) -> list[str]:
    """A way through the waiting steps that comes back to its start, in the order in which artifacts would flow."""
    by_name = {step.name: step for step in waiting}
    way = [waiting[0].name]
    while way[-1] not in way[:-1]:
        way.append(next(edge for edge in by_name[way[-1]].edges(names) if edge in by_name))
    return way[way.index(way[-1]) :][::-1]


def _near(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; there are {', '.join(sorted(known))}." if known else "; there are none."

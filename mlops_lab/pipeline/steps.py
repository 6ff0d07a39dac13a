"""From functions to a graph: parameter names are the edges. What cannot run is said before anything runs."""

import difflib
import inspect
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mlops_lab.errors import BadInput


class BrokenPipeline(BadInput):
    """The steps and inputs do not make a graph that can run."""


@dataclass(frozen=True)
class Step:
    """A function as a step: needs are the parameters that must be given, options those with a default."""

    name: str
    function: Callable[..., Any]
    needs: tuple[str, ...]
    options: tuple[str, ...]

    def edges(self, known: Collection[str]) -> list[str]:
        """Names of the artifacts the step takes, given which names there are."""
        return [*self.needs, *(name for name in self.options if name in known)]


def step_of(function: Callable[..., Any]) -> Step:
    """Read a step off a function's signature. Raises BrokenPipeline for what is not a plain named function."""
    name = getattr(function, "__name__", repr(function))
    if not name.isidentifier() or not callable(function):
        raise BrokenPipeline(f"{name} cannot be a step; expected a function with a name, made with def.")
    needs: list[str] = []
    options: list[str] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise BrokenPipeline(f"Step {name!r} takes {parameter}; name every parameter, since names are the edges.")
        (needs if parameter.default is parameter.empty else options).append(parameter.name)
    return Step(name, function, tuple(needs), tuple(options))


def steps_of(functions: Iterable[Callable[..., Any]]) -> tuple[Step, ...]:
    """The steps of functions. Raises BrokenPipeline when two have one name or when they wait for each other."""
    steps = tuple(step_of(function) for function in functions)
    for name, times in Counter(step.name for step in steps).items():
        if times > 1:
            raise BrokenPipeline(f"{times} steps are called {name!r}; a step's name is its artifact, so rename one.")
    ordered(steps)
    return steps


def checked(steps: Sequence[Step], inputs: Collection[str]) -> tuple[Step, ...]:
    """The steps in an order in which each comes after what it takes. Raises BrokenPipeline for wrong inputs."""
    names = {step.name for step in steps}
    known = names | set(inputs)
    used = {edge for step in steps for edge in (*step.needs, *step.options)}
    for step in steps:
        for name in step.needs:
            if name not in known:
                raise BrokenPipeline(
                    f"Step {step.name!r} needs {name!r}, which is no step and no input{_near(name, known)}"
                )
    for name in inputs:
        if name in names:
            raise BrokenPipeline(f"{name!r} is an input and a step; rename one of them.")
        if name not in used:
            raise BrokenPipeline(f"No step takes the input {name!r}{_near(name, used - names)}")
    return ordered(steps)


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

"""The steps of a pipeline as tasks of Kubeflow: how each artifact travels there, and what is around each task.

    value   a bool, int, float or str as it is             text    any JSON as text, so that 3 does not become 3.0
    texts   a list of texts, which a loop goes over        file    everything else: an artifact
    files   the artifacts that the calls in a loop made    read    a text, of which a declared function makes the value

What Kubeflow has no counterpart for is refused here, in one sentence.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mlops_lab.errors import BadInput
from mlops_lab.pipeline import Datums, Pipeline
from mlops_lab.pipeline.kinds import annotation, kind_of, type_of
from mlops_lab.pipeline.pipeline import STATUS
from mlops_lab.pipeline.steps import Step, checked, step_of

SCALARS = (bool, int, float, str)
JSON = (dict, list, tuple, type(None), Any)
TYPED = ("Dataset", "Model", "Metrics")  # Kubeflow would show a report only as one file of HTML; ours are folders
Reader = Callable[[str], Any]


@dataclass(frozen=True)
class Form:
    """How an artifact travels, its type in Kubeflow, and the function that makes the value of a text."""

    way: str
    type: str
    reader: Reader | None = None


TEXT, TEXTS = Form("text", "str"), Form("texts", "List[str]")


@dataclass(frozen=True)
class Task:
    """A step as a task.

    takes: parameter -> form. makes: form of what one call makes. conditions: artifacts that must be true, outermost
    first. loop: the step that began the fan-out of which this is a part.
    """

    step: Step
    makes: Form
    takes: Mapping[str, Form]
    conditions: tuple[str, ...] = ()
    loop: str | None = None

    @property
    def made(self) -> Form:
        """The form of what it made, as it is seen from outside of its loop."""
        if self.loop is None:
            return self.makes
        return TEXTS if self.makes == TEXT else Form("files", self.makes.type)


@dataclass(frozen=True)
class Plan:
    """A pipeline as it will be there: parameters by input, tasks by step, each after what it takes."""

    parameters: dict[str, Form] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    exit: Task | None = None

    def form(self, name: str) -> Form:
        """How an artifact arrives at a task outside of its loop."""
        return self.tasks[name].made if name in self.tasks else self.parameters[name]


def plan(pipeline: Pipeline, readers: Mapping[str, Reader]) -> Plan:
    """The tasks of a pipeline. readers: input -> the function that makes it from the text that Kubeflow hands over.

    Raises BadInput for what has no counterpart there, BrokenPipeline for what does not run here either.
    """
    steps = [step_of(one) for one in pipeline.steps]
    names = {one.name for one in steps}
    inputs = dict.fromkeys(name for one in steps for name in one.edges({*names, *readers}) if name not in names)
    exit = step_of(pipeline.on_exit) if pipeline.on_exit else None
    asked = [name for name in exit.edges(readers) if name != STATUS] if exit else []
    everybody = [*steps, exit] if exit else steps
    order = checked(steps, dict.fromkeys([*inputs, *(readers.keys() - asked)], Any), {})
    found = Plan({name: _parameter(name, everybody, readers) for name in {**inputs, **dict.fromkeys(asked)}})
    for one in order:
        found.tasks[one.name] = _task(one, steps, found)
    if exit is None:
        return found
    if clash := names.intersection(asked):
        raise BadInput(f"The exit handler takes {min(clash)!r}, which a step makes; it gets inputs and {STATUS!r}.")
    takes = {STATUS: Form(STATUS, "dsl.PipelineTaskFinalStatus"), **{name: found.parameters[name] for name in asked}}
    return replace(found, exit=Task(exit, _makes(exit), takes))


def _parameter(name: str, steps: Collection[Step], readers: Mapping[str, Reader]) -> Form:
    """How an input is handed over. Raises BadInput for what is no JSON and has no reader."""
    if isinstance(readers.get(name), Datums):
        raise BadInput(f"Input {name!r} is cut into datums, which Kubeflow does not have; let a step go over a list.")
    if name in readers:
        return Form("read", "str", readers[name])
    if any(one.over == name for one in steps):
        return TEXTS
    said = [annotation(one.function, name) for one in steps]
    known = next((one for one in said if one is not Any), bool if any(one.when == name for one in steps) else Any)
    if type_of(known) in SCALARS:
        return Form("value", type_of(known).__name__)
    if type_of(known) in JSON and kind_of(known) is None:
        return TEXT
    raise BadInput(f"Input {name!r} is no JSON, and Kubeflow hands over nothing else; name a reader for it.")


def _task(one: Step, steps: Collection[Step], found: Plan) -> Task:
    known = {*found.parameters, *found.tasks}
    takes = {name: found.form(name) for name in (*one.needs, *one.options) if name in known}
    conditions, makes, loop = _conditions(one, found), _makes(one), None
    if any(other.over == one.name for other in steps) and not one.over:
        makes = TEXTS
    elif one.over:
        if one.over not in takes or one.recover:
            raise BadInput(f"Step {one.name!r} goes over datums, which Kubeflow does not have; let it go over a list.")
        before = found.tasks.get(one.over)
        chained = before is not None and before.loop is not None
        loop, takes[one.over] = (before.loop, before.makes) if before and chained else (one.name, TEXT)
        makes = makes if makes.way == "file" else TEXT
    return _handed(Task(one, makes, takes, conditions, loop), found)


def _makes(one: Step) -> Form:
    """The form of what a call of a step makes, by its return annotation."""
    said = annotation(one.function, "return")
    if type_of(said) in SCALARS and kind_of(said) is None:
        return Form("value", type_of(said).__name__)
    return Form("file", f"dsl.{kind_of(said)}" if kind_of(said) in TYPED else "dsl.Artifact")


def _conditions(one: Step, found: Plan) -> tuple[str, ...]:
    """What must be true for a step to run: its own condition inside those of all that it needs."""
    around = [found.tasks[name].conditions for name in one.edges(()) if name in found.tasks]
    inner = max(around, key=len, default=())
    if one.when is None or one.when in inner:
        return inner
    if found.form(one.when) != Form("value", "bool"):
        raise BadInput(f"Step {one.name!r} runs when {one.when!r}, which Kubeflow must see: annotate it as bool.")
    return (*inner, one.when)


def _handed(task: Task, found: Plan) -> Task:
    """The task, once Kubeflow can hand it all that it takes."""
    name, over = task.step.name, task.step.over
    for taken in [one for one in task.step.edges(task.takes) if one in found.tasks]:
        maker = found.tasks[taken]
        elsewhere = maker.conditions != task.conditions
        if maker.conditions != task.conditions[: len(maker.conditions)]:
            raise BadInput(
                f"Step {name!r} takes {taken!r}, which runs under a condition of its own; put both under it."
            )
        if maker.loop and taken == over and elsewhere:
            raise BadInput(f"Step {name!r} has a condition inside a fan-out; put it on the first step of the fan-out.")
        if maker.loop and taken != over and (task.loop or elsewhere):
            raise BadInput(f"Step {name!r} takes all that {taken!r} makes into a loop or condition; Kubeflow cannot.")
    return task

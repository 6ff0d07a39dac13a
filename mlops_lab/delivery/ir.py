"""Would Kubeflow understand this pipeline? What is wrong with an IR (the YAML that its SDK writes), as sentences.

The protobuf of Kubeflow Pipelines refuses keys that it does not know, but not under `deploymentSpec` (a free structure
in it), and it never asks whether what a task refers to is there. Nor does kfp.local: a condition on a name that leads
nowhere is false to it.
"""

import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

from mlops_lab.errors import BadInput

CONDITION = re.compile(r"parameter_values\['([^']+)'\]")


class BrokenIR(BadInput):
    """A pipeline in Kubeflow's form that could not run there."""


def checked(text: str) -> dict:
    """The pipeline of an IR YAML as a dict. Raises BrokenIR with the first problem when there is one."""
    found = problems(text)
    if found:
        more = f" ({len(found) - 1} more)" if found[1:] else ""
        raise BrokenIR(f"This is no pipeline that Kubeflow can run: {found[0]}{more}; export it again.")
    return _first(text)


def problems(text: str) -> list[str]:
    """What is wrong with an IR YAML: not YAML, unknown keys, or references that lead nowhere; [] when nothing is."""
    import yaml

    try:
        spec = _first(text)
    except yaml.YAMLError as error:
        return [f"it is not YAML ({' '.join(str(error).split())})"]
    return _unknown(spec) or list(_dangling(spec))


def _first(text: str) -> Any:
    """The first YAML document; a second one holds what is special to a platform."""
    import yaml

    return next(iter(yaml.safe_load_all(text)), None)


def _unknown(spec: Any) -> list[str]:
    """Keys and types that the protobuf does not know, at most one for the pipeline and one for how it is deployed."""
    from google.protobuf import json_format
    from kfp.pipeline_spec import pipeline_spec_pb2 as pb

    if not isinstance(spec, dict) or not isinstance(spec.get("deploymentSpec"), dict):
        return ["expected a mapping with components, root and deploymentSpec"]
    found = []
    for part, message in ((spec, pb.PipelineSpec()), (spec["deploymentSpec"], pb.PipelineDeploymentConfig())):
        try:
            json_format.ParseDict(part, message)
        except json_format.ParseError as error:
            found.append(
                re.sub(r"(Failed to parse \w+ field: )+| ?Available Fields.*", "", " ".join(str(error).split()))
            )
    return found


def _dangling(spec: dict) -> Iterator[str]:
    """References between executors, components and tasks that lead nowhere, and tasks that wait for each other."""
    components, executors = spec.get("components", {}), spec["deploymentSpec"].get("executors", {})
    for name, component in {"root": spec.get("root", {}), **components}.items():
        label = component.get("executorLabel")
        if "dag" in component:
            yield from _dag(name, component, components)
        elif label not in executors:
            yield f"component {name!r} is run by {label!r}, which is no executor" if label else f"{name!r} runs nothing"


def _dag(name: str, component: dict, components: dict) -> Iterator[str]:
    tasks = component["dag"].get("tasks", {})
    made = {task: _component(one, components).get("outputDefinitions", {}) for task, one in tasks.items()}
    for node in _mappings(component["dag"]):
        yield from (f"{name}: {problem}" for problem in _reference(node, component.get("inputDefinitions", {}), made))
    for task, one in tasks.items():
        yield from (f"task {task!r} in {name}: {problem}" for problem in _task(one, tasks, components))
    try:
        TopologicalSorter({task: _waits(one) for task, one in tasks.items()}).prepare()
    except CycleError as error:
        yield f"tasks in {name} wait for each other: {' -> '.join(error.args[1])}"


def _mappings(node: Any) -> Iterator[dict]:
    """Every mapping anywhere in a document."""
    if isinstance(node, dict):
        yield node
    for one in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _mappings(one)


def _reference(node: dict, inputs: dict, made: dict[str, dict]) -> Iterator[str]:
    """An input, a task or an output that a mapping names, and that is not there."""
    producer = node.get("producerTask", node.get("producerSubtask"))
    if producer is not None and producer not in made:
        yield f"a reference to {producer!r}, which is no task"
    for kind, kinds in (("Parameter", "parameters"), ("Artifact", "artifacts")):
        taken, key = node.get(f"componentInput{kind}"), node.get(f"output{kind}Key")
        if taken is not None and taken not in inputs.get(kinds, {}):
            yield f"a task takes {taken!r}, which is none of its input {kinds}"
        if key is not None and producer in made and key not in made[str(producer)].get(kinds, {}):
            yield f"{key!r} is none of the output {kinds} of task {producer!r}"


def _task(task: dict, tasks: dict, components: dict) -> Iterator[str]:
    """What a task says about itself: its component, whom it waits for, and what it hands to its component."""
    target = task.get("componentRef", {}).get("name")
    if target not in components:
        yield f"it is {target!r}, which is no component"
        return
    yield from (
        f"it waits for {name!r}, which is no task" for name in task.get("dependentTasks", []) if name not in tasks
    )
    iterator = task.get("parameterIterator", task.get("artifactIterator", {}))
    items = iterator.get("items", {})
    named = [*items.values()] if "raw" not in items else []
    named += CONDITION.findall(task.get("triggerPolicy", {}).get("condition", ""))
    given = {name for kind in task.get("inputs", {}).values() for name in kind}
    yield from (f"it decides by {name!r}, which it is not given" for name in named if name not in given)
    given.add(iterator.get("itemInput"))
    wanted = {
        name: one for kind in components[target].get("inputDefinitions", {}).values() for name, one in kind.items()
    }
    yield from (f"{name!r} is no input of {target!r}" for name in sorted(given - {None}) if name not in wanted)
    for name, one in wanted.items():
        if name not in given and not one.get("isOptional"):
            yield f"{target!r} needs {name!r}, which it is not given"


def _component(task: dict, components: dict) -> dict:
    return components.get(task.get("componentRef", {}).get("name"), {})


def _waits(task: dict) -> set[str]:
    """Tasks that must be done first, said outright or by taking their output."""
    sources = [source for kind in task.get("inputs", {}).values() for source in kind.values()]
    producers = [part.get("producerTask") for source in sources for part in source.values() if isinstance(part, dict)]
    return {*task.get("dependentTasks", []), *(name for name in producers if name)}

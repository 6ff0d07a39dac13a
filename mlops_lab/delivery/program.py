"""The text of a program for Kubeflow's SDK: a thin component for each task, and the pipeline that joins them."""

import inspect
import json
import textwrap
from collections.abc import Callable, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from mlops_lab.delivery.tasks import Form, Plan, Task
from mlops_lab.errors import BadInput
from mlops_lab.pipeline.fingerprints import fingerprint
from mlops_lab.pipeline.isolated import function_of, target_of

WIDTH = 110
MARK = "written by `mlops-lab export kubeflow`"
RESERVED = {"IMAGE", "List", "compiler", "component", "dsl", "isolated", "json", "made", "partial", "pipeline"}
HEAD = '''\
"""The pipeline {name} for Kubeflow Pipelines, {mark}.

Each component is one step: paths in, the same function as on our own engine, paths out. The hash in it is that of the
code it leads to, for Kubeflow's cache knows a component by its text. `python pipeline.py` writes pipeline.yaml again.
"""

from functools import partial
from typing import List

from kfp import compiler, dsl

IMAGE = "{image}"
component = partial(dsl.component, base_image=IMAGE, install_kfp_package=False)
'''
FOOT = """

if __name__ == "__main__":
    compiler.Compiler().compile(pipeline, "pipeline.yaml")
"""
IMPORT = "from mlops_lab.pipeline import isolated"
READ = {
    "value": '{{"json": {0}}}',
    "text": '{{"json": json.loads({0})}}',
    "texts": '{{"json": [json.loads(item) for item in {0}]}}',
    "file": "{0}.path",
    "files": "[item.path for item in {0}]",
    "read": '{{"read": "{1}", "text": {0}}}',
    "status": '{{"json": {{"state": "done" if {0}.state == "SUCCEEDED" else "failed", "step": None, '
    '"error": {0}.error_message}}}}',
}
RETURN = {
    "value": "return {0}",
    "text": "return json.dumps({0})",
    "texts": "return [json.dumps(item) for item in {0}]",
}


def text(name: str, plan: Plan, image: str) -> str:
    """The program of a plan. Raises BadInput where two things would have one name, or wait for each other."""
    tasks = [*plan.tasks.values(), *([plan.exit] if plan.exit else [])]
    needed = RESERVED | {f"{task.step.name}_task" for task in tasks}
    for clash in needed.intersection([*plan.parameters, *(task.step.name for task in tasks)]):
        raise BadInput(f"{clash!r} is a name that the program for Kubeflow needs; rename that step or input.")
    head = HEAD.format(name=name, mark=MARK, image=image)
    return "\n\n".join([head, *map(_definition, tasks), _pipeline(name, plan)]) + FOOT


def _definition(task: Task) -> str:
    """One component: what it takes, what it makes, and the call of its function."""
    taken = [f"{name}: {_type(form)}" for name, form in task.takes.items()]
    makes = f"{task.step.name}: dsl.Output[{task.makes.type}]"
    is_file = task.makes.way == "file"
    head = _listed(
        f"def {task.step.name}(", [*taken, makes] if is_file else taken, "):" if is_file else f") -> {task.makes.type}:"
    )
    return f"@component\n{head}\n{_indented(_body(task, f'{task.step.name}.path' if is_file else 'None'))}\n"


def _body(task: Task, path: str) -> list[str]:
    """The docstring, the hash of the code, and the call of the function."""
    asked = {name: form for name, form in task.takes.items() if name in (*task.step.needs, *task.step.options)}
    read = [f'"{name}": {_read(name, form)}' for name, form in asked.items()]
    call = _kept(_listed(f'isolated.call("{_target(task.step.function)}", {{', read, f"}}, {path})"), task)
    code = [fingerprint(one) for one in (task.step.function, *(form.reader for form in asked.values())) if one]
    said = json.dumps(_said(task.step.function), ensure_ascii=False)  # in quotes, with what they need escaped
    imports = ["import json\n"] if "json." in call else []
    return [f'""{said}""', *(f"# code {one}" for one in code), *imports, f"{IMPORT}\n", call]


def _kept(call: str, task: Task) -> str:
    """A call, with what becomes of the value: a parameter is returned, the numbers of metrics are shown."""
    if task.makes.type == "dsl.Metrics":
        numbers = "{name: one for name, one in made.items() if isinstance(one, (int, float))}"
        return f"made = {call}\n{task.step.name}.metadata.update({numbers})"
    return RETURN.get(task.makes.way, "{0}").format(call)


def _read(name: str, form: Form) -> str:
    return READ[form.way].format(name, _target(form.reader) if form.reader else "")


def _target(function: Callable[..., Any]) -> str:
    """ "module:function", tried. Raises BadInput for what a container could not import."""
    target = target_of(function)
    function_of(target)
    return target


def _type(form: Form) -> str:
    if form.way == "files":
        return f"dsl.Input[List[{form.type}]]"
    return f"dsl.Input[{form.type}]" if form.way == "file" else form.type


def _said(function: Callable[..., Any]) -> str:
    """The first line of a function's docstring."""
    return (inspect.getdoc(function) or f"{function.__name__}.").splitlines()[0]


def _pipeline(name: str, plan: Plan) -> str:
    """The function that joins the components."""
    parameters = [f"{parameter}: {form.type}" for parameter, form in plan.parameters.items()]
    body = _block(plan, ())
    if plan.exit:
        given = [f"{name}={name}" for name, form in plan.exit.takes.items() if form.way != "status"]
        told = f"{plan.exit.step.name}_task"
        call = _listed(f"{told} = {plan.exit.step.name}(", given, ")")
        body = [call, f"{told}.set_caching_options(False)", f"with dsl.ExitHandler({told}):", _indented(body)]
    head = _listed("def pipeline(", parameters, "):")
    return f"@dsl.pipeline(name={json.dumps(name)})\n{head}\n{_indented([*_needed(plan), *body])}\n"


def _needed(plan: Plan) -> list[str]:
    """What a caller must know of the parameters."""
    said = {"text": "JSON as text.", "texts": "A list of JSON texts."}
    about = {name: said.get(form.way) or form.reader and _said(form.reader) for name, form in plan.parameters.items()}
    return [f"# {name}: {told}" for name, told in about.items() if told]


def _block(plan: Plan, conditions: tuple[str, ...]) -> list[str]:
    """The lines of the tasks that run under these conditions, those under more of them last."""
    units: dict[str, list[Task]] = {}
    inner: dict[str, None] = {}
    for task in plan.tasks.values():
        if task.conditions == conditions:
            units.setdefault(task.loop or task.step.name, []).append(task)
        elif task.conditions[: len(conditions)] == conditions:
            inner[task.conditions[len(conditions)]] = None
    lines = [line for unit in _ordered(units) for line in _unit(units[unit], plan)]
    for name in inner:
        lines += [f"with dsl.If({_source(name, plan)} == True):", _indented(_block(plan, (*conditions, name)))]
    return lines


def _ordered(units: Mapping[str, list[Task]]) -> list[str]:
    """Steps and whole fan-outs so that each comes after what it takes."""
    unit_of = {task.step.name: unit for unit, tasks in units.items() for task in tasks}
    before = {
        unit: {unit_of[name] for task in tasks for name in task.step.edges(unit_of) if name in unit_of} - {unit}
        for unit, tasks in units.items()
    }
    try:
        return list(TopologicalSorter(before).static_order())
    except CycleError as error:
        raise BadInput(f"A fan-out waits for itself in Kubeflow: {' -> '.join(error.args[1])}; split it.") from error


def _unit(tasks: list[Task], plan: Plan) -> list[str]:
    """A step, or a loop with the steps of a fan-out in it."""
    lines = [line for task in tasks for line in _called(task, plan)]
    first = tasks[0]
    if first.loop is None:
        return lines
    items = _source(str(first.step.over), plan)
    return [
        f"with dsl.ParallelFor({items}, parallelism={first.step.workers}) as {first.step.over}_item:",
        _indented(lines),
    ]


def _called(task: Task, plan: Plan) -> list[str]:
    name = task.step.name
    given = [f"{parameter}={_given(parameter, task, plan)}" for parameter in task.takes]
    again = [f"{name}_task.set_retry({task.step.tries - 1})"] if task.step.tries > 1 else []
    return [_listed(f"{name}_task = {name}(", given, ")"), *again]


def _given(name: str, task: Task, plan: Plan) -> str:
    """What a task is handed for a parameter."""
    maker = plan.tasks.get(name)
    if name == task.step.over:
        return _source(name, plan) if maker and maker.loop else f"{name}_item"
    return f"dsl.Collected({_source(name, plan)})" if maker and maker.loop else _source(name, plan)


def _source(name: str, plan: Plan) -> str:
    return f"{name}_task.output" if name in plan.tasks else name


def _listed(before: str, items: Iterable[str], after: str) -> str:
    """A call on one line, or one line for each argument."""
    line = f"{before}{', '.join(items)}{after}"
    return line if len(line) <= WIDTH else f"{before}\n{_indented(f'{item},' for item in items)}\n{after}"


def _indented(lines: Iterable[str]) -> str:
    return textwrap.indent("\n".join(lines), "    ")

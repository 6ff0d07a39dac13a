"""A step in a process of its own: `module:function`, values as files in, a value as a file out.

An artifact on disk is a folder with one file, value.parquet, value.json ...: the ending says the format. `call` is all
that another engine needs to run the same step: paths in, paths out.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mlops_lab.errors import BadInput
from mlops_lab.pipeline.codecs import decode, encode, kind_of_path
from mlops_lab.pipeline.kinds import annotation
from mlops_lab.pipeline.steps import Step

Source = str | Sequence[str] | Mapping[str, Any]  # paths, {"json": value}, {"read": target, "text": text}


class ProcessFailed(Exception):
    """The process of an isolated step raised an error or did not come to its end."""


def write(value: Any, folder: str | Path) -> None:
    """Write an artifact as a folder. Raises Unkept for a value without a format."""
    kind, content = encode(value)
    Path(folder).mkdir(parents=True, exist_ok=True)
    (Path(folder) / f"value.{kind}").write_bytes(content)


def read(folder: str | Path, said: Any = None) -> Any:
    """The artifact in a folder; said: the annotation of who takes it, for objects. Raises BadInput for no artifact."""
    found = sorted(Path(folder).glob("value.*"))
    if len(found) != 1:
        raise BadInput(
            f"{folder} holds {len(found)} artifacts; expected one file value.json, value.parquet or the like."
        )
    return decode(kind_of_path(found[0].name), found[0].read_bytes(), said)


def function_of(target: str) -> Callable[..., Any]:
    """The function called "module:function". Raises BadInput when there is none."""
    module, _, name = target.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise BadInput(
            f"{target!r} cannot be imported ({error}); expected module:function, defined in a file."
        ) from error


def target_of(function: Callable[..., Any]) -> str:
    """ "module:function". Raises BadInput for a function that another process could not import."""
    target = f"{function.__module__}:{function.__qualname__}"
    if function.__module__ == "__main__" or "<locals>" in target:
        raise BadInput(f"{function.__qualname__} lives in no module; put it into a file, so that others can import it.")
    return target


def call(target: str, inputs: Mapping[str, Source], output: str | Path | None) -> Any:
    """Call a function on artifacts and write what it returns as an artifact; returns it too.

    inputs: parameter -> the path of an artifact, several paths (the parameter gets a list), {"json": value}, or
    {"read": "module:function", "text": what that function makes the value of}.
    output: a path, or None for a value that is JSON, which then is returned as it would be read again.
    """
    function = function_of(target)
    made = function(**{name: _loaded(source, annotation(function, name)) for name, source in inputs.items()})
    if output is None:
        return json.loads(encode(made)[1])
    write(made, output)
    return made


def isolated(step: Step, values: Mapping[str, Any]) -> Any:
    """A step's function on values, in a process of its own. Raises ProcessFailed, BadInput when the function did."""
    with tempfile.TemporaryDirectory(prefix="step-") as folder:
        place = Path(folder)
        for name, value in values.items():
            write(value, place / "in" / name)
        inputs = {name: str(place / "in" / name) for name in values}
        order = {"target": target_of(step.function), "inputs": inputs, "output": str(place / "out")}
        (place / "order.json").write_text(json.dumps(order), encoding="utf-8")
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        command = [sys.executable, "-m", __name__, folder]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise _failure(done, place / "error.json")
        return read(place / "out", annotation(step.function, "return"))


def _loaded(source: Source, said: Any) -> Any:
    if isinstance(source, Mapping):
        return function_of(source["read"])(source["text"]) if "read" in source else source["json"]
    if isinstance(source, str):
        return read(source, said)
    return [read(path, said) for path in source]


def _failure(done: subprocess.CompletedProcess[str], file: Path) -> Exception:
    if file.exists():
        error = json.loads(file.read_text(encoding="utf-8"))
        return BadInput(error["text"]) if error["refused"] else ProcessFailed(error["text"])
    if done.returncode < 0:
        return ProcessFailed(f"its process was ended by {signal.Signals(-done.returncode).name}")
    return ProcessFailed(f"its process ended with exit code {done.returncode}: {done.stderr.strip()[-300:]}")


def _main(place: Path) -> int:
    """What the process does: the order in a folder. An error is written there, as one sentence."""
    order = json.loads((place / "order.json").read_text(encoding="utf-8"))
    try:
        call(order["target"], order["inputs"], order["output"])
    except Exception as error:  # noqa: BLE001 - told to the process that asked
        refused = isinstance(error, BadInput)
        text = str(error) if refused else f"{type(error).__name__}: {error}"
        (place / "error.json").write_text(json.dumps({"refused": refused, "text": text}), encoding="utf-8")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main(Path(sys.argv[1])))

"""The code of a step as one hash: its source and everything of ours that the source leads to.

Seen: the step's source; functions of its module that it calls, the globals, closures and defaults they read; our
modules they use, with all that those import (see `sources`); the versions of the libraries that shape numbers.
Not seen: code found by name at run time (getattr, importlib), decorators, files and clocks read by a step, libraries
outside LIBRARIES.
"""

import ast
import dis
import inspect
import os
import sys
import textwrap
from collections.abc import Callable, Iterator
from functools import lru_cache
from types import CodeType, FunctionType, ModuleType
from typing import Any

from mlops_lab.pipeline.sources import hashed, identified, imported, modules

LIBRARIES = ("numpy", "pandas", "pyarrow", "scipy", "scikit_learn")
READS = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS")
Found = dict[str, str]  # what was seen -> its text, value or hash


def fingerprint(step: Callable[..., Any]) -> str:
    """sha256 over the sources, values and versions that decide what a step does."""
    if hasattr(step, "fingerprint"):  # what is no function knows its own code
        return str(step.fingerprint())
    found: Found = {"step": getattr(step, "__qualname__", "")}
    _function(inspect.unwrap(step), found)
    found |= {f"library {name}": version for name, version in versions().items()}
    found["python"] = "{}.{}".format(*sys.version_info[:2])
    return identified(found)


def code_of(kind: type) -> str:
    """sha256 over the module of a class of ours and all that it imports; the same for every class that is not ours."""
    return identified(modules(kind.__module__))


def versions() -> dict[str, str]:
    """Version of each library as installed, read from the names of its metadata folder: nothing is imported."""
    found: dict[str, str] = {}
    for folder in sys.path:
        try:
            found = {**_installed(folder or ".", os.stat(folder or ".").st_mtime_ns), **found}
        except OSError:
            continue
    return found


@lru_cache(maxsize=64)
def _installed(folder: str, changed_ns: int) -> dict[str, str]:
    """Library -> version in one folder; read again when the folder has changed."""
    names = sorted((name for name in os.listdir(folder) if name.endswith(".dist-info")), reverse=True)
    parts = [name.removesuffix(".dist-info").partition("-") for name in names]
    return {library.lower(): version for library, _, version in parts if library.lower() in LIBRARIES}


def _function(function: Any, found: Found) -> None:
    """Add the source of a function and the values behind the names it uses."""
    place = f"function {function.__module__}.{function.__qualname__}"
    if place in found:
        return
    found[place] = source = _source(function)
    home = function.__module__
    for name, attributes, value in _used(function, source):
        _add(f"{place}: {name}", value, attributes, home, found)
    _add(f"{place} defaults", [function.__defaults__, function.__kwdefaults__], [], home, found)
    for module in imported(source, home):
        found.update(modules(module))


def _used(function: Any, source: str) -> Iterator[tuple[str, list[str], Any]]:
    """Name, attributes and value of what a function reads from outside: globals, closures, annotations."""
    values = {name: function.__globals__[name] for name in _globals(function.__code__) if name in function.__globals__}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            values[name] = cell.cell_contents
        except ValueError:  # not filled yet
            continue
    for name, value in function.__annotations__.items():
        yield f"annotation of {name}", [], function.__globals__.get(value) if isinstance(value, str) else value
    chains = sorted(chain.split(".") for chain in _chains(source))
    for name in sorted(values):
        yield name, [], values[name]
        yield from ((name, rest, values[name]) for first, *rest in chains if first == name and rest)


def _globals(code: CodeType) -> set[str]:
    """Global names that a function reads, itself or in functions inside it; parameters and locals are none."""
    names = {i.argval for i in dis.get_instructions(code) if i.opname in READS}
    return names.union(*(_globals(inner) for inner in code.co_consts if isinstance(inner, CodeType)))


def _add(place: str, value: Any, attributes: list[str], home: str, found: Found) -> None:
    """Add what a name stands for: our module, function or class by its source, plain data by its value."""
    if isinstance(value, ModuleType):
        found.update(modules(value.__name__))
        inner = getattr(value, attributes[0], None) if attributes else None
        if isinstance(inner, ModuleType):  # the package of `package.module.function`
            _add(place, inner, attributes[1:], home, found)
    elif isinstance(value, FunctionType) and value.__module__ == home:
        _function(inspect.unwrap(value), found)
    elif isinstance(value, (list, tuple, set, frozenset, dict)):
        for key, item in _items(value):
            _add(f"{place}[{key!r}]", item, [], home, found)
    elif value is None or isinstance(value, (bool, int, float, str, bytes)):
        found[place] = repr(value)
    elif hasattr(value, "tobytes") and hasattr(value, "dtype") and not isinstance(value, type):
        found[place] = hashed(f"{value.dtype}{value.shape}{hashed(value.tobytes())}")
    else:
        owner = value if isinstance(value, (type, FunctionType)) else type(value)
        found.update(modules(owner.__module__) or _typed(owner))


def _items(values: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(values, dict):
        yield from values.items()
    else:
        yield from enumerate(sorted(values, key=repr) if isinstance(values, (set, frozenset)) else values)


def _typed(owner: Any) -> Found:
    """The source of a class or function typed into a notebook, which lies in no file; nothing for a library's."""
    return {f"typed {owner.__qualname__}": _source(owner)} if owner.__module__ == "__main__" else {}


def _source(thing: Any) -> str:
    try:
        return textwrap.dedent(inspect.getsource(thing))
    except (OSError, TypeError):  # typed at a prompt: the byte code says it
        code = getattr(thing, "__code__", None)
        return f"# {_said(code)}" if code else f"# {sorted(vars(thing))}"


def _said(code: CodeType) -> str:
    constants = [_said(c) if isinstance(c, CodeType) else repr(c) for c in code.co_consts]
    return f"{code.co_code.hex()} {code.co_names} {code.co_varnames} {constants}"


def _chains(source: str) -> set[str]:
    """Names with the attributes that follow, as a source writes them: "np.linalg.norm"."""
    try:
        return {chain for node in ast.walk(ast.parse(source)) if (chain := _dotted(node))}
    except SyntaxError:
        return set()


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := _dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""

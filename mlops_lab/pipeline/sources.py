"""The text of our own modules and what they import, found without importing anything.

Ours is what lies neither in the standard library nor in site-packages, and the package of this file in any case.
"""

import functools
import hashlib
import importlib.machinery
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_NAMES = r"(\([^)]*\)|[^\n#]+)"
_IMPORT = re.compile(rf"^[ \t]*(?:from[ \t]+(\.*[\w.]*)[ \t]+import[ \t]+{_NAMES}|import[ \t]+([^\n#]+))", re.MULTILINE)
_STANDARD = os.path.dirname(os.__file__)


def modules(start: str) -> dict[str, str]:
    """ "module name" -> hash of its text, for a module of ours and every module of ours it leads to; else nothing."""
    found: dict[str, str] = {}
    waiting = [start]
    for name in waiting:  # grows while it is walked
        path = path_of(name)
        if path is None or f"module {name}" in found:
            continue
        state = path.stat()
        found[f"module {name}"], imports = _read(path, name, state.st_mtime_ns, state.st_size)
        if (beside := path.with_suffix(".toml")).is_file():  # its data, by the name of the module
            found[f"data of {name}"] = hashed(beside.read_bytes())
        waiting += imports
    return found


@functools.lru_cache(maxsize=4096)
def _read(path: Path, name: str, changed_ns: int, size: int) -> tuple[str, tuple[str, ...]]:
    """Hash of a module's text and the modules it may import; read again when the file has changed."""
    text = path.read_bytes()
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    return hashed(text), tuple(imported(text.decode(errors="replace"), f"{package}._"))


def imported(source: str, module: str) -> Iterator[str]:
    """Modules a source may import: "a.b" of `import a.b`; "a.b" and "a.b.c" of `from a.b import c`."""
    for origin, names, plain in _IMPORT.findall(source):
        if plain:
            yield from (name.split()[0] for name in plain.split(",") if name.strip())
            continue
        dots = len(origin) - len(origin.lstrip("."))
        base = ".".join([*module.split(".")[:-dots], origin.lstrip(".")]).rstrip(".") if dots else origin
        inner = [f"{base}.{name}" for name in re.findall(r"(\w+)(?:\s+as\s+\w+)?", re.sub(r"#.*", "", names))]
        submodules = [name for name in inner if path_of(name)]
        # A package that only hands out its modules is not asked what else it offers.
        yield from submodules if inner and len(submodules) == len(inner) else [base, *submodules]


def path_of(name: str) -> Path | None:
    """The file of a module of ours, found without importing it; None for all others."""
    top, *rest = name.split(".")
    loaded = getattr(sys.modules.get(name), "__file__", None)
    if loaded:
        return _ours(loaded, top)
    root = _root(top)
    if root is None:
        return None
    if not rest:
        return root
    inside = root.parent.joinpath(*rest)
    return next((p for p in (inside.with_suffix(".py"), inside / "__init__.py") if p.is_file()), None)


@functools.lru_cache(maxsize=1024)
def _root(top: str) -> Path | None:
    """The file of a top-level module or package of ours."""
    loaded = getattr(sys.modules.get(top), "__file__", None)
    spec = None if loaded else importlib.machinery.PathFinder.find_spec(top)
    file = loaded or (spec and spec.origin)
    return _ours(file, top) if file else None


@functools.lru_cache(maxsize=4096)
def _ours(file: str, top: str) -> Path | None:
    """The file as a path when it is Python of ours."""
    path = Path(file)
    installed = {"site-packages", "dist-packages"}.intersection(path.parts) or path.is_relative_to(_STANDARD)
    return path if path.suffix == ".py" and (top == __name__.partition(".")[0] or not installed) else None


def hashed(text: str | bytes) -> str:
    """The sha256 of a text, in hex."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def identified(value: Any) -> str:
    """The sha256 of plain data, whatever the order of its keys."""
    return hashed(json.dumps(value, sort_keys=True))

"""The laws of the house, as functions of a source tree: each returns its violations as sentences, [] when it holds.

What import-linter can say (who may import whom) stands in pyproject.toml; here is the rest. Every law is tried on a
small sick tree in test_laws.py, for a law that cannot fail says nothing.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LONGEST = 250
NOT_NAMES = {"helper", "helpers", "manager", "misc", "util", "utils"}
# One word per idea: the field's older word -> ours.
OTHER_WORDS = {"stage": "alias", "staging": "challenger", "subvenant": "subvenance", "backfill": "day's commit"}
# These may read the clock and make tokens: they are the edge to the real world, or not part of the system.
EDGES = {"serving", "cli", "workbook"}
SEES_THE_WORLD = {"rehearsal", "workbook", "cli"}
UNPICKLERS = {
    "pickle",
    "cPickle",
    "_pickle",
    "cloudpickle",
    "dill",
    "joblib",
    "marshal",
    "shelve",
    "pandas.read_pickle",
}
RUNS_CODE = {"eval", "exec", "runpy"}
CLOCKS = {
    "time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime", "time.strftime",
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
    "pandas.Timestamp.now", "pandas.Timestamp.today", "pandas.Timestamp.utcnow",
}  # fmt: skip
LUCK = {"random", "secrets", "numpy.random", "uuid.uuid1", "uuid.uuid4", "os.urandom", "hash"}
ACTS = {
    "open", "print", "run", "Popen", "connect", "mkdir", "makedirs", "read_text", "read_bytes", "write_text",
    "write_bytes", "read_csv", "read_parquet", "getenv", "basicConfig", "filterwarnings", "simplefilter", "seed",
}  # fmt: skip


@dataclass(frozen=True)
class Module:
    """One source file: dotted name, text and syntax tree."""

    name: str
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """The room under the package, "" for the package itself."""
        return (self.name.split(".") + [""])[1]

    def at(self, node: ast.AST, sentence: str) -> str:
        """A violation with its place."""
        return f"{self.name}:{getattr(node, 'lineno', 1)}: {sentence}"


def modules(package: Path) -> Iterator[Module]:
    """Every module below a package folder, in the order of names."""
    for path in sorted(package.rglob("*.py")):
        parts = [package.name, *path.relative_to(package).with_suffix("").parts]
        text = path.read_text(encoding="utf-8")
        yield Module(".".join(part for part in parts if part != "__init__"), text, ast.parse(text))


def imports(module: Module) -> Iterator[tuple[ast.AST, str, str]]:
    """Each imported thing, also inside functions: node, its full dotted name, and its name here ("" for a.b.c)."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node, name.name, name.asname or ""
        elif isinstance(node, ast.ImportFrom):
            for name in node.names:
                yield node, f"{'.' * node.level}{node.module or ''}.{name.name}", name.asname or name.name


def mentions(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Each import and each (dotted) name used, with local names replaced by what they stand for."""
    stands_for = {local: full for _, full, local in imports(module) if local}
    yield from ((node, full) for node, full, _ in imports(module))
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute | ast.Name) and (dotted := _dotted(node)):
            first, *rest = dotted.split(".")
            yield node, ".".join([stands_for.get(first, first), *rest])


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := _dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""


def _within(name: str, names: set[str]) -> bool:
    return any(name == one or name.startswith(one + ".") for one in names)


def one_concept(module: Module) -> list[str]:
    """A module is short enough to be one concept."""
    lines = len(module.text.splitlines())
    return [f"{module.name}: {lines} lines, at most {LONGEST}: is it still one concept?"] if lines > LONGEST else []


def documented(module: Module) -> list[str]:
    """Modules, public classes, and public functions and methods have docstrings."""
    found = [] if ast.get_docstring(module.tree) else [module.at(module.tree, "no module docstring")]
    for owner in [module.tree, *(n for n in module.tree.body if isinstance(n, ast.ClassDef) and n.name[0] != "_")]:
        for node in owner.body:
            public = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name[0] != "_"
            if public and not ast.get_docstring(node):
                found.append(module.at(node, f"{node.name} has no docstring"))
    return found


def named_in_the_field(module: Module) -> list[str]:
    """No identifier or file is called by a word that says nothing, or by another word for one of ours."""
    found = []
    for node, name in [(module.tree, module.name.split(".")[-1]), *_made_names(module.tree)]:
        for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name):
            if word.lower() in NOT_NAMES:
                found.append(module.at(node, f"{name}: {word.lower()!r} names nothing"))
            elif word.lower() in OTHER_WORDS:
                found.append(module.at(node, f"{name}: our word for {word.lower()!r} is {OTHER_WORDS[word.lower()]!r}"))
    return found


def _made_names(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node, node.name
        elif isinstance(node, ast.arg):
            yield node, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node, node.id


def truth_out_of_reach(module: Module) -> list[str]:
    """Only the rehearsal, the workbook and the command line import the world, by no detour either (law 2)."""
    found = [
        module.at(node, f"imports {full.rsplit('.', 1)[1]} through the package; import it from its room")
        for node, full, _ in imports(module)
        if module.room and full in {"mlops_lab.Lab", "mlops_lab.World"}
    ]
    found += [
        module.at(node, f"relative import {full}; say mlops_lab.")
        for node, full, _ in imports(module)
        if full.startswith(".")
    ]
    if module.room in SEES_THE_WORLD | {"", "world"}:
        return found
    named = [(node, full) for node, full, _ in imports(module)]
    named += [(n, n.value) for n in ast.walk(module.tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return found + [
        module.at(node, f"{module.room} reaches for the truth: {text}")
        for node, text in named
        if _within(text, {"mlops_lab.world", "mlops_lab.rehearsal"})
    ]


def no_unpickling(module: Module) -> list[str]:
    """Nothing read from disk or network can run code (law 7); the workbook alone runs code, its own solutions."""
    banned = UNPICKLERS if module.room == "workbook" else UNPICKLERS | RUNS_CODE
    found = [
        module.at(node, f"{name} can run code that was read")
        for node, name in mentions(module)
        if _within(name, banned) or (name.startswith("yaml.") and "load" in name and "safe" not in name)
    ]
    for node in ast.walk(module.tree):
        if (
            isinstance(node, ast.keyword)
            and node.arg == "allow_pickle"
            and getattr(node.value, "value", True) is not False
        ):
            found.append(module.at(node.value, "allow_pickle must be False"))
    return found


def no_clock_no_luck(module: Module) -> list[str]:
    """Time and seeds come in as arguments; every draw is a hash of its question (law 4)."""
    if module.room in EDGES:
        return []
    hashing = [n for n in ast.walk(module.tree) if isinstance(n, ast.FunctionDef) and n.name == "__hash__"]
    allowed = {inner for function in hashing for inner in ast.walk(function)}
    named = [(node, name) for node, name in mentions(module) if node not in allowed]
    found = [module.at(node, f"{name} reads the clock") for node, name in named if _within(name, CLOCKS)]
    return found + [module.at(node, f"{name} is luck outside draws") for node, name in named if _within(name, LUCK)]


def loopback_only(module: Module) -> list[str]:
    """Servers listen to this machine only."""
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and node.value in {"0.0.0.0", "::"}:
            found.append(module.at(node, f"{node.value!r} listens to every machine; bind 127.0.0.1"))
        elif isinstance(node, ast.keyword) and node.arg in {"host", "ip"} and isinstance(node.value, ast.Constant):
            if node.value.value not in {"127.0.0.1", "localhost"}:
                found.append(module.at(node.value, f"host {node.value.value!r}; bind 127.0.0.1"))
        elif isinstance(node, ast.Call) and _dotted(node.func).endswith(".bind") and node.args:
            first = node.args[0].elts[0] if isinstance(node.args[0], ast.Tuple) else None
            if isinstance(first, ast.Constant) and first.value == "":
                found.append(module.at(node, "'' listens to every machine; bind 127.0.0.1"))
    return found


def quiet_at_the_door(module: Module) -> list[str]:
    """A module defines things; it does nothing while it is imported (law 6)."""
    found = []
    for statement in module.tree.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.Import | ast.ImportFrom):
            continue
        if isinstance(statement, ast.For | ast.While | ast.With):
            found.append(module.at(statement, "a loop or a block runs on import"))
        if isinstance(statement, ast.If) and "__main__" in ast.dump(statement.test):
            continue
        called = [_dotted(n.func).split(".")[-1] for n in _run_on_import(statement) if isinstance(n, ast.Call)]
        found += [module.at(statement, f"{name}() runs on import") for name in called if name in ACTS]
    return found


def _run_on_import(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for inner in ast.iter_child_nodes(node):
        if not isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _run_on_import(inner)


WATCH = """
import importlib, pkgutil, sys, threading
sys.path.insert(0, sys.argv[1])
def hook(event, args):
    writes = event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+")
    if writes or event in ("subprocess.Popen", "os.mkdir", "os.remove", "os.rename", "socket.connect", "socket.bind"):
        print("on import:", event, args[0], flush=True)
package = importlib.import_module("mlops_lab")
sys.addaudithook(hook)
for found in pkgutil.walk_packages(package.__path__, "mlops_lab."):
    if not found.name.endswith(".__main__"):
        importlib.import_module(found.name)
for thread in threading.enumerate()[1:]:
    print("on import: thread", thread.name)
"""


def effects_of_import(parent: Path) -> str:
    """What importing every module of the mlops_lab in a folder says and does; "" when nothing."""
    command = [sys.executable, "-B", "-c", WATCH, str(parent)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    return done.stdout + done.stderr


LAWS = (
    one_concept, documented, named_in_the_field, truth_out_of_reach, no_unpickling, no_clock_no_luck, loopback_only,
    quiet_at_the_door,
)  # fmt: skip

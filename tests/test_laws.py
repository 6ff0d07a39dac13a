"""The laws hold, and each has been seen to fail: a law is tried on a small sick tree before it judges ours."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import house_laws
from tests.house_laws import LAWS, effects_of_import, modules

ROOT = Path(__file__).parent.parent
HEAVY = {"numpy", "pandas", "scipy", "sklearn", "mlflow", "matplotlib", "pandera", "pyarrow", "starlette", "optuna"}

# law, where, what is written there, a piece of the sentence that must come back
SICK = [
    ("one_concept", "store/packs.py", '"""Packs."""\n' * 251, "251 lines"),
    ("documented", "store/packs.py", "x = 1", "no module docstring"),
    ("documented", "store/packs.py", '"""Packs."""\ndef read():\n    return 1', "read has no docstring"),
    ("documented", "store/packs.py", '"""Packs."""\nclass Pack:\n    "P."\n    def read(self): ...', "read has no doc"),
    ("named_in_the_field", "store/utils.py", "", "'utils' names nothing"),
    ("named_in_the_field", "store/packs.py", "class PackManager: ...", "'manager' names nothing"),
    ("named_in_the_field", "store/packs.py", "def move(model_stage): ...", "our word for 'stage' is 'alias'"),
    ("truth_out_of_reach", "lab/lab.py", "def f():\n    from mlops_lab.world import World", "reaches for the truth"),
    ("truth_out_of_reach", "serving/graph.py", "import mlops_lab.rehearsal", "reaches for the truth"),
    ("truth_out_of_reach", "lab/lab.py", "m = __import__('mlops_lab.world')", "reaches for the truth"),
    ("truth_out_of_reach", "lab/lab.py", "from mlops_lab import World", "through the package"),
    ("truth_out_of_reach", "lab/lab.py", "from ..world import World", "relative import"),
    ("no_unpickling", "models/saved.py", "from joblib import load", "joblib.load can run code"),
    ("no_unpickling", "models/saved.py", "import pickle as p\nx = p.loads", "pickle.loads can run code"),
    ("no_unpickling", "models/saved.py", "import pandas as pd\nx = pd.read_pickle('m')", "pandas.read_pickle"),
    ("no_unpickling", "models/saved.py", "def f(text): return eval(text)", "eval can run code"),
    ("no_unpickling", "models/saved.py", "import yaml\nyaml.load('x')", "yaml.load can run code"),
    (
        "no_unpickling",
        "models/saved.py",
        "import numpy\nnumpy.load('m', allow_pickle=True)",
        "allow_pickle must be False",
    ),
    ("no_clock_no_luck", "models/ranker.py", "import time as t\nnow = t.time()", "time.time reads the clock"),
    ("no_clock_no_luck", "models/ranker.py", "from datetime import datetime as d\nd.now()", "datetime.now reads"),
    ("no_clock_no_luck", "models/ranker.py", "import numpy as np\nnp.random.default_rng(1)", "luck outside draws"),
    ("no_clock_no_luck", "models/ranker.py", "from random import choice", "luck outside draws"),
    ("no_clock_no_luck", "models/ranker.py", "key = hash('r1')", "luck outside draws"),
    ("loopback_only", "serving/http.py", "serve(host='0.0.0.0')", "every machine"),
    ("loopback_only", "serving/http.py", "serve(host='kitchen.example')", "host 'kitchen.example'"),
    ("loopback_only", "serving/http.py", "s.bind(('', 80))", "every machine"),
    ("quiet_at_the_door", "data/ingest.py", "ROWS = open('rows.csv')", "open() runs on import"),
    ("quiet_at_the_door", "data/ingest.py", "print('hello')", "print() runs on import"),
    ("quiet_at_the_door", "data/ingest.py", "for n in range(9): ...", "a loop or a block runs on import"),
]
HEALTHY = '''"""Packs."""
import time
import datetime
import yaml
from mlops_lab.data.formats import TABLES

BORN = datetime.date(2019, 3, 1)


class Pack:
    """Blobs end to end."""

    def __hash__(self) -> int:
        return hash("pack")


def read(path: str, now: float) -> object:
    """One pack, read at a moment that the caller knows."""
    started = time.perf_counter()
    with open(path) as file:
        return yaml.safe_load(file), time.perf_counter() - started, serve(host="127.0.0.1"), TABLES
'''


def plant(folder: Path, files: dict[str, str]) -> Path:
    """A package mlops_lab with these files; every folder of it is a package."""
    package = folder / "mlops_lab"
    for name, text in files.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        for above in [p for p in path.parents if p == package or package in p.parents]:
            (above / "__init__.py").touch()
        path.write_text(text)
    return package


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_law_holds(law) -> None:
    found = [sentence for module in modules(ROOT / "mlops_lab") for sentence in law(module)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("law", "where", "text", "sentence"), SICK, ids=lambda value: str(value)[:25])
def test_a_sick_tree_is_found(tmp_path: Path, law: str, where: str, text: str, sentence: str) -> None:
    package = plant(tmp_path, {where: text})
    found = [line for module in modules(package) if module.text for line in getattr(house_laws, law)(module)]
    found = found or [line for module in modules(package) for line in getattr(house_laws, law)(module)]
    assert any(sentence in line for line in found), found


def test_every_law_has_its_sick_tree() -> None:
    assert {name for name, *_ in SICK} == {law.__name__ for law in LAWS}


def test_a_healthy_tree_is_left_alone(tmp_path: Path) -> None:
    package = plant(tmp_path, {"store/packs.py": HEALTHY})
    sound = [module for module in modules(package) if module.text]
    assert [line for module in sound for law in LAWS for line in law(module)] == []


def test_the_edges_may_read_the_clock(tmp_path: Path) -> None:
    package = plant(tmp_path, {"serving/http.py": "import time\nnow = time.time()"})
    assert not [line for module in modules(package) for line in house_laws.no_clock_no_luck(module)]


def lint_imports(folder: Path) -> str:
    """What import-linter says of the package in a folder, under our contracts."""
    command = [
        str(Path(sys.executable).parent / "lint-imports"),
        "--config",
        str(ROOT / "pyproject.toml"),
        "--no-cache",
    ]
    environment = os.environ | {"PYTHONPATH": str(folder), "NO_COLOR": "1", "COLUMNS": "200"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr


ROOMS = [
    "store", "pipeline", "data", "features", "models", "evaluation", "registry", "serving", "monitoring", "delivery",
    "lab", "world", "rehearsal", "workbook",
]  # fmt: skip
GROUND = ("doors", "draws", "errors", "threads")
BARE = {f"{room}/__init__.py": "" for room in ROOMS} | {f"{name}.py": "" for name in ("cli", *GROUND)}


def test_import_linter_finds_every_wrong_way(tmp_path: Path) -> None:
    wrong = {
        "store/upward.py": "import mlops_lab.data",
        "world/nosy.py": "import mlops_lab.models",
        "world/rows.py": "import mlops_lab.data.formats",
        "data/formats.py": "",
        "monitoring/oracle.py": "def f():\n    from mlops_lab.world import truth",
        "attic/__init__.py": "",
    }
    said = lint_imports(plant(tmp_path, BARE | wrong).parent)
    assert "mlops_lab.store.upward -> mlops_lab.data" in said
    assert "mlops_lab.world.nosy -> mlops_lab.models" in said
    assert "mlops_lab.monitoring.oracle -> mlops_lab.world" in said
    assert "mlops_lab.world.rows" not in said
    assert "attic" in said


def test_import_linter_passes_a_healthy_tree(tmp_path: Path) -> None:
    good = {
        "data/formats.py": "",
        "world/rows.py": "import mlops_lab.data.formats, mlops_lab.draws",
        "rehearsal/loop.py": "import mlops_lab.lab, mlops_lab.world",
        "cli.py": "import mlops_lab.rehearsal, mlops_lab.world",
    }
    said = lint_imports(plant(tmp_path, BARE | good).parent)
    assert "0 broken" in said, said


def test_importing_every_module_says_and_does_nothing() -> None:
    assert effects_of_import(ROOT) == ""


def test_an_import_that_acts_is_found(tmp_path: Path) -> None:
    acts = "import threading, time, sys\nopen(__file__ + '.log', 'w').close()\nprint('hello')\n"
    acts += "threading.Thread(target=time.sleep, args=[9], name='ticker', daemon=True).start()"
    said = effects_of_import(plant(tmp_path, {"store/packs.py": acts}).parent)
    assert all(piece in said for piece in ("on import: open", "hello", "on import: thread ticker")), said


@pytest.mark.parametrize("start", ["import mlops_lab", "import mlops_lab.cli"])
def test_starting_loads_nothing_heavy(start: str) -> None:
    assert not HEAVY & set(loaded(start))


def test_a_heavy_import_is_seen() -> None:
    assert "numpy" in loaded("import mlops_lab.draws")


def loaded(start: str) -> list[str]:
    """The modules in memory after a statement in a fresh process."""
    command = [sys.executable, "-c", f"{start}; import sys; print(*sys.modules)"]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.split()


@pytest.mark.parametrize(
    "start", [["-c", "import mlops_lab"], ["-c", "from mlops_lab.cli import main; main()", "--help"]]
)
def test_starting_takes_less_than_three_tenths_of_a_second_over_the_bare_interpreter(start: list[str]) -> None:
    assert seconds(start) - seconds(["-c", ""]) < 0.3


def seconds(arguments: list[str]) -> float:
    """The fastest of five runs of Python with these arguments; other work on the machine only makes it slower."""
    times = []
    for _ in range(5):
        started = time.perf_counter()
        subprocess.run([sys.executable, *arguments], capture_output=True, check=True, cwd=ROOT)
        times.append(time.perf_counter() - started)
    return min(times)

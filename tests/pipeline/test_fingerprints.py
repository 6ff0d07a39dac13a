"""A fingerprint changes with everything that decides what a step does, and with nothing else."""

import pytest

from mlops_lab.pipeline import fingerprints
from mlops_lab.pipeline.fingerprints import code_of, fingerprint, versions

FLOW = """
import json
from typing import TYPE_CHECKING
import kit.tables
from kit import shapes, unused
from kit.ranks import (
    rank,  # comment
    other as another,
)
if TYPE_CHECKING:
    from kit.types import Row

WEIGHT = 2
LADDER = {"one": shapes.Square}

def double(x):
    return half(x) * 4

def half(x):
    return x / 2

def clicks(log):
    return double(log)

def weighted(clicks, power=1):
    return clicks * WEIGHT ** power

def ranked(weighted):
    return rank(weighted)

def drawn(ranked):
    return [kind() for kind in LADDER.values()]

def counted(ranked):
    return kit.tables.count(ranked)

def lazy(ranked):
    from kit.late import work
    return work(ranked)

def nested(ranked):
    def inner():
        return another(ranked)
    return inner()

def bystander(log):
    return json.dumps(log)
"""
KIT = {
    "kit/__init__": "",
    "kit/shapes": "class Square:\n    SIDES = 4\n",
    "kit/unused": "X = 1\n",
    "kit/ranks": "from kit.deep import deep\ndef rank(x): return deep(x)\ndef other(x): return x\n",
    "kit/deep": "from .deeper import VALUE\ndef deep(x): return VALUE\n",
    "kit/deeper": "VALUE = 1\n",
    "kit/tables": "def count(x): return len(x)\n",
    "kit/late": "def work(x): return x\n",
    "kit/types": "Row = dict\n",
}
STEPS = ("clicks", "weighted", "ranked", "drawn", "counted", "lazy", "nested", "bystander")
KIT_USERS = {"ranked", "nested"}


def prints(flow):
    return {name: fingerprint(getattr(flow, name)) for name in STEPS}


def changed(write, edits):
    """Names of the steps whose fingerprint an edit changes; edits: file -> (old text, new text)."""
    files = {"flow": FLOW, **KIT}
    before = prints(write(files))
    for name, (old, new) in edits.items():
        assert old in files[name]
        files[name] = files[name].replace(old, new)
    after = prints(write(files))
    return {name for name in STEPS if before[name] != after[name]}


@pytest.mark.parametrize(
    "edits, steps",
    [
        ({"flow": ("return double(log)", "return double(log) + 1")}, {"clicks"}),
        ({"flow": ("return x / 2", "return x / 3")}, {"clicks"}),
        ({"flow": ("WEIGHT = 2", "WEIGHT = 3")}, {"weighted"}),
        ({"flow": ("power=1", "power=2")}, {"weighted"}),
        ({"kit/shapes": ("SIDES = 4", "SIDES = 3")}, {"drawn"}),
        ({"kit/ranks": ("return deep(x)", "return deep(x) + 1")}, KIT_USERS),
        ({"kit/deeper": ("VALUE = 1", "VALUE = 2")}, KIT_USERS),
        ({"kit/tables": ("len(x)", "len(x) + 1")}, {"counted"}),
        ({"kit/late": ("return x", "return -x")}, {"lazy"}),
        ({"kit/unused": ("X = 1", "X = 2")}, set()),
        ({"kit/types": ("Row = dict", "Row = list")}, set()),
        ({"flow": ("WEIGHT = 2", "WEIGHT = 2  # two")}, set()),
    ],
)
def test_an_edit_is_seen_by_the_steps_it_touches_and_by_no_other(write, edits, steps):
    assert changed(write, edits) == steps


def test_the_same_code_has_the_same_fingerprint_when_read_again(write):
    assert changed(write, {}) == set()


def test_what_a_closure_holds_counts():
    def maker(limit):
        def limited(rows):
            return rows[:limit]

        return limited

    assert fingerprint(maker(1)) == fingerprint(maker(1)) != fingerprint(maker(2))


def test_an_array_among_the_globals_counts(write):
    text = "import numpy as np\nW = np.array([1, 2])\ndef step(x):\n    return x * W\n"
    assert fingerprint(write({"flow": text}).step) != fingerprint(write({"flow": text.replace("2]", "3]")}).step)


def test_functions_that_call_each_other_have_a_fingerprint(write):
    flow = write({"flow": "def even(n): return n == 0 or odd(n - 1)\ndef odd(n): return n != 0 and even(n - 1)\n"})
    assert fingerprint(flow.even) != fingerprint(flow.odd)


def test_a_function_typed_at_a_prompt_has_a_fingerprint():
    def typed(body):
        space = {"__name__": "__main__"}
        exec(f"def step(x):\n    return {body}", space)
        return fingerprint(space["step"])

    assert typed("x + 1") == typed("x + 1") != typed("x + 2")
    assert typed("(x, 'a')") != typed("(x, 'b')")


def test_another_version_of_a_library_counts(tmp_path, monkeypatch):
    def step(x):
        return x

    before = fingerprint(step)
    assert versions()["pandas"]
    (tmp_path / "pandas-99.0.dist-info").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert versions()["pandas"] == "99.0"
    assert fingerprint(step) != before


def test_the_libraries_that_shape_numbers_are_found_here():
    assert versions().keys() == set(fingerprints.LIBRARIES)


def test_the_code_of_a_class_is_its_module_and_what_that_imports(write):
    files = {"flow": "from kit.base import Base\nclass Data(Base): pass\n", "kit/base": "class Base:\n    x = 1\n"}
    before = code_of(write(files).Data)
    assert code_of(write(files).Data) == before
    assert code_of(write({**files, "kit/base": "class Base:\n    x = 2\n"}).Data) != before
    assert code_of(dict) == code_of(int)


def test_our_own_package_is_followed_and_libraries_are_not():
    from mlops_lab.pipeline.sources import modules

    found = modules("mlops_lab.pipeline.pipeline")
    assert {
        "module mlops_lab.pipeline.codecs",
        "module mlops_lab.store.trees",
        "module mlops_lab.errors",
    } <= found.keys()
    assert all(name.startswith("module mlops_lab") for name in found)
    assert modules("pandas") == modules("json") == modules("nowhere.at.all") == modules("") == {}

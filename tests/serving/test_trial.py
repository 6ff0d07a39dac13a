"""Before anybody meets a model, a server process of its own has loaded it and answered with it."""

import os
import signal
import subprocess
import sys
import time

import pytest

from mlops_lab.errors import BadInput
from mlops_lab.serving.sandbox import Sandbox, shared
from mlops_lab.serving.trial import tried
from tests.features.conftest import memory  # noqa: F401 - a fixture
from tests.serving import hostile

pytestmark = pytest.mark.slow  # processes


@pytest.fixture
def log(memory):  # noqa: F811
    return memory.log()


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox("tests.serving.hostile", seconds=2) as found:
        yield found


def gone(pid: int) -> bool:
    """Has the process ended, and has somebody fetched its exit code?"""
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_a_sound_model_answers_as_it_does_here(log, sandbox):
    assert tried(hostile.of_kind("sound", log), log, sandbox) == {"blessed": True, "problems": [], "requests": 5}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("raises", "The fallback answered"),
        ("nan", "holds what is no number"),
        ("hangs", "With this model the server did not answer within 2 seconds."),
        ("kills-its-process", "With this model the server died while it was asked."),
        ("popularity-recent", "another slate than this process does"),
    ],
)
def test_a_model_that_does_not_serve_is_not_blessed_and_takes_nobody_with_it(log, sandbox, kind, said):
    found = tried(hostile.of_kind(kind, log), log, sandbox)
    assert not found["blessed"] and said in " ".join(found["problems"])
    assert tried(hostile.of_kind("sound", log), log, sandbox)["blessed"]


def test_bytes_that_are_no_model_are_refused_by_the_server(log, sandbox):
    found = tried(b"no model", log, sandbox)
    assert not found["blessed"] and "does not load it: These 8 bytes are not a saved model" in found["problems"][0]


def test_one_warm_process_serves_all_and_an_earlier_death_is_not_the_models_fault(log):
    with Sandbox(seconds=5) as sandbox:
        model = hostile.of_kind("sound", log)
        assert tried(model, log, sandbox)["blessed"]
        first = sandbox._process.pid
        assert tried(model, log, sandbox)["blessed"] and sandbox._process.pid == first
        os.kill(first, signal.SIGKILL)
        assert tried(model, log, sandbox)["blessed"] and sandbox._process.pid != first and gone(first)
        second, folder = sandbox._process.pid, sandbox._path
    assert gone(second) and not folder.exists() and repr(sandbox) == "Sandbox(not running)"


def test_a_server_that_cannot_start_is_not_the_models_fault_either(log):
    with Sandbox("tests.serving.nowhere") as sandbox, pytest.raises(BadInput, match="No server process.*nowhere"):
        tried(b"", log, sandbox)


def test_an_admins_token_is_needed(log):
    with Sandbox(seconds=5) as sandbox:
        sandbox.start()
        assert sandbox.ask("/admin/promote", {}, {"version": 1})[0] == 401
        assert sandbox.ask("/recommend?cook=c01")[0] == 400 and sandbox.ask("/nothing")[0] == 404


@pytest.mark.parametrize("end", ["pass", "os.kill(os.getpid(), 9)", "raise SystemExit(3)"])
def test_the_server_ends_with_its_parent_however_that_ends(end):
    code = f"""import os
from mlops_lab.serving.sandbox import shared
shared().start()
shared()._ready()
print(shared()._process.pid, flush=True)
{end}"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert gone(int(done.stdout)) and done.stderr == ""


def test_all_trainings_of_a_process_share_one():
    assert shared() is shared() and shared().id == Sandbox("another").id

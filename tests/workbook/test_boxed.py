"""Learner code can be endless, loud or broken; the notebook goes on."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mlops_lab.workbook.boxed import Outcome, boxed, in_child, in_thread

FORKS = pytest.mark.skipif(
    sys.platform != "linux", reason="code is forked on Linux only; elsewhere a thread is left behind"
)
BOXES = pytest.mark.parametrize("box", [pytest.param(in_child, marks=FORKS), in_thread])
Box = Callable[[Callable[[], list[str]], float], Outcome]


def endless() -> list[str]:
    while True:
        pass


def stubborn() -> list[str]:
    while True:
        try:
            time.sleep(0.01)
        except:  # noqa: E722
            pass


@BOXES
def test_findings_come_back(box: Box) -> None:
    assert box(lambda: ["one", "two"], 5) == Outcome("done", ["one", "two"])


@BOXES
def test_an_endless_loop_ends(box: Box) -> None:
    started = time.monotonic()
    assert box(endless, 0.3).state == "late"
    assert time.monotonic() - started < 3


@FORKS
def test_a_loop_that_swallows_everything_is_killed() -> None:
    assert boxed(stubborn, 0.3).state == "late"


@FORKS
def test_one_long_call_in_c_is_killed() -> None:
    assert boxed(lambda: [str(sum(range(10**12)))], 0.3).state == "late"


@BOXES
def test_what_is_raised_becomes_a_sentence_with_the_line(box: Box) -> None:
    def soup() -> list[str]:
        return [str(1 / 0)]

    line = soup.__code__.co_firstlineno + 1
    said = box(soup, 5)
    assert said == Outcome(
        "raised", [f"Your code raised ZeroDivisionError: division by zero (in soup, line {line} of your cell)."]
    )


@BOXES
def test_leaving_python_and_deep_recursion_are_caught(box: Box) -> None:
    def deep() -> list[str]:
        return deep()

    assert box(lambda: sys.exit(3), 5).state == "raised"
    assert "RecursionError" in box(deep, 5).findings[0]


@FORKS
def test_a_hard_exit_ends_the_child_only() -> None:
    assert boxed(lambda: os._exit(3), 5) == Outcome("raised", ["Your code ended Python itself."])


@FORKS
def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    def loud() -> list[str]:
        print("soup")
        os.write(2, b"stew")
        return []

    assert boxed(loud, 5) == Outcome("done", [])
    assert capfd.readouterr() == ("", "")


@FORKS
def test_children_of_the_learners_code_are_killed_too() -> None:
    import subprocess

    reader, writer = os.pipe()

    def starts_a_child() -> list[str]:
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        os.write(writer, f"{child.pid}".encode())
        return endless()

    assert boxed(starts_a_child, 1).state == "late"
    child = int(os.read(reader, 100))
    os.close(reader)
    os.close(writer)
    stat, end = Path(f"/proc/{child}/stat"), time.monotonic() + 5
    while (alive := stat.exists() and stat.read_text().split()[2] != "Z") and time.monotonic() < end:
        time.sleep(0.05)
    assert not alive


@FORKS
def test_no_zombie_is_left() -> None:
    boxed(endless, 0.1)
    try:
        assert os.waitpid(-1, os.WNOHANG) == (0, 0)  # a child of another test that still works is none
    except ChildProcessError:
        pass

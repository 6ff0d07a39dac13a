"""Faults at every call that changes the disk: a process killed there, or a disk that is full there.

Run as a program it plays an action once for each of those calls, each time in a forked process that is killed (SIGKILL)
at that call, on a fresh copy of a store; it prints how often.
"""

import errno
import importlib
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from mlops_lab.errors import BadInput

CALLS = ("write", "fsync", "ftruncate", "utime", "replace", "mkdir", "unlink", "open")


def arm(fault: Callable[[str, Callable, tuple], Any], at: int) -> Callable[[], int]:
    """Replace the calls of `os` so that the one numbered `at` goes to the fault; returns how to ask for the count."""
    count = 0

    def armed(name: str, real: Callable) -> Callable:
        def call(*args: Any, **more: Any) -> Any:
            nonlocal count
            if name == "open" and args[1] == os.O_RDONLY:
                return real(*args, **more)  # reading threads change nothing
            count += 1
            return fault(name, real, args) if count == at else real(*args, **more)

        return call

    for name in CALLS:
        setattr(os, name, armed(name, getattr(os, name)))
    return lambda: count


def killed_before(name: str, real: Callable, args: tuple) -> None:
    """The process ends before the call."""
    os.kill(os.getpid(), signal.SIGKILL)


def killed_within(name: str, real: Callable, args: tuple) -> None:
    """The process ends when half of the bytes are written, or just after a call that cannot be half done."""
    try:
        real(args[0], args[1][: len(args[1]) // 2]) if name == "write" else real(*args)
    finally:
        os.kill(os.getpid(), signal.SIGKILL)


def disk_full(name: str, real: Callable, args: tuple) -> None:
    """Half of the bytes find room."""
    if name == "write":
        real(args[0], args[1][: len(args[1]) // 2])
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def play(template: Path, out: Path, action: Callable[[Path], Any], fault: Callable) -> int:
    """Copies out/1, out/2 ... of the template, each after the action was killed at that call; returns their number."""
    for at in range(1, 1_000):
        copy = out / str(at)
        shutil.copytree(template, copy)
        child = os.fork()
        if not child:
            arm(fault, at)
            action(copy)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0
            return at - 1
    raise AssertionError("the action never ended")


def full(template: Path, out: Path, action: Callable[[Path], Any]) -> Iterator[Path]:
    """Copies of the template, each after the action has met a full disk at another call and said so."""
    for at in range(1, 1_000):
        copy = out / f"full{at}"
        shutil.copytree(template, copy)
        real = {name: getattr(os, name) for name in CALLS}
        count = arm(disk_full, at)
        try:
            action(copy)
        except BadInput as error:
            assert "No space left on device" in str(error) and "repeat the command" in str(error)
        finally:
            for name, call in real.items():
                setattr(os, name, call)
        if count() < at:
            assert at > 5
            return
        yield copy
    raise AssertionError("the action never ended")


if __name__ == "__main__":
    module, action, fault, template, out = sys.argv[1:]
    print(play(Path(template), Path(out), getattr(importlib.import_module(module), action), globals()[fault]))

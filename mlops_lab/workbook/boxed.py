"""Running a learner's code so that it can neither hang nor break the notebook.

Where forking is safe (Linux) the work is done in a forked child that is killed when its time is up: nothing escapes,
neither an endless loop in C nor a bare `except`. Elsewhere a thread does it: it cannot be killed, so it is told to stop
(which ends loops in Python) and left behind.
"""

import contextlib
import ctypes
import json
import os
import select
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

PACKAGE = str(Path(__file__).parents[1])


@dataclass(frozen=True)
class Outcome:
    """How it went: "done" with the findings, "raised" with one sentence, or "late"."""

    state: str
    findings: list[str] = field(default_factory=list)


def boxed(work: Callable[[], list[str]], seconds: float = 10.0) -> Outcome:
    """Do the work, which returns sentences, within a time. Never raises, never takes longer, prints nothing."""
    return in_child(work, seconds) if sys.platform == "linux" else in_thread(work, seconds)


def attempted(work: Callable[[], list[str]]) -> Outcome:
    """Do the work here; what it raises becomes a sentence."""
    try:
        return Outcome("done", [str(finding) for finding in work()])
    except BaseException as error:
        return Outcome("raised", [worded(error)])


def worded(error: BaseException) -> str:
    """An exception as a sentence, with the line of the learner's own code where there is one."""
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    trace, where = error.__traceback__, ""
    while trace:
        code = trace.tb_frame.f_code
        if not code.co_filename.startswith((PACKAGE, sys.base_prefix, sys.prefix, "<frozen")):
            where = f" (in {code.co_name}, line {trace.tb_lineno} of your cell)"
        trace = trace.tb_next
    return f"Your code raised {said}{where}."


def in_child(work: Callable[[], list[str]], seconds: float) -> Outcome:
    """Do the work in a forked child with a kill; its answer comes back as JSON, so nothing is unpickled."""
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 and later: a kernel has threads when it forks
        child = os.fork()
    if child == 0:
        _child(work, reader, writer)
    os.close(writer)
    try:
        said = _heard(reader, time.monotonic() + seconds)
    finally:
        os.close(reader)
        for kill in (os.killpg, os.kill):  # the group first: the learner's code may have children of its own
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if said is None:
        return Outcome("late")
    return Outcome(**json.loads(said)) if said else Outcome("raised", ["Your code ended Python itself."])


def _child(work: Callable[[], list[str]], reader: int, writer: int) -> None:
    try:
        os.setsid()
        os.close(reader)
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115  (the process ends here)
        outcome = attempted(work)
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(json.dumps({"state": outcome.state, "findings": outcome.findings}).encode())
    finally:
        os._exit(0)


def _heard(reader: int, end: float) -> bytes | None:
    """All that the child said, or None when the time ran out."""
    said = b""
    while True:
        left = end - time.monotonic()
        if left <= 0 or not select.select([reader], [], [], left)[0]:
            return None
        piece = os.read(reader, 65536)
        if not piece:
            return said
        said += piece


def in_thread(work: Callable[[], list[str]], seconds: float) -> Outcome:
    """Do the work in a thread; when late, ask it to stop and leave it behind."""
    outcomes: list[Outcome] = []
    thread = threading.Thread(target=lambda: outcomes.append(attempted(work)), daemon=True)
    thread.start()
    thread.join(seconds)
    if outcomes:
        return outcomes[0]
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit))
    return Outcome("late")

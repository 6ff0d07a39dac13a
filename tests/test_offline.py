"""Nothing leaves the machine: in this process, in a child, in a notebook kernel; loopback works in all three."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

WITH = "import socket\nwith socket.socket({}) as s: s.{}"
REACH_OUT = WITH.format("", "connect(('192.0.2.1', 80))")
LISTEN_TO_ALL = WITH.format("", "bind(('0.0.0.0', 0))")
LISTEN_TO_ANY = WITH.format("", "bind(('', 0))")
SEND = WITH.format("type=socket.SOCK_DGRAM", "sendto(b'x', ('192.0.2.1', 9))")
LOOK_UP = "import socket; socket.getaddrinfo('example.org', 80)"
LOOPBACK = """
import socket
with socket.create_server(("127.0.0.1", 0)) as server:
    with socket.create_connection(server.getsockname(), timeout=2):
        print("met")
"""
ATTEMPTS = [REACH_OUT, LOOK_UP, LISTEN_TO_ALL, LISTEN_TO_ANY, SEND]


def child(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The code in a Python process of its own."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_this_process_cannot_leave_the_machine(attempt: str) -> None:
    with pytest.raises(RuntimeError, match="blocked"):
        exec(attempt, {})


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_a_child_cannot_leave_the_machine(attempt: str) -> None:
    assert "LeftTheMachine: blocked" in child(attempt).stderr


def test_a_grandchild_cannot_leave_the_machine() -> None:
    nested = f"import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', {REACH_OUT!r}]).returncode)"
    assert "LeftTheMachine: blocked" in child(nested).stderr


def test_a_notebook_kernel_cannot_leave_the_machine() -> None:
    cell = f"try:\n    exec({REACH_OUT!r})\nexcept RuntimeError as error:\n    print(error)"
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    NotebookClient(book, timeout=60, kernel_name="python3").execute()
    assert book.cells[0].outputs[0].text == "blocked: socket.connect to '192.0.2.1'\n"


def test_loopback_stays_open(capsys: pytest.CaptureFixture[str]) -> None:
    exec(LOOPBACK, {})
    assert capsys.readouterr().out == child(LOOPBACK).stdout == "met\n"


def test_unix_sockets_stay_open(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(tmp_path / "s"))


def test_a_shadowed_sitecustomize_still_runs(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.shadowed = 'ran'")
    both = os.environ["PYTHONPATH"] + os.pathsep + str(tmp_path)
    assert child("import sys; print(sys.shadowed, sys.offline_guard)", PYTHONPATH=both).stdout == "ran True\n"


@pytest.mark.skipif(shutil.which("unshare") is None, reason="no unshare on this machine")
def test_a_sealed_command_has_loopback_and_nothing_else() -> None:
    sealed = Path(__file__).parent.parent / ".ci" / "sealed"
    bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    commands = [[sealed, sys.executable, "-c", code] for code in (LOOPBACK, REACH_OUT)]
    met, out = (subprocess.run(command, env=bare, capture_output=True, text=True) for command in commands)
    if "no network namespace" in met.stderr:
        pytest.skip(met.stderr.strip())
    assert met.stdout == "met\n"
    assert "Network is unreachable" in out.stderr

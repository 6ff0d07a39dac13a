"""No network: put this folder on PYTHONPATH, and every Python process below refuses to leave the machine.

Python imports `sitecustomize` at start, so the hook reaches tests, notebook kernels, servers and their children. It
raises on a connection, a datagram or a name look-up beyond loopback, and on a server that listens to more than
loopback. A `sitecustomize` that this one shadows is run as well. It catches mistakes, not malice: programs that are not
Python pass (`.ci/sealed` holds those too).
"""

import importlib.machinery
import importlib.util
import ipaddress
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Audit event -> where its arguments hold the address: (host, port, ...) or a bare host.
EVENTS = {
    "socket.connect": 1,
    "socket.bind": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
}


class LeftTheMachine(RuntimeError):
    """Code under test tried to reach, or to be reached from, another machine."""


def is_loopback(host: object) -> bool:
    """True for this machine's own addresses and names; None and b"" look nothing up."""
    text = host.decode("ascii", "replace") if isinstance(host, bytes | bytearray) else host
    if text in (None, "", "localhost", "ip6-localhost"):
        return True
    try:
        return ipaddress.ip_address(str(text).split("%")[0]).is_loopback
    except ValueError:
        return False


def guard(event: str, args: tuple) -> None:
    """The audit hook; raises LeftTheMachine."""
    place = EVENTS.get(event)
    if place is None:
        return
    target = args[place]
    if event == "socket.bind" and isinstance(target, tuple) and target[0] == "":
        raise LeftTheMachine("blocked: a server that listens to every machine; bind 127.0.0.1")
    host = target[0] if isinstance(target, tuple) else target
    unix_socket = event in ("socket.connect", "socket.bind", "socket.sendto") and not isinstance(target, tuple)
    if not unix_socket and not is_loopback(host):
        raise LeftTheMachine(f"blocked: {event} to {host!r}")


def run_shadowed() -> None:
    """Execute the next `sitecustomize` on the path, as Python would have done without this one."""
    others = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


sys.addaudithook(guard)
sys.offline_guard = True  # type: ignore[attr-defined]  # a hook cannot be seen or removed; this says that it is there
if __name__ == "sitecustomize":
    run_shadowed()

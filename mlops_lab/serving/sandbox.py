"""A server process of one's own, in which a model can be tried before anybody meets it.

    python -m mlops_lab.serving.sandbox FOLDER      the HTTP server of `http` over a stand-in lab

The stand-in's registry is its folder: log.npz holds the examples, N.npz the model of version N, and an admin's "promote
N" loads both. The process ends when its parent does, however that ends.
"""

import atexit
import functools
import json
import os
import select
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

from mlops_lab.data.formats import Requests, Slates
from mlops_lab.errors import BadInput
from mlops_lab.features.log import Log
from mlops_lab.features.view import Morning
from mlops_lab.models import saved
from mlops_lab.serving.graph import Graph

HOST = "127.0.0.1"
START_SECONDS = 60.0  # imports may take long on a busy machine
Answer = tuple[int, Any]  # status, and the document or None


class Unanswered(Exception):
    """The server did not answer: it is dead, or too slow."""


class Sandbox:
    """One server process: started by the first request, or ahead of it; started again after it has died.

    Its identity as an input of a pipeline is constant, for what it answers depends on what it is given and on nothing
    else. module: what runs in the process. seconds: how long an answer may take. lock: for one trial at a time.
    """

    id = "sandbox"

    def __init__(self, module: str = __name__, seconds: float = 10.0):
        self.module, self.seconds, self.lock = module, seconds, threading.RLock()
        self._process: subprocess.Popen[str] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._port, self._version, self._owner = 0, 0, 0

    def __repr__(self) -> str:
        return f"Sandbox({'running' if self._process and self._process.poll() is None else 'not running'})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the process if it is not running, without waiting until it is ready."""
        with self.lock:
            if self._process is None or self._process.poll() is not None:
                self.stop()
                self._start()

    def _start(self) -> None:
        atexit.register(self.stop)
        self._folder, self._owner = tempfile.TemporaryDirectory(prefix="sandbox-"), os.getpid()
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        with (self._path / "errors.txt").open("w") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self.module, str(self._path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=errors, text=True, env=environment,
            )  # fmt: skip

    def load(self, model: bytes, log: bytes) -> tuple[int, Answer]:
        """Serve this model on these examples: the version it is called there, and the server's answer."""
        self.start()
        self._version += 1
        (self._path / "log.npz").write_bytes(log)
        (self._path / f"{self._version}.npz").write_bytes(model)
        token = {"Authorization": f"Bearer {self._token()}"}
        answer = self.ask("/admin/promote", token, {"version": self._version})
        (self._path / f"{self._version}.npz").unlink()
        return self._version, answer

    def ask(self, path: str, headers: Mapping[str, str] | None = None, body: object = None) -> Answer:
        """What the server answers to a GET, or with a body to a POST. Raises Unanswered; the process is gone then."""
        connection = HTTPConnection(HOST, self._ready(), timeout=self.seconds)
        try:
            content = None if body is None else json.dumps(body)
            connection.request("GET" if body is None else "POST", path, content, dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, _document(answer.read())
        except (OSError, HTTPException) as wrong:
            self.stop()
            slow = isinstance(wrong, TimeoutError)
            said = f"did not answer within {self.seconds:g} seconds" if slow else "died while it was asked"
            raise Unanswered(f"the server {said}") from wrong
        finally:
            connection.close()

    def stop(self) -> None:
        """End the process and remove its files; nothing is left of it."""
        atexit.unregister(self.stop)
        process, folder, self._process, self._folder, self._port = self._process, self._folder, None, None, 0
        if process is not None and self._owner == os.getpid():  # a forked child leaves its parent's server alone
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()
        if folder is not None and self._owner == os.getpid():
            folder.cleanup()

    @property
    def _path(self) -> Path:
        assert self._folder is not None
        return Path(self._folder.name)

    def _ready(self) -> int:
        """The port, once the process has said that it listens."""
        if not self._port:
            assert self._process is not None and self._process.stdout is not None
            waiting, _, _ = select.select([self._process.stdout], [], [], START_SECONDS)
            said = self._process.stdout.readline().strip() if waiting else ""
            if not said:
                errors = (self._path / "errors.txt").read_text(errors="replace").strip()[-300:]
                self.stop()
                raise BadInput(f"No server process could be started to try a model in ({errors or 'it said nothing'}).")
            self._port = int(said.rpartition(":")[2])
        return self._port

    def _token(self) -> str:
        self._ready()
        return (self._path / "admin.token").read_text(encoding="utf-8").strip()


def _document(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


@functools.cache
def shared() -> Sandbox:
    """The one warm process that all trainings of this process use."""
    return Sandbox()


class StandIn:
    """As much of a lab as the server asks for: one model and the examples it is tried on, from files."""

    def __init__(self, folder: Path):
        self.path, self.predictions = folder, SimpleNamespace(durable=False)
        self._graph, self.newest_day = Graph(), 0
        self._morning: Morning | None = None

    def promote(self, version: int, **_words: str) -> None:
        """Load a version with the examples. Raises BadInput for bytes that are no model."""
        log = Log.from_bytes((self.path / "log.npz").read_bytes())
        model = saved.from_bytes((self.path / f"{version}.npz").read_bytes())
        self._morning, self._graph = Morning(log, log.days), Graph({version: model}, version)
        self.newest_day = log.days

    def graph(self) -> Graph:
        """The graph with that model alone."""
        return self._graph

    def morning(self) -> Morning | None:
        """The morning after the last day of the examples."""
        return self._morning

    def recommend(self, requests: Requests) -> Slates:
        """Answer through the graph. Raises BadInput before a model was loaded."""
        if self._morning is None:
            raise BadInput("No model is loaded here; promote one first.")
        return self._graph.recommend(requests, self._morning)

    def titles(self) -> dict[str, str]:
        """None are needed."""
        return {}

    def reasons(self, slates: Slates) -> list[list[str]]:
        """None are needed."""
        return [[] for _ in range(slates.recipes.shape[1])]

    def flush(self) -> None:
        """There is nothing to write."""


def main(folder: Path) -> None:
    """Serve until the parent is gone: its end of our input closes then."""
    from mlops_lab.serving.http import serve

    def follow() -> None:
        sys.stdin.read()
        os._exit(0)

    threading.Thread(target=follow, daemon=True).start()
    serve(StandIn(folder), 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

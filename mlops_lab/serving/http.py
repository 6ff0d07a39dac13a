"""The serving graph behind HTTP: parse, call, answer in JSON. It decides nothing that the graph does not decide.

Binds 127.0.0.1 only. A malformed request is answered 4xx with one sentence under "error"; admin calls need the token
in the workspace's file admin.token as `Authorization: Bearer <token>`.
"""

import asyncio
import contextlib
import hmac
import json
import secrets
import socket
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from mlops_lab.data.formats import Requests
from mlops_lab.errors import BadInput
from mlops_lab.serving.metrics import Meters

HOST = "127.0.0.1"
LONGEST = 200  # characters of an id
BODY = 64_000  # bytes of a body
FLUSH_SECONDS = 0.05  # prediction rows reach the disk this often
ACTIONS = ("click", "cooked")


class Server:
    """The HTTP shell around a lab (anything with recommend, explain, titles, feedback, promote, rollback)."""

    def __init__(self, lab: Any, token: str, announce: Callable[[], None] = lambda: None):
        self.lab, self.token, self.announce = lab, token, announce
        self.meters = Meters()
        self.titles: dict[str, str] = {}
        routes = [
            Route("/recommend", self.recommend), Route("/feedback", self.feedback, methods=["POST"]),
            Route("/explain", self.explain), Route("/health", self.health), Route("/ready", self.ready),
            Route("/metrics", self.metrics), Route("/admin/promote", self.promote, methods=["POST"]),
            Route("/admin/rollback", self.rollback, methods=["POST"]),
        ]  # fmt: skip
        problems = {BadInput: self.refused, HTTPException: self.refused, 500: self.failed}
        self.app = Starlette(routes=routes, exception_handlers=problems, lifespan=self.lifespan)

    @contextlib.asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        """Warm the graph, then keep the prediction log flushed until the end."""
        self.lab.morning()
        self.lab.graph()
        self.titles = self.lab.titles()
        flusher = asyncio.create_task(self._flush())
        self.announce()
        try:
            yield
        finally:
            flusher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await flusher
            self.lab.flush()

    async def _flush(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await run_in_threadpool(self.lab.flush)

    async def recommend(self, request: Request) -> Response:
        """GET /recommend?cook=ID&k=10[&day=N]."""
        started = time.perf_counter()
        query = request.query_params
        cook = _id(query.get("cook"), "cook")
        k, day = _whole(query.get("k", "10"), "k", 1, 100), self._day(query.get("day"))
        name = _id(request.headers.get("x-request-id") or secrets.token_hex(8), "X-Request-Id")
        slates = self.lab.recommend(Requests(day, np.array([name]), np.array([cook]), k))
        answer = self._answer(slates)
        self.meters.answered(answer["variant"], answer["fallback"], time.perf_counter() - started)
        return JSONResponse(answer, headers={"X-Request-Id": name})

    def _day(self, given: str | None) -> int:
        newest = max(self.lab.newest_day, 0)
        return newest if given is None else _whole(given, "day", 0, newest + 1)

    def _answer(self, slates: Any) -> dict:
        reasons = self.lab.reasons(slates)
        places = zip(slates.recipes[0].tolist(), slates.scores[0].tolist(), reasons, strict=True)
        items = [
            {"recipe": recipe, "title": self._title(recipe), "score": score, "reasons": why}
            for recipe, score, why in places
            if recipe
        ]
        return {
            "request_id": str(slates.request[0]), "cook": str(slates.cook[0]), "version": int(slates.version[0]),
            "variant": str(slates.variant[0]), "fallback": bool(slates.fallback[0]), "items": items,
        }  # fmt: skip

    def _title(self, recipe: str) -> str:
        if recipe not in self.titles:
            self.titles = self.lab.titles()
        return self.titles.get(recipe, recipe)

    async def feedback(self, request: Request) -> Response:
        """POST /feedback {"request_id", "recipe", "action"}: what the cook did with an answer."""
        body = await _body(request)
        name, recipe = _id(body.get("request_id"), "request_id"), _id(body.get("recipe"), "recipe")
        if body.get("action") not in ACTIONS:
            raise BadInput(f"action is {body.get('action')!r}; expected one of {', '.join(ACTIONS)}.")
        if not self.lab.feedback(name, recipe, body["action"]):
            raise HTTPException(404, f"No answer to request {name!r} showed recipe {recipe!r}; send what was served.")
        self.meters.feedback.labels(body["action"]).inc()
        return JSONResponse({"accepted": True}, status_code=202)

    async def explain(self, request: Request) -> Response:
        """GET /explain?cook=ID&recipe=ID[&day=N]: the parts of one score, which sum to it."""
        query = request.query_params
        cook, recipe = _id(query.get("cook"), "cook"), _id(query.get("recipe"), "recipe")
        return JSONResponse(self.lab.explain(cook, recipe, self._day(query.get("day"))))

    async def health(self, _request: Request) -> Response:
        """GET /health: the process lives."""
        return JSONResponse({"status": "ok"})

    async def ready(self, _request: Request) -> Response:
        """GET /ready: 200 when there is data and the champion can answer, else 503."""
        graph = self.lab.graph()
        ready = self.lab.data is not None and (graph.champion is None or graph.champion in graph.models)
        body = {"ready": ready, "champion": graph.champion, "newest_day": self.lab.newest_day}
        return JSONResponse(body, status_code=200 if ready else 503)

    async def metrics(self, _request: Request) -> Response:
        """GET /metrics in the Prometheus text format."""
        self.meters.state(self.lab.graph().champion or 0, self.lab.newest_day)
        return PlainTextResponse(self.meters.text(), media_type=self.meters.media_type)

    async def promote(self, request: Request) -> Response:
        """POST /admin/promote {"version": N}."""
        self._admit(request)
        version = (await _body(request)).get("version")
        if not isinstance(version, int) or isinstance(version, bool):
            raise BadInput(f"version is {version!r}; expected a whole number, see the registry's versions.")
        # In a thread: a lab tries a version first, and cooks do not wait for that.
        await run_in_threadpool(self.lab.promote, version, who="admin over HTTP", why="asked for by hand")
        return JSONResponse({"champion": self.lab.graph().champion})

    async def rollback(self, request: Request) -> Response:
        """POST /admin/rollback: the champion before takes over again."""
        self._admit(request)
        self.lab.rollback(who="admin over HTTP", why="asked for by hand")
        return JSONResponse({"champion": self.lab.graph().champion})

    def _admit(self, request: Request) -> None:
        given = request.headers.get("authorization", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, f"Bearer {self.token}".encode()):
            raise HTTPException(401, "Admin calls need `Authorization: Bearer` with the token in admin.token.")

    async def refused(self, _request: Request, wrong: Exception) -> Response:
        """4xx with one sentence."""
        status, text = (wrong.status_code, str(wrong.detail)) if isinstance(wrong, HTTPException) else (400, str(wrong))
        return JSONResponse({"error": text}, status_code=status)

    async def failed(self, _request: Request, wrong: Exception) -> Response:
        """Our own fault: 500, the traceback goes to the server's log."""
        return JSONResponse({"error": f"The server failed with {type(wrong).__name__}; see its log."}, status_code=500)


def _id(value: object, name: str) -> str:
    if value is None:
        raise BadInput(f"{name} is missing; give 1 to {LONGEST} printable characters.")
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST or not value.isprintable() or value != value.strip():
        raise BadInput(f"{name} is {str(value)[:40]!r}; expected 1 to {LONGEST} printable characters.")
    return value


def _whole(value: str, name: str, low: int, high: int) -> int:
    digits = value.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10 and low <= int(value) <= high):
        raise BadInput(f"{name} is {value[:40]!r}; expected a whole number from {low} to {high}.")
    return int(value)


async def _body(request: Request) -> dict:
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > BODY:
            raise HTTPException(413, f"The body is larger than {BODY} bytes; send one JSON object.")
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise BadInput("The body is not a JSON object; send one, for example {}.")
    return body


def admin_token(path: Path) -> str:
    """The workspace's admin token, made on first use, readable by its owner only."""
    file = path / "admin.token"
    if not file.is_file():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(24), encoding="utf-8")
    return file.read_text(encoding="utf-8").strip()


def listen(port: int) -> socket.socket:
    """A listening socket on 127.0.0.1; raises BadInput when the port is taken or no port at all."""
    if not 0 <= port <= 65535:
        raise BadInput(f"{port} is no port; choose one from 1 to 65535, or 0 for any free one.")
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((HOST, port))
        found.listen(1024)
    except OSError as wrong:
        found.close()
        raise BadInput(
            f"Port {port} on {HOST} cannot be used ({wrong.strerror}); choose another, or --port 0."
        ) from None
    return found


def serve(lab: Any, port: int) -> None:
    """Answer until interrupted; prints the URL once ready."""
    sock = listen(port)
    url = f"http://{HOST}:{sock.getsockname()[1]}"
    lab.predictions.durable = True
    server = Server(lab, admin_token(lab.path), announce=lambda: print(url, flush=True))
    config = uvicorn.Config(server.app, log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[sock])

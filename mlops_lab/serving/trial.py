"""Does a model serve? It is loaded in a real server process and asked, before anybody depends on it (InfraValidator).

A model that is good on paper can still fail to load, answer nothing finite, hang, or take the whole process down; an
evaluator does not see it, for it computes elsewhere.
"""

from typing import Any
from urllib.parse import urlencode

import numpy as np

from mlops_lab.data.formats import Requests, Slates
from mlops_lab.features.log import Log
from mlops_lab.features.view import Morning
from mlops_lab.models import saved
from mlops_lab.serving.graph import Graph
from mlops_lab.serving.sandbox import Answer, Sandbox, Unanswered

K = 10
STRANGER = "a cook nobody knows"
NEAR = 2e-6  # scores are rounded to six places, once on either side


def tried(model: bytes, log: Log, sandbox: Sandbox) -> dict[str, Any]:
    """{"blessed", "problems", "requests"}: is every answer whole, and the one that this process would give?

    A server that dies or hangs is started once more: an earlier death or a busy machine is not this model's fault.
    Raises BadInput when no server can be started at all.
    """
    requests = _requests(log)
    with sandbox.lock:
        try:
            problems = _problems(model, log, requests, sandbox)
        except Unanswered:
            try:
                problems = _problems(model, log, requests, sandbox)
            except Unanswered as wrong:
                problems = [f"With this model {wrong}."]
    return {"blessed": not problems, "problems": problems, "requests": len(requests)}


def _requests(log: Log) -> Requests:
    """A few cooks across the list and one who is not in it, on the morning after the last day."""
    known = log.cooks[np.unique(np.linspace(0, len(log.cooks) - 1, 4).astype(int))] if len(log.cooks) else []
    cooks = np.array([*known, STRANGER], dtype=np.str_)
    return Requests(log.days, np.array([f"trial-{number}" for number in range(len(cooks))]), cooks, K)


def _problems(model: bytes, log: Log, requests: Requests, sandbox: Sandbox) -> list[str]:
    version, (status, document) = sandbox.load(model, log.to_bytes())
    if status != 200:
        return [f"The server does not load it: {_said(status, document)}"]
    answers = [_asked(sandbox, request, cook) for request, cook in zip(requests.request, requests.cook, strict=True)]
    wrong = [problem for answer in answers if (problem := _wrong(answer, version))]
    if wrong:
        return list(dict.fromkeys(wrong))
    # Only now, for what takes a server down would take this process down as well.
    here = Graph({version: saved.from_bytes(model)}, version).recommend(requests, Morning(log, log.days))
    return _differences([document for _, document in answers], here)


def _asked(sandbox: Sandbox, request: str, cook: str) -> Answer:
    return sandbox.ask(f"/recommend?{urlencode({'cook': cook, 'k': K})}", {"X-Request-Id": str(request)})


def _wrong(answer: Answer, version: int) -> str:
    """What is wrong with one answer by itself; "" when nothing is."""
    status, document = answer
    if status != 200 or not isinstance(document, dict):
        return f"The server refused a request: {_said(status, document)}"
    if document["version"] != version:
        return f"Version {document['version']} answered where version {version} was asked."
    if document["fallback"]:
        return "The fallback answered: the model raised an error, or gave a score that is not a finite number."
    scores = [item["score"] for item in document["items"]]
    if scores[:-1] != sorted(scores[:-1], reverse=True):  # the last place is drawn by lot
        return "A slate is not in the order of its scores."
    return "A slate shows a recipe twice." if len({item["recipe"] for item in document["items"]}) < len(scores) else ""


def _differences(documents: list[Any], here: Slates) -> list[str]:
    """What the server answers otherwise than this process does."""
    for document, recipes, scores in zip(documents, here.recipes, here.scores, strict=True):
        shown = [item["recipe"] for item in document["items"]]
        if shown != [recipe for recipe in recipes.tolist() if recipe]:
            return [f"The server shows cook {document['cook']!r} another slate than this process does."]
        if not np.allclose([item["score"] for item in document["items"]], scores[: len(shown)], rtol=0, atol=NEAR):
            return [f"The server gives cook {document['cook']!r} other scores than this process does."]
    return []


def _said(status: int, document: Any) -> str:
    text = document.get("error") if isinstance(document, dict) else None
    return text or f"it answered with status {status}."

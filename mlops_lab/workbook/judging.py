"""check, hint and solution: three states, one next thing to look at, never an exception."""

import dis
import html
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from mlops_lab.errors import BadInput
from mlops_lab.workbook import record
from mlops_lab.workbook.boxed import boxed
from mlops_lab.workbook.exercises import exercise
from mlops_lab.workbook.start import made

NOT_ATTEMPTED, NOT_YET, RIGHT = "not attempted", "not yet", "right"
SECONDS = 10.0
# The bold word and the width of the border say it too: nothing here is told by colour alone.
_BORDERS = {NOT_ATTEMPTED: "3px dotted #666", NOT_YET: "5px dashed #D55E00", RIGHT: "7px solid #009E73"}
_given: dict[str, int] = {}


@dataclass(frozen=True)
class Feedback:
    """One answer to the learner. It carries no times and no addresses, so that a stored notebook can be compared."""

    state: str
    text: str
    code: str = ""

    def __repr__(self) -> str:
        return f"{self.state.capitalize()}: {self.text}" + (f"\n\n{self.code}" if self.code else "")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        border = _BORDERS.get(self.state, "3px double #0072B2")
        said = f"<strong>{html.escape(self.state.capitalize())}:</strong> {html.escape(self.text)}"
        shown = f"<pre>{html.escape(self.code)}</pre>" if self.code else ""
        page = f'<div style="border-left: {border}; padding: 0.3em 0.8em">{said}{shown}</div>'
        return {"text/plain": repr(self), "text/html": page}


def check(id: str, answer: Any = ...) -> Feedback:
    """Judge an answer: not attempted (the placeholder `...`), not yet with one thing to look at, or right."""
    try:
        asked = exercise(id)
    except BadInput as unknown:
        return Feedback(NOT_YET, str(unknown))
    if untouched(answer):
        feedback = Feedback(NOT_ATTEMPTED, f'replace the ... and run this cell again; workbook.hint("{id}") helps.')
    else:
        findings = found(lambda: asked.judged(answer, made()))
        feedback = Feedback(NOT_YET, findings[0]) if findings else Feedback(RIGHT, asked.right)
    record.checked(id, feedback.state)
    return feedback


def found(work: Any) -> list[str]:
    """What a judge says, with a sentence of its own for an answer that raises or does not end."""
    outcome = boxed(work, SECONDS)
    if outcome.state == "late":
        return [f"Your code was stopped after {SECONDS:.0f} seconds. Look for a loop that never ends."]
    return outcome.findings


def untouched(answer: Any) -> bool:
    """Whether this is still the placeholder: `...`, a collection of it, or code with nothing but `...` in its body."""
    if answer is ...:
        return True
    if isinstance(answer, dict):
        return untouched(list(answer.values()))
    if isinstance(answer, list | tuple | set):
        return len(answer) > 0 and all(part is ... for part in answer)
    if isinstance(answer, type):
        methods = [part for part in vars(answer).values() if isinstance(part, FunctionType)]
        return bool(methods) and all(_hollow(method) for method in methods)
    return isinstance(answer, FunctionType) and _hollow(answer)


def _hollow(function: FunctionType) -> bool:
    """Whether a function does nothing but return None or `...`."""
    for step in dis.get_instructions(function):
        if step.opname not in ("RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"):
            return False
        if step.opname in ("LOAD_CONST", "RETURN_CONST") and step.argval not in (None, ...):
            return False
    return True


def hint(id: str) -> Feedback:
    """The next hint: each call says more than the one before, the last is nearly the answer."""
    try:
        hints = exercise(id).hints
    except BadInput as unknown:
        return Feedback(NOT_YET, str(unknown))
    number = _given[id] = min(_given.get(id, 0) + 1, len(hints))
    record.hinted(id, number)
    more = "" if number < len(hints) else f' (the last hint; workbook.solution("{id}") shows how)'
    return Feedback(f"hint {number} of {len(hints)}", hints[number - 1] + more)


def solution(id: str) -> Feedback:
    """A solution, and why it is one."""
    try:
        asked = exercise(id)
    except BadInput as unknown:
        return Feedback(NOT_YET, str(unknown))
    record.solution_seen(id)
    return Feedback("solution", asked.explained.strip(), asked.solution.strip())

"""Exercises as data: what is asked, hinted, solved and explained lies in exercises/NN.toml."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from mlops_lab.errors import BadInput

FOLDER = Path(__file__).parent / "exercises"
KINDS = ("build", "predict", "break", "diagnose")


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    id: "02-1", the first of notebook 02; "07d-1", the first of the side trip of notebook 07 in notebooks/deeper. judge:
    a function in judges/n02.py. hints: from a direction to nearly the answer. solution: code; evaluating `answer` after
    it gives an answer that the judge accepts. explained: why the solution is one. right: why it matters in production,
    said when it is solved.
    """

    id: str
    kind: str
    title: str
    judge: str
    hints: tuple[str, ...]
    solution: str
    explained: str
    right: str
    answer: str = "answer"

    @property
    def notebook(self) -> str:
        """The number of its notebook."""
        return self.id.split("-")[0]

    def judged(self, answer: Any, made: Any = None) -> list[str]:
        """What is wrong with the answer, in sentences; nothing when it is right. May raise what the answer raises."""
        judge: Callable[..., list[str]] = getattr(
            import_module(f"mlops_lab.workbook.judges.n{self.notebook}"), self.judge
        )
        wants_made = "made" in judge.__code__.co_varnames[: judge.__code__.co_argcount]
        return judge(answer, made) if wants_made else judge(answer)

    def solved(self, **names: Any) -> Any:
        """The answer that the solution gives; names are what its code may use, for example world and lab."""
        exec(compile(self.solution, f"<solution {self.id}>", "exec"), names)
        return eval(self.answer, names)


@cache
def exercises(folder: Path = FOLDER) -> dict[str, Exercise]:
    """Every exercise by its id, in order; found by file."""
    found: dict[str, Exercise] = {}
    for file in sorted(folder.glob("[0-9][0-9]*.toml")):
        with file.open("rb") as stream:
            tables = tomllib.load(stream)
        for id, table in sorted(tables.items()):
            found[id] = Exercise(id=id, **{**table, "hints": tuple(table["hints"])})
    return found


def exercise(id: str) -> Exercise:
    """The exercise with this id. Raises BadInput that names those of the same notebook."""
    known = exercises()
    if id in known:
        return known[id]
    near = [other for other in known if other[:2] == str(id)[:2]] or list(known)
    raise BadInput(f"There is no exercise {id!r}; there is {', '.join(near)}.")

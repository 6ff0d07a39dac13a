"""A notebook as a step: run by papermill in a clean kernel, with declared inputs and a declared output.

The notebook has one cell tagged `parameters`, with a default for every input and for `output`. JSON values come as
values, all others as the path of a file (popular.parquet); what it writes to the path in `output` is what the step
makes. Its code cells are its fingerprint: prose and stored outputs may change, nothing runs for it.
"""

import inspect
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mlops_lab.errors import BadInput
from mlops_lab.pipeline.codecs import decode, encode, kind_of_path
from mlops_lab.pipeline.fingerprints import versions
from mlops_lab.pipeline.kinds import Dataset, Report
from mlops_lab.pipeline.sources import identified, imported, modules
from mlops_lab.pipeline.steps import BrokenPipeline, Step, step

OUTPUT = "output"  # the parameter that gets the path to write to


class NotebookFailed(Exception):
    """A cell raised an error, or nothing was written to the path in `output`."""


class Notebook:
    """A notebook that is called like a function; its signature is what was declared."""

    def __init__(self, path: Path, takes: tuple[str, ...], makes: str | None, name: str):
        self.path, self.makes, self.__name__, self.__qualname__ = path, makes, name, name
        self.__module__ = f"notebook {path.name}"
        kind = inspect.Parameter.KEYWORD_ONLY
        self.__signature__ = inspect.Signature([inspect.Parameter(one, kind) for one in takes])
        self.__annotations__ = {"return": Dataset if makes else Report}

    def fingerprint(self) -> str:
        """A hash of the code cells, of the modules of ours they import, and of library versions."""
        code = [cell["source"] for cell in _cells(self.path) if cell["cell_type"] == "code"]
        ours = {
            name: text for cell in code for one in imported(cell, "__main__") for name, text in modules(one).items()
        }
        return identified([code, ours, versions(), self.makes])

    def __call__(self, **values: Any) -> Any:
        """Run it. Raises NotebookFailed with the message of the cell that failed."""
        with tempfile.TemporaryDirectory(prefix="notebook-") as folder:
            place = Path(folder)
            given = {name: _laid(place, name, value) for name, value in values.items()}
            if self.makes:
                given[OUTPUT] = self.makes
            done = _executed(self.path, place, given)
            if self.makes is None:
                return done
            if not (place / self.makes).is_file():
                raise NotebookFailed(f"{self.path.name} wrote nothing to the path in `output`")
            return decode(kind_of_path(self.makes), (place / self.makes).read_bytes())


def notebook(
    path: str | Path, *, takes: Sequence[str] = (), makes: str | None = None, name: str | None = None, **more: Any
) -> Step:
    """A notebook as a step called `name` (default: the name of the file).

    takes: its inputs. makes: the name of the file it writes, "weekly.parquet"; None: what it makes is the executed
    notebook itself, as bytes. more: as in `step`. Raises BrokenPipeline for an input that its `parameters` cell does
    not know.
    """
    path = Path(path).resolve()
    wanted = (*takes, OUTPUT) if makes else tuple(takes)
    known = _parameters(path)
    for one in wanted:
        if one not in known:
            raise BrokenPipeline(
                f"{path.name} has no parameter {one!r}; give it a default in the cell tagged `parameters`"
                f" (found there: {', '.join(known) or 'nothing'})."
            )
    return step(Notebook(path, tuple(takes), makes, name or path.stem), **more)


def _cells(path: Path) -> list[dict[str, Any]]:
    try:
        book = json.loads(path.read_text(encoding="utf-8"))
        return [{**cell, "source": "".join(cell["source"])} for cell in book["cells"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            f"{path} cannot be read as a notebook ({error}); expected a file of Jupyter's format 4."
        ) from error


def _parameters(path: Path) -> list[str]:
    """Names assigned in the cell tagged `parameters`."""
    tagged = [cell for cell in _cells(path) if "parameters" in cell.get("metadata", {}).get("tags", ())]
    lines = [line for cell in tagged for line in cell["source"].splitlines()]
    return [line.partition("=")[0].partition(":")[0].strip() for line in lines if "=" in line and line[0].isalpha()]


def _laid(place: Path, name: str, value: Any) -> Any:
    """A JSON value as it is, anything else as the path of a file, from the folder in which the notebook runs."""
    kind, content = encode(value)
    if kind == "json":
        return json.loads(content)
    (place / f"{name}.{kind}").write_bytes(content)
    return f"{name}.{kind}"


def _executed(path: Path, place: Path, given: Mapping[str, Any]) -> bytes:
    """The executed notebook without times and places."""
    target, parameters = place / "executed.ipynb", place / "parameters.json"
    parameters.write_text(json.dumps(given), encoding="utf-8")
    options = ["-f", str(parameters), "--cwd", str(place), "-k", "python3", "-l", "python", "--no-progress-bar"]
    command = [sys.executable, "-m", "papermill", str(path), str(target), *options, "--log-level", "ERROR"]
    # A process of its own: this one may have an event loop, threads and a terminal that papermill would meddle with.
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise NotebookFailed(f"{path.name}, {_failed_cell(target) or done.stderr.strip()[-300:]}")
    return _plain(target)


def _failed_cell(path: Path) -> str | None:
    """The first error among the outputs, by the number that Jupyter shows."""
    for cell in _cells(path) if path.is_file() else []:
        for output in cell.get("outputs", []):
            if output["output_type"] == "error":
                return f"cell [{cell['execution_count']}]: {output['ename']}: {output['evalue']}"
    return None


def _plain(path: Path) -> bytes:
    """A notebook without what papermill notes about when and where."""
    book = json.loads(path.read_text(encoding="utf-8"))
    book["metadata"] = {name: about for name, about in book["metadata"].items() if name == "kernelspec"}
    for number, cell in enumerate(book["cells"]):
        cell["id"], cell["metadata"] = f"cell-{number}", {"tags": cell["metadata"].get("tags", [])}
    return (json.dumps(book, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()

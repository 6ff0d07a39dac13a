"""Every notebook executed in a process of its own, side by side; one that fails does not stop the others."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mlops_lab.errors import BadInput
from mlops_lab.workbook.learner import books, notebooks_folder
from mlops_lab.workbook.page import Story, notebook_page, write_page
from mlops_lab.workbook.record import home
from mlops_lab.workbook.store import failed_cell

FOREIGN = ("PYTHONDONTWRITEBYTECODE", "JUPYTER_PATH", "JUPYTER_PREFER_ENV_PATH")


@dataclass(frozen=True)
class Executed:
    """One notebook of a run: state "ok" or "failed", seconds, the failing cell's message, its page."""

    name: str
    state: str
    seconds: float
    message: str = ""
    page: str = ""


@dataclass(frozen=True)
class RunReport:
    """One run: its folder, its notebooks by name, seconds in all, and what went wrong with the loop."""

    folder: Path
    notebooks: tuple[Executed, ...]
    seconds: float
    story_error: str = ""

    def __repr__(self) -> str:
        return f"RunReport({self.folder.name}: {len(self.notebooks)} notebooks, {len(self.failed)} failed)"

    @property
    def failed(self) -> tuple[Executed, ...]:
        """The notebooks that did not reach their end."""
        return tuple(one for one in self.notebooks if one.state == "failed")

    @property
    def ok(self) -> bool:
        """Whether everything reached its end."""
        return not self.failed and not self.story_error

    @property
    def index(self) -> Path:
        """The page to open."""
        return self.folder / "index.html"

    def document(self) -> dict[str, Any]:
        """The report as JSON."""
        books = [{**asdict(one), "seconds": round(one.seconds, 1)} for one in self.notebooks]
        head = {"run": self.folder.name, "ok": self.ok, "seconds": round(self.seconds, 1), "index": str(self.index)}
        return {**head, "notebooks": books, "story_error": self.story_error}

    def text(self) -> str:
        """A line for each notebook, what failed and why, and the path of the page."""
        lines = [f"{one.state:6} {one.seconds:6.1f} s  {one.name}" for one in self.notebooks]
        lines += [f"{one.name}, {one.message}" for one in self.failed]
        lines += [f"the loop: {self.story_error}"] if self.story_error else []
        return "\n".join([*lines, str(self.index)])


def run_all(
    notebooks: str | Path | None = None,
    out: str | Path | None = None,
    *,
    workers: int = 2,
    progress: bool | None = None,
    timeout: int = 300,
    story: Callable[[], Story] | None = None,
) -> RunReport:
    """Execute every notebook into <out>/<run>/ (default <home>/runs) and write index.html there.

    workers: notebooks at a time. timeout: seconds for a cell. progress: a bar on stderr (None: when it is a terminal).
    story: plays the loop and returns it with its lineage, beside the notebooks; it is told on the page.
    Raises BadInput when there is no notebook to run; nothing is written then.
    """
    source = Path(notebooks) if notebooks is not None else notebooks_folder()
    found = books(source)
    if not found:
        raise BadInput(f"There is no notebook (NN_name.ipynb) in {source}; name the folder that holds them.")
    if workers < 1:
        raise BadInput(f"Found {workers} workers; expected at least one.")
    folder, started = _new_folder(Path(out) if out is not None else home() / "runs"), time.monotonic()
    with ThreadPoolExecutor(workers + (story is not None)) as pool:
        told = pool.submit(story) if story is not None else None
        waiting = [pool.submit(_execute, book, folder, timeout) for book in found]
        done = [one.result() for one in _watched(waiting, progress)]
        loop, problem = _told(told)
    report = RunReport(folder, tuple(sorted(done, key=lambda one: one.name)), time.monotonic() - started, problem)
    write_page(report.index, report.document(), loop)
    (folder / "run.json").write_text(json.dumps(report.document(), indent=1) + "\n", encoding="utf-8")
    return report


def _new_folder(out: Path) -> Path:
    """The next number that is free; two runs at once get two folders."""
    out.mkdir(parents=True, exist_ok=True)
    number = 1 + max((int(one.name) for one in out.iterdir() if one.name.isdigit()), default=0)
    while True:
        try:
            (out / f"{number:04}").mkdir()
            return out / f"{number:04}"
        except FileExistsError:
            number += 1


def _watched(waiting: list[Future[Executed]], progress: bool | None) -> Any:
    """The futures as they finish, with a bar on stderr."""
    from tqdm import tqdm

    off = None if progress is None else not progress
    return tqdm(as_completed(waiting), total=len(waiting), unit="notebook", disable=off, file=sys.stderr)


def _told(story: "Future[Story] | None") -> tuple[Story | None, str]:
    if story is None:
        return None, ""
    try:
        return story.result(), ""
    except Exception as error:
        return None, f"{type(error).__name__}: {error}"


def _execute(book: Path, folder: Path, timeout: int) -> Executed:
    """One notebook through papermill, in its own folder (where its stored outputs were made)."""
    target, started = folder / book.name, time.monotonic()
    options = ["--cwd", str(book.parent), "--no-progress-bar", "--log-level", "ERROR", "-k", "python3"]
    command = [sys.executable, "-m", "papermill", str(book), str(target), *options, "--execution-timeout", str(timeout)]
    ended = subprocess.run(command, env=environment(), capture_output=True, text=True, stdin=subprocess.DEVNULL)
    page = notebook_page(target) if target.is_file() else ""
    message = "" if ended.returncode == 0 else _why(target, ended.stderr)
    state = "ok" if ended.returncode == 0 else "failed"
    return Executed(book.stem, state, time.monotonic() - started, message, page)


def environment() -> dict[str, str]:
    """Ours, without what would lead a kernel astray, and with telemetry off."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return {**kept, "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}


def _why(target: Path, stderr: str) -> str:
    """The failing cell's message; the last word of papermill when it did not get as far as a cell."""
    import nbformat

    said = failed_cell(nbformat.read(target, 4)) if target.is_file() else None
    return said or next(iter(stderr.strip().splitlines()[-1:]), "papermill ended without a word")


def check_all(notebooks: str | Path | None = None, *, workers: int = 2) -> int:
    """Run every notebook and compare with its stored outputs (nbval, strict); 0 when all are equal, 1 when not."""
    source = Path(notebooks) if notebooks is not None else notebooks_folder()
    found = books(source)
    if not found:
        raise BadInput(f"There is no notebook (NN_name.ipynb) in {source}; name the folder that holds them.")
    sanitiser = Path(__file__).parents[2] / "tests" / "nbval-sanitize.cfg"
    options = ["-o", "addopts=", "--nbval", "--nbval-current-env", "--nbval-cell-timeout=60", "-p", "no:cacheprovider"]
    options += [f"--nbval-sanitize-with={sanitiser}", "-q"]
    options += ["-n", str(workers), "--dist", "loadfile"] if workers > 1 else []
    ended = subprocess.run([sys.executable, "-m", "pytest", *options, *map(str, found)], env=environment())
    return min(ended.returncode, 1)

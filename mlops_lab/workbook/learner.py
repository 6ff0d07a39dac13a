"""The learner's own copy of the notebooks: made, kept up to date, never overwritten, opened in JupyterLab."""

import hashlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from mlops_lab.errors import BadInput
from mlops_lab.workbook.record import MARKER, home, progress_rows

__all__ = ["Copied", "jupyter_command", "notebooks_folder", "open_copy", "open_lab", "progress_rows", "reset"]


@dataclass(frozen=True)
class Copied:
    """What open_copy did: names of notebooks that are new, updated, edited by the learner, and edited *and* changed."""

    folder: Path
    new: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    yours: tuple[str, ...] = ()
    changed_upstream: tuple[str, ...] = ()

    def text(self) -> str:
        """One line for each kind that occurred."""
        lines = [f"Your notebooks are in {self.folder}"]
        said = {"new": self.new, "updated": self.updated, "edited by you, kept": self.yours}
        lines += [f"  {what}: {', '.join(names)}" for what, names in said.items() if names]
        for name in self.changed_upstream:
            lines.append(
                f"  {name} has changed in the project; yours is kept. `mlops-lab workbook reset {name}` gets it"
            )
        return "\n".join(lines)


def notebooks_folder() -> Path:
    """The project's own notebooks, beside the package in an editable install. Raises BadInput elsewhere."""
    folder = Path(__file__).parents[2] / "notebooks"
    if not any(folder.glob("[0-9]*.ipynb")):
        raise BadInput(f"There are no notebooks in {folder}; install from a clone: pip install -e . inside it.")
    return folder


def books(folder: Path) -> list[Path]:
    """The notebooks of a folder and those of its side trips, by path; no checkpoints of Jupyter's."""
    return [book for book in sorted(folder.rglob("[0-9]*.ipynb")) if ".ipynb_checkpoints" not in book.parts]


def sources(notebook: Path) -> str:
    """A digest of what a notebook says, outputs left out: running a notebook is not editing it."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        said = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    except (ValueError, KeyError, TypeError):
        return "unreadable"
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def open_copy(folder: str | Path | None = None, *, notebooks: str | Path | None = None) -> Copied:
    """Copy the project's notebooks to the learner's folder (default <home>/learn); what the learner edited stays."""
    upstream = Path(notebooks) if notebooks is not None else notebooks_folder()
    place = Path(folder) if folder is not None else home() / "learn"
    copied = _manifest(place)
    place.mkdir(parents=True, exist_ok=True)
    sorted_out: dict[str, list[str]] = {"new": [], "updated": [], "yours": [], "changed_upstream": []}
    for source in books(upstream):
        name = source.relative_to(upstream).as_posix()
        what = _copied(source, place / name, copied.get(name))
        if what in ("new", "updated", "same"):
            copied[name] = sources(source)
        if what in sorted_out:
            sorted_out[what].append(name.removesuffix(".ipynb"))
    _write_manifest(place, copied)
    return Copied(place, **{what: tuple(names) for what, names in sorted_out.items()})


def _copied(source: Path, target: Path, before: str | None) -> str:
    """Bring one copy up to date if that loses nothing; says what happened."""
    if not target.exists():
        _copy(source, target)
        return "new"
    here, there = sources(target), sources(source)
    if here == there:
        return "same"
    if here == before:
        _copy(source, target)
        return "updated"
    return "yours" if there == before else "changed_upstream"


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copyfile(source, aside)
    os.replace(aside, target)


def _manifest(place: Path) -> dict[str, str]:
    marker = place / MARKER
    if not marker.is_file():
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            raise BadInput(f"{place} is in use and is not a copy of the notebooks (no {MARKER}); name another folder.")
        return {}
    try:
        return dict(json.loads(marker.read_text(encoding="utf-8"))["copied"])
    except (ValueError, KeyError, TypeError):
        raise BadInput(f"{marker} cannot be read; delete it to have every notebook there kept as yours.") from None


def _write_manifest(place: Path, copied: dict[str, str]) -> None:
    aside = place / f"{MARKER}.{os.getpid()}"
    aside.write_text(json.dumps({"format": 1, "copied": copied}, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(aside, place / MARKER)


def reset(name: str, folder: str | Path | None = None, *, notebooks: str | Path | None = None) -> str:
    """Fetch a fresh copy of one notebook ("02" is enough); the learner's is kept beside it. Says where."""
    upstream = Path(notebooks) if notebooks is not None else notebooks_folder()
    place = Path(folder) if folder is not None else home() / "learn"
    asked = name.removesuffix(".ipynb")
    known = [book.relative_to(upstream) for book in books(upstream)]
    names = {book: {book.stem, book.with_suffix("").as_posix(), *_number(book)} for book in known}
    found = [book for book in known if asked in names[book]]
    if len(found) != 1:
        raise BadInput(f"There is no notebook {name!r}; there is {', '.join(book.stem for book in known)}.")
    if not (place / MARKER).is_file():
        raise BadInput(f"There is no copy of the notebooks in {place} yet; run `mlops-lab workbook open`.")
    copied, target, kept = _manifest(place), place / found[0], ""
    if target.exists() and sources(target) != sources(upstream / found[0]):
        number = 1
        while target.with_name(kept := f"mine-{number}-{target.name}").exists():
            number += 1
        os.replace(target, target.with_name(kept))
    _copy(upstream / found[0], target)
    copied[found[0].as_posix()] = sources(target)
    _write_manifest(place, copied)
    return f"{target} is fresh" + (f"; yours is kept as {kept}" if kept else "")


def _number(book: Path) -> list[str]:
    """The number by which a notebook may be called; a side trip has none of its own."""
    return [book.stem[:2]] if book.parent == Path() else []


def jupyter_command(folder: Path, port: int, token: str, *, browser: bool = True) -> list[str]:
    """JupyterLab on this machine only, behind a token, without news, update checks or terminals."""
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": folder.resolve(),
        "ServerApp.terminals_enabled": False,
        "IdentityProvider.token": token,
        "LabApp.news_url": None,
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.extension_manager": "readonly",
    }
    command = [sys.executable, "-m", "jupyterlab", *(f"--{name}={value}" for name, value in options.items())]
    command += [] if browser else ["--no-browser"]
    return command + (["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])


def open_lab(port: int = 0, *, folder: str | Path | None = None, browser: bool = True) -> int:
    """Bring the learner's copy up to date and run JupyterLab on it until it is stopped; returns its exit code."""
    free = _free_port(port)
    copied = open_copy(folder)
    token = secrets.token_hex(16)
    print(f"{copied.text()}\nJupyterLab: http://127.0.0.1:{free}/lab?token={token}   (stop it with Ctrl+C)", flush=True)
    quiet = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER_P")}
    server = subprocess.Popen(jupyter_command(copied.folder, free, token, browser=browser), env=quiet)
    try:
        return server.wait()
    except KeyboardInterrupt:
        server.terminate()
        server.wait()
        return 0


def _free_port(port: int) -> int:
    """The port itself when it is free, any free one for 0. Raises BadInput."""
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    except (OSError, OverflowError) as error:
        raise BadInput(f"Port {port} on 127.0.0.1 cannot be used ({error}); choose another, or 0 for any.") from None

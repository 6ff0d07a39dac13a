"""The learner's copy: kept up to date, never overwritten."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

from mlops_lab.errors import BadInput
from mlops_lab.workbook import learner, record


def write(path: Path, *sources: str, outputs: int = 0) -> None:
    cells = [nbformat.v4.new_code_cell(source, id=f"c{number}") for number, source in enumerate(sources)]
    for cell in cells:
        cell.outputs = [nbformat.v4.new_output("stream", text="soup")] * outputs
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    upstream, copy = tmp_path / "notebooks", tmp_path / "learn"
    write(upstream / "00_tour.ipynb", "1")
    write(upstream / "02_data.ipynb", "2")
    return {"folder": copy, "notebooks": upstream}


def test_new_notebooks_are_copied_and_the_second_time_nothing_happens(folders: dict[str, Path]) -> None:
    assert learner.open_copy(**folders).new == ("00_tour", "02_data")
    again = learner.open_copy(**folders)
    assert (again.new, again.updated, again.yours, again.changed_upstream) == ((), (), (), ())


def test_running_a_notebook_is_not_editing_it(folders: dict[str, Path]) -> None:
    learner.open_copy(**folders)
    write(folders["folder"] / "00_tour.ipynb", "1", outputs=2)
    write(folders["notebooks"] / "00_tour.ipynb", "1", "more")
    assert learner.open_copy(**folders).updated == ("00_tour",)
    assert learner.sources(folders["folder"] / "00_tour.ipynb") == learner.sources(
        folders["notebooks"] / "00_tour.ipynb"
    )


def test_an_edited_notebook_is_never_overwritten(folders: dict[str, Path]) -> None:
    learner.open_copy(**folders)
    write(folders["folder"] / "00_tour.ipynb", "mine")
    before = (folders["folder"] / "00_tour.ipynb").read_bytes()
    assert learner.open_copy(**folders).yours == ("00_tour",)
    write(folders["notebooks"] / "00_tour.ipynb", "theirs")
    copied = learner.open_copy(**folders)
    assert copied.changed_upstream == ("00_tour",) and "reset 00_tour" in copied.text()
    assert (folders["folder"] / "00_tour.ipynb").read_bytes() == before


def test_reset_fetches_a_fresh_copy_and_keeps_the_learners(folders: dict[str, Path]) -> None:
    learner.open_copy(**folders)
    for attempt in ("mine", "mine again"):
        write(folders["folder"] / "00_tour.ipynb", attempt)
        said = learner.reset("00", **folders)
    assert "kept as mine-2-00_tour.ipynb" in said
    assert "mine again" in (folders["folder"] / "mine-2-00_tour.ipynb").read_text()
    assert learner.open_copy(**folders).yours == ()


def test_reset_brings_back_a_deleted_notebook(folders: dict[str, Path]) -> None:
    learner.open_copy(**folders)
    (folders["folder"] / "02_data.ipynb").unlink()
    assert "fresh" in learner.reset("02_data.ipynb", **folders)
    assert (folders["folder"] / "02_data.ipynb").is_file()


def test_a_side_trip_is_copied_too_and_a_number_means_the_notebook_on_the_road(folders: dict[str, Path]) -> None:
    write(folders["notebooks"] / "deeper" / "00_more.ipynb", "1")
    write(folders["notebooks"] / "deeper" / ".ipynb_checkpoints" / "00_more-checkpoint.ipynb", "1")
    assert learner.open_copy(**folders).new == ("00_tour", "02_data", "deeper/00_more")
    assert "00_tour.ipynb is fresh" in learner.reset("00", **folders)
    assert "deeper/00_more.ipynb is fresh" in learner.reset("00_more", **folders)


def test_what_cannot_be_reset_is_said(folders: dict[str, Path]) -> None:
    with pytest.raises(BadInput, match="workbook open"):
        learner.reset("00", **folders)
    learner.open_copy(**folders)
    for name in ("99", "", "../00_tour"):
        with pytest.raises(BadInput, match="there is 00_tour, 02_data"):
            learner.reset(name, **folders)


def test_a_folder_with_other_things_in_it_is_refused_untouched(folders: dict[str, Path]) -> None:
    folders["folder"].mkdir()
    (folders["folder"] / "letters.txt").write_text("dear cook")
    with pytest.raises(BadInput, match="name another folder"):
        learner.open_copy(**folders)
    assert [one.name for one in folders["folder"].iterdir()] == ["letters.txt"]


def test_a_damaged_marker_is_said(folders: dict[str, Path]) -> None:
    learner.open_copy(**folders)
    (folders["folder"] / record.MARKER).write_text("soup")
    with pytest.raises(BadInput, match="cannot be read"):
        learner.open_copy(**folders)


def test_a_port_in_use_is_said_before_anything_is_copied(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(BadInput, match="cannot be used"):
            learner.open_lab(other.getsockname()[1], folder=tmp_path / "learn")
    with pytest.raises(BadInput, match="cannot be used"):
        learner.open_lab(99999, folder=tmp_path / "learn")
    assert not (tmp_path / "learn").exists()


def test_jupyterlab_really_starts_answers_only_with_the_token_and_stops(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    copied, port = learner.open_copy(**folders), learner._free_port(0)
    command = learner.jupyter_command(copied.folder, port, "t0k3n", browser=False)
    home = {name: str(tmp_path / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")}
    server = subprocess.Popen(command, env={**os.environ, **home}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        status = _soon(f"http://127.0.0.1:{port}/api/contents?token=t0k3n", server)
        assert "00_tour.ipynb" in {one["name"] for one in json.loads(status)["content"]}
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api/contents", timeout=5)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def _soon(url: str, server: subprocess.Popen, seconds: float = 40) -> bytes:
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.read()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise AssertionError(f"JupyterLab did not answer (exit code {server.poll()}).")

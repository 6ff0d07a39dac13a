"""Beginning a notebook."""

import logging
import os
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import matplotlib
import pytest

from mlops_lab.workbook import start


@pytest.fixture(autouse=True)
def undone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("MLOPS_LAB_HOME", str(tmp_path))
    monkeypatch.setattr(start, "_made", None)
    monkeypatch.chdir(tmp_path)
    with matplotlib.rc_context():
        yield
    logging.disable(logging.NOTSET)


def test_without_a_day_nothing_is_made_and_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    assert start.begin("00") is None
    assert capfd.readouterr() == ("", "")


def test_each_beginning_has_a_home_of_its_own(tmp_path: Path) -> None:
    homes = [(start.begin("00"), Path(os.environ["MLOPS_LAB_HOME"]))[1] for _ in range(2)]
    assert homes[0] != homes[1] and all(home.is_dir() and not list(home.iterdir()) for home in homes)
    assert not list(tmp_path.iterdir())


def test_a_day_is_fast_forwarded_to_in_the_new_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def fast_forward(day: int, **more: object) -> tuple[str, str]:
        return f"{day} {more}", os.environ["MLOPS_LAB_HOME"]

    fake = types.SimpleNamespace(fast_forward=fast_forward)
    monkeypatch.setitem(sys.modules, "mlops_lab.rehearsal", fake)
    monkeypatch.setattr("mlops_lab.rehearsal", fake, raising=False)
    world, lab = start.begin("07", day=28, incidents=["unit-change@20"])
    assert world == "28 {'seed': 7, 'size': 'quick', 'incidents': ['unit-change@20']}"
    assert lab == os.environ["MLOPS_LAB_HOME"] and start.made() == (world, lab)


def test_logs_and_warnings_are_quiet(recwarn: pytest.WarningsRecorder, caplog: pytest.LogCaptureFixture) -> None:
    import warnings

    with warnings.catch_warnings():
        start.begin("00")
        warnings.warn("soup", stacklevel=1)
        logging.getLogger("mlflow").warning("stew")
    assert not recwarn.list and not caplog.records


def test_colours_can_be_told_apart(tmp_path: Path) -> None:
    start.begin("00")
    assert matplotlib.rcParams["axes.prop_cycle"].by_key()["color"][:2] == ["#0072B2", "#D55E00"]

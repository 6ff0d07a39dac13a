"""Every test runs offline, with telemetry off and with byte code, however pytest was started."""

import importlib.util
import os
import sys
from pathlib import Path

OFFLINE = Path(__file__).parent / "offline"
collect_ignore = ["offline"]


def pytest_configure() -> None:
    """Arm the guard here and in every child; also runs in the workers of xdist."""
    os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true")
    for name in ("PYTHONDONTWRITEBYTECODE", "JUPYTER_PATH", "JUPYTER_PREFER_ENV_PATH"):
        os.environ.pop(name, None)
    path = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if str(OFFLINE) not in path:
        os.environ["PYTHONPATH"] = os.pathsep.join([str(OFFLINE), *filter(None, path)])
    if not getattr(sys, "offline_guard", False):
        spec = importlib.util.spec_from_file_location("offline_guard", OFFLINE / "sitecustomize.py")
        assert spec is not None and spec.loader is not None
        spec.loader.exec_module(importlib.util.module_from_spec(spec))

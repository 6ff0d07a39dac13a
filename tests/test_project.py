"""The project's own files agree with each other: bounds, lock, conda's twin, CI, licences, the package's imports."""

import json
import os
import re
import runpy
import subprocess
import sys
import tomllib
from importlib import import_module, metadata
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import mlops_lab
from tests.house_laws import imports, modules

ROOT = Path(__file__).parent.parent
MAKER = runpy.run_path(str(ROOT / ".ci" / "environment.py"))
environment, pins = MAKER["environment"], MAKER["pins"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = (ROOT / "requirements.lock").read_text()
LOCKED = [Requirement(pin) for pin in pins(LOCK)]
EXTRAS = PROJECT["optional-dependencies"]
ASKED = [Requirement(line) for line in [*PROJECT["dependencies"], *EXTRAS["dev"]]]
OPTIONAL = {
    "ui": "mlflow.server",
    "s3": "s3fs",
    "kubeflow": "kfp.local",
    "argo": "hera.workflows",
    "k8s": "kubernetes_validate",
}


def text(name: str) -> str:
    """A file of the project."""
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.name)
def test_the_lock_satisfies_every_bound(asked: Requirement) -> None:
    found = [pin for pin in LOCKED if canonicalize_name(pin.name) == canonicalize_name(asked.name)]
    versions = [next(iter(pin.specifier)).version for pin in found]
    assert versions and all(asked.specifier.contains(version) for version in versions)


@pytest.mark.parametrize("lock", ["requirements.lock", ".ci/bootstrap.lock"])
def test_every_locked_version_has_hashes_and_no_address(lock: str) -> None:
    entries = re.split(r"\n(?=[A-Za-z0-9])", text(lock))
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text(lock) and "index" not in text(lock).replace("indexed", "")


def test_conda_has_the_versions_of_the_lock() -> None:
    assert text("environment.yml") == environment(LOCK)


def test_conda_installs_the_clone_and_git() -> None:
    *packages, pip = yaml.safe_load(text("environment.yml"))["dependencies"]
    assert {"git", "python=3.11"} <= set(packages)
    assert pip["pip"] == [*pins(LOCK), "-e ."]


def test_a_changed_lock_would_be_seen() -> None:
    assert environment(LOCK.replace("numpy==", "numpy==9", 1)) != text("environment.yml")


@pytest.mark.parametrize("extra", EXTRAS)
def test_every_extra_has_lower_bounds(extra: str) -> None:
    assert all(any(s.operator in {">=", "=="} for s in Requirement(line).specifier) for line in EXTRAS[extra])


def test_every_extra_has_an_import_test() -> None:
    assert set(OPTIONAL) == set(EXTRAS) - {"dev"}


def test_the_lock_leaves_the_heavy_engines_out() -> None:
    assert not {pin.name for pin in LOCKED} & {"mlflow", "hera", "torch"}


@pytest.mark.filterwarnings("default")  # other people's engines may warn
@pytest.mark.parametrize("extra", OPTIONAL)
def test_an_installed_extra_imports(extra: str) -> None:
    try:
        metadata.version(Requirement(EXTRAS[extra][0]).name)
    except metadata.PackageNotFoundError:
        pytest.skip(f"extra {extra!r} is not installed")
    import_module(OPTIONAL[extra])


def test_the_package_imports_only_what_it_declares() -> None:
    lines = [*PROJECT["dependencies"], *(line for extra in OPTIONAL for line in EXTRAS[extra])]
    declared = {canonicalize_name(Requirement(line).name) for line in lines}
    homes = metadata.packages_distributions()
    for module in modules(ROOT / "mlops_lab"):
        for node, full, _ in imports(module):
            top = full.split(".")[0]
            if top in {"mlops_lab", *sys.stdlib_module_names}:
                continue
            offered = {canonicalize_name(home) for home in homes.get(top, [top])}
            assert offered & declared, module.at(node, f"{top} is imported but not declared")


@pytest.mark.slow
def test_plain_pytest_knows_the_sanitiser(tmp_path: Path) -> None:
    done = nbval(tmp_path, code="print('base64,' + 'A' * 9)", stored="base64,BBBB\n")
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_plain_pytest_refuses_another_output(tmp_path: Path) -> None:
    done = nbval(tmp_path, code="print(0.377)", stored="0.376\n")
    assert done.returncode == 1 and "0.376" in done.stdout


def nbval(folder: Path, code: str, stored: str) -> subprocess.CompletedProcess[str]:
    """`pytest --nbval` on a notebook of one cell that says it once printed the stored text."""
    cell = nbformat.v4.new_code_cell(code, execution_count=1)
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=stored)]
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), folder / "book.ipynb")
    command = [sys.executable, "-m", "pytest", "-c", "pyproject.toml", "--nbval", "-p", "no:cacheprovider", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_make_says_what_it_can_do() -> None:
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, env=bare())
    for target in ("run", "test", "check", "lab", "study", "lock", "clean"):
        assert f"make {target} " in done.stdout


def test_without_a_python_make_says_one_sentence() -> None:
    done = subprocess.run(
        [ROOT / ".ci" / "setup"], env=bare() | {"PYTHON": "no-such-python"}, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "no-such-python" in done.stderr


def bare() -> dict[str, str]:
    """The environment without what a surrounding make left in it."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "MFLAGS"}


def test_ci_runs_the_oldest_and_the_newest_python() -> None:
    matrix = yaml.safe_load(text(".github/workflows/ci.yml"))["jobs"]["test"]["strategy"]["matrix"]["python"]
    minors = [int(version.split(".")[1]) for version in matrix]
    assert PROJECT["requires-python"] == f">=3.{min(minors)},<3.{max(minors) + 1}"


def test_ci_pins_the_major_version_of_every_action() -> None:
    assert all(
        re.fullmatch(r"[\w/-]+@v\d+", used) for used in re.findall(r"uses: (\S+)", text(".github/workflows/ci.yml"))
    )


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert "make test" in text("README.md") and text(".ci/run").rstrip().endswith("\nmake test")
    assert "bash .ci/run" in text(".github/workflows/ci.yml")


def test_the_changelog_knows_this_version() -> None:
    assert re.findall(r"^## \[(.+?)\]", text("CHANGELOG.md"), flags=re.MULTILINE)[0] == mlops_lab.__version__


def test_the_package_offers_what_it_says() -> None:
    assert sorted(dir(mlops_lab)) == ["Lab", "World", "__version__", "workbook"]
    assert all(getattr(mlops_lab, name) is not None for name in mlops_lab.__all__)
    with pytest.raises(AttributeError, match="it offers Lab, World, workbook"):
        mlops_lab.Kitchen  # noqa: B018


def test_jupyterlab_asks_nobody_for_news() -> None:
    settings = json.loads(text(".ci/jupyter/overrides.json"))["@jupyterlab/apputils-extension:notification"]
    assert settings == {"checkForUpdates": False, "doNotDisturbMode": True, "fetchNews": "false"}


def test_code_and_notebooks_have_their_licences() -> None:
    assert "Apache License" in text("LICENSE") and "CC BY 4.0" in text("notebooks/LICENSE")
    assert "Apache-2.0" in text("README.md") and "CC BY 4.0" in text("README.md")

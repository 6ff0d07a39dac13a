"""The first notebook in JupyterLab, in a real browser, as a learner meets it. Skips where there is no Chromium."""

import json
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from mlops_lab.workbook.learner import jupyter_command, open_copy

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TOKEN = "learner"
BUSY = """() => { const prompts = [...document.querySelectorAll('.jp-NotebookPanel .jp-CodeCell .jp-InputPrompt')];
    return prompts.length > 0 && prompts.every(p => /^\\[\\d+\\]:$/.test(p.textContent.trim())) }"""


@pytest.fixture
def jupyter(tmp_path):
    """JupyterLab on a fresh copy of the notebooks: its address and the copy's folder."""
    copied = open_copy(tmp_path / "learn")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {
        **os.environ,
        "JUPYTERLAB_SETTINGS_DIR": str(tmp_path / "s"),
        "JUPYTERLAB_WORKSPACES_DIR": str(tmp_path / "w"),
    }
    command = [*jupyter_command(copied.folder, port, TOKEN, browser=False), "--ServerApp.allow_root=True"]
    server = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(120):
            try:
                if httpx.get(f"{address}/api/status", params={"token": TOKEN}).status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.25)
        yield address, copied.folder
    finally:
        server.terminate()
        server.wait(20)


def solve(page, exercise: str, text: str, said: str) -> None:
    """Replace the cell that checks an exercise, run it, and wait for what the workbook says."""
    cell = page.locator(".jp-CodeCell", has_text=f'workbook.check("{exercise}"').first
    cell.locator(".cm-content").scroll_into_view_if_needed()
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    page.keyboard.press("Shift+Enter")
    page.wait_for_selector(f".jp-OutputArea-output:has-text('{said}')", timeout=120_000)


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine; the notebooks are not opened in a browser")
def test_a_learner_runs_the_first_notebook_and_solves_an_exercise(jupyter, tmp_path):
    playwright = pytest.importorskip("playwright.sync_api")
    address, folder = jupyter
    elsewhere: list[str] = []
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=BROWSER, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 1400})
        page.on("request", lambda r: elsewhere.append(r.url) if "127.0.0.1" not in r.url else None)
        page.goto(f"{address}/lab/tree/00_tour.ipynb?token={TOKEN}&reset")
        page.wait_for_selector(".jp-NotebookPanel .jp-CodeCell", timeout=60_000)
        # The notebook's own sign says idle before it has a kernel at all, and JupyterLab would ask for one.
        page.wait_for_selector("text=/ipykernel\\) \\| Idle/", timeout=60_000)
        page.click(".lm-MenuBar-itemLabel:text-is('Run')")
        page.click("li.lm-Menu-item[data-command='runmenu:run-all']")
        # Until the first cell waits for the kernel, the numbers in the prompts are the stored ones.
        page.wait_for_selector(".jp-InputPrompt:has-text('*')", timeout=60_000)
        page.wait_for_function(BUSY, timeout=120_000)
        solve(page, "00-1", 'workbook.check("00-1", set("bdg"))', "Right")
        page.keyboard.press("Control+S")
        page.screenshot(path=os.environ.get("SCREENSHOT", str(tmp_path / "tour.png")))
        page.wait_for_timeout(1_000)
        browser.close()
    assert [url for url in elsewhere if url.startswith("http")] == [], "nothing leaves the machine"
    outputs = [o for cell in _cells(folder / "00_tour.ipynb") for o in cell.get("outputs", [])]
    assert outputs and not [output for output in outputs if output["output_type"] == "error"]


def _cells(notebook: Path) -> list[dict]:
    return [cell for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]

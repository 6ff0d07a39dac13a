"""One page, complete in itself."""

import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest

from mlops_lab.workbook.page import Story, notebook_page, write_page

REPORT = {
    "run": "0001",
    "ok": False,
    "seconds": 12.3,
    "story_error": "",
    "notebooks": [
        {"name": "00_tour", "state": "ok", "seconds": 4.0, "message": "", "page": "00_tour.html"},
        {"name": "02_data", "state": "failed", "seconds": 5.5, "message": "cell 3: KeyError: '<soup>'", "page": ""},
    ],
}
LOOP = {
    "days": [{"day": 0, "requests": 10, "clicks": 1, "click_rate": 0.1, "champion": None}],
    "alerts": [{"day": 0, "name": "drift", "cause": "minutes", "owner": "data", "runbook": "<look>"}],
    "releases": [],
    "incidents": [],
    "versions": 1,
}
STORY = Story(LOOP, [("a", "commit", "day 0"), ("b", "version", "1")], [("a", "b")])
OUTSIDE = re.compile(r"""(?:src|href|url|import|@import)\s*[=(]?\s*["'(]?\s*(?:https?:)?//""")


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture
def page(tmp_path: Path) -> str:
    return write_page(tmp_path / "index.html", REPORT, STORY).read_text(encoding="utf-8")


def test_every_notebook_has_its_state_seconds_and_link(page: str) -> None:
    assert '<a href="00_tour.html">00_tour</a></td><td>ok</td><td class="n">4.0</td>' in page
    assert "<strong>failed</strong>" in page and "cell 3: KeyError: '&lt;soup&gt;'" in page


def test_the_loop_and_the_lineage_are_pictures_with_a_sentence(page: str) -> None:
    images = [attributes for tag, attributes in Tags(page).found if tag == "img"]
    assert len(images) == 4 and all(image["alt"] and image["src"].startswith("data:image/png") for image in images)
    assert "Nothing was measured" in page and "&lt;look&gt;" in page and "<td>–</td>" in page


def test_nothing_comes_from_elsewhere_and_no_script_runs(page: str) -> None:
    tags = Tags(page).found
    assert not OUTSIDE.search(page) and not {"script", "link", "iframe"} & {tag for tag, _ in tags}


def test_a_run_without_a_story_and_one_whose_story_failed(tmp_path: Path) -> None:
    assert "The loop" not in write_page(tmp_path / "a.html", REPORT).read_text()
    broken = {**REPORT, "story_error": "StepFailed: soup"}
    assert "StepFailed: soup" in write_page(tmp_path / "b.html", broken).read_text()


def test_a_notebook_becomes_a_page_without_fetching_anything(tmp_path: Path) -> None:
    code = nbformat.v4.new_code_cell("print('soup')", outputs=[nbformat.v4.new_output("stream", text="soup\n")])
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Which *data* was that?"), code])
    nbformat.write(book, tmp_path / "02_data.ipynb")
    page = (tmp_path / notebook_page(tmp_path / "02_data.ipynb")).read_text(encoding="utf-8")
    assert "<em>data</em>" in page and "soup" in page and 'href="index.html"' in page
    assert not OUTSIDE.search(page) and "script" not in {tag for tag, _ in Tags(page).found}

"""The shape of a notebook, as rules: each says in sentences what is wrong with a book.

python tests/workbook/shape.py notebooks/02_versioned_data.ipynb ...
"""

import ast
import re
import statistics
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat

from mlops_lab.workbook.exercises import exercises

SECTIONS = ("You will be able to", "New words", "Break it", "In production", "Recap", "Next")
PICTURE = re.compile(r'<img alt="([^"]*)" src="data:image/png;base64,')
Rule = Callable[["Book"], Iterator[str]]
RULES: dict[str, Rule] = {}


def rule(function: Rule) -> Rule:
    RULES[function.__name__] = function
    return function


class Book:
    """A notebook as the rules look at it."""

    def __init__(self, path: Path):
        self.name, self.size = path.stem, path.stat().st_size
        self.number = self.name[:2] + ("d" if path.parent.name == "deeper" else "")  # a side trip of that number
        self.book: Any = nbformat.read(path, 4)
        self.cells: list[Any] = self.book.cells
        self.code = [cell for cell in self.cells if cell.cell_type == "code"]
        self.prose = "\n\n".join(cell.source for cell in self.cells if cell.cell_type == "markdown")

    def tagged(self, tag: str) -> list[Any]:
        return [cell for cell in self.code if tag in cell.metadata.get("tags", [])]

    def section(self, title: str) -> str:
        """The prose below a heading, up to the next one."""
        found = re.search(rf"^## {re.escape(title)}\b[^\n]*\n(.*?)(?=^## |\Z)", self.prose, re.M | re.S)
        return found[1] if found else ""

    def code_below(self, title: str) -> list[Any]:
        """The code cells between a heading and the next one."""
        inside, found = False, []
        for cell in self.cells:
            if cell.cell_type == "markdown" and (headings := re.findall(r"^## (.*)", cell.source, re.M)):
                inside = headings[-1].startswith(title)
            elif cell.cell_type == "code" and inside:
                found.append(cell)
        return found

    def trees(self) -> Iterator[ast.AST]:
        for cell in self.code:
            try:
                yield from ast.walk(ast.parse(cell.source))
            except SyntaxError:
                continue

    def outputs(self) -> Iterator[tuple[Any, str, str]]:
        """(output, kind, text) of everything stored; pictures without their bytes."""
        for cell in self.code:
            for output in cell.outputs:
                data = output.get("data") or {output.get("name", output.output_type): output.get("text", "")}
                for kind, text in data.items():
                    yield output, kind, re.sub(r"base64,[A-Za-z0-9+/=]+", "base64,PNG", str(text))


def items(text: str) -> list[str]:
    return re.findall(r"^(?:[-*]|\d+\.) +(.+)", text, re.M)


@rule
def title_is_a_question(book: Book) -> Iterator[str]:
    first = book.cells[0].source.splitlines()[0] if book.cells and book.cells[0].source else ""
    if book.cells[0].cell_type != "markdown" or not re.fullmatch(r"# .+\?(?: \(.+\))?", first):
        yield "The first line of the first cell is a title that asks: # Which data was that?"


@rule
def minutes_and_prerequisites(book: Book) -> Iterator[str]:
    minutes = re.search(r"\*\*Minutes:\*\* (\d+)", book.cells[0].source)
    if not minutes or not 25 <= int(minutes[1]) <= 40:
        yield "The first cell tells the measured minutes, 25 to 40: **Minutes:** 30"
    if not re.search(r"\*\*Before:\*\* \S", book.cells[0].source):
        yield "The first cell tells what comes before: **Before:** notebook 00"


@rule
def three_promises(book: Book) -> Iterator[str]:
    if len(items(book.section("You will be able to"))) != 3:
        yield "Below '## You will be able to' stand three promises, as a list."


@rule
def one_parameters_cell(book: Book) -> Iterator[str]:
    if len(book.tagged("parameters")) != 1:
        yield "One code cell, and only one, has the tag `parameters`."


@rule
def begins_with_begin(book: Book) -> Iterator[str]:
    if not book.code or not re.search(rf"workbook\.begin\(\s*[\"']{book.number}[\"']", book.code[0].source):
        yield f'The first code cell calls workbook.begin("{book.number}", ...).'


@rule
def cast_of_new_words(book: Book) -> Iterator[str]:
    if len(re.findall(r"^(?:[-*] |\| ?)\*\*[^*]+\*\*", book.section("New words"), re.M)) < 2:
        yield "Below '## New words' stand two or more, each in bold at the start of a list item or of a table row."


@rule
def a_plot_with_alt_text(book: Book) -> Iterator[str]:
    alts = [alt for _, kind, text in book.outputs() if kind == "text/html" for alt in PICTURE.findall(text)]
    if not any(alt.strip() for alt in alts):
        yield "There is no plot: workbook.show(fig, alt)."
    if any(kind.startswith("image/") for _, kind, _ in book.outputs()):
        yield "A picture is stored without alt text: end the cell with workbook.show(fig, alt)."


@rule
def a_table(book: Book) -> Iterator[str]:
    if not any(kind == "text/html" and "<table" in text for _, kind, text in book.outputs()):
        yield "There is no table: end a cell with a small DataFrame computed from the plotted data."


@rule
def something_breaks(book: Book) -> Iterator[str]:
    cells = book.code_below("Break it")
    if not any("except" in cell.source and "print(" in cell.source and cell.outputs for cell in cells):
        yield "Below '## Break it' a cell lets something fail, catches the error and prints its sentence."


@rule
def exercises_are_there(book: Book) -> Iterator[str]:
    source = "\n".join(cell.source for cell in book.code)
    asked = set(re.findall(r"workbook\.check\(\s*[\"']([^\"']+)[\"']", source))
    known = {id for id, one in exercises().items() if one.notebook == book.number}
    if not asked:
        yield f'There is no exercise: workbook.check("{book.number}-1", answer).'
    for id in sorted(asked - known):
        yield f"The exercise {id} is asked here and is not in exercises/{book.number}.toml."
    for id in sorted(known - asked):
        yield f"The exercise {id} of exercises/{book.number}.toml is not asked here."
    if re.search(r"workbook\.solution\(", source):
        yield "A cell gives the solution away; name workbook.solution in the prose."
    if "workbook.hint(" not in source + book.prose:
        yield "Tell the learner of workbook.hint(...)."


@rule
def exercises_are_shipped_unsolved(book: Book) -> Iterator[str]:
    for cell in book.code:
        text = str([output.get("data", {}).get("text/plain", "") for output in cell.outputs])
        if "workbook.check(" in cell.source and "Not attempted: " not in text:
            yield f"A check is stored with another state than 'not attempted': {cell.source.splitlines()[-1]}"


@rule
def in_production(book: Book) -> Iterator[str]:
    text = book.section("In production").lower()
    if "2019" not in text or "today" not in text:
        yield "Below '## In production' stands how others do it, with the names of 2019 and of today."


@rule
def recap_mirrors_the_promises(book: Book) -> Iterator[str]:
    promised, said = items(book.section("You will be able to")), items(book.section("Recap"))
    pairs = list(zip(promised, said, strict=False))
    if len(said) != len(promised) or not all(_stems(one) & _stems(other) for one, other in pairs):
        yield "Below '## Recap' each promise comes back in the same order, with at least one of its words."


def _stems(text: str) -> set[str]:
    return {word[:5] for word in re.findall(r"[a-z]{4,}", text.lower())} - {
        "with",
        "from",
        "that",
        "this",
        "what",
        "when",
    }


@rule
def sections_in_order(book: Book) -> Iterator[str]:
    found = re.findall(r"^## (.*)", book.prose, re.M)
    ranks = [number for heading in found for number, one in enumerate(SECTIONS) if heading.startswith(one)]
    if ranks != list(range(len(SECTIONS))):
        yield "These headings stand here once each, in this order: " + ", ".join(f"## {one}" for one in SECTIONS)
    if not book.section("Next").strip():
        yield "Below '## Next' stands where to go from here."


@rule
def fifteen_to_thirty_two_cells(book: Book) -> Iterator[str]:
    if not 15 <= len(book.cells) <= 32:
        yield f"Found {len(book.cells)} cells; expected 15 to 32."


@rule
def short_code_cells(book: Book) -> Iterator[str]:
    longest = max((len(cell.source.splitlines()) for cell in book.code), default=0)
    if longest > 15:
        yield f"A code cell has {longest} lines; at most 15."
    lines = [len([line for line in cell.source.splitlines() if line.strip()]) for cell in book.code]
    if min(lines, default=1) == 0:
        yield "A code cell is empty."
    if lines and not 2 <= statistics.median(lines) <= 8:
        yield f"Half of the code cells have {statistics.median(lines):g} lines or more; expected 2 to 8."


@rule
def prose_before_code(book: Book) -> Iterator[str]:
    kinds = "".join(cell.cell_type[0] for cell in book.cells)
    if "ccc" in kinds:
        yield "Three code cells follow each other; say in between what was seen."


@rule
def five_hundred_to_a_thousand_words(book: Book) -> Iterator[str]:
    text = re.sub(r"```.*?```|\]\([^)]*\)|<[^>]+>", " ", book.prose, flags=re.S)
    count = len(re.findall(r"\w[\w'’.,/-]*", text))
    if not 500 <= count <= 1000:
        yield f"Found {count} words of prose; expected 500 to 1,000."


@rule
def three_names_from_the_package(book: Book) -> Iterator[str]:
    names: set[str] = set()
    for node in book.trees():
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "mlops_lab":
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names if alias.name.split(".")[0] == "mlops_lab"}
    if len(names) > 3 or "*" in names:
        yield f"Found {len(names)} names from the package ({', '.join(sorted(names))}); at most three."


@rule
def no_shell_and_no_network(book: Book) -> Iterator[str]:
    for cell in book.code:
        if re.search(
            r"^\s*[!%]|=\s*!|os\.system\(|get_ipython\(|import subprocess|import requests|urlopen\(", cell.source, re.M
        ):
            yield f"A cell leaves Python: {cell.source.splitlines()[0]}"


@rule
def executed_in_order(book: Book) -> Iterator[str]:
    if [cell.execution_count for cell in book.code] != list(range(1, len(book.code) + 1)):
        yield "The cells are not stored as executed from top to bottom: python -m mlops_lab.workbook.store"


@rule
def no_errors_and_no_noise(book: Book) -> Iterator[str]:
    for output, kind, text in book.outputs():
        if output.output_type == "error":
            yield f"An error is stored ({output.ename}); catch it and print its sentence."
        if kind == "stderr":
            yield f"Something is stored from stderr: {text.splitlines()[0]}"


@rule
def mostly_not_silent(book: Book) -> Iterator[str]:
    silent = sum(not cell.outputs for cell in book.code)
    if silent > 0.45 * len(book.code):
        yield f"{silent} of {len(book.code)} code cells show nothing; at most 45 %."


@rule
def ignored_with_a_reason(book: Book) -> Iterator[str]:
    for cell in book.tagged("nbval-ignore-output"):
        if "# ignored: " not in cell.source:
            yield "A cell whose output is ignored says why: # ignored: ..."
    if book.tagged("nbval-skip") or "NBVAL_" in "".join(cell.source for cell in book.code):
        yield "A cell is skipped; every cell runs and is compared (or has the tag nbval-ignore-output)."


@rule
def nothing_that_varies(book: Book) -> Iterator[str]:
    varies = {
        "an address": r"\b0x[0-9a-f]{6,}\b",
        "a path": r"(?<![\w/.])/(?:tmp|home|Users|var|root)/|ipykernel_\d",
        "a time": r"\b\d\d:\d\d:\d\d\b",
        "a digest": r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{10,}\b",
    }
    for _, kind, text in book.outputs():
        for what, pattern in varies.items():
            if found := re.search(pattern, text):
                yield f"A stored output ({kind}) shows {what}: {text[max(found.start() - 20, 0) : found.end() + 20]!r}"


@rule
def stored_plainly(book: Book) -> Iterator[str]:
    extra = {key for cell in book.cells for key in cell.metadata} - {"tags"}
    extra |= set(book.book.metadata) - {"kernelspec", "language_info"}
    if extra:
        yield f"Metadata that says when or where ({', '.join(sorted(extra))}): python -m mlops_lab.workbook.store"
    if book.book.metadata.get("kernelspec", {}).get("name") != "python3":
        yield "The kernel is not python3."
    if book.size > 250_000:
        yield f"The file has {book.size:,} bytes; at most 250,000."


def findings(path: Path) -> list[str]:
    """Everything that is wrong with a notebook, each with the name of its rule."""
    book = Book(path)
    return [f"{name}: {said}" for name, one in RULES.items() for said in one(book)]


if __name__ == "__main__":
    wrong = [f"{Path(name).name}: {said}" for name in sys.argv[1:] for said in findings(Path(name))]
    print("\n".join(wrong) or "Nothing to say.")
    sys.exit(bool(wrong))

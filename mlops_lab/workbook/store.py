"""Executing a notebook and saving its outputs so that doing it again gives the same bytes.

python -m mlops_lab.workbook.store notebooks/00_tour.ipynb ...
"""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mlops_lab.errors import BadInput

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def store_outputs(paths: Iterable[str | Path], *, timeout: int = 120) -> list[Path]:
    """Execute notebooks and save them in place, all or nothing for each; returns what was written.

    timeout: seconds for a cell. Raises BadInput with the cell and its message when one fails, and when a cell ends
    up without a number: nbval would then compare nothing and be content.
    """
    return [_stored(Path(path), timeout) for path in paths]


def _stored(path: Path, timeout: int) -> Path:
    import nbformat

    try:
        book = nbformat.read(path, 4)
    except Exception as error:  # nbformat and its validator raise many kinds
        raise BadInput(f"{path} is not a notebook that can be read ({type(error).__name__}).") from None
    _execute(book, path, timeout)
    for number, cell in enumerate(book.cells):
        if cell.cell_type == "code" and cell.source.strip() and cell.execution_count is None:
            raise BadInput(f"{path.name}: cell {number} was not executed, so nothing could be compared; give it code.")
    plain(book)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    nbformat.write(book, aside)
    os.replace(aside, path)
    return path


def _execute(book: Any, path: Path, timeout: int) -> None:
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    client = NotebookClient(
        book,
        timeout=timeout,
        kernel_name="python3",
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,  # how often a kernel flushes is chance
        extra_arguments=["--IPKernelApp.log_level=40"],
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise BadInput(f"{path.name}, {failed_cell(book) or error.ename}; nothing was written.") from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise BadInput(f"{path.name}: {str(error).splitlines()[0]}; nothing was written.") from None


def failed_cell(book: Any) -> str | None:
    """The first error among the outputs, as "cell [3]: Name: message", by the number that Jupyter shows."""
    for cell in book.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                return f"cell [{cell.execution_count}]: {output.ename}: {output.evalue}"
    return None


def plain(book: Any) -> None:
    """Take out what says when, where and by which Python a notebook was run."""
    book.metadata = {"kernelspec": dict(KERNEL), "language_info": {"name": "python"}}
    for cell in book.cells:
        tags = cell.metadata.get("tags")
        cell.metadata = {"tags": list(tags)} if tags else {}
        for output in cell.get("outputs", []):
            if "metadata" in output:
                output.metadata = {}


def main(paths: list[str]) -> int:
    """Store each; 2 with one sentence when one cannot be."""
    try:
        for path in paths:
            print(*store_outputs([path]))
    except BadInput as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

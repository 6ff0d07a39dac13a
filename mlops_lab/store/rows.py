"""How many rows a file holds, where the file is a table."""

import csv
import io


def count_rows(path: str, content: bytes) -> int | None:
    """Rows of a .parquet, .csv (without its header) or .jsonl file; None for other files and unreadable ones."""
    kind = path.rpartition(".")[2].lower()
    if kind == "parquet":
        return _parquet_rows(content)
    if kind == "csv":
        return _csv_rows(content)
    if kind == "jsonl":
        return sum(1 for line in content.splitlines() if line.strip())
    return None


def _parquet_rows(content: bytes) -> int | None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return int(pq.read_metadata(pa.BufferReader(content)).num_rows)
    except (pa.ArrowException, OSError):
        return None


def _csv_rows(content: bytes) -> int | None:
    try:
        # A quoted field may hold newlines; without quotes counting lines is enough and far faster.
        quoted = b'"' in content
        lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")) if quoted else content.splitlines()
        return max(sum(1 for line in lines if line) - 1, 0)
    except (UnicodeDecodeError, csv.Error):
        return None

"""Rows of the tables among the files."""

import io

import pandas as pd
import pytest

from mlops_lab.store.rows import count_rows


@pytest.mark.parametrize(
    "path, content, rows",
    [
        ("a.csv", b"x,y\n1,2\n3,4\n", 2),
        ("a.csv", b"x,y\r\n1,2\r\n3,4", 2),
        ("a.csv", b'x,y\n1,"two\nlines"\n', 1),
        ("a.csv", b"", 0),
        ("a.csv", b"\xff\xfe\x00", 0),
        ("a.CSV", b"x\n1\n", 1),
        ("a.jsonl", b"{}\n\n{}", 2),
        ("a.txt", b"1\n2\n", None),
        ("a.parquet", b"not parquet", None),
    ],
)
def test_rows_are_counted_where_the_file_is_a_table(path, content, rows):
    assert count_rows(path, content) == rows


def test_rows_of_parquet_are_read_from_its_footer():
    buffer = io.BytesIO()
    pd.DataFrame({"x": range(7)}).to_parquet(buffer)
    assert count_rows("day=1/x.parquet", buffer.getvalue()) == 7

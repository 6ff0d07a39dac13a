"""A CSV file may hold anything; what is good in it is read, and what is not costs no neighbour."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_lab.data.records import fields_of, read_records, records
from mlops_lab.errors import BadInput

LOOKS = {"id": r"\d+", "day": r"\d{4}-\d\d-\d\d"}
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
PROSE = st.text("abc ,\"'\n\r", max_size=20).map(lambda text: f"x{text}")
ROW = st.tuples(st.integers(1, 99).map(str), st.just("2010-01-01"), PROSE)


def whole(line: str) -> bool:
    fields = fields_of(line)
    return len(fields) > 1 and fields[0].isdigit() and fields[1].startswith("2010-")


def written(rows) -> str:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()


def lines_of(text: str) -> list[str]:
    return list(io.StringIO(text, newline=""))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(ANY_TEXT, min_size=3, max_size=3), max_size=8))
def test_valid_csv_is_read_as_the_standard_reader_reads_it(rows):
    text = written(rows)
    expected = [row for row in csv.reader(lines_of(text)) if row]
    assert list(records(lines_of(text), 3, whole)) == expected


@settings(max_examples=100, deadline=None)
@given(st.lists(ROW, max_size=5), st.lists(ROW, max_size=5))
def test_a_stray_quote_costs_one_record_and_no_neighbour(before, after):
    stray = '7,2010-01-01,"never closed\r\n'
    found = list(records(lines_of(written(before) + stray + written(after)), 3, whole))
    assert [row for row in found if isinstance(row, list)] == [list(row) for row in before + after]
    assert [row for row in found if isinstance(row, str)] == [stray]


@settings(max_examples=150, deadline=None)
@given(st.text('1,"\n\rx2010-', max_size=60))
def test_no_character_is_lost_or_read_twice(noise):
    lines = lines_of(noise)
    found = list(records(lines, 3, whole))
    raw = "".join(row for row in found if isinstance(row, str))
    read = sum(len(field) for row in found if isinstance(row, list) for field in row)
    assert len(raw) + read <= len(noise)
    assert all(len(row) == 3 for row in found if isinstance(row, list))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('1,2010-01-01,a "quoted" word\n', [["1", "2010-01-01", 'a "quoted" word']]),
        ('1,2010-01-01,"a "quoted" word"\n', [["1", "2010-01-01", 'a quoted" word"']]),
        ("1,2010-01-01\n2,2010-01-02,b\n", ["1,2010-01-01\n", ["2", "2010-01-02", "b"]]),
        ("1,2010-01-01,a,b\n\n\n", ["1,2010-01-01,a,b\n"]),
        ("1,2\n3,4\n", ["1,2\n", "3,4\n"]),
        ('1,2010-01-01,"two\nlines"\n', [["1", "2010-01-01", "two\nlines"]]),
        ('1,2010-01-01,"says\n2,2010-01-02,quoted"\n', [["1", "2010-01-01", "says\n2,2010-01-02,quoted"]]),
        ('1,2010-01-01,"open\nmore "of" it\nend"\n2,2010-01-02,b\n',
         ['1,2010-01-01,"open\nmore "of" it\nend"\n', ["2", "2010-01-02", "b"]]),
        ('1,2010-01-01,"open to the end\nof the file\n', ['1,2010-01-01,"open to the end\nof the file\n']),
        ("1,2010-01-01,a", [["1", "2010-01-01", "a"]]),
    ],
)  # fmt: skip
def test_each_kind_of_dirt_by_hand(text, expected):
    assert list(records(lines_of(text), 3, whole)) == expected


def test_an_open_quote_before_a_million_characters_is_found_out():
    good = "".join(f"{n},2010-01-01,plain\n" for n in range(50_000))
    found = list(records(lines_of('0,2010-01-01,"open\n' + good), 3, whole))
    assert isinstance(found[0], str) and len(found) == 50_001 and found[1] == ["0", "2010-01-01", "plain"]


def read(tmp_path, content: bytes):
    file = tmp_path / "some.csv"
    file.write_bytes(content)
    return read_records(file, ["id", "day"], LOOKS)


def test_the_wanted_columns_come_by_name(tmp_path):
    found = read(tmp_path, b"\xef\xbb\xbfother, day ,id\r\nx,2010-01-01,5\r\n")
    assert found.frame.to_dict("list") == {"id": ["5"], "day": ["2010-01-01"]} and len(found) == 1


def test_bytes_that_are_no_text_become_marks(tmp_path):
    found = read(tmp_path, b"id,day,note\n5,2010-01-01,caf\xe9\n6\xff,2010-01-02,\x00\n")
    assert found.frame["id"].tolist() == ["5", "6\ufffd"]


def test_noise_between_records_is_set_aside(tmp_path):
    noise = bytes(range(1, 256)).replace(b"\n", b"").replace(b"\r", b"") + b",,\n"
    found = read(tmp_path, b"id,day\n1,2010-01-01\n" + noise + b"2,2010-01-02\n")
    assert found.frame["id"].tolist() == ["1", "2"] and len(found.unparsable) == 1


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_a_sentence(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("any")
    assert len(read(folder, b"id,day\n" + content)) >= 0
    try:
        read(folder, content)
    except BadInput as error:
        assert str(error).isprintable()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"user,stars\n1,2\n", r"has the columns user, stars; expected id, day \(missing: id, day\)"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "has the columns"),
        (b'"' + b"x" * 200_000, "no CSV at all"),
        (b"id," + b"c" * 5_000 + b"\n", r" \.\.\."),
    ],
)
def test_what_is_no_table_is_named(tmp_path, content, message):
    with pytest.raises(BadInput, match=message):
        read(tmp_path, content)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(BadInput, match="cannot be read: Is a directory"):
        read_records(tmp_path, ["id"], {})

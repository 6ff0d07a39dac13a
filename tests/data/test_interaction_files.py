"""Laws of reading interactions: what people have is read, what cannot be read is refused in one sentence."""

import numpy as np
import pytest

from mlops_lab.data import interaction_files
from mlops_lab.data.interaction_files import read_interactions
from mlops_lab.errors import BadInput


def read(tmp_path, content):
    path = tmp_path / "rows.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_interactions(path)


def pairs(found):
    return list(zip(found.cooks[found.cook].tolist(), found.recipes[found.recipe].tolist(), strict=True))


@pytest.mark.parametrize(
    "content",
    [
        "user,item\n1,a\n2,b\n",
        "user\titem\n1\ta\n2\tb\n",
        "item,rating,user\na,5,1\nb,0,2\n",
        "user,item,note\n1,a,hello\n2,b,\n",
        "\ufeffuser,item\r\n1,a\r\n2,b\r\n",
        'user,item\n"1","a"\n"2",b',
        " User , ITEM \n 1,a \n\n2,b\n\n",
        'user,item,note\n1,a,"two\nlines, and a comma"\n2,b,x\n',
    ],
)
def test_one_set_of_rows_in_many_spellings(tmp_path, content):
    found = read(tmp_path, content)
    assert pairs(found) == [("1", "a"), ("2", "b")]
    assert found.day is None


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        (["86400", "129600.5"], [1.0, 1.5 + 0.5 / 86400]),
        (["1970-01-02", "1970-01-02T12:00:00"], [1.0, 1.5]),
        (["1970-01-02 00:00:00Z", "1970-01-02T02:00:00+02:00"], [1.0, 1.0]),
        (["1969-12-31", "-86400"], [-1.0, -1.0]),
    ],
)
def test_timestamps_become_days_since_1970(tmp_path, texts, days):
    found = read(tmp_path, "user,item,timestamp\n" + "".join(f"u,i{n},{text}\n" for n, text in enumerate(texts)))
    assert np.allclose(found.day, days)


def test_many_rows_are_read_in_parts_without_a_seam(tmp_path, monkeypatch):
    rows = [(str(n % 7), str(n % 5)) for n in range(50)]
    content = "user,item,timestamp\n" + "".join(f"{u},{i},{n * 86400}\n" for n, (u, i) in enumerate(rows))
    monkeypatch.setattr(interaction_files, "CHUNK_ROWS", 8)
    found = read(tmp_path, content)
    assert pairs(found) == rows and found.day.tolist() == list(range(50))


BAD = {
    "empty": ("", "is empty; expected a header"),
    "blank": ("\n\n", "is empty; expected a header"),
    "header only": ("user,item\n\n", "has a header and no rows"),
    "other columns": ("cook,recipe\n1,2\n", "has the columns 'cook,recipe'; expected user,item[,rating][,timestamp]"),
    "no header": ("1,2\n3,4\n", "has the columns '1,2'; expected user,item"),
    "twice": ("user,item,user\n1,2,3\n", "has the columns 'user,item,user'"),
    "semicolons": ("user;item\n1;2\n", "separated by commas or tabs"),
    "too many fields": ("user,item\n1,2\n3,4,5\n", "line 3 has 3 fields where the header has 2"),
    "too few fields": ("user,item\n1\n", "line 2 has 1 fields where the header has 2"),
    "no user": ("user,item\n1,2\n ,4\n", "line 3: the user is empty"),
    "no item": ("user,item\n1,2\n3,\n", "line 3: the item is empty"),
    "no time": ("user,item,timestamp\n1,2,3\n1,3,\n", "line 3: the timestamp '' is neither"),
    "words for time": (
        'user,item,note,timestamp\n1,2,"a\nb",3\n1,3,x,soon\n',
        "line 4: the timestamp 'soon' is neither",
    ),
    "not a number": ("user,item,timestamp\n1,2,nan\n", "line 2: the timestamp 'nan' is neither"),
    "milliseconds": ("user,item,timestamp\n1,2,1526000000000\n", "line 2: the timestamp '1526000000000' is neither"),
    "stray quote": ('user,item\n1,"2\n3,4\n', "cannot be read as CSV or TSV"),
    "noise": (bytes(range(256)) * 8, "is not text in UTF-8"),
    "noise in the rows": (b"user,item\n1,2\n\x93\xff\xfe,4\n", "is not text in UTF-8"),
    "zeros": (b"\x00" * 300, "has the columns"),
    "zeros in the rows": (b"user,item\n1,2\n\x00\x01,4\n", "holds binary data"),
    "utf-16": ("user,item\n1,2\n".encode("utf-16"), "is not text in UTF-8"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_refused_in_one_sentence(tmp_path, name):
    content, words = BAD[name]
    with pytest.raises(BadInput) as refused:
        read(tmp_path, content)
    said = str(refused.value)
    assert words in said and "rows.csv" in said and "\n" not in said and "\x00" not in said


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(BadInput, match="nowhere.csv does not exist; expected a file"):
        read_interactions(tmp_path / "nowhere.csv")
    with pytest.raises(BadInput, match="is a folder; expected a file"):
        read_interactions(tmp_path)

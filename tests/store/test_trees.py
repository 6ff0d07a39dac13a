"""Trees: canonical nodes, safe paths, changes and differences."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_lab.errors import BadInput
from mlops_lab.store import trees as module
from mlops_lab.store.trees import Entry, Node, Tree, changed, differences, digest_of, parts

names = st.text(string.ascii_lowercase[:4], min_size=1, max_size=2)
entries = st.integers(0, 3).map(lambda n: Entry(digest_of(str(n).encode()), n))


@pytest.fixture(autouse=True, scope="module", params=[(64, 8), (2, 2)], ids=["narrow", "wide"])
def pages(request):
    """Every law holds for folders of one node, and for those that are cut into pages of about two names."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in zip(("PAGE_NAMES", "FEWEST_PAGES"), request.param, strict=True):
            patch.setattr(module, name, value)
        yield


@st.composite
def trees(draw):
    """Paths in folders one deep (folders end in _, so that none is also a file), with their entries."""
    paths = st.one_of(names, st.tuples(names, names).map(lambda p: f"{p[0]}_/{p[1]}"))
    return draw(st.dictionaries(paths, entries, max_size=8))


def grown(files, old=None, made=None):
    made = {} if made is None else made
    changes = {parts(path): entry for path, entry in files.items()}

    def load(digest):
        return Node.from_bytes(made[digest].content)

    return changed(old, changes, load, made), load, made


@given(trees())
def test_a_tree_is_the_mapping_it_was_made_from(files):
    root, load, _ = grown(files)
    tree = Tree(root, load)
    assert dict(tree) == files
    assert list(tree) == sorted(files)
    assert len(tree) == len(files)


@given(trees(), st.randoms(use_true_random=False))
def test_the_digest_does_not_depend_on_the_order_of_the_files(files, random):
    shuffled = list(files.items())
    random.shuffle(shuffled)
    assert grown(files)[0] == grown(dict(shuffled))[0]


@given(trees(), trees())
def test_growing_in_two_steps_gives_the_same_tree_as_in_one(first, second):
    root, _, made = grown(first)
    assert grown(second, root, made)[0] == grown({**first, **second})[0]


@given(trees())
def test_deleting_everything_gives_the_empty_tree(files):
    root, _, made = grown(files)
    assert grown(dict.fromkeys(files), root, made)[0] == grown({})[0]


@given(trees(), trees())
def test_differences_are_what_must_be_done_to_get_from_one_to_the_other(first, second):
    root, _, made = grown(first)
    target, load, _ = grown(second, None, made)
    found = {path: (old, new) for path, old, new in differences(root, target, load)}
    paths = first.keys() | second.keys()
    assert found == {p: (first.get(p), second.get(p)) for p in paths if first.get(p) != second.get(p)}


@given(trees(), names)
def test_a_prefix_gives_the_paths_that_start_with_it(files, prefix):
    root, load, _ = grown(files)
    assert [path for path, _ in Tree(root, load).walk(prefix)] == sorted(p for p in files if p.startswith(prefix))


def test_a_walk_below_a_prefix_opens_no_other_folder():
    root, load, _ = grown({"day=1/a": Entry("x", 1), "day=2/a": Entry("y", 1)})
    opened = []
    assert [p for p, _ in Tree(root, lambda d: opened.append(d) or load(d)).walk("day=2/")] == ["day=2/a"]
    assert len(opened) == 2


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "../x", "a/../x", "a//b", "a/", "./a", "a\\b", "C:x", "a\nb", "\ud800"]
)
def test_a_path_that_leaves_its_folder_is_refused(path):
    with pytest.raises(BadInput, match="cannot be stored"):
        parts(path)


def test_a_name_is_not_a_file_and_a_folder_at_once():
    root, _, made = grown({"a/b": Entry("x", 1)})
    with pytest.raises(BadInput, match="'a' would be a file and a folder"):
        grown({"a": Entry("y", 1)}, root, made)


def test_a_file_may_become_a_folder_in_one_change():
    root, _, made = grown({"a": Entry("x", 1)})
    assert list(Tree(*grown({"a": None, "a/b": Entry("y", 1)}, root, made)[:2])) == ["a/b"]


def test_deleting_what_is_not_there_is_refused():
    root, _, made = grown({"a/b": Entry("x", 1)})
    with pytest.raises(BadInput, match="no file 'a/c' to delete"):
        grown({"a/c": None}, root, made)


def test_one_edit_in_a_wide_folder_writes_one_page_and_the_list_of_pages(monkeypatch):
    monkeypatch.setattr(module, "PAGE_NAMES", 64)
    monkeypatch.setattr(module, "FEWEST_PAGES", 8)
    root, _, made = grown({f"day={day:04d}.json": Entry("x", day) for day in range(3_650)})
    new = {}
    again = changed(root, {("day=0300.json",): Entry("y", 1)}, lambda digest: made[digest], new)
    assert len(new) <= 3 and sum(map(len, (node.content for node in new.values()))) < 50_000
    assert [p for p, _, _ in differences(root, again, lambda d: {**made, **new}[d])] == ["day=0300.json"]


def test_a_folder_that_is_wide_on_one_side_only_is_compared(monkeypatch):
    few, _, made = grown({"a/x": Entry("x", 1)})
    many, load, _ = grown({f"{n}/x": Entry("x", 1) for n in range(2_000)}, few, made)
    assert len(list(differences(few, many, load))) == len(list(differences(many, few, load))) == 2_000

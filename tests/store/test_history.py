"""Commits by name and by what they have to do with each other: tags, global ids, who holds a content."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_lab.errors import BadInput
from mlops_lab.store import Store


@settings(max_examples=25, deadline=None)
@given(sources=st.lists(st.lists(st.integers(0, 7), max_size=3), min_size=1, max_size=8))
def test_everything_one_upload_caused_has_its_global_id_causes_first(tmp_path_factory, sources):
    store, made, cause = Store(tmp_path_factory.mktemp("law")), [], []
    for i, wanted in enumerate(sources):
        known = [j for j in wanted if j < i]
        cause.append(cause[known[0]] if known else i)  # the cause is the one named first
        made.append(store.commit(f"r{i % 3}", {"x": b"%d" % i}, provenance=[made[j].id for j in known]))
    for i, commit in enumerate(made):
        found = Store(store.path).commit_set(commit.id)
        assert set(found) == {other for other, root in zip(made, cause, strict=True) if root == cause[i]}
        assert (found[0], commit.global_id) == (made[cause[i]], found[0].id)
        for later in found:
            before = found[: found.index(later)]
            assert all(s in before for s in store.upstream(later) if s in found)
            assert all(c in before for c in store._history(later) if c in found and c != later)


def test_a_tag_names_a_commit_and_never_moves(store):
    first, second = (store.commit("r", {"x": b"%d" % i}) for i in range(2))
    assert store.tag("r", "v1", "r^") == store.get("r@v1") == first
    assert store.tag("r", "v1", first.id) == first
    assert (store.get("r@v1~0"), store.tags("r"), store.branches("r")) == (first, ["v1"], ["main"])
    with pytest.raises(BadInput, match="'v1' for another commit; tags never move"):
        store.tag("r", "v1", second)
    with pytest.raises(BadInput, match="did you mean 'r@v1'"):
        store.get("r@v2")
    assert Store(store.path).get("r@v1") == first


def test_a_name_is_a_branch_or_a_tag(store):
    commit = store.commit("r", {"x": b""})
    store.tag("r", "v1", commit)
    with pytest.raises(BadInput, match="'main' is a branch of 'r'"):
        store.tag("r", "main", commit)
    for write in (lambda: store.branch("r", "v1", commit), lambda: store.commit("r", {"y": b""}, branch="v1")):
        with pytest.raises(BadInput, match="'v1' is a tag of 'r'"):
            write()
    with pytest.raises(BadInput, match="belongs to 'r'"):
        store.tag("s", "v1", commit)
    assert (store.branches("r"), store.log("r")) == (["main"], [commit])


def test_a_spoilt_tag_is_found(store):
    store.tag("r", "v1", store.commit("r", {"x": b""}))
    (store.path / "tags" / "r" / "v1").write_text("f" * 64)
    assert [p.object for p in store.verify()] == ["tags/r/v1"]


def test_who_holds_a_content_is_answered_oldest_first(store):
    commits = [store.commit("r", {"day": content, "n": b"%d" % i}) for i, content in enumerate([b"a", b"b", b"a"])]
    store.commit("s", {"day": b"a"})
    side = store.commit("r", {"day": b"a", "n": b"side"}, branch="side")
    assert store.holding("r", "day") == sorted([commits[0], side], key=lambda c: c.id) + [commits[2]]
    assert store.holding("r~1", "day") == [commits[1]]
    with pytest.raises(BadInput, match="did you mean 'day'"):
        store.holding("r", "days")


def test_what_is_no_revision_is_refused(store):
    with pytest.raises(BadInput, match="7 is no revision"):
        store.get(7)

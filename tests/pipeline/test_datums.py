"""cross, join, union and group are what plain Python would do, with the counts of Pachyderm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_lab.pipeline import BrokenPipeline, cross, glob, group, join, union
from tests.pipeline.committed import committed

pairs = st.sets(st.tuples(st.sampled_from("123"), st.sampled_from("xyz")), max_size=6)


def sides(one, other):
    """Two cuts whose files tell which pair they are."""
    a = committed({f"day={day}/{x}.csv": f"{day}{x}" for day, x in one}, "a")
    b = committed({f"{y}/{day}.csv": f"{y}{day}" for day, y in other}, "b")
    return glob(a, "day={day}/{x}.csv"), glob(b, "{y}/{day}.csv")


def found(datums):
    """The paths of each datum by member, and the law that keys tell datums apart."""
    all = list(datums)
    assert len({datum.key for datum in all}) == len(all) == len(datums)
    return [{member: [file.path for file in files] for member, files in datum.files.items()} for datum in all]


def same(datums, wanted):
    assert sorted(found(datums), key=repr) == sorted(wanted, key=repr)


def path_a(pair):
    return f"day={pair[0]}/{pair[1]}.csv"


def path_b(pair):
    return f"{pair[1]}/{pair[0]}.csv"


@given(pairs, pairs)
def test_cross_is_every_pair(one, other):
    a = glob(committed({path_a(p): "" for p in one}), "day={day}/{x}.csv")
    b = glob(committed({path_b(p): "" for p in other}, "b"), "{y}/{other}.csv")
    same(cross(a=a, b=b), [{"a": [path_a(p)], "b": [path_b(q)]} for p in one for q in other])


@given(pairs, pairs)
def test_join_is_the_pairs_with_the_same_capture(one, other):
    a, b = sides(one, other)
    same(join(on="day", a=a, b=b), [{"a": [path_a(p)], "b": [path_b(q)]} for p in one for q in other if p[0] == q[0]])


@given(pairs, pairs)
def test_an_outer_join_keeps_what_has_no_partner(one, other):
    a, b = sides(one, other)
    inner = [{"a": [path_a(p)], "b": [path_b(q)]} for p in one for q in other if p[0] == q[0]]
    left = [{"a": [path_a(p)]} for p in one if p[0] not in {q[0] for q in other}]
    right = [{"b": [path_b(q)]} for q in other if q[0] not in {p[0] for p in one}]
    same(join(on="day", outer=True, a=a, b=b), inner + left + right)


@given(pairs, pairs)
def test_group_is_one_datum_for_each_value(one, other):
    a, b = sides(one, other)
    days = {p[0] for p in one | other}
    wanted = [
        {"a": sorted(path_a(p) for p in one if p[0] == day), "b": sorted(path_b(q) for q in other if q[0] == day)}
        for day in days
    ]
    same(group(by="day", a=a, b=b), wanted)


@given(pairs, pairs)
def test_union_is_one_after_the_other(one, other):
    a, b = sides(one, other)
    wanted = [*sorted(map(path_a, one)), *sorted(map(path_b, other))]
    assert [file.path for datum in union(a, b) for files in datum.files.values() for file in files] == wanted
    assert len(union(a, b)) == len(one) + len(other)


@given(pairs, pairs)
def test_every_datum_is_found_by_its_captures_and_its_key_can_be_cut_again(one, other):
    a, b = sides(one, other)
    for cut in (join(on="day", a=a, b=b), join(on="day", outer=True, a=a, b=b), group(by="day", a=a, b=b), a):
        made = committed({f"{datum.key}.json": datum.key for datum in cut}, "made")
        again = {d.key: d.captures for pattern in cut.keys for d in glob_made(made, pattern)}
        assert again == {datum.key: datum.captures for datum in cut}
        for datum in cut:
            assert datum in list(cut.where({name: datum.captures[name] for name in cut.on} or datum.captures))


def glob_made(commit, pattern):
    from mlops_lab.pipeline.globs import Glob

    return Glob(commit, f"{pattern}.*", made=True).datums("made", {})


@pytest.mark.parametrize("how", ["glob", "join", "outer", "group", "cross", "union"])
@given(before=st.tuples(pairs, pairs), after=st.tuples(pairs, pairs))
def test_what_a_change_touches_holds_every_datum_that_differs(how, before, after):
    from mlops_lab.store.store import Diff

    class Compared:
        """Compares commits as a store does."""

        def diff(self, old, new):
            row = [{"path": p} for p in old.tree.keys() | new.tree.keys() if old.tree.get(p) != new.tree.get(p)]
            return Diff(row, [], [])

    def cut(one, other):
        a, b = sides(one, other)
        c = glob(b.commits[0], "{y}/{other}.csv")
        ways = {"glob": a, "cross": cross(a=a, b=c), "union": union(a, b), "group": group(by="day", a=a, b=b)}
        return {**ways, "join": join(on="day", a=a, b=b), "outer": join(on="day", outer=True, a=a, b=b)}[how]

    old, new = cut(*before), cut(*after)
    wheres = new.touched(old, Compared())
    states = [{datum.key: datum.identity for datum in one} for one in (old, new)]
    near = [{datum.key for where in wheres for datum in one.where(where)} for one in (old, new)]
    changed = {key for key in states[0].keys() | states[1].keys() if states[0].get(key) != states[1].get(key)}
    assert changed <= near[0] | near[1]


def test_a_preview_lists_the_datums_without_working():
    a, b = sides({("1", "x")}, {("1", "y"), ("1", "z")})
    assert join(on="day", a=a, b=b).preview() == [
        {"datum": "day=1/x=x/y=y", "files": ["day=1/x.csv", "y/1.csv"]},
        {"datum": "day=1/x=x/y=z", "files": ["day=1/x.csv", "z/1.csv"]},
    ]


def test_tables_of_a_day_are_joined_under_the_name_of_the_day():
    commit = committed({f"day={day}/{table}.csv": "" for day in (1, 2) for table in ("clicks", "ratings")})
    cut = join(on="day", a=glob(commit, "day={day}/clicks.csv"), b=glob(commit, "day={day}/ratings.csv"))
    assert [datum.key for datum in cut] == ["day=1", "day=2"]
    assert repr(cut) == "Datums(day={day}/clicks.csv of traffic, day={day}/ratings.csv of traffic; paired on day)"


@pytest.mark.parametrize("made, sentence", [
    (lambda a, b: join(on="week", a=a, b=b), "Part 'a' has no capture 'week'; write {week} into 'day={day}/{x}.csv'"),
    (lambda a, b: group(by="y", a=a, b=b), "Part 'a' has no capture 'y'"),
    (lambda a, b: cross(a=a, b=b), "Parts 'a' and 'b' both capture 'day'; rename it in one of them"),
    (lambda a, b: join(on="day", a=join(on="day", a=a, b=b), b=b), "cannot be combined; give a glob"),
    (lambda a, b: join(on="day", a=group(by="day", a=a), b=b), "cannot be combined; give a glob"),
    (lambda a, b: union(a, "b"), "'b' cannot be combined; give a glob"),
    (lambda a, b: cross(), "There is nothing to combine"),
])  # fmt: skip
def test_parts_that_cannot_be_combined_are_refused(made, sentence):
    with pytest.raises(BrokenPipeline, match=sentence):
        made(*sides({("1", "x")}, {("1", "y")}))

"""Judges of notebook 08: where does this recommendation come from?"""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from mlops_lab.errors import BadInput
from mlops_lab.registry.versions import MODEL
from mlops_lab.store import Commit, Store

_REASONS = {
    "index has changed": "the index of a pack does not match its name any more",
    "cut off": "a pack ends before its last object",
    "have changed": "the bytes under an id are not those that gave it its name",
    "is missing": "something that others name is missing",
    "does not name": "a branch points to what is no commit of its repo",
}
_BOUGHT = 10  # reviews of one dish in one upload: more than honest cooks write


def which_upload(answer: Any, made: Any) -> list[str]:
    """The upload with the bought reviews, as its commit or the start of its id, or as its day."""
    if not isinstance(made, tuple):
        return ["There is no lab to look into; run the notebook's first cells, then check again."]
    lab = made[1]
    poisoned = {day: claimed for day in range(1, lab.newest_day + 1) if (claimed := _claimed(lab, day))}
    if not poisoned:
        return ["In your lab nobody has cheated yet. Run the cells above, then check again."]
    try:
        day = _day(lab, answer)
    except BadInput as wrong:
        return [str(wrong)]
    first, trained = min(poisoned), lab.store.get(lab.registry.versions()[-1].data_commit).metadata["day"]
    if day == first:
        return []
    if day == trained:
        return [
            "This is the upload after which version 9 was trained; it holds all days before it. Which one brought it?"
        ]
    if poisoned[first][0] <= day <= poisoned[first][1]:
        return [f"Day {day} is what some of the rows claim. When did they arrive? Look at the file in which they lie."]
    if day < first:
        return [f"The data as of day {day} hold no more reviews of that dish than honest cooks write; look later."]
    return [f"The data as of day {day} hold the reviews, and so did the commit before. Which was the first?"]


def _claimed(lab: Any, day: int) -> tuple[int, int] | None:
    """The first and last day that the bought reviews of an upload claim; None when it brought none."""
    rows = lab.table("ratings", (day, day))
    counts = rows["recipe"].value_counts()
    if not len(counts) or counts.iloc[0] < _BOUGHT:
        return None
    days = rows.loc[rows["recipe"] == counts.index[0], "day"]
    return int(days.min()), int(days.max())


def _day(lab: Any, answer: Any) -> int:
    """The day of an answer. Raises BadInput for what names no upload."""
    if isinstance(answer, (str, Commit)):
        commit = lab.store.get(answer)
        if commit.repo != "traffic":
            raise BadInput(f"This is a commit of {commit.repo!r}; an upload is a commit of 'traffic'.")
        return int(commit.metadata["day"])
    if isinstance(answer, bool) or not isinstance(answer, (int, float)) or answer != answer or int(answer) != answer:
        raise BadInput(
            f"Found {type(answer).__name__}; expected a commit of 'traffic', its id, or the number of a day."
        )
    if not 0 <= answer <= lab.newest_day:
        raise BadInput(f"There is no upload of day {answer:g}; there are those of days 0 to {lab.newest_day}.")
    return int(answer)


def forged(forge: Any, made: Any) -> list[str]:
    """forge(store, victim, other) -> (lie, witness): what it did to a copy of the lab's store is looked at."""
    if not callable(forge):
        return [f"Found {type(forge).__name__}; expected a function of store, victim and other."]
    if not isinstance(made, tuple):
        return ["There is no lab to copy; run the notebook's first cells, then check again."]
    lab = made[1]
    version = lab.registry.champion()
    other = next(c.id for c in reversed(lab.store.log("traffic")) if c.id != version.data_commit)
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(lab.store.path, Path(folder) / "store")
        given = forge(Store(copy), version.commit, other)
        return _caught(Store(copy), given, version.commit, other)


def _caught(store: Store, given: Any, victim: str, other: str) -> list[str]:
    if problems := store.verify():
        why = _reason([one.problem for one in problems])
        said = f"verify is not content: {why}. Whoever asks gets an error, and not your lie. "
        return [f"{said}Put in something new instead of changing what is there."]
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        return ["Return two ids: (lie, witness)."]
    try:
        lie, witness = (store.get(one) for one in given)
    except BadInput as unknown:
        return [f"One of the two cannot be found: {unknown}"]
    return _no_lie(store, lie, victim, other) or _no_witness(store, witness, lie, victim)


def _reason(problems: list[str]) -> str:
    """What is wrong, the nearest to its cause first, without the names of files."""
    return next((said for word, said in _REASONS.items() if any(word in one for one in problems)), problems[0])


def _no_lie(store: Store, lie: Commit, victim: str, other: str) -> list[str]:
    true = store.get(victim)
    if lie.id == victim:
        return ["That is the true commit, and it still tells the truth: its id is a hash of what it says."]
    model = lie.tree.get(MODEL)
    if model is None or model.digest != true.tree[MODEL].digest:
        return ["Your lie is about another model. It has to hold the very bytes of the victim's model.npz."]
    if other not in lie.provenance:
        named = "no origin at all" if not lie.provenance else "another origin"
        return [f"Your lie names {named}; it has to name `other`. commit(..., provenance=[...]) says it."]
    if set(lie.provenance) != {other}:
        return ["Your lie names `other`, and the true origin beside it. That is a confession."]
    return []


def _no_witness(store: Store, witness: Commit, lie: Commit, victim: str) -> list[str]:
    if witness.id == lie.id:
        return ["Your witness is the lie itself. Who knew the victim's id before you came?"]
    if witness.id == victim:
        return ["The victim speaks for itself, but who says that it is the one in use? Find a commit that names it."]
    if victim in store.get(witness).provenance:
        return []
    if victim in {commit.id for commit in store.upstream(witness)} or _follows(store, witness, victim):
        return []
    if witness in store.upstream(victim):
        return ["That commit was there before the victim was made, and knows nothing of it. Look downstream."]
    return ["That commit does not name the victim, nor does anything that it was made from."]


def _follows(store: Store, witness: Commit, victim: str) -> bool:
    """Does the victim stand among the parents of a commit?"""
    while witness.parent is not None:
        if witness.parent == victim:
            return True
        witness = store.get(witness.parent)
    return False

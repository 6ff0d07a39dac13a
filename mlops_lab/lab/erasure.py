"""One cook taken out of everything: files are written again without them, then what held them is erased over history.

A cook's rows go from every table, answers and quarantine included; recipes they wrote stay, by nobody. What evenings
have noted of them goes as well. Models hold no ids of cooks, but have learned from them: `versions` says which.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from mlops_lab.data.tables import from_bytes, to_bytes
from mlops_lab.errors import BadInput
from mlops_lab.lab.housekeeping import forget
from mlops_lab.lab.workspace import Workspace
from mlops_lab.serving.log import JsonLines

NOBODY = "[erased]"


def forget_cook(workspace: Workspace, cook: str, why: str = "asked for by the cook") -> dict[str, Any]:
    """Erase a cook; as `housekeeping.forget`, with `repos` {repo: files written again} and `commits` {repo: newest}.

    Raises BadInput, with nothing changed, when nothing in the workspace tells of the cook, or the reason names them.
    """
    if _mentions(why, cook):
        raise BadInput("The reason would be kept for good, and it names the cook; say it without the id.")
    files = {repo: found for repo in workspace.store.repos() if (found := dict(_cleaned(workspace, repo, cook)))}
    lines = _lines(workspace, cook)
    if not files and not lines:
        raise BadInput(f"Nothing here tells of a cook {cook!r}; look at the ids in the table of cooks.")
    told = [(repo, forget(workspace, repo, changed, why)) for repo, changed in files.items()]
    every = [one for _, one in told]
    return {
        "repos": {repo: sorted(changed) for repo, changed in files.items()},
        "commits": {repo: one["commit"] for repo, one in told},
        "erased": sorted({digest for one in every for digest in one["erased"]}),
        "spared": {digest: place for one in every for digest, place in one["spared"].items()},
        "versions": sorted({number for one in every for number in one["versions"]}),
        "lines": lines,
    }


def _cleaned(workspace: Workspace, repo: str, cook: str) -> Iterator[tuple[str, bytes | None]]:
    """Every path at which any commit of a repo ever told of the cook, with what its newest content is without them."""
    store = workspace.store
    head = store.log(repo)[0]
    held = {(path, entry.digest) for commit in store.log(repo) for path, entry in commit.tree.walk()}
    there = [(path, store.blob(digest)) for path, digest in sorted(held) if store.has(digest)]
    for path in sorted({path for path, content in there if without(path, content, cook) != content}):
        yield path, without(path, store.read(head, path), cook) if path in head.tree else None


def without(path: str, content: bytes, cook: str) -> bytes | None:
    """A file without a cook: the same bytes where it does not tell of them, None where nothing is left."""
    if path.endswith(".parquet"):
        frame = from_bytes(content)
        clean = _table(frame, cook)
        return content if clean is frame else to_bytes(clean) if len(clean) else None
    if path.endswith(".json") and _mentions(content.decode("utf-8", "replace"), cook):
        return (json.dumps(_record(json.loads(content), cook), indent=1, sort_keys=True) + "\n").encode()
    return content


def _table(frame: pd.DataFrame, cook: str) -> pd.DataFrame:
    """The very same table where no row tells of the cook."""
    theirs = np.zeros(len(frame), dtype=bool)
    if "cook" in frame:
        theirs |= (frame["cook"] == cook).to_numpy(dtype=bool)
    if "row" in frame:  # quarantine: rows as JSON
        theirs |= np.array([_mentions(row, cook) for row in frame["row"].tolist()], dtype=bool)
    wrote = (frame["author"] == cook).to_numpy(dtype=bool) if "author" in frame else np.zeros(len(frame), dtype=bool)
    if not theirs.any() and not wrote.any():
        return frame
    clean = frame.assign(author=frame["author"].where(~wrote, NOBODY)) if wrote.any() else frame
    return clean[~theirs].reset_index(drop=True)


def _record(value: Any, cook: str) -> Any:
    """Plain data without keys, items and texts that are or name the cook."""
    if isinstance(value, dict):
        return {key: _record(inner, cook) for key, inner in value.items() if key != cook}
    if isinstance(value, list):
        return [_record(inner, cook) for inner in value if inner != cook]
    return NOBODY if isinstance(value, str) and _mentions(value, cook) else value


def _mentions(text: str, cook: str) -> bool:
    return cook in text and re.search(rf"(?<![\w-]){re.escape(cook)}(?![\w-])", text) is not None


def _lines(workspace: Workspace, cook: str) -> int:
    """Answers and feedback that wait for their day to be closed, taken out of their files; how many went."""
    gone = 0
    for folder in ("predictions", "feedback"):
        for file in JsonLines(workspace.path / folder).files():
            lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
            rest = [line for line in lines if not _mentions(line, cook)]
            if len(rest) < len(lines):
                gone += len(lines) - len(rest)
                aside = file.with_suffix(".part")
                aside.write_text("".join(rest), encoding="utf-8")
                aside.replace(file)
    return gone

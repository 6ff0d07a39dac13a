"""A folder committed exactly as it is; what has not been touched since the last time is not read again.

The stat cache is Git's idea. stats/NAME.json holds, for every file of a folder whose content is in a tree, the stamp it
had when it was read: {"folder", "tree", "stamps": {path: "size ctime_ns inode"}}. A file with the same stamp has the
same content. A file that changed in the very tick of the clock in which it was read could change once more within that
tick and keep its stamp ("racily clean" in Git's words), so it is noted without one and read again.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlops_lab.errors import BadInput
from mlops_lab.store.commits import Commit
from mlops_lab.store.disk import explained
from mlops_lab.store.folders import files_in, stamps_in
from mlops_lab.store.trees import digest_of

if TYPE_CHECKING:
    from mlops_lab.store.store import Store


def snapshot(store: "Store", repo: str, folder: str | Path, **words: Any) -> Commit:
    """Commit a folder exactly as it is: what is new, what changed and what is gone. words: as for `commit`.

    Raises BadInput for what cannot be read and for what is neither a file nor a folder; then nothing changes.
    """
    place, home = Path(folder).resolve(), store.path.resolve()
    if place.is_relative_to(home) or home.is_relative_to(place):
        raise BadInput(f"{place} and the store {home} lie one in the other; keep the files elsewhere.")
    store.start(repo, **words)  # raises before anything is written
    with store.writing(), explained(store.path), store.start(repo, **words) as opened:
        now_ns = _tick(home / "lock")
        stamps = stamps_in(place)
        cache = home / "stats" / f"{digest_of(os.fsencode(place))[:16]}.json"
        known = _load(cache, opened.base)
        new = [(path, stamp) for path, stamp in stamps.items() if known.get(path) != stamp]
        opened.add_files(files_in(place, new))
        for path in [path for path in known if path not in stamps]:
            opened.delete(path)
        commit = opened.finish()
        stamps.update((path, "") for path, stamp in new if not _settled(stamp, now_ns))
        _save(cache, place, commit, stamps)
    return commit


def _tick(file: Path) -> int:
    """The file system's own clock in ns; there is no other clock in the house."""
    os.utime(file)
    return file.stat().st_mtime_ns


def _settled(stamp: str, now_ns: int) -> bool:
    """Had the file been left alone when it was read? Stamps of whole seconds come from a file system that rounds."""
    changed_ns = int(stamp.split()[1])
    return changed_ns + (2 * 10**9 if changed_ns % 10**9 == 0 else 0) < now_ns


def _load(cache: Path, base: Commit | None) -> Mapping[str, str]:
    """The files of a commit with their stamps as far as they are known; the notes must be about this very tree."""
    if base is None:
        return {}
    with suppress(OSError, ValueError, KeyError, TypeError):
        noted = json.loads(cache.read_bytes())
        if noted["tree"] == base.tree.root:
            return dict(noted["stamps"])
    return dict.fromkeys(base.tree, "")


def _save(cache: Path, folder: Path, commit: Commit, stamps: Mapping[str, str]) -> None:
    """Not durable: notes that are lost or cut off cost time and nothing else."""
    noted = {"folder": os.fspath(folder), "tree": commit.tree.root, "stamps": stamps}
    with suppress(OSError):
        cache.parent.mkdir(exist_ok=True)
        unfinished = cache.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(noted))
        os.replace(unfinished, cache)

"""What is stored, beside what it would take to keep every commit as a folder of its own."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlops_lab.store.store import Store


@dataclass(frozen=True)
class Statistics:
    """Counts of a store; files and file_bytes over all commits, as if each were a folder of its own.

    objects: distinct blobs, tree nodes and commits. stored_bytes: what these take on disk, with their indexes.
    """

    commits: int
    files: int
    file_bytes: int
    objects: int
    stored_bytes: int

    @property
    def ratio(self) -> float:
        """How many times more than is stored the commits hold: what deduplication saves. 1 for an empty store."""
        return self.file_bytes / self.stored_bytes if self.stored_bytes else 1.0

    def __repr__(self) -> str:
        held = f"{self.commits} commits, {self.files} files of {self.file_bytes:,} bytes"
        return f"Statistics({held} in {self.objects} objects of {self.stored_bytes:,} bytes, ratio {self.ratio:.2f})"


def statistics(store: "Store") -> Statistics:
    """What is stored now. Each folder is looked into once, however many commits share it."""
    packs, known = store._packs, dict[str, tuple[int, int]]()

    def held(digest: str) -> tuple[int, int]:
        """Files below a tree node, and their bytes."""
        if digest not in known:
            node = store._node(digest)
            below = [*((1, entry.size) for entry in node.files.values()), *map(held, node.folders.values())]
            known[digest] = sum(files for files, _ in below), sum(size for _, size in below)
        return known[digest]

    commits = [held(commit.tree.root) for commit in store._all()]
    files, file_bytes = (sum(column) for column in zip(*commits, strict=True)) if commits else (0, 0)
    return Statistics(len(commits), files, file_bytes, len(packs.digests()), packs.stored_bytes())

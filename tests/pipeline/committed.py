"""Commits that lie in memory, for laws about datums that need no disk."""

from mlops_lab.store import Commit
from mlops_lab.store.trees import Entry, Node, Tree, changed, digest_of, parts


def committed(files: dict[str, str], repo: str = "traffic") -> Commit:
    """A commit with these texts as files."""
    made: dict[str, Node] = {}
    entries = {parts(path): Entry(digest_of(text.encode()), len(text)) for path, text in files.items()}
    root = changed(None, entries, made.__getitem__, made)
    tree = Tree(root, made.__getitem__)
    return Commit(digest_of(f"{repo}{root}".encode()), repo, None, "", (), {}, tree, "")

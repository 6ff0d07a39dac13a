"""The generation of a store: it changes whenever packs are taken away, so that nobody trusts an index from before."""

from pathlib import Path

from mlops_lab.store.disk import publish
from mlops_lab.store.trees import digest_of


class Generation:
    """A file with a hash that never comes again, then the names of the packs that are on their way out.

    Once it names them, these packs are gone, all at once: a crash after that leaves files that nobody sees.
    """

    def __init__(self, folder: Path):
        self.path, self._unfinished = folder / "generation", folder / "tmp" / "generation"

    def now(self) -> list[str]:
        """What the file says now."""
        try:
            return self.path.read_text().split() or [""]
        except (FileNotFoundError, NotADirectoryError):
            return [""]

    def retired(self) -> set[str]:
        """The packs on their way out."""
        return set(self.now()[1:])

    def change(self, retired: set[str]) -> None:
        """Begin a new generation, durably; only for the holder of the lock."""
        following = digest_of(self.now()[0].encode())
        publish(self.path, "\n".join([following, *sorted(retired), ""]).encode(), self._unfinished)

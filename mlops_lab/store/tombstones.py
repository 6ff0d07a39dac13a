"""Tombstones: which contents were taken away on purpose, and why."""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from mlops_lab.errors import BadInput


class Erased(BadInput):
    """A content was taken away on purpose; its tombstone says why, and its digest stands in history as before."""


class Tombstones:
    """One JSON file {"digest", "why"} per erased content, named by the digest. They outlive the bytes for good."""

    def __init__(self, folder: Path):
        self.folder, self._prefix = folder, f"{folder}{os.sep}"

    def __contains__(self, digest: str) -> bool:
        return os.path.exists(self._prefix + digest)  # asked at every read

    def digests(self) -> set[str]:
        """Digests of what was erased."""
        return set(os.listdir(self.folder)) if self.folder.exists() else set()

    def why(self, digest: str) -> str | None:
        """Why a content was erased; None when its tombstone cannot be read."""
        try:
            return epitaph(digest, (self.folder / digest).read_bytes())
        except (OSError, BadInput):
            return None

    def refuse(self, digests: Iterable[str]) -> None:
        """Raise Erased when one of these was erased."""
        for digest in self.digests().intersection(digests):
            raise self.erased(digest)

    def erased(self, digest: str) -> Erased:
        """What to raise for an erased content."""
        return Erased(f"Object {digest} was erased: {self.why(digest) or 'its tombstone cannot be read'}")


def inscribed(digest: str, why: str) -> bytes:
    """A tombstone as a file."""
    return json.dumps({"digest": digest, "why": why}, ensure_ascii=False).encode() + b"\n"


def epitaph(digest: str, content: bytes) -> str:
    """Why a content was erased, as its tombstone says. Raises BadInput when this is not its tombstone."""
    try:
        said = json.loads(content)
        if said["digest"] == digest and isinstance(said["why"], str):
            return str(said["why"])
    except (ValueError, KeyError, TypeError):
        pass
    raise BadInput(f"The tombstone of {digest} cannot be read; expected JSON with its digest and why it was erased.")

"""What lies in a store: objects by their digest, and where in which pack."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from mlops_lab.errors import BadInput
from mlops_lab.store.trees import digest_of


class Damaged(BadInput):
    """An object is missing or its bytes are not those that were stored; it is never served."""


class Place(NamedTuple):  # a store holds many: a named tuple is made three times as fast as a frozen dataclass
    """Where an object lies: the pack's name, the first byte and how many; kind is blob, tree or commit."""

    pack: str
    offset: int
    size: int
    kind: str


@dataclass(frozen=True)
class Object:
    """Something to store: its kind (blob, tree, commit), its digest and its bytes."""

    kind: str
    digest: str
    content: bytes


def read_index(name: str, content: bytes) -> dict[str, Place]:
    """The objects of the pack that this index describes. Raises Damaged when it does not match the pack's name."""
    if digest_of(content) != name:
        raise Damaged(f"The index {name}.jsonl has changed: it does not match its name.")
    try:
        lines = json.loads(b"[" + b",".join(content.splitlines()) + b"]")
        return {line["digest"]: Place(name, line["offset"], line["size"], line["kind"]) for line in lines}
    except (ValueError, KeyError, TypeError):  # it came from elsewhere
        raise Damaged(f"The index {name}.jsonl does not say which objects lie in its pack.") from None


def index_of(objects: Mapping[str, Place]) -> bytes:
    """The index of a pack that holds these objects end to end in this order."""
    lines, offset = [], 0
    for digest, place in objects.items():
        lines.append(f'{{"digest": "{digest}", "kind": "{place.kind}", "offset": {offset}, "size": {place.size}}}\n')
        offset += place.size
    return "".join(lines).encode()

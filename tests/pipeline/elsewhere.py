"""Steps that run in a process of their own; nothing here imports a test library."""

import os
import signal
from pathlib import Path
from typing import Any

from mlops_lab.errors import BadInput


class Loaf:
    """An object with a format of its own."""

    def __init__(self, grams: int):
        self.grams = grams

    def to_bytes(self) -> bytes:
        """Its weight as text."""
        return str(self.grams).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> "Loaf":
        """The loaf of these bytes."""
        return cls(int(content))


def process(n: int) -> int:
    """The number of the process."""
    return os.getpid()


def baked(n: int) -> Loaf:
    """A loaf."""
    return Loaf(100 * n)


def weighed(baked: Loaf) -> int:
    """Its weight."""
    return baked.grams


def killed(n: int) -> int:
    """A process that is killed."""
    os.kill(os.getpid(), signal.SIGKILL)
    return n


def left(n: int) -> int:
    """A process that goes without a word to its caller."""
    os.write(2, b"no more gas")
    os._exit(7)


def refused(n: int) -> int:
    """A step that refuses its input."""
    raise BadInput(f"{n} cooks spoil the soup; send one home.")


def failed(n: int) -> int:
    """A step that fails."""
    raise ZeroDivisionError("no flour")


def flaky(path: str) -> int:
    """Fails the first time."""
    if Path(path).exists():
        return 1
    Path(path).write_text("tried")
    raise OSError("try later")


def bag(n: int) -> Any:
    """Something without a format."""
    return {n}


def square(item: int) -> int:
    """Itself times itself."""
    return item * item


def parsed(text: str) -> list:
    """Numbers in a text."""
    return [int(part) for part in text.split()]


def added(item: list, more: list, by: int = 1) -> int:
    """The sum of two lists."""
    return by * (sum(item) + sum(more))

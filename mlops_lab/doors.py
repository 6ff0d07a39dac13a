"""A room's door: its words, imported when they are first used, so that importing the room costs nothing."""

from collections.abc import Callable, Mapping
from importlib import import_module


def door(room: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """The `__getattr__` (PEP 562) of a package: homes says in which of its modules each word lives."""

    def word(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"{room} has no attribute {name!r}.")
        return getattr(import_module(f"{room}.{homes[name]}"), name)

    return word

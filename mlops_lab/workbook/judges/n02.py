"""Judges of notebook 02: which data was that?"""

from collections.abc import Callable
from typing import Any

_CONTENTS = [b"", b"soup", b"soup ", b"Soup", b"stew", b"puos", bytes(range(256)), b"s" * 100_000]


def blobs(make: Callable[[], Any]) -> list[str]:
    """A content-addressed store: make() gives one with put(bytes) -> id and get(id) -> bytes."""
    store = make()
    lost = [name for name in ("put", "get") if not callable(getattr(store, name, None))]
    if lost:
        return [f"There is no method {lost[0]}. A store has put(content), which returns an id, and get(id)."]
    ids = [store.put(content) for content in _CONTENTS]
    return _about_ids(make, store, ids) or _about_contents(store, ids)


def _about_ids(make: Callable[[], Any], store: Any, ids: list[Any]) -> list[str]:
    if None in ids:
        return ["put returned None. It has to return the id under which the content can be found again."]
    if store.put(b"soup") != ids[1]:
        return ["Putting the same bytes twice gave two ids. Derive the id from the content alone."]
    if make().put(b"stew") != ids[4]:
        return ["Two stores gave the same bytes different ids. An id must not depend on what was stored before."]
    if len(set(ids)) < len(ids) or len({store.put(b"%d" % number) for number in range(2000)}) < 2000:
        return ["Different bytes share one id. Hash every byte of the content, and keep all of the hash."]
    return []


def _about_contents(store: Any, ids: list[Any]) -> list[str]:
    for content, id in zip(_CONTENTS, ids, strict=True):
        if store.get(id) != content:
            return [f"get(id) did not give back the bytes that were put: {content[:8]!r} came back changed."]
    try:
        store.get("no such id")
    except Exception:
        return []
    return ["get of an id that was never given out returned something. It should raise: silence would hide lost data."]


def which_upload(answer: Any, made: Any) -> list[str]:
    """The day whose upload was the first with minutes in seconds, or the commit of that day."""
    world, lab = made
    day = getattr(answer, "metadata", {}).get("day", answer)
    if isinstance(day, bool) or not isinstance(day, (int, float)) or day != day or int(day) != day:
        return [f"Found {type(answer).__name__}; expected the number of a day, or the commit of that day."]
    if not 0 <= day <= lab.newest_day:
        return [f"There is no upload of day {day:g}; there are those of days 0 to {lab.newest_day}."]
    first = min(incident.day for incident in world.incidents if incident.kind == "unit-change")
    if day < first:
        return [f"The minutes of day {day:g} are still what they should be; go on looking after it."]
    if day > first:
        return [f"The minutes of day {day:g} are wrong, and they were wrong the day before; which upload began it?"]
    return []

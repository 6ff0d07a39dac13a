"""Register versions and move aliases; each is exactly one commit of the store, so it happens or it does not."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from mlops_lab.errors import BadInput
from mlops_lab.registry.versions import CARD, MODEL, UnknownVersion, Version, card, read_card
from mlops_lab.store import Commit, Store

MODELS, REGISTRY, STATE = "models", "registry", "aliases.json"
EMPTY = {"champion": None, "challenger": None, "release": None}


class Registry:
    """The versions and aliases kept in a store. Always answers from the newest commit, whoever wrote it."""

    def __init__(self, store: Store):
        self.store = store
        self._versions: tuple[str, tuple[Version, ...]] = ("", ())
        self._state: tuple[str, dict[str, Any]] = ("", dict(EMPTY))

    def __repr__(self) -> str:
        return f"Registry({len(self.versions())} versions, champion {self.alias('champion') or 'none'})"

    def versions(self) -> tuple[Version, ...]:
        """All versions, number 1 first. A number is a place in the log, and the first of equal registrations counts."""
        head = self.store.head(MODELS)
        if head is not None and head.id != self._versions[0]:
            self._versions = (head.id, self._read_versions())
        return self._versions[1]

    def version(self, number: int) -> Version:
        """The version with this number; raises UnknownVersion."""
        known = self.versions()
        if not 1 <= number <= len(known):
            offer = f"the versions are 1 to {len(known)}" if known else "nothing is registered yet; train a model first"
            raise UnknownVersion(f"There is no version {number}: {offer}.")
        return known[number - 1]

    def load(self, number: int) -> bytes:
        """The saved model of a version, its hash verified by the store; raises UnknownVersion."""
        return self.store.read(self.version(number).commit, MODEL)

    def register(
        self, model: bytes, *, digest: str, kind: str, data_commit: str, run: str, metrics: Mapping[str, Any],
        blessed: bool, reasons: Iterable[str],
    ) -> Version:  # fmt: skip
        """The version of this model, new unless one with the same digest and data commit is there already."""
        identity = (digest, data_commit)
        with self.store.writing():
            known = next((version for version in self.versions() if version.identity == identity), None)
            if known is not None:
                return known
            version = Version(0, kind, digest, data_commit, run, metrics, blessed, tuple(reasons))
            self.store.commit(
                MODELS, {MODEL: model, CARD: card(version)}, message=f"{kind} {digest[:12]}",
                provenance=(data_commit,), metadata={"digest": digest, "data_commit": data_commit},
            )  # fmt: skip
            return self.versions()[-1]

    def alias(self, name: str) -> int | None:
        """The number of the version that an alias points at, None when it points at nothing."""
        number = self._current().get(name)
        return number if isinstance(number, int) else None

    def champion(self) -> Version | None:
        """The version that serves, None before the first."""
        number = self.alias("champion")
        return self.version(number) if number else None

    def challenger(self) -> Version | None:
        """The version that is being tried, None when there is none."""
        number = self.alias("challenger")
        return self.version(number) if number else None

    def state(self) -> dict[str, Any]:
        """Every alias by name, and "release": what is underway."""
        return json.loads(json.dumps(self._current()))

    def move(
        self, action: str, *, aliases: Mapping[str, int | None], release: Mapping[str, Any] | None = None,
        who: str, why: str, day: int, version: int | None = None,
    ) -> Commit:  # fmt: skip
        """Point aliases elsewhere and say what is underway now (release None: nothing). One commit.

        Aliases that are not named stay where they are. version: whom the move is about, by default whom it points at.
        Raises UnknownVersion, and BadInput without a reason.
        """
        if not who.strip() or not why.strip():
            raise BadInput(f"The move {action!r} names no {'one' if not who.strip() else 'reason'}; say who and why.")
        named = [number for number in aliases.values() if number is not None]
        models = tuple(dict.fromkeys(self.version(number).commit for number in named))
        about = version if version is not None else next(iter(named), None)
        record = {"day": day, "action": action, "version": about, "who": who, "why": why}
        with self.store.writing():
            state = {**self.state(), **aliases, "release": dict(release) if release else None}
            content = json.dumps({**state, "move": record}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
            return self.store.commit(
                REGISTRY, {STATE: content.encode()}, message=f"{action}: {why}", provenance=models,
                metadata={"move": record, "state": state},
            )  # fmt: skip

    def moves(self) -> list[dict[str, Any]]:
        """The log of moves, oldest first: day, action, version, who, why, the aliases after it, and its commit."""
        log = [(commit.id, commit.metadata) for commit in reversed(self._log(REGISTRY))]
        return [{**metadata["move"], **metadata["state"], "commit": commit} for commit, metadata in log]

    def previous_champion(self) -> int | None:
        """Whom a rollback brings back: the champion before this one, a rollback having taken back its promotion."""
        reigns: list[int] = []
        for move in self.moves():
            champion = move["champion"]
            if move["action"] == "rollback" and reigns:
                reigns.pop()
            if champion is not None and (not reigns or reigns[-1] != champion):
                reigns.append(champion)
        return reigns[-2] if len(reigns) > 1 else None

    def _log(self, repo: str) -> list[Commit]:
        return self.store.log(repo) if self.store.head(repo) is not None else []

    def _read_versions(self) -> tuple[Version, ...]:
        """Versions of the log; those read before are taken from memory, for commits never change."""
        known = {version.commit: version for version in self._versions[1]}
        found: dict[tuple[str, str], Version] = {}
        for commit in reversed(self._log(MODELS)):
            identity = (str(commit.metadata["digest"]), str(commit.metadata["data_commit"]))
            if identity not in found:
                version = known.get(commit.id) or read_card(self.store.read(commit, CARD), len(found) + 1, commit.id)
                found[identity] = version
        return tuple(found.values())

    def _current(self) -> dict[str, Any]:
        head = self.store.head(REGISTRY)
        if head is not None and head.id != self._state[0]:
            self._state = (head.id, dict(head.metadata["state"]))
        return self._state[1]

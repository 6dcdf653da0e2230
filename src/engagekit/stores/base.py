"""What every store is made of: a log that knows ids, versions, kinds and bytes, and no domain.

An adapter (memory, JSONL, SQLite, yours) implements `LogAdapter`; `Store` in `store.py` is the one
facade over all of them. A commit is what one save adds to one engagement: all of it or nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Protocol

import attrs

from engagekit import checks
from engagekit.engagement.events import Event
from engagekit.errors import StaleVersion

__all__ = ["Batch", "DecodedEvent", "Finding", "LogAdapter", "NewEvent", "Receipt", "StoredEvent"]


def _key(given: object) -> str | None:
    return checks.optional_text(given, "key", limit=checks.NAME_LIMIT)


@attrs.frozen(kw_only=True)
class NewEvent:
    """An event on its way into a log. Instants are microseconds UTC."""

    kind: str
    at_us: int
    recorded_us: int
    payload: bytes


@attrs.frozen(kw_only=True)
class StoredEvent:
    """An event as it lies in a log. Instants are microseconds UTC."""

    position: int  # in the order of the whole store, from 1; gaps are possible
    engagement: str
    version: int  # in the order of its engagement, from 1, without gaps
    kind: str
    at_us: int
    recorded_us: int
    commit: str  # the key of the commit it came in
    payload: bytes


@attrs.frozen(kw_only=True)
class DecodedEvent(StoredEvent):
    """An event as it lies in a log, and what it says."""

    event: Event


@attrs.frozen(kw_only=True)
class Batch:
    """What one save adds to one engagement."""

    engagement: str
    expected: int  # the version the log must have; 0: not there yet
    events: tuple[NewEvent, ...]  # at least one
    key: str | None = attrs.field(default=None, converter=_key)  # the caller's name for the request

    @cached_property
    def commit(self) -> str:
        """The caller's key; without one, a digest of what is added to what."""
        if self.key is not None:
            return self.key
        digest = hashlib.sha256()
        parts = [self.engagement.encode(), str(self.expected).encode()]
        parts += [part for event in self.events for part in (event.kind.encode(), event.payload)]
        for part in parts:
            digest.update(len(part).to_bytes(8, "big") + part)
        return digest.hexdigest()

    def may_repeat(self, found: int) -> bool:
        """Whether its commit can be in a log of version `found` at all.

        A digest counts the expected version in, so it is never in a log that still has it.
        """
        return self.key is not None or found > self.expected

    def require(self, found: int) -> None:
        """Refuse to add to another version than the expected one."""
        if found != self.expected:
            raise StaleVersion(engagement=self.engagement, expected=self.expected, found=found)


@attrs.frozen(kw_only=True)
class Receipt:
    """What became of a batch."""

    position: int  # of the last event of its commit; 0 where the log keeps no order of its own
    version: int  # of the engagement, now
    repeated: bool  # the commit was there already, and nothing was added


@attrs.frozen(kw_only=True)
class Finding:
    """Something a look at the store brought up: a fault, or something worth knowing."""

    message: str
    engagement: str | None = None
    version: int | None = None
    fault: bool = True

    def __str__(self) -> str:
        place = "" if self.engagement is None else f"{self.engagement!r}"
        if self.version is not None:
            place += f", version {self.version}"
        return f"{place}: {self.message}" if place else self.message

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return attrs.asdict(self)


class LogAdapter(Protocol):
    """A place where logs live. Safe to use from several threads; writers may be many processes.

    Every method raises `StoreUnavailable` where the place cannot be read or written, with the
    original error as its cause, and `TamperedLog` where it holds what no adapter writes.
    """

    @property
    def home(self) -> object:
        """Equal for two adapters exactly when they are the same physical place."""

    def append(self, batches: Sequence[Batch], /) -> list[Receipt]:
        """Add every batch, or none. What is acknowledged survives a kill.

        A batch whose commit key is in the log of its engagement already is acknowledged and adds
        nothing, at whatever version.

        Raises:
            StaleVersion: an engagement is not at the version a batch expects.
            StoreUnavailable: nothing was added, as far as can be known; the same batch may be
                sent again.
        """

    def records(self, engagement: str, /, after_version: int = 0) -> list[StoredEvent]:
        """The log of one engagement by version; empty where there is none."""

    def all(self, after_position: int = 0, limit: int | None = None) -> Iterator[StoredEvent]:
        """The events of the store by position, in one order for every reader."""

    def ids(self) -> list[str]:
        """The ids of all engagements, sorted."""

    def inspect(self) -> Iterable[Finding]:
        """What the place itself can tell about its soundness, beyond its records."""

    def close(self) -> None:
        """Let go of files and connections; every later call raises `StoreUnavailable`."""

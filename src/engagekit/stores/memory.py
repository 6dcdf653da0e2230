"""Logs in memory: for tests, trials and notebooks; gone with the process."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence

from engagekit.errors import StoreUnavailable
from engagekit.stores.base import Batch, Finding, Receipt, StoredEvent

__all__ = ["MemoryLog"]


class MemoryLog:
    """A log adapter that keeps everything in lists."""

    def __init__(self) -> None:
        self._home = object()
        self._lock = threading.Lock()
        self._all: list[StoredEvent] = []
        self._logs: dict[str, list[StoredEvent]] = {}
        self._commits: dict[tuple[str, str], int] = {}  # -> position of the last event
        self._closed = False

    def __repr__(self) -> str:
        return "memory:"

    @property
    def home(self) -> object:
        """Every memory is a place of its own."""
        return self._home

    def append(self, batches: Sequence[Batch], /) -> list[Receipt]:
        """Add every batch, or none."""
        with self._lock:
            self._require_open()
            new = [batch for batch in batches if self._position(batch) is None]
            for batch in new:
                batch.require(len(self._logs.get(batch.engagement, ())))
            for batch in new:
                self._add(batch)
            added = {id(batch) for batch in new}
            return [
                Receipt(
                    position=self._commits[batch.engagement, batch.commit],
                    version=len(self._logs[batch.engagement]),
                    repeated=id(batch) not in added,
                )
                for batch in batches
            ]

    def records(self, engagement: str, /, after_version: int = 0) -> list[StoredEvent]:
        """The log of one engagement by version."""
        with self._lock:
            self._require_open()
            return self._logs.get(engagement, [])[after_version:]

    def all(self, after_position: int = 0, limit: int | None = None) -> Iterator[StoredEvent]:
        """The events by position; those added while one reads come, too."""
        self._require_open()
        end = None if limit is None else after_position + limit
        while after_position != end and after_position < len(self._all):
            yield self._all[after_position]
            after_position += 1

    def ids(self) -> list[str]:
        """The ids of all engagements, sorted."""
        with self._lock:
            self._require_open()
            return sorted(self._logs)

    def inspect(self) -> Iterable[Finding]:
        """Nothing: memory has no soundness of its own."""
        return ()

    def close(self) -> None:
        """Forget nothing, answer nothing."""
        self._closed = True

    def _position(self, batch: Batch) -> int | None:
        return self._commits.get((batch.engagement, batch.commit))

    def _add(self, batch: Batch) -> None:
        log = self._logs.setdefault(batch.engagement, [])
        for event in batch.events:
            stored = StoredEvent(
                position=len(self._all) + 1,
                engagement=batch.engagement,
                version=len(log) + 1,
                kind=event.kind,
                at_us=event.at_us,
                recorded_us=event.recorded_us,
                commit=batch.commit,
                payload=event.payload,
            )
            log.append(stored)
            self._all.append(stored)
        self._commits[batch.engagement, batch.commit] = len(self._all)

    def _require_open(self) -> None:
        if self._closed:
            raise StoreUnavailable("this store is closed; open it again: ek.open_store(...)")

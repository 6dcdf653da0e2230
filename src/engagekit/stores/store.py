"""The one facade over every store: save, load, edit, read along, verify."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from engagekit import checks
from engagekit.engagement.aggregate import Engagement
from engagekit.errors import DefinitionError, StaleVersion, TamperedLog, UnknownId
from engagekit.stores.base import Batch, DecodedEvent, LogAdapter, NewEvent
from engagekit.stores.codec import Codec
from engagekit.stores.verify import VerifyReport, decoded, replayed, verified

__all__ = ["Attempt", "Edit", "Store"]

_LAST = 2**63 - 1  # the last position any store can count to
_SHOWN, _COMPARED = 20, 10_000  # ids in a message about an unknown one, and those looked at


class Store:
    """Engagements that last; `ek.open_store(...)` makes one, a `with` block closes it.

    Safe to use from several threads, and from several processes where the place itself is shared.
    """

    def __init__(self, log: LogAdapter, *, codec: Codec | None = None) -> None:
        self._log = log
        self._codec = codec or Codec()

    def __repr__(self) -> str:
        return f"<Store {self._log!r}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def log(self) -> LogAdapter:
        """The adapter beneath."""
        return self._log

    def close(self) -> None:
        """Let go of files and connections."""
        self._log.close()

    def save(self, *engagements: Engagement, key: str | None = None) -> None:
        """Add what is new in these engagements, all of it or nothing.

        An engagement from another store is copied whole. Afterwards each engagement holds exactly
        the log that is in the store.

        Args:
            key: names the request. A key that is in the log of an engagement already makes this a
                success that adds nothing: what the engagement holds beyond the store is dropped,
                whatever it is. Without a key, the content names itself, so that a save may be
                repeated when its answer was lost.

        Raises:
            StaleVersion: someone else wrote first; nothing was saved.
            DefinitionError: no engagement, or an event that cannot be stored; nothing was saved.
            StoreUnavailable: the store could not do it; save again.
        """
        wanted = list(dict.fromkeys(engagements))
        batches = [batch for e in wanted if (batch := self._batch(e, key))]
        if len({batch.engagement for batch in batches}) < len(batches):
            raise DefinitionError("two of these engagements have one id; save them one by one")
        receipts = self._log.append(batches) if batches else []
        by_id = {b.engagement: receipt for b, receipt in zip(batches, receipts, strict=True)}
        for e in wanted:
            receipt = by_id.get(e.id)
            if receipt is not None and receipt.repeated:
                self._adopt(e)
            elif receipt is not None:
                e.saved(self._log.home)

    def load(self, id: str) -> Engagement:
        """The engagement as the store has it.

        Raises:
            UnknownId: there is none, with a suggestion.
            TamperedLog: its log is not what was written; `verify` names every such row.
            StoreError: a newer engagekit wrote it.
        """
        name = checks.identifier(id)
        records = self._log.records(name)
        if not records:
            ids = self.ids()
            near = difflib.get_close_matches(name, ids[:_COMPARED], n=_SHOWN)
            raise UnknownId("engagement", id, near or ids[:_SHOWN])
        e = replayed(self._codec, name, records)
        e.saved(self._log.home)
        return e

    def ids(self) -> list[str]:
        """The ids of all engagements, sorted.

        Raises:
            TamperedLog: a row whose engagement is no text; `verify` names it.
        """
        found = self._log.ids()
        for name in found:
            if type(name) is not str:
                raise TamperedLog(f"{name!r} is no id of an engagement; store.verify() says more")
        return found

    def events(self, after: int = 0) -> Iterator[DecodedEvent]:
        """Every event behind a position, in one order for every reader.

        Keep the `position` of the last one you handled and go on from there.
        """
        if isinstance(after, bool) or not isinstance(after, int) or after < 0:
            raise DefinitionError(f"expected a position from 0, got {after!r}", where="after")
        for record in self._log.all(min(after, _LAST)):
            yield decoded(self._codec, record)

    def verify(self, anchor: str | None = None) -> VerifyReport:
        """Look at every row: gaps, values, kinds, moves. What it finds is told, never raised.

        There is no hash chain yet: a change that leaves every row sound is not found.

        Args:
            anchor: a digest kept elsewhere; comes with the hash chain and is refused until then,
                lest it look checked.
        """
        if anchor is not None:
            raise DefinitionError(
                "no store gives anchors yet, so there is none to check; store.verify() looks at"
                " every row",
                where="anchor",
            )
        return verified(self._log, self._codec)

    def edit(self, id: str, key: str | None = None, retries: int = 0) -> Edit:
        """Load, change, save: `with store.edit(id) as e: ...`.

        Nothing is saved when the block raises. A block cannot be run twice by itself, so retries
        are asked for with a loop that loads anew each time someone else wrote first:

            for attempt in store.edit(id, retries=3):
                with attempt as e:
                    ...

        Args:
            key: names the request, as in `save`: the second run's changes are dropped.
            retries: how often to try again on StaleVersion.
        """
        if isinstance(retries, bool) or not isinstance(retries, int) or retries < 0:
            raise DefinitionError(f"expected a number from 0, got {retries!r}", where="retries")
        return Edit(self, id, key, retries)

    def _batch(self, e: Engagement, key: str | None) -> Batch | None:
        if not isinstance(e, Engagement):
            raise DefinitionError(f"expected an Engagement, got {type(e).__name__}")
        expected, events = e.unsaved(self._log.home)
        if not events:
            return None
        new = tuple(
            NewEvent(
                kind=event.kind,
                at_us=event.at_us,
                recorded_us=event.recorded_us,
                payload=self._codec.encode(event),
            )
            for event in events
        )
        return Batch(engagement=e.id, expected=expected, events=new, key=key)

    def _adopt(self, e: Engagement) -> None:
        """Make an engagement what the store has, so that dropped changes cannot come back."""
        stored = self.load(e.id)
        if stored.log != e.log:
            Engagement.__init__(e, stored.log)
        e.saved(self._log.home)


class Edit:
    """One change of one engagement: a `with` block, or a loop of attempts."""

    def __init__(self, store: Store, id: str, key: str | None, retries: int) -> None:
        self._store, self._id, self._key, self._retries = store, id, key, retries
        self._engagement: Engagement | None = None

    def __enter__(self) -> Engagement:
        if self._retries:
            raise DefinitionError(
                "a with block cannot be run twice; write: for attempt in store.edit(id,"
                " retries=3): ... with attempt as e: ...",
                where="retries",
            )
        return self.load()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.save()

    def __iter__(self) -> Iterator[Attempt]:
        """Attempts, until one is saved; the last one raises what it meets."""
        left, attempt = self._retries, Attempt(self, last=not self._retries)
        yield attempt
        while attempt.stale:
            left -= 1
            attempt = Attempt(self, last=not left)
            yield attempt

    def load(self) -> Engagement:
        """The engagement, loaded anew."""
        self._engagement = self._store.load(self._id)
        return self._engagement

    def save(self) -> None:
        """Save what the block changed."""
        assert self._engagement is not None  # loaded when the block was entered
        self._store.save(self._engagement, key=self._key)


class Attempt:
    """One of several tries at an edit."""

    def __init__(self, edit: Edit, *, last: bool) -> None:
        self._edit, self._last = edit, last
        self.stale = False  # whether someone else wrote first, and another attempt follows

    def __enter__(self) -> Engagement:
        return self._edit.load()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            try:
                self._edit.save()
            except StaleVersion:
                if self._last:
                    raise
                self.stale = True

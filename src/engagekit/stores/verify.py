"""Whether a log is what was written, row by row, as far as its rows can tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from engagekit.engagement.aggregate import Engagement
from engagekit.engagement.events import EngagementStarted
from engagekit.errors import EngagekitError, StoreError, TamperedLog
from engagekit.stores.base import DecodedEvent, Finding, LogAdapter, StoredEvent
from engagekit.stores.codec import PAYLOAD_LIMIT, Codec

__all__ = ["VerifyReport", "decoded", "replayed", "verified"]

_TYPES = {field.name: field.type for field in attrs.fields(StoredEvent)}
_TYPE_OF = {"int": int, "str": str, "bytes": bytes}


@attrs.frozen(kw_only=True)
class VerifyReport:
    """What a look at every row found."""

    engagements: int
    events: int
    findings: tuple[Finding, ...]

    @property
    def faults(self) -> tuple[Finding, ...]:
        """What is wrong."""
        return tuple(finding for finding in self.findings if finding.fault)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong, as far as the rows can tell."""
        return not self.faults

    def __str__(self) -> str:
        said = "sound" if self.ok else f"{len(self.faults)} FAULTS"
        lines = [f"{self.events} events of {self.engagements} engagements: {said}"]
        lines += [f"  {'FAULT' if row.fault else 'note'}  {row}" for row in self.findings]
        lines.append(
            "Not covered: there is no hash chain yet, so a change that leaves every row sound, or"
            " a deleted tail, is not found."
        )
        return "\n".join(lines)

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {
            "ok": self.ok,
            "engagements": self.engagements,
            "events": self.events,
            "findings": [finding.to_dict() for finding in self.findings],
            "hash_chain": False,
        }


def decoded(codec: Codec, record: StoredEvent) -> DecodedEvent:
    """The record with what it says.

    Raises:
        TamperedLog: values of a wrong type, or a payload that cannot be read or says otherwise.
        StoreError: a kind nobody here knows.
    """
    problem = _mistyped(record)
    if problem is not None:
        raise TamperedLog(f"{_place(record)}: {problem}")
    try:
        event = codec.decode(record.kind, record.payload)
    except StoreError as error:
        raise type(error)(f"{_place(record)}: {error}") from error
    if (event.at_us, event.recorded_us) != (record.at_us, record.recorded_us):
        raise TamperedLog(f"{_place(record)}: the times beside the payload are not those in it")
    columns = {name: getattr(record, name) for name in _TYPES}
    return DecodedEvent(**columns, event=event)


def replayed(codec: Codec, id: str, records: Sequence[StoredEvent]) -> Engagement:
    """The engagement of a whole log.

    Raises:
        TamperedLog: a gap, another engagement's row, a move its plan does not allow.
        StoreError: a kind nobody here knows.
    """
    for version, record in enumerate(records, 1):
        problem = _misplaced(id, version, record)
        if problem is not None:
            raise TamperedLog(f"{id!r}, version {version}: {problem}")
    return _replayed(id, [decoded(codec, record) for record in records])


def verified(log: LogAdapter, codec: Codec) -> VerifyReport:
    """Every row of every log, each fault named; nothing is raised."""
    findings: list[Finding] = []
    events = 0
    try:
        ids = log.ids()
        findings += log.inspect()
    except StoreError as error:
        ids = []
        findings.append(Finding(message=str(error)))
    for name in ids:
        try:
            records = log.records(name)
        except StoreError as error:
            findings.append(Finding(message=str(error), engagement=str(name)))
            continue
        events += len(records)
        findings += _findings(codec, name, records)
    return VerifyReport(engagements=len(ids), events=events, findings=tuple(findings))


def _findings(codec: Codec, id: str, records: Sequence[StoredEvent]) -> Iterator[Finding]:
    read: list[DecodedEvent] = []
    if not records:
        yield Finding(message="named by an index, but without a row", engagement=str(id))
        return
    for version, record in enumerate(records, 1):
        problem = _misplaced(id, version, record)
        if problem is None:
            try:
                read.append(decoded(codec, record))
                problem = _rewritten(codec, read[-1])
            except StoreError as error:
                problem = str(error).removeprefix(f"{_place(record)}: ")
        if problem is not None:
            yield Finding(message=problem, engagement=str(id), version=version)
    if len(read) == len(records):
        try:
            _replayed(id, read)
        except TamperedLog as error:
            yield Finding(message=str(error), engagement=str(id))


def _replayed(id: str, log: Sequence[DecodedEvent]) -> Engagement:
    first = log[0].event
    if isinstance(first, EngagementStarted) and first.id != id:
        raise TamperedLog(f"{id!r}: its log begins with the start of {first.id!r}")
    try:
        return Engagement.replay(record.event for record in log)
    except (EngagekitError, ValueError, TypeError) as error:
        # A refusal here is no business answer: these moves were allowed when they were made.
        raise TamperedLog(f"{id!r}: the log does not replay: {error}") from error


def _mistyped(record: StoredEvent) -> str | None:
    for name, type_name in _TYPES.items():
        value = getattr(record, name)
        if type(value) is not _TYPE_OF[str(type_name)]:
            return f"{name} is of type {type(value).__name__}, not {type_name}"
    if len(record.payload) > PAYLOAD_LIMIT:
        return f"the payload has {len(record.payload)} bytes, more than was ever written"
    return None


def _misplaced(id: str, version: int, record: StoredEvent) -> str | None:
    if record.engagement != id:
        return f"the row says it belongs to {record.engagement!r}"
    if record.version != version:
        return f"expected version {version}, found {record.version!r}"
    return None


def _rewritten(codec: Codec, record: DecodedEvent) -> str | None:
    if codec.is_current(record.kind) and codec.encode(record.event) != record.payload:
        return "the payload says the same, but not in the bytes that were written"
    return None


def _place(record: StoredEvent) -> str:
    return f"{record.engagement!r}, version {record.version!r}"

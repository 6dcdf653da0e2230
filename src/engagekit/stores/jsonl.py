"""Logs as a folder of text files: one engagement one file, one event one line, only ever added to.

Made for reading, for diffs and for git, not for size: an append reads its file, a look at
the whole store reads the whole folder. Positions are counted when one asks, in the order the events
were recorded; they hold as long as nobody brings older events into the folder, as a merge may.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import attrs

from engagekit import checks
from engagekit.business_time.instants import as_microseconds, as_text
from engagekit.errors import DefinitionError, StoreUnavailable, TamperedLog
from engagekit.stores.base import Batch, Finding, Receipt, StoredEvent
from engagekit.stores.files import locked, opened, sync_folder, whole, write

__all__ = ["JsonlLog"]

_SUFFIX = ".jsonl"
_PAYLOAD = b',"payload":'  # within a JSON text a quote never follows a bare comma
_UNREADABLE = (ValueError, KeyError, TypeError, OverflowError, RecursionError, DefinitionError)
# Names no file can have on Windows, whatever its suffix; a folder in git meets every system.
_RESERVED = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")


class JsonlLog:
    """A log adapter on a folder.

    Args:
        create: whether to make the folder where there is none.
        timeout: seconds to wait for another writer of the same engagement.

    Raises:
        StoreUnavailable: not there, or no folder.
    """

    def __init__(self, folder: Path, *, create: bool = True, timeout: float = 30.0) -> None:
        self._folder = folder
        self._timeout = timeout
        self._closed = False
        with self._plainly():
            if create and not folder.exists():
                folder.mkdir(exist_ok=True)
                sync_folder(folder.absolute().parent)
            if not folder.is_dir():
                found = "no folder" if folder.exists() else "not there"
                raise StoreUnavailable(f"{folder} is {found}")

    def __repr__(self) -> str:
        return f"jsonl:///{self._folder}"

    @property
    def home(self) -> object:
        """The address, links resolved."""
        return f"jsonl:///{self._folder.resolve()}"

    def append(self, batches: Sequence[Batch], /) -> list[Receipt]:
        """Add one batch, or nothing; files cannot be changed together, so it takes one only."""
        if len(batches) > 1:
            raise StoreUnavailable(
                "a folder of files cannot save several engagements as one; save them one by one,"
                " or use sqlite:///file.db"
            )
        return [self._append(batch) for batch in batches]

    def records(self, engagement: str, /, after_version: int = 0) -> list[StoredEvent]:
        """The log of one engagement by version; positions are 0 here."""
        return self._read(self._path(engagement)).records[after_version:]

    def all(self, after_position: int = 0, limit: int | None = None) -> Iterator[StoredEvent]:
        """The events in the order they were recorded, counted from 1."""
        rows: list[tuple[int, str, int, StoredEvent]] = []
        for name in self.ids():
            latest = 0
            for version, record in enumerate(self.records(name), 1):
                latest = max(latest, record.recorded_us)
                rows.append((latest, name, version, record))
        rows.sort(key=lambda row: row[:3])
        end = None if limit is None else after_position + limit
        for position, row in enumerate(rows[after_position:end], after_position + 1):
            yield attrs.evolve(row[3], position=position)

    def ids(self) -> list[str]:
        """The ids of all engagements, sorted."""
        with self._plainly():
            return [name for name, path in self._files() if _begun(path)]

    def inspect(self) -> Iterable[Finding]:
        """What was left by writers that were killed, and files that belong to no engagement."""
        with self._plainly():
            names = sorted(path.name for path in self._folder.iterdir())
            files = dict(self._files())
        for name in names:
            known, _, rest = name.partition(".")
            if rest.startswith("torn-"):
                yield _note(known, f"{name} keeps a commit that was cut off and never acknowledged")
            elif name.endswith(_SUFFIX) and name.removesuffix(_SUFFIX) not in files:
                yield Finding(message=f"{name} is no engagement's file", fault=False)
        for known, path in files.items():
            with contextlib.suppress(TamperedLog):  # whoever reads its records hears of it
                torn = self._read(path).torn
                if torn:
                    yield _note(
                        known,
                        f"{path.name} ends in {len(torn)} bytes of a commit that was cut off and"
                        f" never acknowledged; the next save moves them to a file of their own",
                    )

    def close(self) -> None:
        """Answer nothing any more; no file stays open between calls."""
        self._closed = True

    def _files(self) -> list[tuple[str, Path]]:
        found = ((path.name.removesuffix(_SUFFIX), path) for path in self._folder.iterdir())
        return sorted(
            (name, path)
            for name, path in found
            if path.name.endswith(_SUFFIX) and _is_name(name) and path.is_file()
        )

    def _path(self, engagement: str) -> Path:
        """The file of an engagement; no id leads out of the folder."""
        if not _is_name(engagement):
            raise DefinitionError(
                f"{engagement[:80]!r} cannot name a file; give the engagement another id, or use"
                f" sqlite:///file.db",
                where="id",
            )
        return self._folder / f"{engagement}{_SUFFIX}"

    def _read(self, path: Path) -> _Content:
        with self._plainly():
            if not path.exists():
                return _Content(records=[], sound=b"", torn=b"")
            if not path.is_file():
                raise StoreUnavailable(f"{path} is no file")
            return _content(path.read_bytes(), path.name)

    def _append(self, batch: Batch) -> Receipt:
        path = self._path(batch.engagement)
        with self._plainly(), contextlib.ExitStack() as stack:
            is_new = not path.exists()
            if is_new:
                batch.require(0)  # so that a refusal leaves no empty file
            file = stack.enter_context(opened(path))
            stack.enter_context(locked(file, path, self._timeout))
            content = _content(whole(file), path.name)
            found = len(content.records)
            known = {record.commit for record in content.records}
            if batch.may_repeat(found) and batch.commit in known:
                return Receipt(position=0, version=found, repeated=True)
            batch.require(found)
            block = _block(batch)
            if content.torn:
                self._set_aside(file, batch.engagement, content)
            if content.sound and not content.sound.endswith(b"\n"):
                block = b"\n" + block
            write(file, block)
            if is_new:
                sync_folder(self._folder)
            return Receipt(position=0, version=found + len(batch.events), repeated=False)

    def _set_aside(self, file: int, engagement: str, content: _Content) -> None:
        """Keep what a killed writer left, outside the log; nothing is ever just deleted."""
        names = (self._folder / f"{engagement}.torn-{number}" for number in itertools.count(1))
        aside = next(path for path in names if not path.exists())
        with aside.open("xb") as keep:
            keep.write(content.torn)
            keep.flush()
            os.fsync(keep.fileno())
        sync_folder(self._folder)
        os.ftruncate(file, len(content.sound))

    @contextlib.contextmanager
    def _plainly(self) -> Iterator[None]:
        """Errors of the file system leave as ours; nothing works after `close`."""
        if self._closed:
            raise StoreUnavailable("this store is closed; open it again: ek.open_store(...)")
        try:
            yield
        except OSError as error:
            raise StoreUnavailable(
                f"{self._folder}: {error}; once that is mended, save again"
            ) from error


@attrs.frozen(kw_only=True)
class _Content:
    """What a file holds: whole commits, then perhaps the beginning of one."""

    records: list[StoredEvent]
    sound: bytes
    torn: bytes


def _content(data: bytes, name: str) -> _Content:
    """Read a file; a commit counts only when all of its lines are there.

    Raises:
        TamperedLog: a line nobody wrote, or one that does not continue its commit.
    """
    records: list[StoredEvent] = []
    pending: list[StoredEvent] = []
    sound = offset = 0
    lines = data.split(b"\n")
    for number, raw in enumerate(lines, 1):
        is_last = number == len(lines)
        if is_last and not raw:
            break
        try:
            part, of, record = _parsed(raw.removesuffix(b"\r"))
            if is_last:
                json.loads(raw)  # nothing else tells whether a line without an end is whole
        except _UNREADABLE as error:
            # A kill leaves a line without an end, a power cut may leave zeros.
            if is_last or b"\0" in data[sound:]:
                break
            raise TamperedLog(f"{name}, line {number}: not a line of a log ({error})") from error
        if part != len(pending) + 1 or (pending and record.commit != pending[0].commit):
            raise TamperedLog(f"{name}, line {number}: the commit before it is not whole")
        pending.append(record)
        offset += len(raw) + 1
        if part == of:
            records += pending
            pending.clear()
            sound = min(offset, len(data))
    return _Content(records=records, sound=data[:sound], torn=data[sound:])


def _parsed(raw: bytes) -> tuple[int, int, StoredEvent]:
    """Part, number of parts and record of one line.

    Raises:
        One of _UNREADABLE: not exactly such a line.
    """
    head, _, tail = raw.partition(_PAYLOAD)
    said = json.loads(head + b"}")
    record = StoredEvent(
        position=0,
        engagement=said["engagement"],
        version=said["version"],
        kind=said["kind"],
        at_us=as_microseconds(said["at"]),
        recorded_us=as_microseconds(said["recorded_at"]),
        commit=said["commit"],
        payload=tail[:-1],
    )
    part, of = said["part"], said["of"]
    if not type(part) is type(of) is int or _line(record, part, of) != raw + b"\n":
        raise ValueError("it was rewritten")
    return part, of, record


def _line(record: StoredEvent, part: int, of: int) -> bytes:
    """One line: what people look for first, then the payload, byte for byte."""
    head = {
        "engagement": record.engagement,
        "version": record.version,
        "kind": record.kind,
        "at": as_text(record.at_us),
        "recorded_at": as_text(record.recorded_us),
        "commit": record.commit,
        "part": part,
        "of": of,
    }
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    return text.encode()[:-1] + _PAYLOAD + record.payload + b"}\n"


def _block(batch: Batch) -> bytes:
    lines = []
    for part, event in enumerate(batch.events, 1):
        if b"\n" in event.payload:
            raise DefinitionError("a payload is one line of JSON", where=event.kind)
        record = StoredEvent(
            position=0,
            engagement=batch.engagement,
            version=batch.expected + part,
            commit=batch.commit,
            **attrs.asdict(event),
        )
        lines.append(_line(record, part, len(batch.events)))
    return b"".join(lines)


def _is_name(engagement: str) -> bool:
    with contextlib.suppress(DefinitionError):
        return checks.identifier(engagement) == engagement and not _RESERVED.fullmatch(engagement)
    return False


def _begun(path: Path) -> bool:
    """Whether a file holds a commit, or at least something that should be looked at."""
    with path.open("rb") as file:
        head = file.readline()
        try:
            of = _parsed(head.rstrip(b"\r\n"))[1]
        except _UNREADABLE:
            return head.endswith(b"\n") and b"\0" not in head
        head += b"".join(itertools.islice(file, of - 1))
    try:
        return bool(_content(head, path.name).records)
    except TamperedLog:
        return True


def _note(engagement: str, message: str) -> Finding:
    return Finding(engagement=engagement, message=message, fault=False)

"""Logs in one SQLite file: one table, WAL, and a commit that is on the disk when it returns.

The file is looked at before anything is written to it; what is not ours is left as it is.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import struct
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from engagekit.errors import StoreError, StoreUnavailable, TamperedLog
from engagekit.stores.base import Batch, Finding, Receipt, StoredEvent

__all__ = ["SqliteLog"]

APPLICATION_ID = 0x656E676B  # "engk", at offset 68 of the file
SCHEMA_VERSION = 1  # at offset 60
_MAGIC = b"SQLite format 3\0"
_NO_LIMIT = 2**63 - 1
# Our SQL never changes, so an error in it, SQLITE_ERROR, is a changed schema.
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR", "SQLITE_TOOBIG")
_PAGE = 1_000  # rows read at a time, so that memory does not grow with the log
_TABLE = """
CREATE TABLE events (
    pos INTEGER PRIMARY KEY,
    engagement TEXT NOT NULL,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    recorded_us INTEGER NOT NULL,
    commit_id TEXT NOT NULL,
    payload BLOB NOT NULL,
    UNIQUE (engagement, version)
)"""
_SELECT = (
    "SELECT pos, engagement, version, kind, at_us, recorded_us, commit_id, payload FROM events "
)
_INSERT = (
    "INSERT INTO events (engagement, version, kind, at_us, recorded_us, commit_id, payload)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)

# Connections of a parent process. A forked child may neither use nor close them; a connection
# that is collected is closed.
_inherited: list[sqlite3.Connection] = []


class SqliteLog:
    """A log adapter on one SQLite file.

    Args:
        create: whether to make the file where there is none.
        timeout: seconds to wait for other writers.

    Raises:
        StoreUnavailable: not there, not a store of ours, or of a newer engagekit.
    """

    def __init__(self, path: Path, *, create: bool = True, timeout: float = 30.0) -> None:
        self._path = path
        self._timeout = timeout
        self._lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []  # each in use by one thread at a time
        self._pid = os.getpid()
        self._closed = False
        try:
            self._look(create)
            with self._connection() as connection:
                self._prepare(connection)
        except BaseException:
            self.close()
            raise

    def __repr__(self) -> str:
        return f"sqlite:///{self._path}"

    @property
    def home(self) -> object:
        """The address, links resolved."""
        return f"sqlite:///{self._path.resolve()}"

    def append(self, batches: Sequence[Batch], /) -> list[Receipt]:
        """Add every batch, or none, in one transaction."""
        with self._connection() as connection, _transaction(connection):
            return [_append(connection, batch) for batch in batches]

    def records(self, engagement: str, /, after_version: int = 0) -> list[StoredEvent]:
        """The log of one engagement by version."""
        return self._read(
            _SELECT + "WHERE engagement = ? AND version > ? ORDER BY version",
            (engagement, after_version),
        )

    def all(self, after_position: int = 0, limit: int | None = None) -> Iterator[StoredEvent]:
        """The events by position, a page at a time; no transaction stays open between pages."""
        left = _NO_LIMIT if limit is None else limit
        while left > 0:
            page = self._read(
                _SELECT + "WHERE pos > ? ORDER BY pos LIMIT ?",
                (after_position, min(left, _PAGE)),
            )
            yield from page
            if len(page) < _PAGE:
                return
            after_position, left = page[-1].position, left - len(page)

    def ids(self) -> list[str]:
        """The ids of all engagements, sorted."""
        with self._connection() as connection:
            rows = connection.execute("SELECT DISTINCT engagement FROM events ORDER BY engagement")
            return [row[0] for row in rows]

    def inspect(self) -> Iterable[Finding]:
        """What SQLite itself finds wrong with its pages and indexes."""
        with self._connection() as connection:
            said = [row[0] for row in connection.execute("PRAGMA integrity_check(20)")]
        return [Finding(message=f"SQLite: {line}") for line in said if line != "ok"]

    def close(self) -> None:
        """Close every connection; one in use is closed when it comes back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._own_idle(), []
        for connection in idle:
            connection.close()

    def _read(self, query: str, values: tuple[object, ...]) -> list[StoredEvent]:
        with self._connection() as connection:
            return [_stored(row) for row in connection.execute(query, values)]

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """A connection nobody else uses; errors of SQLite leave as ours."""
        with self._lock:
            if self._closed:
                raise StoreUnavailable("this store is closed; open it again: ek.open_store(...)")
            self._idle = self._own_idle()
            connection = self._idle.pop() if self._idle else None
        try:
            connection = connection or self._connected()
            yield connection
        except sqlite3.Error as error:
            raise self._ours(error) from error
        except UnicodeDecodeError as error:  # a message that quotes a damaged schema
            raise self._damaged(error) from error
        finally:
            if connection is not None:
                self._give_back(connection)

    def _own_idle(self) -> list[sqlite3.Connection]:
        """The idle connections this process opened itself."""
        if self._pid == os.getpid():
            return self._idle
        _inherited.extend(self._idle)
        self._pid = os.getpid()
        return []

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed and not connection.in_transaction:
                self._idle.append(connection)
                return
        connection.close()

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=self._timeout, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA fullfsync = ON")  # macOS: past the cache of the disk, too
            connection.execute("PRAGMA trusted_schema = OFF")
        except BaseException:
            connection.close()
            raise
        return connection

    def _look(self, create: bool) -> None:
        """Refuse what is not ours by its first bytes, before SQLite opens it."""
        try:
            if self._path.is_dir():
                raise StoreUnavailable(f"{self._path} is a folder; write 'jsonl:///{self._path}'")
            if not self._path.exists():
                self._require_makable(create)
                return
            with self._path.open("rb") as file:
                head = file.read(100)
        except (OSError, ValueError) as error:
            raise StoreUnavailable(f"{self._path} cannot be read: {error}") from error
        if not head:  # another process is just making it, unless nobody is to make one
            self._require_makable(create)
            return
        if len(head) < 100 or not head.startswith(_MAGIC):
            raise StoreUnavailable(
                f"{self._path} is no SQLite file; it was left as it is, choose another name"
            )
        schema, application = (struct.unpack_from(">I", head, at)[0] for at in (60, 68))
        if application:  # otherwise the newest header may still lie in the WAL
            self._require_ours(application, schema)

    def _require_makable(self, create: bool) -> None:
        if not create:
            raise StoreUnavailable(f"there is no store {self._path}")
        if not self._path.parent.is_dir():
            raise StoreUnavailable(
                f"{self._path} cannot be made: there is no folder {self._path.parent}"
            )

    def _require_ours(self, application: int, schema: int) -> None:
        if application != APPLICATION_ID:
            raise StoreUnavailable(
                f"{self._path} belongs to another application; it was left as it is, choose"
                f" another name"
            )
        if schema > SCHEMA_VERSION:
            raise StoreUnavailable(
                f"{self._path} was written by a newer engagekit (schema {schema}, known here:"
                f" {SCHEMA_VERSION}); pip install --upgrade engagekit"
            )

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Make the table unless another process was faster; eight may come at once."""
        with _transaction(connection, "DEFERRED"):
            application, schema, tables = _identity(connection)
        if not application and not tables:
            self._in_wal_mode(connection)
            with _transaction(connection):
                application, schema, tables = _identity(connection)
                if not application and not tables:
                    connection.execute(_TABLE)
                    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
                    return
        self._require_ours(application, schema)

    def _in_wal_mode(self, connection: sqlite3.Connection) -> None:
        """Switch to WAL, which the file remembers; SQLite itself does not wait for its lock."""
        deadline = time.monotonic() + self._timeout
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if not _is_busy(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    def _ours(self, error: sqlite3.Error) -> StoreError:
        if _is_busy(error):
            return StoreUnavailable(
                f"{self._path} was locked by another process for {self._timeout:g} s; try again"
            )
        if _name(error).startswith(_DAMAGED) or "Could not decode" in str(error):
            return self._damaged(error)
        return StoreUnavailable(f"{self._path}: {error}; once that is mended, save again")

    def _damaged(self, error: Exception) -> TamperedLog:
        return TamperedLog(f"{self._path} is damaged: {error}; restore it from a backup")


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection, mode: str = "IMMEDIATE") -> Iterator[None]:
    connection.execute(f"BEGIN {mode}")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # After SQLITE_FULL it has rolled back already; that must not hide the first error.
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _identity(connection: sqlite3.Connection) -> tuple[int, int, int]:
    """Application id, schema version and number of tables, of one moment."""
    queries = (
        "PRAGMA application_id",
        "PRAGMA user_version",
        "SELECT count(*) FROM sqlite_master",
    )
    application, schema, tables = (connection.execute(q).fetchone()[0] for q in queries)
    return application, schema, tables


def _append(connection: sqlite3.Connection, batch: Batch) -> Receipt:
    name = batch.engagement
    (found,) = connection.execute(
        "SELECT ifnull(max(version), 0) FROM events WHERE engagement = ?", (name,)
    ).fetchone()
    if batch.may_repeat(found):
        (position,) = connection.execute(
            "SELECT max(pos) FROM events WHERE engagement = ? AND commit_id = ?",
            (name, batch.commit),
        ).fetchone()
        if position is not None:
            return Receipt(position=position, version=found, repeated=True)
    batch.require(found)
    position = 0
    for version, new in enumerate(batch.events, found + 1):
        row = (name, version, new.kind, new.at_us, new.recorded_us, batch.commit, new.payload)
        position = connection.execute(_INSERT, row).lastrowid or 0
    return Receipt(position=position, version=found + len(batch.events), repeated=False)


def _stored(row: tuple[Any, ...]) -> StoredEvent:
    position, engagement, version, kind, at_us, recorded_us, commit, payload = row
    return StoredEvent(
        position=position,
        engagement=engagement,
        version=version,
        kind=kind,
        at_us=at_us,
        recorded_us=recorded_us,
        commit=commit,
        payload=payload,
    )


def _is_busy(error: sqlite3.Error) -> bool:
    return _name(error).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def _name(error: sqlite3.Error) -> str:
    return str(getattr(error, "sqlite_errorname", ""))

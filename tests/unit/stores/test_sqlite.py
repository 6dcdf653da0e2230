"""The SQLite file: made safely, left alone where it is not ours, honest about every trouble."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import random
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import engagekit as ek
from engagekit.stores import Store
from engagekit.stores.sqlite import _PAGE, APPLICATION_ID, SqliteLog

Made = Callable[..., ek.Engagement]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the store lies."""
    return tmp_path / "work.db"


@contextlib.contextmanager
def raw(file: Path) -> Iterator[sqlite3.Connection]:
    """Behind the back of the store."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as connection:
        yield connection


def fill(file: Path, e: ek.Engagement) -> None:
    """A store with one engagement."""
    with Store(SqliteLog(file)) as store:
        store.save(e)


def load(file: Path) -> ek.Engagement:
    """That engagement again."""
    with Store(SqliteLog(file)) as store:
        return store.load("portal")


# What is not ours


def foreign(file: Path, kind: str) -> None:
    """Files that are no store."""
    if kind == "text":
        file.write_text("dear diary\n" * 40)
    elif kind == "short":
        file.write_bytes(b"SQLite format 3\0")
    elif kind == "almost":
        file.write_bytes(b"SQLite format 4\0" + bytes(4080))
    else:
        with raw(file) as connection:
            connection.execute("CREATE TABLE events (pos INTEGER PRIMARY KEY, note TEXT)")
            if kind == "named":
                connection.execute("PRAGMA application_id = 7")
            if kind == "newer":
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute("PRAGMA user_version = 99")
            if kind == "wal":
                connection.execute("PRAGMA journal_mode = WAL")


@pytest.mark.parametrize("kind", ["text", "short", "almost", "unnamed", "named", "newer", "wal"])
def test_a_file_that_is_no_store_is_left_as_it_is(file: Path, kind: str) -> None:
    """A text, another application's database, a newer schema: refused, not a byte changed."""
    foreign(file, kind)
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    with pytest.raises(ek.StoreUnavailable, match=r"no SQLite file|another application|newer"):
        SqliteLog(file)
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_another_application_is_not_even_recovered(file: Path, tmp_path: Path) -> None:
    """Its unfinished business lies in its WAL; opening it would carry that out."""
    with raw(file) as connection:
        connection.execute("PRAGMA application_id = 7")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE notes (note TEXT)")
        left = tmp_path / "left"
        left.mkdir()
        for path in (file, Path(f"{file}-wal")):
            (left / path.name).write_bytes(path.read_bytes())
    before = {path.name: path.read_bytes() for path in left.iterdir()}
    with pytest.raises(ek.StoreUnavailable, match="another application"):
        SqliteLog(left / file.name)
    assert {path.name: path.read_bytes() for path in left.iterdir()} == before


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """It may be a store of another kind; the message says how to open it."""
    with pytest.raises(ek.StoreUnavailable, match="jsonl:///"):
        SqliteLog(tmp_path)


def test_an_empty_file_is_made_a_store(file: Path, made: Made) -> None:
    """As another process leaves it that is just about to make one."""
    file.touch()
    fill(file, made())
    with raw(file) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_an_empty_file_is_no_store_yet(file: Path) -> None:
    """Who is not to make a store leaves it empty."""
    file.touch()
    with pytest.raises(ek.StoreUnavailable, match="there is no store"):
        SqliteLog(file, create=False)
    assert not file.stat().st_size


def test_who_comes_second_finds_the_table_made(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the first look and the lock another process may have made it."""
    switch = SqliteLog._in_wal_mode

    def overtaken(log: SqliteLog, connection: sqlite3.Connection) -> None:
        monkeypatch.setattr(SqliteLog, "_in_wal_mode", switch)
        SqliteLog(file).close()
        switch(log, connection)

    monkeypatch.setattr(SqliteLog, "_in_wal_mode", overtaken)
    with Store(SqliteLog(file)) as store:
        assert store.ids() == []


def test_a_damaged_file_is_named(file: Path, made: Made) -> None:
    """Pages overwritten with rubbish are damage, not an empty store."""
    fill(file, made())
    size = file.stat().st_size
    with file.open("r+b") as stream:
        stream.seek(1024)
        stream.write(random.Random(7).randbytes(size - 1024))
    with pytest.raises(ek.TamperedLog, match="damaged"):
        load(file)


@pytest.mark.parametrize("way", ["all", "bytes", "run"])
def test_whatever_the_damage_the_error_is_ours(
    file: Path, made: Made, tmp_path: Path, way: str
) -> None:
    """Rubbish over the file: it is read all the same, or the error names it; nothing else."""
    fill(file, made())
    whole, chance = file.read_bytes(), random.Random(way)
    for number in range(60):
        data = bytearray(whole)
        if way == "all":
            data[1024:] = chance.randbytes(len(data) - 1024)
        elif way == "bytes":
            for _ in range(chance.randint(1, 40)):
                data[chance.randrange(100, len(data))] = chance.randrange(256)
        else:
            start = chance.randrange(100, len(data) - 300)
            data[start : start + 300] = chance.randbytes(300)
        damaged = tmp_path / f"{number}.db"
        damaged.write_bytes(data)
        with contextlib.suppress(ek.EngagekitError):
            look_around(damaged)


def look_around(file: Path) -> None:
    """Everything one can read."""
    with Store(SqliteLog(file)) as store:
        assert str(store.verify())
        assert len(list(store.events())) <= 2
        assert store.load("portal")


def test_an_unreadable_message_about_damage_is_told(file: Path, made: Made) -> None:
    """SQLite quotes the damaged schema, which need not be text any more."""
    fill(file, made())
    data = file.read_bytes()
    file.write_bytes(data.replace(b"commit_id TEXT NOT NULL", b"commit_id TEXT NOT NUL\xaf"))
    with pytest.raises(ek.TamperedLog, match="damaged"):
        load(file)


def test_a_column_that_is_gone_is_damage(file: Path, made: Made) -> None:
    """Our SQL does not fit a table somebody changed."""
    fill(file, made())
    with raw(file) as connection:
        connection.execute("ALTER TABLE events RENAME COLUMN commit_id TO something_else")
    with pytest.raises(ek.TamperedLog, match="no such column: commit_id"):
        load(file)


def test_an_index_without_its_row_is_named(file: Path, made: Made) -> None:
    """A name that only the index knows is a fault, not a crash."""
    fill(file, made())
    with Store(SqliteLog(file)) as store:
        store.log.ids = lambda: ["ghost"]
        (finding,) = store.verify().faults
        assert (finding.engagement, finding.version) == ("ghost", None)


def test_a_truncated_file_is_named(file: Path, made: Made) -> None:
    """Half a file is refused, whichever half is asked for."""
    e = made()
    for number in range(50):
        e.attest("stakeholder_interviews", by="bob", source="x" * 900 + str(number))
    fill(file, e)
    os.truncate(file, file.stat().st_size // 2)
    with pytest.raises(ek.TamperedLog, match="damaged"):
        load(file)


# Trouble


def test_a_lock_that_is_not_let_go_is_told(file: Path, made: Made) -> None:
    """After the time to wait, with nothing written."""
    fill(file, made())
    with raw(file) as other, Store(SqliteLog(file, timeout=0.05)) as store:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ek.StoreUnavailable, match=r"locked by another process for 0\.05 s"):
            store.save(made("second"))
        assert store.ids() == ["portal"]
        other.execute("ROLLBACK")
        store.save(made("second"))


def test_making_a_store_waits_for_the_lock_only_so_long(file: Path) -> None:
    """SQLite does not wait when it switches to WAL, so we do."""
    with raw(file) as other:
        other.execute("BEGIN EXCLUSIVE")
        other.execute("CREATE TABLE x (y)")
        with pytest.raises(ek.StoreUnavailable, match="locked"):
            SqliteLog(file, timeout=0.05)
        other.execute("ROLLBACK")
    SqliteLog(file, timeout=0.05).close()


def test_the_switch_to_wal_is_repeated_while_someone_reads(file: Path) -> None:
    """Another process that makes the same store holds its lock for a moment only."""
    with contextlib.closing(sqlite3.connect(file, check_same_thread=False)) as other:
        other.isolation_level = None
        other.execute("BEGIN")
        other.execute("SELECT * FROM sqlite_master").fetchall()
        end = threading.Timer(0.15, lambda: other.execute("ROLLBACK"))
        end.start()
        SqliteLog(file).close()
        end.join()


class Busy:
    """A connection of a process that meets another one in the same step, so many times."""

    def __init__(self, times: int, name: str = "SQLITE_BUSY") -> None:
        self.times, self.name = times, name

    def execute(self, _: str) -> None:
        """The switch to WAL."""
        if self.times:
            self.times -= 1
            error = sqlite3.OperationalError("told by SQLite")
            error.sqlite_errorname = self.name
            raise error


def test_the_switch_to_wal_is_tried_again_at_once_refused(file: Path) -> None:
    """Two that both hold the file are refused without waiting, lest they wait for each other."""
    log = SqliteLog(file, timeout=0.1)
    busy = Busy(3)
    log._in_wal_mode(busy)
    assert busy.times == 0
    for trouble in (Busy(10_000), Busy(1, "SQLITE_IOERR")):
        with pytest.raises(sqlite3.OperationalError, match="told by SQLite"):
            log._in_wal_mode(trouble)
    log.close()


def test_a_file_that_cannot_be_written_is_told(
    file: Path, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error of SQLite itself is shown; what is there can still be read."""
    fill(file, made())
    connected = SqliteLog._connected

    def read_only(log: SqliteLog) -> sqlite3.Connection:
        connection = connected(log)
        connection.execute("PRAGMA query_only = ON")
        return connection

    monkeypatch.setattr(SqliteLog, "_connected", read_only)
    with Store(SqliteLog(file)) as store:
        with pytest.raises(ek.StoreUnavailable, match="readonly") as refused:
            store.save(made("second"))
        assert isinstance(refused.value.__cause__, sqlite3.OperationalError)
        assert store.ids() == ["portal"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """No store can be made there, and it says so."""
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(ek.StoreUnavailable):
        SqliteLog(tmp_path / "work.db")


def test_a_file_that_cannot_be_read_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error of the system is shown."""
    file.touch()

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ek.StoreUnavailable, match="Permission denied"):
        SqliteLog(file)


def test_a_full_disk_shows_its_own_error(file: Path, made: Made) -> None:
    """SQLite has rolled back by then; the failed ROLLBACK must not hide why."""
    fill(file, made())
    log = SqliteLog(file)
    with Store(log) as store:
        with log._connection() as connection:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count = {pages}")
        e = store.load("portal")
        for number in range(50):
            e.attest("stakeholder_interviews", by="bob", source="x" * 900 + str(number))
        with pytest.raises(ek.StoreUnavailable, match="full"):
            store.save(e)
        assert store.load("portal").version == 2
        with log._connection() as connection:
            connection.execute(f"PRAGMA max_page_count = {pages + 100}")
        store.save(e)
        assert store.load("portal").log == e.log


def test_a_connection_that_cannot_be_set_up_is_closed(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left open behind an error; an open connection would warn when collected."""

    class Failing(sqlite3.Connection):
        def execute(self, *_: object) -> sqlite3.Cursor:
            raise sqlite3.OperationalError("unable to open database file")

    connect = sqlite3.connect
    monkeypatch.setattr(
        "sqlite3.connect", lambda *args, **more: connect(*args, factory=Failing, **more)
    )
    with pytest.raises(ek.StoreUnavailable, match="unable to open"):
        SqliteLog(file)
    gc.collect()


# Connections


def test_a_commit_is_on_the_disk_when_it_returns(file: Path) -> None:
    """WAL with synchronous = FULL; NORMAL loses acknowledged commits when the power fails."""
    log = SqliteLog(file)
    with log._connection() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA fullfsync").fetchone() == (1,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    log.close()


def test_a_connection_in_use_is_closed_when_it_comes_back(file: Path) -> None:
    """Closing does not wait for a slow reader, and leaves nothing open."""
    log = SqliteLog(file)
    with log._connection() as connection:
        log.close()
        assert connection.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


def test_a_connection_left_in_a_transaction_is_not_used_again(file: Path) -> None:
    """Whoever comes next must not continue what someone else began."""
    log = SqliteLog(file)
    with log._connection() as connection:
        connection.execute("BEGIN")
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")
    assert log.ids() == []
    log.close()


def test_a_forked_child_opens_its_own(file: Path, made: Made) -> None:
    """SQLite connections do not survive a fork; the child may save all the same."""
    fill(file, made())
    log = SqliteLog(file)
    with Store(log) as store:
        assert store.ids() == ["portal"]
        child = os.fork()
        if not child:
            code = 1
            with contextlib.suppress(BaseException):
                store.save(made("child"))
                code = 0
            os._exit(code)
        assert os.waitpid(child, 0)[1] == 0
        store.save(made("parent"))
        assert store.ids() == ["child", "parent", "portal"]
        assert log._own_idle()
        log._pid = -1  # as a child finds it
        assert log._own_idle() == []


def test_long_logs_are_read_page_by_page(file: Path, made: Made) -> None:
    """More events than a page holds come all, in order, from any place on, up to any number."""
    e = made()
    for number in range(_PAGE + 10):
        e.attest("stakeholder_interviews", by="bob", source=str(number))
    fill(file, e)
    count = e.version
    with Store(SqliteLog(file)) as store:
        assert [row.position for row in store.log.all()] == list(range(1, count + 1))
        assert [row.version for row in store.log.all(5, _PAGE + 2)][-1] == _PAGE + 7
        assert len(list(store.log.all(count - _PAGE))) == _PAGE
        assert len(list(store.log.all(0, _PAGE))) == _PAGE


# Rows that nobody wrote


@pytest.mark.parametrize(
    ("change", "version", "said"),
    [
        ("payload = CAST(payload AS TEXT)", 2, "payload is of type str"),
        ("payload = zeroblob(2000000)", 2, "more than was ever written"),
        ("payload = replace(payload, 'bob', 'eve')", 2, "payload is of type str"),
        ("payload = CAST(replace(payload, '\"by\"', ' \"by\"') AS BLOB)", 2, "bytes that were"),
        ("at_us = at_us - 1", 2, "times beside"),
        ("recorded_us = 'late'", 2, "recorded_us is of type str"),
        ("kind = 'moved.v1'", 2, "moved.v1"),
        ("kind = 'moved.v9'", 2, "newer engagekit"),
        ("kind = x'00ff'", 2, "kind is of type bytes"),
        ("commit_id = x'00'", 2, "commit is of type bytes"),
        ("version = 3", 2, "expected version 2, found 3"),
        ("version = 'two'", 2, "expected version 2, found 'two'"),
    ],
)
def test_a_changed_column_is_named(
    file: Path, made: Made, change: str, version: int, said: str
) -> None:
    """`verify` names the row, and no engagement is loaded from it."""
    fill(file, made())
    with raw(file) as connection:
        connection.execute(f"UPDATE events SET {change} WHERE version = 2")
    with Store(SqliteLog(file)) as store:
        (finding,) = store.verify().faults
        assert (finding.engagement, finding.version) == ("portal", version)
        assert said in finding.message
        assert finding.to_dict() == {
            "message": finding.message,
            "engagement": "portal",
            "version": version,
            "fault": True,
        }
        assert f"FAULT  'portal', version {version}: " in str(store.verify())
        if "bytes that were" not in said:
            with pytest.raises(ek.StoreError, match="'portal', version"):
                store.load("portal")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM events WHERE version = 1", "expected version 1, found 2"),
        ("UPDATE events SET engagement = 'other' WHERE version = 2", "expected version 1"),
        ("UPDATE events SET engagement = x'ff' WHERE version = 2", "expected version 1"),
        ("UPDATE events SET engagement = CAST(x'ff' AS TEXT) WHERE version = 2", "decode"),
    ],
)
def test_a_missing_or_moved_row_is_named(file: Path, made: Made, statement: str, said: str) -> None:
    """A gap, a row under another engagement, a name that is none."""
    fill(file, made())
    with raw(file) as connection:
        connection.execute(statement)
    with Store(SqliteLog(file)) as store:
        report = store.verify()
        assert not report.ok
        assert said in str(report)
        if "x'ff'" in statement:
            with pytest.raises(ek.TamperedLog):
                store.ids()


def test_a_log_that_does_not_replay_is_named(file: Path, made: Made) -> None:
    """Rows that are sound one by one, but tell of a move the plan does not allow."""
    e = made()
    e.hold("budget", by="ana")
    e.resume(by="ana")
    fill(file, e)
    with raw(file) as connection:
        connection.execute("DELETE FROM events WHERE version = 3")
        connection.execute("UPDATE events SET version = 3 WHERE version = 4")
    with Store(SqliteLog(file)) as store:
        (finding,) = store.verify().faults
        assert (finding.engagement, finding.version) == ("portal", None)
        assert "does not replay" in finding.message
        with pytest.raises(ek.TamperedLog, match="does not replay"):
            store.load("portal")


def test_an_index_that_lies_is_named(file: Path, made: Made) -> None:
    """SQLite's own check is part of ours."""
    fill(file, made())
    with raw(file) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'kind TEXT NOT NULL', 'kind TEXT NOT NULL"
            " CHECK (kind = 0)') WHERE name = 'events'"
        )
    with Store(SqliteLog(file)) as store:
        assert "SQLite: CHECK constraint failed in events" in str(store.verify())

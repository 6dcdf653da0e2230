"""The folder of text files: readable, only added to, and nothing cut off is lost or deleted."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import engagekit as ek
from engagekit.stores import Batch, NewEvent, Store
from engagekit.stores.jsonl import JsonlLog

Made = Callable[..., ek.Engagement]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the store lies."""
    return tmp_path / "logs"


@pytest.fixture
def store(folder: Path) -> Store:
    """An empty store."""
    return Store(JsonlLog(folder, timeout=0.05))


@pytest.fixture
def file(folder: Path) -> Path:
    """The file of one engagement."""
    return folder / "portal.jsonl"


def two_commits(store: Store, made: Made) -> list[int]:
    """A commit of two lines and one of three; the sizes of the file after each."""
    e = made()
    store.save(e)
    path = store.log._path("portal")
    sizes = [0, path.stat().st_size]
    e.hold("budget", by="ana")
    e.resume(by="ana")
    e.attest("stakeholder_interviews", by="eve", source="wiki/2")
    store.save(e)
    return [*sizes, path.stat().st_size]


def test_a_line_can_be_read_by_people_and_tools(store: Store, file: Path, made: Made) -> None:
    """Plain JSON, the time in words, the payload byte for byte."""
    store.save(made(), key="first")
    lines = file.read_bytes().splitlines()
    said = json.loads(lines[1])
    assert [*said] == [
        *("engagement", "version", "kind", "at", "recorded_at"),
        *("commit", "part", "of", "payload"),
    ]
    assert (said["engagement"], said["version"], said["commit"]) == ("portal", 2, "first")
    assert (said["part"], said["of"]) == (2, 2)
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT.*Z", said["recorded_at"])
    assert store.log.records("portal")[1].payload in lines[1]


def test_every_cut_leaves_whole_commits(store: Store, file: Path, made: Made) -> None:
    """A file cut off anywhere holds the commits before the cut, and goes on from there."""
    sizes = two_commits(store, made)
    whole = file.read_bytes()
    log = store.load("portal").log
    aside = 0
    for size in range(len(whole)):
        file.write_bytes(whole[:size])
        # A line that lacks nothing but its end is whole.
        kept = 5 if size + 1 >= sizes[2] else 2 if size + 1 >= sizes[1] else 0
        assert len(store.log.records("portal")) == kept
        assert store.ids() == (["portal"] if kept else [])
        if size % 97 and size + 2 < sizes[2]:
            continue
        torn = size not in {0, sizes[1] - 1, sizes[1], sizes[2] - 1}
        notes = [row for row in store.verify().findings if "never acknowledged" in row.message]
        assert len(notes) == aside + torn
        assert store.verify().ok
        store.save(ek.Engagement.replay([*log[:2], *log[2:]]) if not kept else grown(store))
        aside += torn
        assert store.verify().ok
        if torn:
            assert (file.parent / f"portal.torn-{aside}").read_bytes() == whole[
                sizes[1] if kept else 0 : size
            ]


def grown(store: Store) -> ek.Engagement:
    """The engagement with one more event."""
    e = store.load("portal")
    e.attest("stakeholder_interviews", by="bob", source="after the cut")
    return e


def test_zeros_of_a_power_cut_are_cut_off(store: Store, file: Path, made: Made) -> None:
    """A file system may have made the file longer without writing to it."""
    store.save(made())
    with file.open("ab") as stream:
        stream.write(bytes(700) + b'\n{"engag')
    assert store.load("portal").version == 2
    store.save(grown(store))
    assert store.verify().ok
    assert store.load("portal").version == 3
    file.write_bytes(bytes(700) + b"\n")
    assert store.ids() == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (rb"^\{", b"", "line 1"),
        (rb"\n", b"\n\n", "line 2"),
        (rb"\n", b"\n<<<<<<< HEAD\n", "line 2"),
        (rb'"version":2', b'"version":"2"', "version"),
        (rb'"version":2', b'"version": 2', "rewritten"),
        (rb'"version":2', b'"version":7', "expected version 2, found 7"),
        (rb'"part":1,', b"", "part"),
        (rb'"part":2', b'"part":1', "not whole"),
        (rb'"part":1', b'"part":true', "rewritten"),
        (rb'"commit":"first"', b'"commit":"other"', "not whole"),
        (rb'"engagement":"portal"', b'"engagement":"other"', "belongs to 'other'"),
        (rb'"at":"2', b'"at":"1', "times beside"),
        (rb'"at":"[^"]*"', b'"at":"0001-01-01T00:00:00+23:59"', "line 1"),
        (rb'"at":"[^"]*"', b'"at":7', "line 1"),
        (rb'^\{"engagement":', b"[" * 100_000, "line 1"),
        (rb'^\{.*?,"payload":', b'[1,"payload":', "line 1"),
        (rb'"bob"', b'"b\xffb"', "decode"),
    ],
)
def test_a_line_nobody_wrote_is_named(
    store: Store, made: Made, old: bytes, new: bytes, said: str
) -> None:
    """A changed, merged, reformatted or foreign line is told with its place, never skipped."""
    store.save(made(), key="first")
    file = store.log._path("portal")
    data, count = re.subn(old, new.replace(b"\\", b"\\\\"), file.read_bytes(), count=1)
    assert count
    file.write_bytes(data)
    assert store.ids() == ["portal"]
    with pytest.raises(ek.TamperedLog, match="portal"):
        store.load("portal")
    report = store.verify()
    assert not report.ok
    assert said in str(report)


def test_whatever_the_damage_the_error_is_ours(store: Store, file: Path, made: Made) -> None:
    """Bytes changed, cut out, doubled: read all the same, or the error names it; nothing else."""
    store.save(made())
    whole, chance = file.read_bytes(), random.Random(3)
    for _ in range(200):
        data = bytearray(whole)
        start, length = chance.randrange(len(data)), chance.randint(1, 60)
        rubbish = [chance.randbytes(length), b"", b"\n", b"[" * length, data[:length], b'"']
        data[start : start + length] = chance.choice(rubbish)
        file.write_bytes(data)
        assert str(store.verify())
        with contextlib.suppress(ek.EngagekitError):
            store.load("portal")


def test_a_mixed_up_commit_is_still_looked_at(store: Store, file: Path, made: Made) -> None:
    """A file that begins within a commit is not taken for an empty one."""
    store.save(made())
    first, second = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(second + first)
    assert store.ids() == ["portal"]
    assert not store.verify().ok


def test_line_ends_of_windows_are_read(store: Store, file: Path, made: Made) -> None:
    """Git may rewrite them; the lines still are what was written."""
    store.save(made())
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert store.load("portal").version == 2
    store.save(grown(store))
    assert store.verify().ok


def test_a_last_line_without_its_end_is_whole(store: Store, file: Path, made: Made) -> None:
    """Editors take the last line end away; nothing is lost by that."""
    store.save(made())
    file.write_bytes(file.read_bytes().rstrip(b"\n"))
    store.save(grown(store))
    assert store.load("portal").version == 3
    assert store.verify().findings == ()


def test_other_files_are_left_alone(store: Store, folder: Path, made: Made) -> None:
    """A README, another suffix, a name that is no id, a folder: noted at most, never read."""
    store.save(made())
    for name in ("README.md", "Not An Id.jsonl", "con.jsonl", "x.db"):
        (folder / name).write_text("mine")
    (folder / "sub.jsonl").mkdir()
    assert store.ids() == ["portal"]
    noted = [row.message for row in store.verify().findings]
    assert noted == [
        f"{name}.jsonl is no engagement's file" for name in ("Not An Id", "con", "sub")
    ]
    assert store.verify().ok
    with pytest.raises(ek.StoreUnavailable, match="no file"):
        store.load("sub")
    with pytest.raises(ek.StoreUnavailable, match="directory"):
        store.save(made("sub"))


@pytest.mark.parametrize("name", ["../x", "a/b", "/etc/x", "..", "a.b", "A", "a b", "con", "com1"])
def test_an_adapter_lets_no_name_out_of_its_folder(store: Store, folder: Path, name: str) -> None:
    """It checks again, whoever calls it; names Windows cannot have are refused everywhere."""
    new = NewEvent(kind="x", at_us=1, recorded_us=2, payload=b"{}")
    with pytest.raises(ek.DefinitionError, match="cannot name a file"):
        store.log.append([Batch(engagement=name, expected=0, events=(new,))])
    with pytest.raises(ek.DefinitionError, match="cannot name a file"):
        store.log.records(name)
    assert list(folder.iterdir()) == []


def test_a_payload_is_one_line(store: Store, folder: Path) -> None:
    """A line end inside would make two lines of it."""
    new = NewEvent(kind="x", at_us=1, recorded_us=2, payload=b"{\n}")
    with pytest.raises(ek.DefinitionError, match="one line"):
        store.log.append([Batch(engagement="a", expected=0, events=(new,))])
    assert store.ids() == []


def test_a_refused_save_leaves_no_file(store: Store, folder: Path, made: Made) -> None:
    """Not even an empty one."""
    store.save(made())
    e = store.load("portal")
    e.hold("budget", by="ana")
    (folder / "portal.jsonl").unlink()
    with pytest.raises(ek.StaleVersion):
        store.save(e)
    assert list(folder.iterdir()) == []


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """It is left as it is."""
    (tmp_path / "notes").write_text("mine")
    with pytest.raises(ek.StoreUnavailable, match="no folder"):
        JsonlLog(tmp_path / "notes")
    assert (tmp_path / "notes").read_text() == "mine"


# Trouble


def test_a_lock_that_is_not_let_go_is_told(
    store: Store, folder: Path, file: Path, made: Made
) -> None:
    """Another process holds the file; after the time to wait nothing is written."""
    store.save(made())
    code = (
        "import fcntl, sys\n"
        "file = open(sys.argv[1], 'rb'); fcntl.flock(file, fcntl.LOCK_EX)\n"
        "print('held', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline()
        with pytest.raises(ek.StoreUnavailable, match=r"locked by another process for 0\.05 s"):
            store.save(grown(store))
        assert store.load("portal").version == 2
        other.stdin.close()
    store.save(grown(store))


@pytest.mark.parametrize("trouble", ["full", "short", "unsynced", "stuck"])
def test_a_failed_write_is_taken_back(
    store: Store, file: Path, made: Made, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    """A full disk, half a write, a disk that fails: the log is as before, the error is shown."""
    store.save(made())
    before = file.read_bytes()
    write = os.write

    def fail(*_: object) -> int:
        raise OSError(28, "No space left on device")

    def halved(handle: int, block: bytes) -> int:
        return write(handle, block[: len(block) // 2])

    with monkeypatch.context() as patch:
        if trouble == "full":
            patch.setattr(os, "write", fail)
        elif trouble == "short":
            patch.setattr(os, "write", halved)
        else:
            patch.setattr(os, "fsync", fail)
        if trouble == "stuck":
            patch.setattr(os, "ftruncate", fail)
        with pytest.raises(ek.StoreUnavailable, match=r"[Ss]pace|full"):
            store.save(grown(store))
    if trouble != "stuck":
        assert file.read_bytes() == before
    assert file.read_bytes().startswith(before)


def test_a_save_whose_answer_was_lost_is_repeated(
    store: Store, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit was written, the answer failed: the same engagement is simply saved again."""
    e = made()
    with monkeypatch.context() as patch:
        patch.setattr("engagekit.stores.jsonl.sync_folder", fails)
        with pytest.raises(ek.StoreUnavailable):
            store.save(e)
    store.save(e)
    assert store.load("portal").log == e.log
    assert store.load("portal").version == 2


def fails(*_: object) -> None:
    """A disk that does not answer."""
    raise OSError(5, "Input/output error")


def test_a_log_whose_times_run_back_is_read_in_its_own_order(store: Store, made: Made) -> None:
    """Positions follow the time of recording, but never against the versions of a log."""
    e = made()
    store.save(e)
    new = NewEvent(kind="x", at_us=1, recorded_us=2, payload=b"{}")
    store.log.append([Batch(engagement="portal", expected=2, events=(new,))])
    store.log.append([Batch(engagement="early", expected=0, events=(new,))])
    assert [(row.engagement, row.version) for row in store.log.all()] == [
        ("early", 1),
        ("portal", 1),
        ("portal", 2),
        ("portal", 3),
    ]

"""Files that are none, files that change, and the digest of what was read."""

from __future__ import annotations

import hashlib
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engagekit.errors import DefinitionError, EvidenceError
from engagekit.readers import Source, read_evidence
from engagekit.readers.source import CHUNK_BYTES, HEAD_BYTES, MAX_BYTES

Written = Callable[[str | bytes], Path]

PASSED = "<testsuite><testcase/></testsuite>"
ON_POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")


def test_digest_and_source_belong_to_the_file(written: Written) -> None:
    """The digest is that of the whole file, the source its path as given."""
    path = written(PASSED)
    evidence = read_evidence(str(path))
    assert evidence.digest == hashlib.sha256(PASSED.encode()).hexdigest()
    assert evidence.source == str(path)


def test_source_and_expiry_are_passed_through(written: Written) -> None:
    """Where it really comes from and how long it counts is for the caller to say."""
    evidence = read_evidence(
        written(PASSED), source="https://ci.example/42", expires="2026-03-09T00:00:00Z"
    )
    assert evidence.source == "https://ci.example/42"
    assert evidence.to_dict()["expires"] == "2026-03-09T00:00:00Z"


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"expires": "2026-03-09T00:00:00"}, "no time zone"),
        ({"expires": "soon"}, "no ISO 8601"),
        ({"source": " "}, "must not be empty"),
    ],
)
def test_wrong_arguments_are_refused_before_the_file_is_opened(
    tmp_path: Path, keywords: dict[str, str], message: str
) -> None:
    """The file does not even exist."""
    with pytest.raises(DefinitionError, match=message):
        read_evidence(tmp_path / "none", **keywords)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """With what to check."""
    with pytest.raises(EvidenceError, match=r"none\.xml: no such file; check the path"):
        read_evidence(tmp_path / "none.xml")


def test_a_folder_is_no_report(tmp_path: Path) -> None:
    """It opens like a file on POSIX, so it is asked what it is."""
    with pytest.raises(EvidenceError, match=r"is a folder|cannot be opened"):
        read_evidence(tmp_path, "junit")


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc")
def test_a_refused_file_is_closed_again(tmp_path: Path) -> None:
    """A pipeline that polls for its report must not run out of descriptors."""
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        with pytest.raises(EvidenceError):
            read_evidence(tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) < before + 10


def test_an_empty_file_is_no_report(written: Written) -> None:
    """A tool that died before its first byte leaves one."""
    with pytest.raises(EvidenceError, match="is empty"):
        read_evidence(written(""), "junit")


@ON_POSIX
def test_a_pipe_nobody_writes_to_does_not_hang(tmp_path: Path) -> None:
    """Opening it for reading would wait for ever."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(EvidenceError, match="is a pipe or device"):
        read_evidence(tmp_path / "pipe")


@ON_POSIX
def test_a_device_is_no_report() -> None:
    """It has no end."""
    with pytest.raises(EvidenceError, match="is a pipe or device"):
        read_evidence("/dev/zero")


@ON_POSIX
def test_a_loop_of_links_is_no_report(tmp_path: Path) -> None:
    """The system says so."""
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(EvidenceError, match="cannot be opened"):
        read_evidence(tmp_path / "a")


@ON_POSIX
def test_a_file_name_that_is_no_text_can_be_read(tmp_path: Path) -> None:
    """The log must hold text, so the odd byte is escaped there."""
    path = os.fsencode(tmp_path) + b"/caf\xe9.xml"
    Path(os.fsdecode(path)).write_text(PASSED, encoding="ascii")
    source = read_evidence(os.fsdecode(path)).source
    assert source is not None
    assert source.endswith("caf\\udce9.xml")


@pytest.mark.parametrize("path", [3, None, b"report.xml", "nul\0byte", "x" * 5_000, ""])
def test_what_is_no_path_is_refused(path: object) -> None:
    """A number would be taken for an open file."""
    with pytest.raises(EvidenceError):
        read_evidence(path)  # type: ignore[arg-type]


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path: Path) -> None:
    """Its size is enough; a sparse file of that size costs nothing here."""
    path = tmp_path / "large.xml"
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    with pytest.raises(EvidenceError, match="at most 104857600"):
        read_evidence(path, "junit")


class Growing(io.RawIOBase):
    """A file that never ends, whatever its size was when it was opened."""

    def readable(self) -> bool:
        """So that it can be buffered."""
        return True

    def readinto(self, buffer: object) -> int:
        """As many bytes as are asked for."""
        return len(memoryview(buffer))  # type: ignore[arg-type]


def test_a_file_that_keeps_growing_ends_at_the_limit() -> None:
    """The limit holds for what is read, not for what was announced."""
    source = Source(io.BufferedReader(Growing()), "log")
    with pytest.raises(EvidenceError, match="at most 104857600"):
        source.digest()


@pytest.mark.parametrize("size", [len(PASSED) - 1, len(PASSED) + 1])
def test_a_file_that_changed_while_it_was_read_is_refused(size: int) -> None:
    """A tool that is still writing has not reported yet."""
    source = Source(io.BytesIO(PASSED.encode()), "report.xml", size=size)
    with pytest.raises(EvidenceError, match="changed while it was read"):
        source.digest()


def test_a_disk_that_fails_is_an_unreadable_report() -> None:
    """Not a crash, and not the part that was read before."""

    class Failing(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: object) -> int:
            raise OSError(5, "Input/output error")

    with pytest.raises(EvidenceError, match=r"report\.xml: cannot be read on: Input/output error"):
        Source(io.BufferedReader(Failing()), "report.xml")


@pytest.mark.parametrize("size", [1, HEAD_BYTES, HEAD_BYTES + 1, HEAD_BYTES + CHUNK_BYTES + 7])
def test_chunks_are_the_file_from_front_to_back(size: int) -> None:
    """Sniffing at the head takes nothing away, and the digest covers what nobody asked for."""
    content = bytes(number % 251 for number in range(size))
    whole = Source(io.BytesIO(content), "x", size=size)
    assert whole.data() == content
    unread = Source(io.BytesIO(content), "x", size=size)
    assert whole.digest() == unread.digest() == hashlib.sha256(content).hexdigest()

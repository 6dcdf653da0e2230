"""Which bytes were read? One file, opened once, hashed as it is handed out.

Digest and facts can never belong to two versions of a file: nothing is opened a second time.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from engagekit.errors import EvidenceError

__all__ = ["CHUNK_BYTES", "HEAD_BYTES", "MAX_BYTES", "Source", "opened"]

MAX_BYTES = 100 * 1024 * 1024
HEAD_BYTES = 64 * 1024  # what a reader may sniff at
CHUNK_BYTES = 256 * 1024
# A named pipe without a writer would block the caller for ever; Windows has no such flag.
_NO_WAIT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class Source:
    """One report, read once from front to back.

    Args:
        stream: An open binary stream, at its beginning.
        name: How error messages call it.
        size: Bytes it is expected to hold; None when nobody knows.
    """

    def __init__(self, stream: BinaryIO, name: str, *, size: int | None = None) -> None:
        self.name = name
        self._stream = stream
        self._expected = size
        self._hash = hashlib.sha256()
        self._seen = 0
        self.head = self._next(HEAD_BYTES)
        self._pending = self.head

    def chunks(self) -> Iterator[bytes]:
        """The report piece by piece, for readers that stream.

        Raises:
            EvidenceError: longer than 100 MiB, or it cannot be read on.
        """
        pending, self._pending = self._pending, b""
        while pending:
            yield pending
            pending = self._next(CHUNK_BYTES)

    def data(self) -> bytes:
        """The whole report at once, for readers of formats that cannot be streamed."""
        return b"".join(self.chunks())

    def digest(self) -> str:
        """SHA-256 of the whole report, 64 hexadecimal digits; what was left is read first.

        Raises:
            EvidenceError: the file grew or shrank while it was read.
        """
        for _ in self.chunks():
            pass
        if self._expected is not None and self._seen != self._expected:
            raise self.fault(
                f"changed while it was read ({self._expected} bytes, then {self._seen});"
                " read it again when the tool has finished"
            )
        return self._hash.hexdigest()

    def fault(self, problem: str, *, line: int | None = None) -> EvidenceError:
        """The error to raise, with file and line filled in."""
        where = self.name if line is None else f"{self.name}, line {line}"
        return EvidenceError(problem, where=where)

    def _next(self, size: int) -> bytes:
        try:
            chunk = self._stream.read(size)
        except OSError as error:
            raise self.fault(f"cannot be read on: {error.strerror or error}") from error
        self._seen += len(chunk)
        if self._seen > MAX_BYTES:
            raise self.fault(_too_long(self._seen))
        self._hash.update(chunk)
        return chunk


@contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[Source]:
    """The file at `path` as a source; only regular files that hold something.

    Raises:
        EvidenceError: missing, unreadable, empty, longer than 100 MiB, a folder, pipe or device.
    """
    name = _shown(path)
    try:
        descriptor = os.open(path, os.O_RDONLY | _NO_WAIT)
    except FileNotFoundError as error:
        raise EvidenceError(
            "no such file; check the path, and that the tool has written its report", where=name
        ) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise EvidenceError(f"cannot be opened: {reason}; check the path", where=name) from error
    try:
        size = _checked_size(descriptor, name)
    except EvidenceError:
        os.close(descriptor)
        raise
    with os.fdopen(descriptor, "rb") as stream:
        yield Source(stream, name, size=size)


def _checked_size(descriptor: int, name: str) -> int:
    status = os.fstat(descriptor)
    if stat.S_ISDIR(status.st_mode):
        raise EvidenceError("is a folder; name one file in it", where=name)
    if not stat.S_ISREG(status.st_mode):
        raise EvidenceError(
            "is a pipe or device; let the tool write its report to a file first", where=name
        )
    if status.st_size == 0:
        raise EvidenceError("is empty; let the tool write its report again", where=name)
    if status.st_size > MAX_BYTES:
        raise EvidenceError(_too_long(status.st_size), where=name)
    return status.st_size


def _too_long(size: int) -> str:
    return f"{size} bytes or more; at most {MAX_BYTES} (100 MiB), split the report"


def _shown(path: object) -> str:
    if not isinstance(path, str | os.PathLike):
        raise EvidenceError(f"expected a path, got {type(path).__name__}", where="path")
    # A file name on POSIX need not be text; a message and a log must be.
    return os.fsdecode(path).replace("\0", "\\0").encode("utf-8", "backslashreplace").decode()

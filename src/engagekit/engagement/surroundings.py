"""What the core may ask of the world, and the only file that asks: the time, a file's digest."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TypeAlias

from engagekit.business_time.instants import Instant, as_microseconds
from engagekit.errors import EvidenceError

__all__ = ["Clock", "FilePath", "file_digest", "file_name", "now", "use_clock"]

Clock: TypeAlias = Callable[[], int]  # microseconds since 1970 UTC
FilePath: TypeAlias = str | Path

FILE_LIMIT = 1 << 30  # bytes of a file that is attested


def _system_clock() -> int:
    return time.time_ns() // 1000


_clock: ContextVar[Clock] = ContextVar("engagekit_clock", default=_system_clock)


def now() -> int:
    """The present instant in microseconds UTC, from the clock in use."""
    return _clock.get()()


@contextmanager
def use_clock(clock: Clock | Instant) -> Iterator[None]:
    """Within the block, engagekit takes the time from `clock`, or stands still at an instant.

    Holds for this thread and its asyncio tasks only.
    """
    if callable(clock):
        token = _clock.set(clock)
    else:
        frozen = as_microseconds(clock, "clock")
        token = _clock.set(lambda: frozen)
    try:
        yield
    finally:
        _clock.reset(token)


def file_name(path: FilePath) -> str:
    """The last part of a path, which tells where a document came from but not whose disk it is."""
    return Path(path).name if isinstance(path, str | Path) else ""


def file_digest(path: FilePath) -> str:
    """SHA-256 of a file's bytes, in hexadecimal.

    Raises:
        EvidenceError: not a readable file, or larger than 1 GiB.
    """
    if not isinstance(path, str | Path):
        raise EvidenceError(f"expected a path, got {type(path).__name__}", where="file")
    file = Path(path)
    try:
        if not file.is_file():
            raise EvidenceError(
                "is no file; give the path of a document or report", where=str(file)
            )
        if file.stat().st_size > FILE_LIMIT:
            raise EvidenceError(f"larger than {FILE_LIMIT} bytes", where=str(file))
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise EvidenceError(f"cannot be read: {error.strerror}", where=str(file)) from error

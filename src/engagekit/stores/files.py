"""What a file that is only added to needs of the system: a lock, one write, the disk.

The lock lies on the file itself and goes with the process that holds it.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from engagekit.errors import StoreUnavailable

__all__ = ["locked", "opened", "sync_folder", "whole", "write"]

_BINARY = getattr(os, "O_BINARY", 0)  # Windows


@contextlib.contextmanager
def opened(path: Path) -> Iterator[int]:
    """A file to read and to add to, made where there is none."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _BINARY, 0o666)
    try:
        yield file
    finally:
        os.close(file)


def whole(file: int) -> bytes:
    """Everything in the file."""
    os.lseek(file, 0, os.SEEK_SET)
    with os.fdopen(os.dup(file), "rb") as stream:
        return stream.read()


def write(file: int, block: bytes) -> None:
    """Add a commit with one call and wait until it is on the disk; take back what fails."""
    before = os.fstat(file).st_size
    try:
        if os.write(file, block) != len(block):
            raise OSError("the disk is full")
        os.fsync(file)
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(file, before)
        raise


def sync_folder(folder: Path) -> None:
    """Make a new name in the folder last; Windows does that by itself."""
    if sys.platform != "win32":  # pragma: no branch
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def locked(file: int, path: Path, timeout: float) -> Iterator[None]:
    """Keep other writers of this file out, threads and processes alike."""
    deadline = time.monotonic() + timeout
    while not _taken(file):
        if time.monotonic() > deadline:
            raise StoreUnavailable(
                f"{path} was locked by another process for {timeout:g} s; try again"
            )
        time.sleep(0.002)
    try:
        yield
    finally:
        _let_go(file)


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _taken(file: int) -> bool:
        # Far behind the end, so that readers are not kept out.
        os.lseek(file, 1 << 40, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _let_go(file: int) -> None:
        os.lseek(file, 1 << 40, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _taken(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _let_go(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)

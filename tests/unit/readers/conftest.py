"""Reports as files, written by the test that reads them."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Written = Callable[[str | bytes], Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """A function that puts a report into a file whose name says nothing about its format."""

    def write(report: str | bytes) -> Path:
        path = tmp_path / "report.dat"
        path.write_bytes(report.encode() if isinstance(report, str) else report)
        return path

    return write


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    """A test that waits for something is ended after ten seconds."""

    def give_up(*_: object) -> None:
        raise TimeoutError("it hangs")

    watched = hasattr(signal, "setitimer")
    if watched:
        before = signal.signal(signal.SIGALRM, give_up)
        signal.setitimer(signal.ITIMER_REAL, 10)
    yield
    if watched:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

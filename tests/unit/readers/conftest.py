"""Reports as files, written by the test that reads them."""

from __future__ import annotations

from collections.abc import Callable
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

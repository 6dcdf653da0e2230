"""What is committed works anywhere: no package registry, no path of one machine."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Spelled in pieces, so that this file does not find itself.
REGISTRIES = [
    r"pypi\." + "org",
    r"pythonhosted\." + "org",
    r"registry\." + "npmjs",
    r"conda\." + "anaconda",
    "--(extra-)?index-" + "url[ =]",
    "/" + r"simple/?[\"' ]",
]
# A path begins there: "sqlite:///work.db" names a file beside the program.
PATHS = [r"(?<![./\w}])/" + r"(work|root|opt/pypi)\b", "/" + r"home/[a-z]"]


@pytest.mark.parametrize("pattern", REGISTRIES + PATHS)
def test_committed_files_name_no_address(pattern: str) -> None:
    """`git grep` over every tracked file finds none."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    found = subprocess.run(
        ["git", "grep", "-nIP", "-e", pattern],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == ""
    assert found.returncode == 1, found.stderr  # 1 is "none found", 2 and more is a failure

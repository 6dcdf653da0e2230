"""Every Python example on a page is written in the one way that is run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    *(page for page in sorted((ROOT / "docs").rglob("*.md")) if "_build" not in page.parts),
]
FENCE = re.compile(r"^\s*(?:`{3,}|~{3,})[ \t]*(\S+)", re.MULTILINE)
NOT_RUN = {"py", "python3", "pycon", "ipython", "{code}", "{code-block}", "{doctest}"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_python_on_a_page_is_run(page: Path) -> None:
    """Sybil runs fences that say `python`; one that says `py` would pass by not being seen."""
    languages = set(FENCE.findall(page.read_text(encoding="utf-8")))
    assert not languages & NOT_RUN, "write ```python instead"

"""The page of requirements says what the markers of the tests say."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_lists_every_marker():
    """Whoever adds or takes away a marker runs tools/requirements_page.py."""
    made = runpy.run_path(str(ROOT / "tools" / "requirements_page.py"))
    assert (ROOT / "docs" / "reference" / "requirements.md").read_text("utf-8") == made["page"]()


def test_the_first_requirements_are_proven():
    """The lifecycle and the gates of the FAQ are each named by a test."""
    page = (ROOT / "docs" / "reference" / "requirements.md").read_text("utf-8")
    wanted = ["S01", "S02", "S04", "S07", "S16", "S17", "S25", "S34"]
    wanted += [f"S{number}" for number in range(43, 51)]
    assert [name for name in wanted if f"| {name} |" not in page] == []

"""The worked cases: where they lie, and nothing where they do not."""

import json
import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared material: $ENGAGEKIT_SHARED, or beside the checkout."""
    folder = Path(os.environ.get("ENGAGEKIT_SHARED", CHECKOUT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"no shared material in {folder}; set ENGAGEKIT_SHARED")
    return folder


@pytest.fixture(scope="session")
def sla_cases(shared: Path) -> list[dict]:
    """The worked cases of clocks and availability."""
    return json.loads((shared / "cases" / "sla_cases.json").read_text())["cases"]

"""What every test may ask for: example counts by machine, and the folder beside the checkout."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# In CI the same examples every time: a red run there is about the change, not about luck.
settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the checkout, or where ENGAGEKIT_SHARED says."""
    beside = Path(__file__).resolve().parents[2] / "shared"
    folder = Path(os.environ.get("ENGAGEKIT_SHARED", beside))
    if not folder.is_dir():
        pytest.skip(f"no folder {folder}; set ENGAGEKIT_SHARED")
    return folder

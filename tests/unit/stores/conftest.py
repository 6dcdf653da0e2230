"""An engagement to keep."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import engagekit as ek

Made = Callable[..., ek.Engagement]


@pytest.fixture
def made() -> Made:
    """A function that makes an engagement with a log of two events."""

    def make(id: str = "portal") -> ek.Engagement:
        e = ek.Engagement.start("Portal", client="Acme", by="ana", id=id)
        e.attest("stakeholder_interviews", by="bob")
        return e

    return make

"""What the unit tests of the core share: a clock that stands still, and engagements to act on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

import engagekit as ek
from engagekit.business_time.instants import as_microseconds

MONDAY = "2026-03-02T09:00:00+00:00"


class Clock:
    """Stands still until it is told another time."""

    def __init__(self) -> None:
        self.text = MONDAY

    def __call__(self) -> int:
        """The instant in microseconds, as engagekit asks for it."""
        return as_microseconds(self.text)

    def set(self, text: str) -> None:
        """It is `text` now."""
        self.text = text


@pytest.fixture
def clock() -> Iterator[Clock]:
    """The time engagekit sees: 9 o'clock UTC on Monday, 2 March 2026, until `set`."""
    standing = Clock()
    with ek.use_clock(standing):
        yield standing


@pytest.fixture
def start(clock: Clock) -> Callable[..., ek.Engagement]:
    """Starts an engagement called "demo", by ana for Acme, with whatever else is given."""

    def begin(title: str = "Demo", **terms: object) -> ek.Engagement:
        return ek.Engagement.start(title, **({"client": "Acme", "by": "ana", "id": "demo"} | terms))

    return begin


@pytest.fixture
def meet() -> Callable[..., None]:
    """Attests every criterion of the current gate (by bob)."""

    def attest_all(e: ek.Engagement, by: str = "bob", **more: object) -> None:
        for row in e.check().open:
            e.attest(row.criterion.id, row.criterion.target, by=by, **more)

    return attest_all


@pytest.fixture
def walk(meet: Callable[..., None]) -> Callable[..., ek.Engagement]:
    """Takes an engagement through its gates until it is in a phase (or closed)."""

    def go(e: ek.Engagement, to: str) -> ek.Engagement:
        while to not in {e.phase, e.status.value}:
            meet(e)
            e.advance(by="ana")
        return e

    return go


@pytest.fixture
def gated(start: Callable[..., ek.Engagement]) -> Callable[..., ek.Engagement]:
    """Starts an engagement whose first gate has exactly these criteria."""

    def begin(*criteria: object, **terms: object) -> ek.Engagement:
        return start(gates={"requirements_definition": list(criteria)}, **terms)

    return begin


@pytest.fixture
def yes() -> Callable[..., dict[str, object]]:
    """A criterion of this id that someone's word can meet."""

    def criterion(name: str, **more: object) -> dict[str, object]:
        return {"id": name, "metric": name, "op": "==", "target": True} | more

    return criterion

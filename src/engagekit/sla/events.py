"""What happens to a clock, and how its promise is to be read: the two inputs of a reading."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from engagekit import checks
from engagekit.business_time.calendar import Calendar
from engagekit.business_time.instants import Instant, as_datetime, as_microseconds, as_text
from engagekit.business_time.spans import Span, SpanLike, parse_span
from engagekit.errors import DefinitionError

__all__ = ["KINDS", "ClockEvent", "ClockPolicy"]

KINDS = ("start", "pause", "resume", "stop", "cancel", "reopen", "retarget", "calendar")
# Earlier than 1973 in microseconds is today in seconds or milliseconds.
_LEAST_US = 100_000_000_000_000


def _at(value: Instant | int, where: str = "at") -> int:
    if isinstance(value, int):
        if value < _LEAST_US:
            raise DefinitionError(
                f"{value} is no instant of this century in microseconds; if it is in seconds,"
                " pass an aware datetime",
                where=where,
            )
        as_datetime(value)
        return value
    return as_microseconds(value, where)


def _recorded_at(value: Instant | int | None) -> int | None:
    return None if value is None else _at(value, "recorded_at")


def _span(value: SpanLike | None) -> Span | None:
    return None if value is None else parse_span(value, "target")


@attrs.frozen
class ClockEvent:
    """Something that starts, holds, ends or changes a clock.

    Instants are kept as microseconds UTC; any aware datetime or ISO 8601 text is taken.
    """

    kind: str  # one of KINDS
    at: int = attrs.field(converter=_at)  # when it happened
    # When we learnt of it; None is when it happened.
    recorded_at: int | None = attrs.field(default=None, converter=_recorded_at)
    reason: str | None = None  # of a pause or resume, each reason on its own; elsewhere a note
    target: Span | None = attrs.field(default=None, converter=_span)  # None: no target from now on
    calendar: Calendar | None = None

    def __attrs_post_init__(self) -> None:
        if self.kind not in KINDS:
            object.__setattr__(self, "kind", checks.known_id(self.kind, KINDS, "kind of event"))
        checks.optional_text(self.reason, "reason", limit=checks.NAME_LIMIT)
        if self.target is not None and self.kind != "retarget":
            raise DefinitionError(
                f"a {self.kind} event sets no target; use ClockEvent('retarget', at, target=...)",
                where="target",
            )
        if (self.kind == "calendar") != (self.calendar is not None):
            raise DefinitionError(
                "a calendar belongs to an event of kind 'calendar', and to no other",
                where="calendar",
            )
        if not isinstance(self.calendar, Calendar | None):
            raise DefinitionError(
                f"expected a Calendar, got {type(self.calendar).__name__}", where="calendar"
            )

    @property
    def known_from(self) -> int:
        """The instant from which this was known."""
        return self.at if self.recorded_at is None else self.recorded_at

    def __str__(self) -> str:
        reason = f" ({self.reason})" if self.reason else ""
        return f"{self.kind}{reason} at {as_text(self.at)}"


Retarget: TypeAlias = Literal["from_start", "from_change"]
Reopen: TypeAlias = Literal["resume", "restart", "continue"]
WhichCalendar: TypeAlias = Literal["in_force", "latest"]

_CHOICES: dict[str, tuple[str, ...]] = {
    "retarget": ("from_start", "from_change"),
    "reopen": ("resume", "restart", "continue"),
    "calendar": ("in_force", "latest"),
}


@attrs.frozen(kw_only=True)
class ClockPolicy:
    """How to read what a contract leaves open; each choice gives another due date."""

    retarget: Retarget = "from_start"  # does time before the change count towards the new target
    reopen: Reopen = "resume"  # closed time is a pause, or a new cycle begins, or it counts
    calendar: WhichCalendar = "in_force"  # of each instant, or the last one for all

    def __attrs_post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            chosen = checks.known_id(getattr(self, name), choices, f"{name} policy", where="policy")
            object.__setattr__(self, name, chosen)

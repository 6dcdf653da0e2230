"""Will this one be answered in time: what a clock shows, worked out from its events alone.

reading = evaluate_clock(events, calendar=desk, target="PT8H", as_of=now)
reading.due_at, reading.breached, print(reading.explain())
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import attrs
import pendulum

from engagekit.business_time.calendar import Calendar
from engagekit.business_time.instants import Instant, as_datetime, as_microseconds, as_text
from engagekit.business_time.spans import Span, SpanLike, parse_span
from engagekit.errors import DefinitionError
from engagekit.sla.availability import rows_of
from engagekit.sla.events import ClockEvent, ClockPolicy
from engagekit.sla.explanation import Explanation, Question, explained
from engagekit.sla.progress import Progress
from engagekit.sla.walk import Walk, in_order, without_closures

__all__ = ["ClockReading", "evaluate_clock", "next_due"]

_DEFAULT = ClockPolicy()


@attrs.frozen(kw_only=True)
class ClockReading:
    """What a clock showed at one instant, by what was known at one instant."""

    state: str  # "not_started", "running", "paused", "stopped", "cancelled"
    target: Span | None  # as it was last set for this cycle
    breached: bool  # more than the target has elapsed, strictly
    elapsed_us: int
    target_us: int | None  # the target in the time the clock counts
    due_us: int | None
    breached_us: int | None
    warn_us: int | None
    calendar: Calendar
    question: Question = attrs.field(repr=False, eq=False)

    @property
    def elapsed(self) -> dt.timedelta:
        """Time that counts towards the target: of the running cycle, up to stop or as_of."""
        return dt.timedelta(0, 0, self.elapsed_us)

    @property
    def target_applied(self) -> dt.timedelta | None:
        """The target it is judged by, in the time the clock counts; None without a target."""
        return None if self.target_us is None else dt.timedelta(0, 0, self.target_us)

    @property
    def remaining(self) -> dt.timedelta | None:
        """What is left of the target; negative once it is exceeded, None without a target."""
        if self.target_us is None:
            return None
        return dt.timedelta(0, 0, self.target_us - self.elapsed_us)

    @property
    def due_at(self) -> pendulum.DateTime | None:
        """The earliest instant at which the target is used up.

        None without a target, after a cancellation, and while a pause keeps it from being reached.
        """
        return None if self.due_us is None else as_datetime(self.due_us)

    @property
    def due_at_next_open(self) -> pendulum.DateTime | None:
        """The due date, moved to the next opening where it falls on closing time."""
        return None if self.due_us is None else as_datetime(self.calendar.next_open_us(self.due_us))

    @property
    def breached_at(self) -> pendulum.DateTime | None:
        """When the target was used up, but never before it was set; None if not breached."""
        return None if self.breached_us is None else as_datetime(self.breached_us)

    @property
    def warn_at(self) -> pendulum.DateTime | None:
        """When all but `warn_before` of the target is used up; None where nothing is due."""
        return None if self.warn_us is None else as_datetime(self.warn_us)

    def explain(self) -> Explanation:
        """The timeline: interval, what of it counted, and because of what."""
        return explained(self.question, self.elapsed_us)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: seconds, and instants as ISO 8601."""
        target = None if self.target_us is None else self.target_us / 1_000_000
        return {
            "state": self.state,
            "elapsed_s": self.elapsed_us / 1_000_000,
            "target": None if self.target is None else str(self.target),
            "target_s": target,
            "due_at": None if self.due_us is None else as_text(self.due_us),
            "breached": self.breached,
            "breached_at": None if self.breached_us is None else as_text(self.breached_us),
            "warn_at": None if self.warn_us is None else as_text(self.warn_us),
        }

    def __str__(self) -> str:
        due = f"due {as_text(self.due_us)}" if self.due_us is not None else "nothing due"
        verdict = "breached" if self.breached else "not breached"
        return f"{self.state.replace('_', ' ')}, {self.elapsed} elapsed, {due}, {verdict}"


def evaluate_clock(
    events: Iterable[ClockEvent],
    *,
    calendar: Calendar,
    target: SpanLike | None,
    policy: ClockPolicy = _DEFAULT,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
    warn_before: SpanLike | None = None,
) -> ClockReading:
    """Read a clock: a pure function of its events.

    Args:
        events: In any order; by `at`, then by position.
        calendar: When time counts, until an event of kind "calendar" changes it.
        target: The promise: `"PT8H"` (working time), `"P10BD"`, `"P1M"`, or None.
        policy: How to read changed targets, reopened clocks and changed calendars.
        as_of: The instant asked about; later events are left out. None: the last event.
        known_at: Leave out what was recorded later. None: all that is known.
        warn_before: How much of the target is left at `warn_at`.

    Raises:
        DefinitionError: events that cannot have happened in this order, or targets of
            different units.
    """
    listed = in_order(events if type(events) is list else list(rows_of(events, "events")))
    wanted = None if target is None else parse_span(target, "target")
    if not isinstance(calendar, Calendar):
        raise DefinitionError(
            f"expected a Calendar, got {type(calendar).__name__}", where="calendar"
        )
    if not isinstance(policy, ClockPolicy):
        raise DefinitionError(
            f"expected a ClockPolicy, got {type(policy).__name__}", where="policy"
        )
    view = listed
    if known_at is not None:
        known_us = as_microseconds(known_at, "known_at")
        view = [event for event in listed if event.known_from <= known_us]
    asked = view[-1].at if view else 0
    if as_of is not None:
        asked = as_microseconds(as_of, "as_of")
        view = [event for event in view if event.at <= asked]
    whole = len(view) == len(listed) and policy.reopen != "continue"
    if not whole:  # what is not asked about must make sense all the same
        Walk(calendar, wanted, policy, strict=True).take(listed)
    if policy.reopen == "continue":
        view = without_closures(view)
    walk = Walk(calendar, wanted, policy, strict=whole)
    walk.take(view)
    question = Question(view, calendar, wanted, policy, asked)
    warning = None if warn_before is None else parse_span(warn_before, "warn_before")
    return _read(walk, asked, warning, question)


def _read(walk: Walk, asked: int, warning: Span | None, question: Question) -> ClockReading:
    progress = Progress(walk, asked)
    due, elapsed, target = progress.due(), progress.elapsed, progress.target
    breached = target is not None and elapsed > target
    return ClockReading(
        state=_state(walk),
        target=walk.target,
        breached=breached,
        elapsed_us=elapsed,
        target_us=target,
        due_us=due,
        breached_us=max(due, walk.target_set_at) if breached and due is not None else None,
        warn_us=None if due is None or warning is None else progress.warning(due, warning),
        calendar=walk.calendar,
        question=question,
    )


def _state(walk: Walk) -> str:
    if walk.state != "open":
        return walk.state
    return "running" if walk.running_since is not None else "paused"


def next_due(readings: Mapping[str, ClockReading]) -> tuple[str, pendulum.DateTime] | None:
    """The running clock that is due first, overdue ones included, and when; None if none is.

    A clock that has not started, is paused, stopped or cancelled is not waited for.

    Raises:
        DefinitionError: they are not given by name.
    """
    if not isinstance(readings, Mapping):
        raise DefinitionError(
            f"expected readings by name, got {type(readings).__name__}", where="readings"
        )
    due = [
        (reading.due_us, name)
        for name, reading in readings.items()
        if reading.state == "running" and reading.due_us is not None
    ]
    if not due:
        return None
    earliest, name = min(due)
    return name, as_datetime(earliest)

"""The state of a clock, event by event: running, held for reasons, stopped, or not begun.

A cycle is the list of its runs: stretches of (from, to, calendar) in which the clock ran.
Everything else (elapsed time, due date, breach) follows from them and is worked out elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from engagekit.business_time.calendar import Calendar
from engagekit.business_time.spans import Span
from engagekit.errors import DefinitionError
from engagekit.sla.events import ClockEvent, ClockPolicy

__all__ = ["Run", "Walk", "in_order", "without_closures"]

Run: TypeAlias = tuple[int, int, Calendar]

_END_OF_TIME = 1 << 62


class Walk:
    """A clock after some of its events."""

    __slots__ = (
        "calendar",
        "closed_at",
        "counted_from",
        "counts",
        "pending",
        "policy",
        "reasons",
        "running_since",
        "runs",
        "state",
        "strict",
        "target",
        "target_calendar",
        "target_set_at",
        "was_held",
    )

    def __init__(
        self, calendar: Calendar, target: Span | None, policy: ClockPolicy, *, strict: bool
    ) -> None:
        self.calendar, self.target, self.policy, self.strict = calendar, target, policy, strict
        self.counts = target  # what the clock counts: the kind of its first target
        self.state = "not_started"  # then "open", "stopped" or "cancelled"
        self.reasons: set[str | None] = set()
        self.runs: list[Run] = []
        self.running_since: int | None = None
        self.counted_from = 0  # where the time that counts towards the target begins
        self.target_set_at = 0
        self.target_calendar = calendar  # the one in force when the target was set
        self.closed_at = 0
        self.was_held = False  # when it was closed
        self.pending: list[ClockEvent] = []  # changes that came while it was closed

    def take(self, events: Sequence[ClockEvent]) -> None:
        """Move on by some events.

        Raises:
            DefinitionError: one cannot have happened in its state.
        """
        for event in events:
            _STEPS[event.kind](self, event)

    def _run(self, at: int) -> None:
        """Run from now on, if anything lets it."""
        if self.state == "open" and not self.reasons and self.running_since is None:
            self.running_since = at

    def _rest(self, at: int) -> None:
        if self.running_since is not None:
            if at > self.running_since:
                self.runs.append((self.running_since, at, self.calendar))
            self.running_since = None

    def _refuse(self, event: ClockEvent, why: str) -> None:
        # What was not yet known may explain a gap in what was; only a whole log is refused.
        if self.strict:
            raise _impossible(event, why)

    def _start(self, event: ClockEvent) -> None:
        if self.state != "not_started":
            raise _impossible(
                event,
                "the clock was started before; 'reopen' starts it again (with policy"
                " reopen='restart' as a new cycle)",
            )
        self._begin(event.at)

    def _begin(self, at: int) -> None:
        self.state = "open"
        self.counted_from = self.target_set_at = at
        self.target_calendar = self.calendar
        self.runs.clear()
        self._run(at)

    def _pause(self, event: ClockEvent) -> None:
        self.reasons.add(event.reason)
        self._rest(event.at)

    def _resume(self, event: ClockEvent) -> None:
        if event.reason not in self.reasons:
            held = ", ".join(sorted(reason or "(no reason)" for reason in self.reasons))
            self._refuse(
                event, f"no pause for this reason is open; open: {held or 'none'}; name the reason"
            )
        self.reasons.discard(event.reason)
        self._run(event.at)

    def _close(self, event: ClockEvent) -> None:
        if self.state != "open":
            self._refuse(event, f"the clock is {self.state.replace('_', ' ')}; it must run first")
            return
        self.was_held = bool(self.reasons)
        self._rest(event.at)
        self.state = "stopped" if event.kind == "stop" else "cancelled"
        self.closed_at = event.at

    def _reopen(self, event: ClockEvent) -> None:
        if self.state not in ("stopped", "cancelled"):
            self._refuse(event, "the clock is not stopped; only a stopped clock is reopened")
            return
        self.state = "open"
        if self.policy.reopen == "restart":
            self._begin(event.at)
        for change in self.pending:
            self._change(change, event.at)
        self.pending.clear()
        self._run(event.at)

    def _changed(self, event: ClockEvent) -> None:
        if event.target is not None:
            self._check_unit(event, event.target)
        if self.state in ("stopped", "cancelled"):
            self.pending.append(event)  # a finished cycle keeps what it was judged by
        else:
            self._change(event, event.at)

    def _check_unit(self, event: ClockEvent, target: Span) -> None:
        if self.counts is None:
            self.counts = target
        elif type(target) is not type(self.counts):
            self._refuse(
                event,
                f"{target} is {type(target).__name__}, the clock counts"
                f" {type(self.counts).__name__} ({self.counts}); state the new target in that unit",
            )

    def _change(self, event: ClockEvent, at: int) -> None:
        was_running = self.running_since is not None
        if event.calendar is not None:
            self._rest(at)
            self.calendar = event.calendar
        else:
            self.target, self.target_set_at = event.target, at
            self.target_calendar = self.calendar
            if self.policy.retarget == "from_change" and self.state == "open":
                self._rest(at)
                self.runs.clear()
                self.counted_from = at
        if was_running:
            self._run(at)

    def runs_until(self, as_of: int) -> list[Run]:
        """The runs up to an instant that is not before the last event taken."""
        if self.running_since is None or as_of <= self.running_since:
            return self.runs
        return [*self.runs, (self.running_since, as_of, self.calendar)]


def _impossible(event: ClockEvent, why: str) -> DefinitionError:
    return DefinitionError(f"{event}: {why}", where="events")


_STEPS: dict[str, Callable[[Walk, ClockEvent], None]] = {
    "start": Walk._start,
    "pause": Walk._pause,
    "resume": Walk._resume,
    "stop": Walk._close,
    "cancel": Walk._close,
    "reopen": Walk._reopen,
    "retarget": Walk._changed,
    "calendar": Walk._changed,
}


def in_order(events: Sequence[ClockEvent]) -> Sequence[ClockEvent]:
    """By when they happened, then by position.

    Raises:
        DefinitionError: something else than a ClockEvent among them.
    """
    before = -_END_OF_TIME
    for index, event in enumerate(events):
        if type(event) is not ClockEvent:
            raise DefinitionError(
                f"expected a ClockEvent, got {type(event).__name__}", where=f"events[{index}]"
            )
        if event.at < before:
            return sorted(events, key=_when)
        before = event.at
    return events


def _when(event: ClockEvent) -> int:
    if type(event) is not ClockEvent:
        raise DefinitionError(f"expected a ClockEvent, got {type(event).__name__}", where="events")
    return event.at


def without_closures(events: Sequence[ClockEvent]) -> list[ClockEvent]:
    """The events without each closing that was reopened, so that closed time counts."""
    kept: list[ClockEvent] = []
    closing: int | None = None
    for event in events:
        if event.kind == "reopen" and closing is not None:
            del kept[closing]
            closing = None
            continue
        if event.kind in ("stop", "cancel"):
            closing = len(kept)
        kept.append(event)
    return kept


def shown(reasons: set[str | None]) -> str:
    """The reasons of a hold, for people."""
    return ", ".join(sorted(reason or "no reason given" for reason in reasons))

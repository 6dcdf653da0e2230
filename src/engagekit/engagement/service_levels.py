"""What was promised and what happened to each clock: the fold behind `e.sla`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import ClassVar

import attrs

from engagekit.business_time.calendar import Calendar
from engagekit.business_time.findings import Finding
from engagekit.business_time.instants import as_datetime
from engagekit.business_time.spans import Span, parse_span
from engagekit.engagement.events import CalendarAdopted, ClockChanged, Event, SLAAgreed
from engagekit.errors import DefinitionError
from engagekit.gates.gate import Fact
from engagekit.sla.agreement import SLA
from engagekit.sla.ambiguity import lint_sla
from engagekit.sla.clock import ClockReading, evaluate_clock
from engagekit.sla.events import ClockEvent, ClockPolicy

__all__ = ["Clock", "ServiceLevels"]


@attrs.frozen
class Clock:
    """The clock of one promise on one subject: the promise as it was when the clock started."""

    sla: SLA
    ref: str
    calendar: Calendar
    target: Span | None
    events: tuple[ClockEvent, ...]

    @property
    def key(self) -> str:
        """Its name among all clocks: `resolution/INC-1`."""
        return f"{self.sla.name}/{self.ref}"

    def read(self, as_of: int, warn_before: object = None) -> ClockReading:
        """What it shows at an instant.

        Raises:
            DefinitionError: its events cannot have happened in this order.
        """
        return evaluate_clock(
            self.events,
            calendar=self.calendar,
            target=self.target,
            policy=self.sla.policy or ClockPolicy(),
            as_of=as_datetime(as_of),
            warn_before=warn_before,  # type: ignore[arg-type]
        )

    def checked(self) -> Clock:
        """Itself, if its events can have happened.

        Raises:
            DefinitionError: they cannot, such as a resume without a pause.
        """
        self.read(max(event.at for event in self.events))
        return self


class ServiceLevels:
    """The fold of agreements, calendars and clocks."""

    __slots__ = ("agreed", "calendar", "clocks")
    reads: ClassVar[frozenset[type[Event]]] = frozenset({SLAAgreed, CalendarAdopted, ClockChanged})

    def __init__(self) -> None:
        self.agreed: dict[str, SLA] = {}
        self.calendar: Calendar | None = None
        self.clocks: dict[tuple[str, str], Clock] = {}

    def evolve(self, event: Event, _version: int) -> None:
        """Take in the event that made the log `version` events long."""
        match event:
            case SLAAgreed():
                self.agreed[event.sla] = SLA.from_dict(json.loads(event.terms))
            case CalendarAdopted():
                self._adopt(event)
            case _:
                assert isinstance(event, ClockChanged)  # it reads no others
                self._change(event)

    def _adopt(self, event: CalendarAdopted) -> None:
        self.calendar = Calendar.from_dict(json.loads(event.calendar))
        change = ClockEvent("calendar", event.at_us, event.recorded_us, calendar=self.calendar)
        for key, clock in self.clocks.items():
            if clock.sla.calendar is None:
                self.clocks[key] = attrs.evolve(clock, events=(*clock.events, change))

    def _change(self, event: ClockChanged) -> None:
        # Asked about the past, a log may hold a clock whose promise was written down later.
        known = (event.sla, event.ref) in self.clocks
        sla = self.agreed.get(event.sla)
        if known or (sla is not None and (sla.calendar or self.calendar)):
            self.clocks[event.sla, event.ref] = self.changed(event)

    def changed(self, event: ClockChanged) -> Clock:
        """The clock an event is about, with it; without a clock, one is made.

        Raises:
            DefinitionError: nobody said when time counts.
        """
        known = self.clocks.get((event.sla, event.ref))
        if known is None:
            sla = self.agreed[event.sla]
            known = Clock(sla, event.ref, self.calendar_of(sla), promised(sla, event.priority), ())
        happened = ClockEvent(
            event.change,
            event.at_us,
            event.recorded_us,
            event.reason,
            None if event.target is None else parse_span(event.target),
        )
        return attrs.evolve(known, events=(*known.events, happened))

    def calendar_of(self, sla: SLA) -> Calendar:
        """The calendar of a promise: its own, or the engagement's.

        Raises:
            DefinitionError: neither says when time counts.
        """
        if isinstance(sla.calendar, Calendar):
            return sla.calendar
        if sla.calendar is None and self.calendar is not None:
            return self.calendar
        raise DefinitionError(
            "nobody says when its time counts; give the SLA one calendar, or the engagement:"
            " e.sla.use_calendar(ek.Calendar(...), by=...)",
            where=f"{sla.name}.calendar",
        )

    def facts(self, by: str, at: int) -> dict[str, list[Fact]]:
        """`sla.lint_errors` and `sla.recurring`, as the gate of Contracting asks for them."""
        counts = {
            "sla.lint_errors": sum(found.severity == "error" for found in self.findings()),
            "sla.recurring": sum(sla.recurring for sla in self.agreed.values()),
        }
        return {m: [Fact(m, count, "derived", by, at)] for m, count in counts.items()}

    def findings(self) -> Iterator[Finding]:
        """What the linter says of each promise, with the calendar it runs by."""
        for sla in self.agreed.values():
            whole = sla if sla.calendar is not None else attrs.evolve(sla, calendar=self.calendar)
            yield from lint_sla(whole)


def promised(sla: SLA, priority: str | None) -> Span | None:
    """The target for a priority; of several parts of one, the one named like the metric."""
    part = (sla.metric or "").removesuffix("_time")
    return sla.span(priority, part)

"""`e.sla` of an engagement that goes on: agree, adopt a calendar, and run the clocks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from engagekit import checks
from engagekit.business_time.calendar import Calendar
from engagekit.business_time.instants import Instant
from engagekit.business_time.spans import SpanLike, parse_span
from engagekit.engagement.events import CalendarAdopted, ClockChanged, SLAAgreed
from engagekit.engagement.service_level_view import DERIVED_METRICS, ServiceLevelView
from engagekit.engagement.service_levels import promised
from engagekit.errors import DefinitionError, Refused
from engagekit.sla.agreement import SLA

if TYPE_CHECKING:
    from engagekit.engagement.recorder import Recorder

__all__ = ["ServiceLevelCommands"]


class ServiceLevelCommands(ServiceLevelView):
    """The promises of an engagement, and what happens to their clocks.

    A clock belongs to one SLA and one subject, `ref`. Where `sla=` is left out, a command goes to
    every clock of that subject; a start, to every promise made on requests.
    """

    __slots__ = ("_recorder",)

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(recorder)
        self._recorder = recorder

    def agree(self, sla: SLA, *, by: str, at: Instant | None = None) -> None:
        """Promise a service level; the same name again replaces it for clocks started later.

        What keeps it from being measured is no refusal here: it shuts the gate of Contracting.
        """
        if not isinstance(sla, SLA):
            raise DefinitionError(
                f"expected an SLA, got {type(sla).__name__}; write ek.SLA(name, metric, target)",
                where="sla",
            )
        terms = json.dumps(sla.to_dict(), sort_keys=True, ensure_ascii=False)
        self._append(SLAAgreed, by, at, sla=sla.name, terms=terms)

    def use_calendar(self, calendar: Calendar, *, by: str, at: Instant | None = None) -> None:
        """Count time by this calendar wherever an SLA has none of its own, running clocks too."""
        if not isinstance(calendar, Calendar):
            raise DefinitionError(
                f"expected a Calendar, got {type(calendar).__name__}", where="calendar"
            )
        plain = json.dumps(calendar.to_dict(), sort_keys=True, ensure_ascii=False)
        self._append(CalendarAdopted, by, at, calendar=plain)

    def start(
        self, ref: str, *, by: str, sla: str | None = None, priority: str | None = None,
        at: Instant | None = None,
    ) -> None:  # fmt: skip
        """Start the clock of a request.

        Raises:
            UnknownId: no such SLA or priority, with a suggestion.
            DefinitionError: it runs already, or nobody says when time counts.
        """
        names = [self._named(sla)] if sla is not None else self._for_requests()
        for name in names:
            promised(self._levels.agreed[name], priority)
        self._change(ref, names, by, at, change="start", priority=priority)

    def pause(
        self, ref: str, *, reason: str, by: str, sla: str | None = None, at: Instant | None = None
    ) -> None:
        """Stop the clock for a reason that the promise names; time goes on counting otherwise.

        Raises:
            Refused: none of the clocks pauses for that reason.
        """
        why = checks.text(reason, "reason", limit=checks.NAME_LIMIT)
        names = [
            name
            for name in self._of(ref, sla)
            if why in self._levels.clocks[name, ref].sla.pause_on
        ]
        if not names:
            raise Refused(
                f"{why!r} pauses no clock of {ref!r}; an SLA names what pauses it:"
                f" ek.SLA(..., pause_on={{{why!r}}})"
            )
        self._change(ref, names, by, at, change="pause", reason=why)

    def resume(
        self, ref: str, *, reason: str, by: str, sla: str | None = None, at: Instant | None = None
    ) -> None:
        """End a pause; the clock runs again when no other reason holds it."""
        why = checks.text(reason, "reason", limit=checks.NAME_LIMIT)
        names = [
            name for name in self._of(ref, sla)
            if why in self._levels.clocks[name, ref].sla.pause_on
        ]  # fmt: skip
        self._change(ref, names or self._of(ref, sla), by, at, change="resume", reason=why)

    def stop(self, ref: str, *, by: str, sla: str | None = None, at: Instant | None = None) -> None:
        """The promise was kept, or not: the clock stops and is judged."""
        self._change(ref, self._of(ref, sla), by, at, change="stop")

    def cancel(
        self, ref: str, *, reason: str, by: str, sla: str | None = None, at: Instant | None = None
    ) -> None:
        """The request fell away: duplicate, withdrawn."""
        why = checks.text(reason, "reason", limit=checks.NAME_LIMIT)
        self._change(ref, self._of(ref, sla), by, at, change="cancel", reason=why)

    def reopen(
        self, ref: str, *, by: str, sla: str | None = None, at: Instant | None = None
    ) -> None:
        """Run a stopped clock again, as the policy of its SLA says."""
        self._change(ref, self._of(ref, sla), by, at, change="reopen")

    def retarget(
        self, ref: str, *, by: str, sla: str | None = None, priority: str | None = None,
        target: SpanLike | None = None, at: Instant | None = None,
    ) -> None:  # fmt: skip
        """Judge a clock by another target: that of a priority, a span, or none at all.

        Raises:
            DefinitionError: both a priority and a target.
        """
        if priority is not None and target is not None:
            raise DefinitionError("give a priority or a target, not both", where="target")
        for name in self._of(ref, sla):
            clock = self._levels.clocks[name, ref]
            span = None if target is None else parse_span(target, "target")
            if priority is not None:
                span = promised(clock.sla, priority)
            text = None if span is None else str(span)
            self._change(ref, [name], by, at, change="retarget", priority=priority, target=text)

    def _named(self, sla: str) -> str:
        return checks.known_id(sla, self._levels.agreed, "SLA")

    def _for_requests(self) -> list[str]:
        names = [
            name
            for name, sla in self._levels.agreed.items()
            if sla.measures == "duration" and sla.metric not in DERIVED_METRICS
        ]
        if not names:
            raise Refused("no SLA on requests is agreed; e.sla.agree(ek.SLA(...), by=...)")
        return names

    def _of(self, ref: str, sla: str | None) -> list[str]:
        """The SLAs whose clocks of this subject are meant."""
        subjects = {subject for _, subject in self._levels.clocks}
        known = checks.known_id(ref, subjects, "subject of a clock", where="ref")
        names = [name for name, subject in self._levels.clocks if subject == known]
        return names if sla is None else [checks.known_id(sla, names, "SLA", where=known)]

    def _change(
        self, ref: str, names: list[str], by: str, at: Instant | None, **change: Any
    ) -> None:
        """Every clock takes the change, or none does."""
        subject = checks.text(ref, "ref", limit=checks.NAME_LIMIT)
        stamp = self._recorder._stamp(by, at)
        events = [ClockChanged(sla=name, ref=subject, **change, **stamp) for name in names]
        for event in events:
            self._levels.changed(event).checked()
        for event in events:
            self._recorder._append(event)

    def _append(self, kind: type[Any], by: str, at: Instant | None, **fields: Any) -> None:
        self._recorder._append(kind(**fields, **self._recorder._stamp(by, at)))

"""`e.sla`, read only: every clock of an engagement, and what will break when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs
import pendulum

from engagekit import checks
from engagekit.business_time.calendar import Calendar
from engagekit.business_time.findings import Finding
from engagekit.business_time.instants import Instant, as_text
from engagekit.business_time.spans import SpanLike
from engagekit.engagement.deliverables import Deliverables
from engagekit.engagement.events import EngagementStarted, Moved
from engagekit.engagement.service_levels import Clock, ServiceLevels
from engagekit.lifecycle.table import phase_of
from engagekit.rules import packs
from engagekit.sla.agreement import SLA
from engagekit.sla.clock import ClockReading, next_due
from engagekit.sla.events import ClockEvent

if TYPE_CHECKING:
    from engagekit.engagement.view import EngagementView

__all__ = ["ServiceLevelView", "Signal"]

PHASE_METRIC, DELIVERABLE_METRIC = "time_in_phase", "acceptance_time"
DERIVED_METRICS = {PHASE_METRIC, DELIVERABLE_METRIC}  # their clocks follow from the log


@attrs.frozen(kw_only=True)
class Signal:
    """Something a broken promise calls for; proposed, never done by itself."""

    kind: str
    rule: str  # id in the rule pack
    quote: str
    because: tuple[str, ...]  # the clocks that broke, in words

    def __str__(self) -> str:
        return f"{self.kind.replace('_', ' ')}: {'; '.join(self.because)} ({self.rule})"


class ServiceLevelView:
    """What was promised, every clock that runs on it, and whether it will hold."""

    __slots__ = ("_e",)

    def __init__(self, engagement: EngagementView) -> None:
        self._e = engagement

    @property
    def agreed(self) -> dict[str, SLA]:
        """The service levels agreed, by name."""
        return dict(self._levels.agreed)

    @property
    def calendar(self) -> Calendar | None:
        """The calendar for what has none of its own."""
        return self._levels.calendar

    def lint(self) -> list[Finding]:
        """What keeps the agreed SLAs from being measured, worst first for each."""
        return list(self._levels.findings())

    def clocks(
        self, *, as_of: Instant | None = None, warn_before: SpanLike | None = None
    ) -> dict[str, ClockReading]:
        """Every clock's reading, by `name/subject`: requests, phases and deliverables.

        Args:
            as_of: the instant asked about; now, or that of the view, where left out. Ask
                `e.as_of(t, known_at)` for what was known.
            warn_before: how much of the target is left at `warn_at`.

        Raises:
            DefinitionError: a promise without a calendar, in an engagement without one.
        """
        if as_of is not None:
            return self._e.as_of(as_of).sla.clocks(warn_before=warn_before)
        moment = self._e._moment()
        return {clock.key: clock.read(moment, warn_before) for clock in self._clocks()}

    def read(
        self, sla: str, ref: str, *, as_of: Instant | None = None,
        warn_before: SpanLike | None = None,
    ) -> ClockReading:  # fmt: skip
        """One clock's reading.

        Raises:
            UnknownId: no such clock, with a suggestion.
        """
        readings = self.clocks(as_of=as_of, warn_before=warn_before)
        return readings[checks.known_id(f"{sla}/{ref}", readings, "clock")]

    def next_due(self, *, as_of: Instant | None = None) -> tuple[str, pendulum.DateTime] | None:
        """The running clock that is due first, overdue ones included; None where none runs."""
        return next_due(self.clocks(as_of=as_of))

    def breaches(self, *, as_of: Instant | None = None) -> dict[str, ClockReading]:
        """The clocks whose target was exceeded."""
        return {key: read for key, read in self.clocks(as_of=as_of).items() if read.breached}

    def signals(self, *, as_of: Instant | None = None) -> list[Signal]:
        """What the breaches call for: in federal work, a *proposed* CPARS entry.

        Nothing is filed; the rule says "may".

        Source:
            FAQ, "What triggers a formal review or action?"; S07.
        """
        broken = self.breaches(as_of=as_of)
        if not broken or self._e.profile.sector.value != "federal":
            return []
        (rule,) = (rule for rule in packs.load().rules if rule.id == "reviews.cpars")
        because = tuple(
            f"{key} exceeded at {as_text(read.breached_us or 0)}" for key, read in broken.items()
        )
        return [
            Signal(kind="cpars_entry_proposed", rule=rule.id, quote=rule.quote, because=because)
        ]

    @property
    def _levels(self) -> ServiceLevels:
        return self._e._fold(ServiceLevels)

    def _clocks(self) -> Iterator[Clock]:
        """The clocks of requests, then those that follow from the log."""
        levels = self._levels
        yield from levels.clocks.values()
        for sla in levels.agreed.values():
            if sla.metric in DERIVED_METRICS:
                derive = self._phases if sla.metric == PHASE_METRIC else self._deliverables
                yield from derive(sla, levels.calendar_of(sla))

    def _phases(self, sla: SLA, calendar: Calendar) -> Iterator[Clock]:
        """A clock for each stay in a phase, paused while it was on hold.

        Where the SLA has priorities they are phase ids, and only those phases are clocked.
        """
        stays: list[tuple[str, list[ClockEvent]]] = []
        for event in self._e._log:
            if isinstance(event, EngagementStarted):
                stays.append((event.plan.ids[0], [ClockEvent("start", event.at_us)]))
            elif isinstance(event, Moved):
                kind = {"hold": "pause", "resume": "resume"}.get(event.move, "stop")
                reason = "hold" if kind != "stop" else None
                here = stays[-1][1]
                if event.move != "reopen":
                    here.append(ClockEvent(kind, event.at_us, event.recorded_us, reason))
                if kind == "stop" and event.to_state in self._e.plan.ids:
                    begun = ClockEvent("start", event.at_us, event.recorded_us)
                    stays.append((phase_of(event.to_state), [begun]))
        for place, (phase, events) in enumerate(stays):
            if not sla.priorities or phase in sla.priorities:
                target = sla.span(phase if sla.priorities else None)
                nth = sum(earlier == phase for earlier, _ in stays[: place + 1])
                ref = phase if nth == 1 else f"{phase}#{nth}"
                yield Clock(sla, ref, calendar, target, tuple(events))

    def _deliverables(self, sla: SLA, calendar: Calendar) -> Iterator[Clock]:
        """A clock for each deliverable as last submitted; an answer stops it, spoken or silent."""
        moment = self._e._moment()
        for known in self._e._fold(Deliverables).by_id.values():
            events = [ClockEvent("start", known.submitted_at)]
            answered = known.answered_at
            if answered is None and known.status(moment) == "deemed_accepted":
                answered = known.deemed_accepted_at
            if answered is not None:
                events.append(ClockEvent("stop", answered))
            yield Clock(sla, known.id, calendar, sla.span(None), tuple(events))

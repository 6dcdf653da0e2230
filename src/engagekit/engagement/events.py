"""What happened: the events of an engagement, in the past tense, for ever.

A kind never changes its meaning or its fields; a new version gets a new kind and the codec
lifts the old one. Instants are microseconds UTC: `at_us` when it happened, `recorded_us` when we
learnt of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import attrs
import pendulum

from engagekit.business_time.instants import as_datetime, as_text
from engagekit.errors import DefinitionError
from engagekit.gates.criteria import Criterion
from engagekit.gates.evidence import Evidence
from engagekit.lifecycle.plan import PhasePlan

__all__ = [
    "EVENT_CLASSES",
    "CalendarAdopted",
    "ClockChanged",
    "CriterionWaived",
    "DeliverableAccepted",
    "DeliverableRejected",
    "DeliverableSubmitted",
    "EngagementStarted",
    "Event",
    "EvidenceRecorded",
    "GateDocumented",
    "GateSignedOff",
    "Moved",
    "PlanChanged",
    "SLAAgreed",
]


@attrs.frozen(kw_only=True)
class Event:
    """One entry of the log."""

    kind: ClassVar[str]
    at_us: int
    recorded_us: int
    by: str

    def __attrs_post_init__(self) -> None:
        if self.at_us > self.recorded_us:
            raise DefinitionError(
                f"{as_text(self.at_us)} lies after {as_text(self.recorded_us)}, when it is"
                f" recorded; nothing can be recorded before it happens",
                where="at",
            )

    @property
    def at(self) -> pendulum.DateTime:
        """When it happened."""
        return as_datetime(self.at_us)

    @property
    def recorded_at(self) -> pendulum.DateTime:
        """When we learnt of it."""
        return as_datetime(self.recorded_us)


@attrs.frozen(kw_only=True)
class EngagementStarted(Event):
    """An engagement began in the first phase of its plan."""

    kind: ClassVar[str] = "engagement-started.v1"
    id: str
    title: str
    client: str
    services: tuple[str, ...]
    delivery_model: str
    engagement_type: str
    sector: str
    jurisdiction: str
    plan: PhasePlan
    criteria_set: str  # default criteria: a set of the rule pack, such as "baseline.v1"
    gates: Mapping[str, tuple[Criterion, ...]]  # phases whose criteria replace the set's
    rules: str  # the rule packs it is judged by


@attrs.frozen(kw_only=True)
class PlanChanged(Event):
    """The plan, or the services it is made for, changed on the way."""

    kind: ClassVar[str] = "plan-changed.v1"
    plan: PhasePlan
    services: tuple[str, ...]
    change: str  # in words


@attrs.frozen(kw_only=True)
class GateDocumented(Event):
    """The criteria of one gate were written down; they replace what stood there."""

    kind: ClassVar[str] = "gate-documented.v1"
    phase: str
    criteria: tuple[Criterion, ...]


@attrs.frozen(kw_only=True)
class EvidenceRecorded(Event):
    """Someone showed evidence: a tool's report, a document, or their word."""

    kind: ClassVar[str] = "evidence-recorded.v1"
    evidence: Evidence


@attrs.frozen(kw_only=True)
class CriterionWaived(Event):
    """A criterion was set aside for a time."""

    kind: ClassVar[str] = "criterion-waived.v1"
    criterion: str
    reason: str
    until_us: int


@attrs.frozen(kw_only=True)
class GateSignedOff(Event):
    """An approver decided at a gate, on what the report then said."""

    kind: ClassVar[str] = "gate-signed-off.v1"
    phase: str
    decision: str
    note: str | None
    report_digest: str


@attrs.frozen(kw_only=True)
class Moved(Event):
    """The engagement moved: advance, hold, resume, rework, cancel or reopen."""

    kind: ClassVar[str] = "moved.v1"
    move: str
    from_state: str
    to_state: str
    reason: str | None = None
    report_digest: str | None = None  # of the gate report an advance went through on


@attrs.frozen(kw_only=True)
class DeliverableSubmitted(Event):
    """A deliverable was handed to the client."""

    kind: ClassVar[str] = "deliverable-submitted.v1"
    deliverable: str
    to: str
    deemed_accepted_after: str | None  # a span of silence, such as "P10BD"; None: never


@attrs.frozen(kw_only=True)
class DeliverableAccepted(Event):
    """The client accepted a deliverable."""

    kind: ClassVar[str] = "deliverable-accepted.v1"
    deliverable: str


@attrs.frozen(kw_only=True)
class DeliverableRejected(Event):
    """The client rejected a deliverable."""

    kind: ClassVar[str] = "deliverable-rejected.v1"
    deliverable: str
    reason: str


@attrs.frozen(kw_only=True)
class SLAAgreed(Event):
    """A service level was promised; an agreement of the same name replaces it for new clocks."""

    kind: ClassVar[str] = "sla-agreed.v1"
    sla: str  # its name
    terms: str  # JSON of SLA.to_dict()


@attrs.frozen(kw_only=True)
class CalendarAdopted(Event):
    """The calendar for all that has none of its own."""

    kind: ClassVar[str] = "calendar-adopted.v1"
    calendar: str  # JSON of Calendar.to_dict()


@attrs.frozen(kw_only=True)
class ClockChanged(Event):
    """Something happened to the clock of one promise on one subject."""

    kind: ClassVar[str] = "clock-changed.v1"
    sla: str
    ref: str  # the request, incident or other subject
    change: str  # start, pause, resume, stop, cancel, reopen or retarget
    reason: str | None = None
    priority: str | None = None  # of a start or retarget
    target: str | None = None  # of a retarget: a span, or None for no target


EVENT_CLASSES: tuple[type[Event], ...] = (
    EngagementStarted,
    PlanChanged,
    GateDocumented,
    EvidenceRecorded,
    CriterionWaived,
    GateSignedOff,
    Moved,
    DeliverableSubmitted,
    DeliverableAccepted,
    DeliverableRejected,
    SLAAgreed,
    CalendarAdopted,
    ClockChanged,
)

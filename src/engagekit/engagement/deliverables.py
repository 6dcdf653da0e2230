"""What is handed over, and whether the client accepted it, rejected it, or let the time pass."""

from __future__ import annotations

import json
from typing import ClassVar

import attrs

from engagekit import checks
from engagekit.business_time.calendar import Calendar
from engagekit.business_time.instants import as_text
from engagekit.business_time.spans import Elapsed, SpanLike, parse_span
from engagekit.engagement.events import (
    CalendarAdopted,
    DeliverableAccepted,
    DeliverableRejected,
    DeliverableSubmitted,
    Event,
)
from engagekit.errors import DefinitionError, Refused, SelfApproval
from engagekit.gates.gate import Fact

__all__ = ["Deliverable", "DeliverableStatus", "Deliverables"]

# Business days are Monday to Friday in UTC where an engagement has no calendar of its own.
WORKING_DAYS = Calendar(zone="UTC", week={"mon-fri": ["00:00-24:00"]})


class DeliverableStatus(checks.Term):
    """Where a deliverable stands with the client."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    DEEMED_ACCEPTED = "deemed_accepted"
    REJECTED = "rejected"


@attrs.frozen(kw_only=True)
class Deliverable:
    """One deliverable as last submitted. Instants are microseconds UTC."""

    id: str
    to: str  # who is to accept it
    submitted_by: str
    submitted_at: int
    deemed_accepted_at: int | None  # when silence counts as acceptance; None: never
    answer: DeliverableStatus | None = None
    answered_by: str | None = None
    answered_at: int | None = None
    reason: str | None = None  # of a rejection

    def status(self, as_of: int) -> DeliverableStatus:
        """Where it stands at an instant; silence counts from the deadline on."""
        if self.answer is not None:
            return self.answer
        if self.deemed_accepted_at is not None and self.deemed_accepted_at <= as_of:
            return DeliverableStatus.DEEMED_ACCEPTED
        return DeliverableStatus.SUBMITTED

    def to_dict(self, as_of: int) -> dict[str, object]:
        """Plain values for JSON."""
        deadline = self.deemed_accepted_at
        return {
            "id": self.id,
            "to": self.to,
            "status": self.status(as_of).value,
            "submitted_by": self.submitted_by,
            "submitted_at": as_text(self.submitted_at),
            "deemed_accepted_at": None if deadline is None else as_text(deadline),
            "answered_by": self.answered_by,
            "reason": self.reason,
        }


class Deliverables:
    """The fold of submissions and answers."""

    __slots__ = ("by_id", "calendar")
    reads: ClassVar[frozenset[type[Event]]] = frozenset(
        {CalendarAdopted, DeliverableSubmitted, DeliverableAccepted, DeliverableRejected}
    )

    def __init__(self) -> None:
        self.by_id: dict[str, Deliverable] = {}
        self.calendar = WORKING_DAYS

    def evolve(self, event: Event, _version: int) -> None:
        """Take in the event that made the log `version` events long."""
        match event:
            case CalendarAdopted():
                self.calendar = Calendar.from_dict(json.loads(event.calendar))
            case DeliverableSubmitted():
                self.by_id[event.deliverable] = Deliverable(
                    id=event.deliverable,
                    to=event.to,
                    submitted_by=event.by,
                    submitted_at=event.at_us,
                    deemed_accepted_at=_deadline(event, self.calendar),
                )
            case DeliverableAccepted():
                self._answer(event.deliverable, event, DeliverableStatus.ACCEPTED)
            case DeliverableRejected():
                self._answer(
                    event.deliverable, event, DeliverableStatus.REJECTED, reason=event.reason
                )

    def _answer(
        self, name: str, event: Event, answer: DeliverableStatus, reason: str | None = None
    ) -> None:
        self.by_id[name] = attrs.evolve(
            self.by_id[name],
            answer=answer,
            answered_by=event.by,
            answered_at=event.at_us,
            reason=reason,
        )

    def submittable(self, name: object, as_of: int) -> str:
        """The id of a deliverable that may be submitted now: a new one, or one rejected before.

        Raises:
            Refused: it is with the client, or accepted.
        """
        normal = checks.identifier(name, "deliverable")
        known = self.by_id.get(normal)
        if known is not None and known.status(as_of) is not DeliverableStatus.REJECTED:
            raise Refused(
                f"deliverable {normal!r} is {known.status(as_of).words};"
                f" only a rejected one is submitted again"
            )
        if known is not None and known.answered_at is not None:
            _require_after(known.answered_at, as_of, normal)
        return normal

    def answerable(self, name: object, by: str, as_of: int, *, separate_duties: bool) -> str:
        """The id of a deliverable this person may accept or reject now.

        Raises:
            UnknownId: never submitted.
            Refused: answered already, or the time for an answer has passed.
            SelfApproval: who submitted it cannot answer for the client.
        """
        known = self.by_id.get(checks.known_id(name, self.by_id, "deliverable"))
        assert known is not None  # known_id raised otherwise
        _require_after(known.submitted_at, as_of, known.id)
        if known.status(as_of) is not DeliverableStatus.SUBMITTED:
            raise Refused(f"deliverable {known.id!r} is already {known.status(as_of).words}")
        if separate_duties and checks.same_person(by, known.submitted_by):
            raise SelfApproval(by=by, phase=known.id, supplied=[known.id])
        return known.id

    def facts(self, as_of: int) -> dict[str, list[Fact]]:
        """`deliverable.<id>.accepted` for each, true or false."""
        return {fact.metric: [fact] for fact in (_fact(d, as_of) for d in self.by_id.values())}


def _require_after(last: int, moment: int, name: str) -> None:
    if moment < last:
        raise DefinitionError(
            f"{as_text(moment)} lies before {as_text(last)}, when {name!r} last changed hands",
            where="at",
        )


def _fact(known: Deliverable, as_of: int) -> Fact:
    status = known.status(as_of)
    return Fact(
        f"deliverable.{known.id}.accepted",
        status in {DeliverableStatus.ACCEPTED, DeliverableStatus.DEEMED_ACCEPTED},
        "deliverable",
        known.answered_by or known.to,
        known.answered_at or known.submitted_at,
    )


def span_text(span: SpanLike | None) -> str | None:
    """A span of silence as it is stored: text, or None for never.

    Raises:
        DefinitionError: no span, of no length, or on a stopwatch.
    """
    if span is None:
        return None
    where = "deemed_accepted_after"
    parsed = parse_span(span, where)
    if isinstance(parsed, Elapsed):
        raise DefinitionError("silence runs in dates; write 'P10BD' or 'P14D'", where=where)
    if WORKING_DAYS.after_us(0, parsed) == 0:
        raise DefinitionError(f"{parsed} is no time to answer in", where=where)
    return str(parsed)


def _deadline(event: DeliverableSubmitted, calendar: Calendar) -> int | None:
    if event.deemed_accepted_after is None:
        return None
    return calendar.after_us(event.at_us, parse_span(event.deemed_accepted_after))

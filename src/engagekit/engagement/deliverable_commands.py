"""Commands about deliverables: hand over, accept, reject."""

from __future__ import annotations

from typing import Any

from engagekit import checks
from engagekit.business_time.instants import Instant
from engagekit.business_time.spans import SpanLike
from engagekit.engagement.deliverables import Deliverables, span_text
from engagekit.engagement.events import (
    DeliverableAccepted,
    DeliverableRejected,
    DeliverableSubmitted,
)
from engagekit.engagement.recorder import Recorder

__all__ = ["DeliverableCommands"]


class DeliverableCommands(Recorder):
    """What passes between provider and client."""

    __slots__ = ()

    def deliver(
        self,
        id: str,
        *,
        to: str,
        by: str,
        deemed_accepted_after: SpanLike | None = "P10BD",
        at: Instant | None = None,
    ) -> None:
        """Hand a deliverable to the client; their silence for the span counts as acceptance.

        Args:
            deemed_accepted_after: the span the contract names; None where silence never counts.

        Raises:
            Refused: it is with the client already, or accepted.
        """
        stamp = self._stamp(by, at)
        submitted = DeliverableSubmitted(
            deliverable=self._fold(Deliverables).submittable(id, stamp["at_us"]),
            to=checks.person(to, "to"),
            deemed_accepted_after=span_text(deemed_accepted_after),
            **stamp,
        )
        self._append(submitted)

    def accept(self, id: str, *, by: str, at: Instant | None = None) -> None:
        """Accept a deliverable for the client.

        Raises:
            UnknownId: never delivered, with a suggestion.
            Refused: answered already.
            SelfApproval: by who delivered it.
        """
        stamp = self._stamp(by, at)
        self._append(DeliverableAccepted(deliverable=self._answerable(id, stamp), **stamp))

    def reject(self, id: str, *, reason: str, by: str, at: Instant | None = None) -> None:
        """Reject a deliverable for the client; it may then be delivered again."""
        stamp = self._stamp(by, at)
        why = checks.text(reason, "reason")
        answered = self._answerable(id, stamp)
        self._append(DeliverableRejected(deliverable=answered, reason=why, **stamp))

    def _answerable(self, id: str, stamp: dict[str, Any]) -> str:
        return self._fold(Deliverables).answerable(
            id, stamp["by"], stamp["at_us"], separate_duties=self.plan.separate_duties
        )

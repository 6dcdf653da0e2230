"""Commands that move an engagement: through its gates, on hold, back, to its end."""

from __future__ import annotations

from typing import Any

from engagekit import checks
from engagekit.business_time.instants import Instant
from engagekit.engagement.events import Moved
from engagekit.engagement.recorder import Recorder
from engagekit.errors import GateClosed, StaleSignOff
from engagekit.gates.gate import GateReport
from engagekit.lifecycle.machine import drive

__all__ = ["MoveCommands"]


class MoveCommands(Recorder):
    """The moves of the lifecycle."""

    __slots__ = ()

    def advance(self, *, by: str, at: Instant | None = None) -> GateReport:
        """Leave the current phase through its gate; from the last one, the engagement closes.

        Returns:
            The report the gate was passed on.

        Raises:
            GateClosed: criteria are open; the report says which, and the calls that close them.
            StaleSignOff: it was signed off, but something has changed since.
            IllegalMove: it is on hold or has ended.
        """
        stamp = self._move_stamp(by, at)
        passed: list[GateReport] = []

        def gate() -> bool:
            report = self._report_at(stamp["at_us"])
            self._require_passable(report)
            passed.append(report)
            return True

        to_state = drive(self._plan.ids, self._state, "advance", gate)
        report = passed[0]
        self._moved("advance", to_state, stamp, report_digest=report.digest)
        return report

    def hold(self, reason: str, *, by: str, at: Instant | None = None) -> None:
        """Put the current phase on hold."""
        self._move("hold", "hold", reason, self._move_stamp(by, at))

    def resume(self, *, by: str, at: Instant | None = None) -> None:
        """Go on with the phase that is on hold."""
        self._move("resume", "resume", None, self._move_stamp(by, at))

    def rework(self, *, to: str, reason: str, by: str, at: Instant | None = None) -> None:
        """Go back to an earlier phase; nothing is deleted, later sign-offs become stale.

        Raises:
            UnknownId: the plan has no such phase, with a suggestion.
            IllegalMove: it is not an earlier one.
        """
        target = self.plan.ids[self.plan.index(to)]
        self._move("rework", f"rework__{target}", reason, self._move_stamp(by, at))

    def cancel(self, reason: str, *, by: str, at: Instant | None = None) -> None:
        """End the engagement before its time."""
        self._move("cancel", "cancel", reason, self._move_stamp(by, at))

    def reopen(self, *, at_phase: str, reason: str, by: str, at: Instant | None = None) -> None:
        """Take up a closed or cancelled engagement again, at a phase."""
        target = self.plan.ids[self.plan.index(at_phase)]
        self._move("reopen", f"reopen__{target}", reason, self._move_stamp(by, at))

    def _move(self, move: str, event: str, reason: str | None, stamp: dict[str, Any]) -> None:
        why = None if move == "resume" else checks.text(reason, "reason")
        to_state = drive(self._plan.ids, self._state, event, None)
        self._moved(move, to_state, stamp, reason=why)

    def _moved(self, move: str, to_state: str, stamp: dict[str, Any], **more: Any) -> None:
        self._append(Moved(move=move, from_state=self._state, to_state=to_state, **more, **stamp))

    def _require_passable(self, report: GateReport) -> None:
        if not report.passable:
            raise GateClosed(report)
        approvals = self._approvals()
        approvals = [s for s in approvals if s.at <= report.as_of]
        if approvals and all(s.report_digest != report.digest for s in approvals):
            last = approvals[-1]
            changed = self.stale(last) or ["the report was another then"]
            raise StaleSignOff(phase=report.phase, signed_by=last.by, changes=changed)

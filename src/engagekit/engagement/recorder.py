"""What every command of an engagement is made of: who and when, then one more event in the log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engagekit import checks
from engagekit.business_time.instants import Instant, as_microseconds, as_text
from engagekit.engagement.events import EngagementStarted, Event, Moved, PlanChanged
from engagekit.engagement.progress import Status
from engagekit.engagement.service_level_commands import ServiceLevelCommands
from engagekit.engagement.surroundings import now
from engagekit.engagement.view import EngagementView
from engagekit.errors import DefinitionError, IllegalMove
from engagekit.gates.gate import GateReport

__all__ = ["Recorder"]


class Recorder(EngagementView):
    """An engagement whose log can grow."""

    __slots__ = ("_home", "_saved")

    def __init__(self, events: Iterable[Event]) -> None:
        super().__init__(events)
        self._home: object = None  # the store it was loaded from or saved to
        self._saved = 0  # how much of the log is there

    def unsaved(self, home: object) -> tuple[int, tuple[Event, ...]]:
        """The version a store should find, and the events it has not got yet."""
        saved = self._saved if home == self._home else 0
        return saved, tuple(self._log[saved:])

    def saved(self, home: object) -> None:
        """Note that a store has the whole log."""
        self._home, self._saved = home, len(self._log)

    @property
    def sla(self) -> ServiceLevelCommands:
        """What was promised, whether it holds, and the commands on its clocks."""
        return ServiceLevelCommands(self)

    # How commands are made

    def _append(self, event: Event) -> None:
        self._log.append(event)
        if isinstance(event, Moved):
            self._state = event.to_state
        elif isinstance(event, PlanChanged):
            self._plan = event.plan
        for kind in self._folds or ():
            self._fold(kind)

    def _stamp(self, by: str, at: Instant | None) -> dict[str, Any]:
        """Who and when, checked: nothing is recorded before it happens."""
        who = checks.person(by)
        recorded = max(now(), self._log[-1].recorded_us)
        moment = recorded if at is None else as_microseconds(at, "at")
        if moment > recorded:
            raise DefinitionError(
                f"{as_text(moment)} lies in the future; it is {as_text(recorded)} now", where="at"
            )
        return {"at_us": moment, "recorded_us": recorded, "by": who}

    def _move_stamp(self, by: str, at: Instant | None) -> dict[str, Any]:
        """As `_stamp`; a move cannot be dated before the move or change of plan it follows."""
        stamp = self._stamp(by, at)
        if at is not None:
            steps = (EngagementStarted, PlanChanged, Moved)
            last = max(event.at_us for event in self._log if isinstance(event, steps))
            if stamp["at_us"] < last:
                raise DefinitionError(
                    f"{as_text(stamp['at_us'])} lies before the move of {as_text(last)}; moves"
                    f" follow each other",
                    where="at",
                )
        return stamp

    def _report_at(self, moment: int) -> GateReport:
        """The report of the current gate; of a back-dated instant, by what had happened then."""
        if moment >= self._log[-1].recorded_us:
            return self._report(self.phase, moment)
        return self._seen_at(moment).check()

    def _require(self, status: Status, move: str) -> None:
        if self.status is not status:
            raise IllegalMove(
                move=move,
                phase=self.phase,
                status=self.status.value,
                allowed=self._plan.table.allowed(self._state),
            )

    def _require_open(self, move: str) -> None:
        if self.status in {Status.CLOSED, Status.CANCELLED}:
            self._require(Status.ACTIVE, move)

"""Commands that change the plan on the way: a phase more, a service more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engagekit.business_time.instants import Instant
from engagekit.engagement.events import GateDocumented, PlanChanged
from engagekit.engagement.recorder import Recorder
from engagekit.errors import IllegalMove
from engagekit.gates.criteria import Criterion, criteria_from
from engagekit.lifecycle.phases import Phase
from engagekit.lifecycle.plan import PhasePlan, service_ids

__all__ = ["PlanCommands"]


class PlanCommands(Recorder):
    """Changes of the plan."""

    __slots__ = ()

    def insert_phase(
        self,
        phase: Phase,
        *,
        after: str,
        by: str,
        criteria: Iterable[Criterion | Mapping[str, Any]] | None = None,
        at: Instant | None = None,
    ) -> None:
        """Insert a phase into the plan on the way; without criteria its gate stays shut.

        Raises:
            IllegalMove: that point has been passed; `allowed` names what is possible instead.
        """
        made = None if criteria is None else criteria_from(criteria, "criteria")
        stamp = self._stamp(by, at)
        plan = self.plan.insert(phase, after=after)
        changed = self._plan_changed(plan, self.profile.services, stamp)
        self._append(changed)
        if made is not None:
            self._append(GateDocumented(phase=phase.id, criteria=made, **stamp))

    def add_service(self, service: str, *, by: str, at: Instant | None = None) -> None:
        """Add a service, with the phases it inserts; a service it has already changes nothing.

        Raises:
            UnknownId: no such service, with a suggestion.
            IllegalMove: the point where it inserts a phase has been passed.
        """
        (added,) = service_ids([service])
        stamp = self._stamp(by, at)
        if added in self.profile.services:
            return
        plan, services = self.plan, (*self.profile.services, added)
        for wanted in PhasePlan.for_services([added]).phases:
            if wanted.id not in plan.ids:
                before = [p for p in ("model_validation",) if p in plan.ids]
                plan = plan.insert(wanted, after=before[0] if before else "implementation")
        self._append(self._plan_changed(plan, services, stamp))

    def _plan_changed(
        self, plan: PhasePlan, services: tuple[str, ...], stamp: dict[str, Any]
    ) -> PlanChanged:
        """The change of plan, unless it lies behind the current phase."""
        self._require_open("insert_phase")
        difference = self.plan.diff(plan)
        here = plan.index(self.phase)
        for phase, after in difference.added:
            if plan.index(phase.id) < here:
                raise IllegalMove(
                    move=f"insert {phase.id!r} after {after!r}",
                    phase=self.phase,
                    status=self.status.value,
                    allowed=[
                        f"insert_phase(after={later!r})"
                        for later in self.plan.ids[self.plan.index(self.phase) :]
                    ]
                    + [f"rework(to={after!r}) first"],
                )
        return PlanChanged(plan=plan, services=services, change=str(difference), **stamp)

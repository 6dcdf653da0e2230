"""One engagement: its log, what follows from it, and the commands that add to it.

Nothing is stored here: a store keeps the log. Nobody else's clock is read but the one in use.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Self

from engagekit import checks
from engagekit.business_time.instants import Instant, as_microseconds
from engagekit.engagement.deliverable_commands import DeliverableCommands
from engagekit.engagement.events import EngagementStarted, Event
from engagekit.engagement.gate_commands import GateCommands
from engagekit.engagement.move_commands import MoveCommands
from engagekit.engagement.plan_commands import PlanCommands
from engagekit.engagement.profile import gates_from, profile_from
from engagekit.engagement.surroundings import now
from engagekit.errors import Faults
from engagekit.gates.criteria import Criterion
from engagekit.lifecycle.plan import PhasePlan
from engagekit.rules import packs

__all__ = ["Engagement"]


class Engagement(MoveCommands, GateCommands, PlanCommands, DeliverableCommands):
    """One engagement, from its start.

    Every command takes `by=`, who did it, and `at=`, when it happened (default: now). A command
    that is refused changes nothing.
    """

    __slots__ = ()

    @classmethod
    def start(
        cls,
        title: str,
        *,
        client: str,
        by: str,
        services: Iterable[str] = (),
        delivery_model: str = "hybrid",
        engagement_type: str = "outsourced",
        sector: str = "private",
        jurisdiction: str = "US",
        plan: PhasePlan | None = None,
        criteria: str = "baseline",
        gates: Mapping[str, Iterable[Criterion | Mapping[str, Any]]] | None = None,
        rules: str | None = None,
        id: str | None = None,
        at: Instant | None = None,
    ) -> Self:
        """Begin an engagement in the first phase of its plan.

        Args:
            services: ids of the service categories; they decide which phases are inserted.
            plan: the phases; by default those the services call for.
            criteria: the rule pack's criteria every gate starts with: "baseline" (the FAQ's own)
                or "measured" (55 criteria with numbers).
            gates: phase id -> criteria that replace the pack's at that gate.
            rules: the rule pack it is judged by.
            id: lower snake_case; made from the title where left out.

        Raises:
            DefinitionError: all faults at once; `UnknownId` with a suggestion.
        """
        faults = Faults()
        given = locals()
        profile = profile_from(given, faults)
        recorded, moment, who = now(), 0, ""
        with faults.at(""):
            who = checks.person(by)
        with faults.at(""):
            moment = recorded if at is None else as_microseconds(at, "at")
        with faults.at(""):
            criteria_set, pack = packs.criteria_set_id(criteria), packs.load(rules or "baseline")
        faults.raise_any()
        if plan is None:
            plan = PhasePlan.for_services(profile["services"])
        elif not isinstance(plan, PhasePlan):
            faults.add("plan", f"expected a PhasePlan, got {type(plan).__name__}")
            faults.raise_any()
        own_gates = gates_from(gates or {}, plan, faults)
        with faults.at(""):
            name = checks.identifier(id) if id is not None else _made_id(profile, who, recorded)
        faults.raise_any()
        started = EngagementStarted(
            at_us=moment,
            recorded_us=recorded,
            by=who,
            id=name,
            plan=plan,
            criteria_set=criteria_set,
            gates=own_gates,
            rules=pack.label,
            **profile,
        )
        return cls([started])

    @classmethod
    def replay(cls, events: Iterable[Event]) -> Self:
        """An engagement from its log; every move is checked, no gate is asked again.

        Raises:
            IllegalMove: a move the plan does not allow.
            TamperedLog: the log does not hold together.
        """
        return cls(events)


def _made_id(profile: Mapping[str, Any], by: str, recorded: int) -> str:
    """An id from the title, made distinct by who began what for whom, when; never by chance."""
    words = "".join(sign if sign.isascii() and sign.isalnum() else " " for sign in profile["title"])
    slug = "_".join(words.lower().split())[:40].strip("_") or "engagement"
    told = f"{profile['title']}\0{profile['client']}\0{by}\0{recorded}"
    return checks.identifier(f"e_{slug}" if slug[0].isdigit() else slug) + (
        "_" + hashlib.sha256(told.encode()).hexdigest()[:8]
    )

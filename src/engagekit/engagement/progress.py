"""Where the engagement stands: the fold of its moves, checked against the lifecycle.

Replay never asks a gate again; it checks that every move is one the plan allows and that each
starts where the last one ended.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from engagekit import checks
from engagekit.business_time.instants import as_text
from engagekit.engagement.events import EVENT_CLASSES, EngagementStarted, Event, Moved, PlanChanged
from engagekit.errors import TamperedLog
from engagekit.lifecycle.plan import PhasePlan, interned
from engagekit.lifecycle.table import phase_of, status_of

__all__ = ["Status", "Visit", "replayed", "visits"]


class Status(checks.Term):
    """Whether the work goes on."""

    ACTIVE = "active"
    ON_HOLD = "on_hold"
    CLOSED = "closed"
    CANCELLED = "cancelled"


_UNMOVED = frozenset(EVENT_CLASSES) - {EngagementStarted, PlanChanged, Moved}


def replayed(events: Sequence[Event]) -> tuple[PhasePlan, str]:
    """The plan in force and the state the moves lead to.

    Raises:
        IllegalMove: a move the plan does not allow.
        TamperedLog: the log does not begin with a start, has an unknown event, or a move that does
            not begin where the one before it ended.
    """
    first = events[0] if events else None
    if not isinstance(first, EngagementStarted):
        raise TamperedLog(f"a log begins with an EngagementStarted, this one with {first!r:.80}")
    plan = interned(first.plan)
    state, steps = plan.ids[0], plan.table.steps
    # The one loop that runs over every event of every log: nothing but the check itself.
    for event in events:
        kind = event.__class__
        if kind is Moved:
            if (state, event.move, event.to_state) not in steps or event.from_state != state:  # type: ignore[attr-defined]
                raise _broken(plan, state, event)
            state = event.to_state  # type: ignore[attr-defined]
        elif kind not in _UNMOVED and event is not first:
            plan = _replanned(event, state)
            steps = plan.table.steps
    return plan, state


def _broken(plan: PhasePlan, state: str, event: Event) -> Exception:
    assert isinstance(event, Moved)
    if event.from_state != state:
        return TamperedLog(
            f"the {event.move} of {as_text(event.at_us)} begins in {event.from_state!r}, but the"
            f" move before it ended in {state!r}"
        )
    name = event.move
    if name in {"rework", "reopen"}:
        name = f"{name}__{event.to_state}"
    return plan.table.illegal(state, name)


def _replanned(event: Event, state: str) -> PhasePlan:
    if not isinstance(event, PlanChanged):
        raise TamperedLog(f"{type(event).__name__} cannot stand within a log")
    if state not in event.plan.table.states:
        raise TamperedLog(f"the plan of {as_text(event.at_us)} lacks the current {state!r}")
    return interned(event.plan)


@attrs.frozen(kw_only=True)
class Visit:
    """One stay in one phase. Instants and lengths are microseconds."""

    phase: str
    entered: int
    left: int | None = None  # None: still there
    held: int = 0  # of it, on hold; an open hold not counted
    left_by: str | None = None  # the move that ended it

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {
            "phase": self.phase,
            "entered": as_text(self.entered),
            "left": None if self.left is None else as_text(self.left),
            "left_by": self.left_by,
            "held_seconds": self.held / 1_000_000,
        }


def visits(events: Sequence[Event]) -> tuple[Visit, ...]:
    """Every stay in every phase, in order."""
    first = events[0]
    assert isinstance(first, EngagementStarted)
    stays = [Visit(phase=first.plan.ids[0], entered=first.at_us)]
    held_since = None
    for event in events:
        if not isinstance(event, Moved):
            continue
        here = stays[-1]
        held = here.held + (event.at_us - held_since if held_since is not None else 0)
        if event.move == "hold":
            held_since = event.at_us
            continue
        held_since = None
        if event.move == "resume":
            stays[-1] = attrs.evolve(here, held=held)
            continue
        if here.left is None:
            stays[-1] = attrs.evolve(here, left=event.at_us, left_by=event.move, held=held)
        if status_of(event.to_state) == Status.ACTIVE.value:
            stays.append(Visit(phase=phase_of(event.to_state), entered=event.at_us))
    return tuple(stays)

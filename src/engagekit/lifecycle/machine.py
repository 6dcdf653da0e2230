"""The lifecycle as a state machine: one flat python-statemachine class per plan.

The class is the definition: the table is compiled from it. It is the driver, too: every command
goes through a machine. Traps of python-statemachine 3.2 avoided here: `StateMachine`, not
`StateChart` (which swallows illegal events and what guards raise); no final state (an ended
engagement can be reopened); a held twin for every phase, so that resume needs no history; a
machine is taken out of a per-thread pool before it is used (shared, it raises one thread's refusal
in another).
"""

from __future__ import annotations

import threading
import types
from collections.abc import Callable
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from statemachine import State, StateMachine
from statemachine.exceptions import TransitionNotAllowed

from engagekit.errors import Refused
from engagekit.lifecycle.table import HELD, TransitionTable, compiled

__all__ = ["drive", "machine_for", "table_for"]

PLANS_KEPT = 256  # classes cached, most recently used


class Position:
    """What a machine works on: the state it is in and the gate before it."""

    __slots__ = ("gate", "state")

    def __init__(self) -> None:
        self.state: str | None = None
        self.gate: Callable[[], bool] | None = None


def gate_is_open(model: Any) -> bool:
    """The guard of every `advance`; a gate that is closed raises its own refusal."""
    gate = getattr(model, "gate", None)  # a machine used on its own has no gate before it
    return gate is None or bool(gate())


@lru_cache(maxsize=PLANS_KEPT)
def machine_for(ids: tuple[str, ...]) -> type[StateMachine]:
    """The machine class of a plan with these phases, in this order."""
    body = _body(ids)
    return types.new_class(
        "EngagementLifecycle", (StateMachine,), exec_body=lambda namespace: namespace.update(body)
    )


@lru_cache(maxsize=PLANS_KEPT)
def table_for(ids: tuple[str, ...]) -> TransitionTable:
    """The transition table compiled from the machine class of the same plan."""
    return compiled(machine_for(ids))


def drive(ids: tuple[str, ...], state: str, event: str, gate: Callable[[], bool] | None) -> str:
    """Send one event to a machine of this plan that stands in `state`; the state it ends in.

    Raises:
        IllegalMove: the plan has no such transition.
        GateClosed: or whatever else `gate` raises; then nothing has moved.
    """
    idle = _idle.of(ids)
    machine = idle.pop() if idle else machine_for(ids)(Position())
    position = machine.model
    position.state, position.gate = state, gate
    try:
        trigger = getattr(machine, event, None)  # as `send(event)`, which builds the event twice
        if trigger is None:
            raise table_for(ids).illegal(state, event)
        trigger()
        return str(position.state)
    except Refused as refusal:
        raise refusal.with_traceback(None) from None  # without the machine's own dozen frames
    except TransitionNotAllowed:
        raise table_for(ids).illegal(state, event) from None
    finally:
        position.gate = None
        idle.append(machine)


class _Idle(threading.local):
    """The machines of this thread that nobody is using."""

    def __init__(self) -> None:
        self.pools: dict[tuple[str, ...], list[StateMachine]] = {}

    def of(self, ids: tuple[str, ...]) -> list[StateMachine]:
        """Those of one plan."""
        pool = self.pools.get(ids)
        if pool is None:
            if len(self.pools) >= PLANS_KEPT:
                self.pools.clear()
            pool = self.pools[ids] = []
        return pool


_idle = _Idle()


def _body(ids: tuple[str, ...]) -> dict[str, Any]:
    """States and events by name: what a hand-written class would have in its body."""
    names = [*ids, *(phase + HELD for phase in ids), "closed", "cancelled"]
    states = {name: State(value=name, initial=name == ids[0]) for name in names}
    active = [states[phase] for phase in ids]
    held = [states[phase + HELD] for phase in ids]
    ended = [states["closed"], states["cancelled"]]
    onward = [*active[1:], states["closed"]]
    events = {
        "advance": [a.to(b, cond=gate_is_open) for a, b in zip(active, onward, strict=True)],
        "hold": [a.to(h) for a, h in zip(active, held, strict=True)],
        "resume": [h.to(a) for h, a in zip(held, active, strict=True)],
        "cancel": [s.to(states["cancelled"]) for s in (*active, *held)],
    }
    for place, phase in enumerate(ids):
        events[f"rework__{phase}"] = [later.to(states[phase]) for later in active[place + 1 :]]
        events[f"reopen__{phase}"] = [end.to(states[phase]) for end in ended]
    return states | {name: reduce(or_, steps) for name, steps in events.items() if steps}

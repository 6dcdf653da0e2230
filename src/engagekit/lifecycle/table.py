"""The lifecycle as a table: what python-statemachine defines, compiled for replay in bulk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from engagekit.errors import IllegalMove

__all__ = ["TransitionTable"]

HELD = "__held"
_TARGET = {"rework": "to", "reopen": "at_phase"}  # the argument that names the phase


@attrs.frozen(eq=False)
class TransitionTable:
    """Every state, every event, and where each event leads from each state."""

    states: tuple[str, ...]
    events: tuple[str, ...]
    next_state: Mapping[tuple[str, str], str]  # (state, event) -> state
    steps: frozenset[tuple[str, str, str]]  # (state, move, state), for replay

    @property
    def codes(self) -> tuple[tuple[int, ...], ...]:
        """Row per state, column per event: the index of the next state, or -1 where illegal."""
        index = {state: number for number, state in enumerate(self.states)}
        return tuple(
            tuple(index.get(self.next_state.get((state, event), ""), -1) for event in self.events)
            for state in self.states
        )

    def next(self, state: str, event: str) -> str:
        """Where `event` leads from `state`.

        Raises:
            IllegalMove: nowhere.
        """
        target = self.next_state.get((state, event))
        if target is None:
            raise self.illegal(state, event)
        return target

    def allowed(self, state: str) -> tuple[str, ...]:
        """The moves possible from a state, as they are called."""
        return tuple(_call(event) for at, event in self.next_state if at == state)

    def illegal(self, state: str, event: str) -> IllegalMove:
        """The refusal of `event` in `state`; the machine raises the very same."""
        return IllegalMove(
            move=_call(event),
            phase=phase_of(state),
            status=status_of(state),
            allowed=self.allowed(state),
        )


def move_of(event: str) -> str:
    """`rework__contracting` -> `rework`."""
    return event.partition("__")[0]


def _call(event: str) -> str:
    """`rework__contracting` -> `rework(to='contracting')`; others as they are."""
    move, _, target = event.partition("__")
    return f"{move}({_TARGET[move]}={target!r})" if target else move


def phase_of(state: str) -> str:
    """`contracting__held` -> `contracting`; an ended engagement is in its end state."""
    return state.removesuffix(HELD)


def status_of(state: str) -> str:
    """active, on_hold, closed or cancelled."""
    if state in {"closed", "cancelled"}:
        return state
    return "on_hold" if state.endswith(HELD) else "active"


def compiled(machine: Any) -> TransitionTable:
    """Read the transitions off a python-statemachine class.

    Raises:
        AssertionError: a state has two transitions for one event; the table could not say which.
    """
    events = tuple(str(event.id) for event in machine.events)
    next_state: dict[tuple[str, str], str] = {}
    for state in machine.states:
        for transition in state.transitions:
            for event in transition.events:
                step = (str(state.value), str(event))
                assert step not in next_state, f"two transitions for {step}"
                next_state[step] = str(transition.target.value)
    return TransitionTable(
        states=tuple(str(state.value) for state in machine.states),
        events=events,
        next_state=next_state,
        steps=frozenset((at, move_of(event), to) for (at, event), to in next_state.items()),
    )

"""The machine, the compiled table, the fold and a hand-written oracle agree on every history."""

from __future__ import annotations

from functools import partial

import hypothesis.strategies as st
import pytest
from hypothesis import given

import engagekit as ek
from engagekit.engagement.events import EngagementStarted, Moved
from engagekit.engagement.progress import visits
from engagekit.lifecycle.machine import drive
from engagekit.lifecycle.phases import CANONICAL, INFRASTRUCTURE_PROVISIONING, MODEL_VALIDATION

OWN = [ek.Phase(id=name) for name in ("security_review", "pilot", "go_live", "training")]


@st.composite
def plans(draw: st.DrawFn) -> ek.PhasePlan:
    """Plans with any of the library's insertions and up to four of one's own, anywhere."""
    inserted = [p for p in (MODEL_VALIDATION, INFRASTRUCTURE_PROVISIONING) if draw(st.booleans())]
    phases = [*CANONICAL[:4], *inserted, *CANONICAL[4:]]
    for phase in draw(st.lists(st.sampled_from(OWN), unique=True)):
        phases.insert(draw(st.integers(0, len(phases))), phase)
    return ek.PhasePlan(phases=phases)


@st.composite
def histories(draw: st.DrawFn) -> tuple[ek.PhasePlan, list[str]]:
    """A plan and a list of events to try on it, most of them legal somewhere."""
    plan = draw(plans())
    events = [
        *("advance", "hold", "resume", "cancel"),
        *(f"{move}__{phase}" for move in ("rework", "reopen") for phase in plan.ids),
    ]
    often = ["advance"] * 8 + ["hold", "resume"] * 4
    return plan, draw(st.lists(st.sampled_from(often + events), max_size=30))


def oracle(ids: tuple[str, ...], state: str, event: str) -> str | None:
    """Where an event leads, written down by hand; None where it is illegal."""
    verb, _, target = event.partition("__")
    if state in {"closed", "cancelled"}:
        return target if verb == "reopen" else None
    phase = state.removesuffix("__held")
    if state != phase:
        return {"resume": phase, "cancel": "cancelled"}.get(verb)
    place = ids.index(phase)
    if verb == "rework":
        return target if ids.index(target) < place else None
    onward = (*ids, "closed")[place + 1]
    return {"cancel": "cancelled", "hold": f"{phase}__held", "advance": onward}.get(verb)


def attempt(step):
    """The new state, or the refusal's type and text."""
    try:
        return step()
    except ek.EngagekitError as error:
        return type(error).__name__, str(error)


def folded(log, event, state, to_state):
    """What replay makes of a log with one more move."""
    verb, _, target = event.partition("__")
    move = Moved(
        at_us=1, recorded_us=1, by="ana", move=verb, from_state=state,
        to_state=target or to_state or state,
    )  # fmt: skip
    view = ek.Engagement.replay([*log, move])
    return view._state, move


@pytest.mark.req("S43")
@given(histories())
def test_machine_table_and_fold_are_one(case):
    """State, log, exception type and exception text are equal whichever of them decides."""
    plan, events = case
    start = EngagementStarted(
        at_us=0, recorded_us=0, by="ana", id="x", title="X", client="Y", services=(), plan=plan,
        delivery_model="hybrid", engagement_type="outsourced", sector="private", rules="r",
        jurisdiction="US", criteria_set="baseline.v1", gates={},
    )  # fmt: skip
    log, state = [start], plan.ids[0]
    for event in events:
        expected = oracle(plan.ids, state, event)
        by_machine = attempt(partial(drive, plan.ids, state, event, None))
        by_table = attempt(partial(plan.table.next, state, event))
        by_fold = attempt(lambda args=(log, event, state, expected): folded(*args)[0])
        assert by_machine == by_table == by_fold
        if expected is None:
            assert by_machine[0] == "IllegalMove"
            continue
        assert by_machine == expected
        log.append(folded(log, event, state, expected)[1])
        state = expected
    assert ek.Engagement.replay(log).log == tuple(log)
    ended = state in {"closed", "cancelled"}
    assert (visits(log)[-1].left is None) is not ended


@pytest.mark.req("S43")
@given(plans())
def test_six_phases_are_never_dropped_or_reordered(plan):
    """Walking any plan from start to close passes the six in order, and none is skipped."""
    state, passed = plan.ids[0], []
    while state != "closed":
        passed.append(state)
        state = plan.table.next(state, "advance")
    assert passed == list(plan.ids)
    six = [phase.id for phase in CANONICAL]
    assert [phase for phase in passed if phase in six] == six


@given(plans())
def test_codes_and_steps_say_what_the_table_says(plan):
    """The integer table for columns and the step set for replay hold the same transitions."""
    table = plan.table
    for row, state in enumerate(table.states):
        for column, event in enumerate(table.events):
            target = table.next_state.get((state, event))
            code = table.codes[row][column]
            assert (table.states[code] if code >= 0 else None) == target
            step = (state, event.partition("__")[0], target)
            assert (step in table.steps) is (target is not None)


def test_a_refusing_guard_leaves_the_machine_usable():
    """What a gate raises comes out as it is, nothing moves, and the pooled machine goes on."""

    class Shut(Exception):
        pass

    def gate():
        raise Shut

    ids = ek.PhasePlan.standard().ids
    for _ in range(3):
        with pytest.raises(Shut):
            drive(ids, "contracting", "advance", gate)
        assert drive(ids, "contracting", "advance", lambda: True) == "implementation"


def test_a_gate_may_use_the_lifecycle_itself():
    """A machine in use is out of the pool, so a guard that moves another engagement is safe."""
    ids = ek.PhasePlan.standard().ids

    def gate():
        return drive(ids, "implementation", "hold", None) == "implementation__held"

    assert drive(ids, "contracting", "advance", gate) == "implementation"

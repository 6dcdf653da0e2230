"""The machine of a plan, its table, and the refusals they share."""

from __future__ import annotations

import threading

import pytest
from statemachine import State, StateMachine

import engagekit as ek
from engagekit.lifecycle import machine
from engagekit.lifecycle.machine import drive
from engagekit.lifecycle.table import compiled, move_of, phase_of, status_of

STANDARD = ek.PhasePlan.standard()


def test_the_machine_of_a_plan_can_be_used_on_its_own():
    """`plan.machine` is a python-statemachine class; by itself it has no gate before it."""
    own = STANDARD.machine()
    assert isinstance(own, StateMachine)
    own.advance()
    own.hold()
    assert own.current_state_value == "scoping_proposal__held"


def test_equal_plans_share_one_machine_class_and_one_table():
    """Class and table are made once for the same phases, whatever their names."""
    renamed = ek.PhasePlan(phases=[ek.Phase(id=p.id, name="x") for p in STANDARD.phases])
    assert renamed.machine is STANDARD.machine
    assert renamed.table is STANDARD.table


@pytest.mark.parametrize(
    ("state", "event", "words"),
    [
        ("contracting", "resume", "cannot resume: 'contracting' is active; possible now: advance"),
        ("contracting__held", "advance", "'contracting' is on hold; possible now: resume, cancel"),
        ("closed", "advance", r"the engagement is closed; possible now: reopen\(at_phase="),
        ("cancelled", "cancel", "the engagement is cancelled; possible now: reopen"),
        ("contracting", "rework__testing_qa", r"cannot rework\(to='testing_qa'\)"),
        ("requirements_definition", "rework__monitoring_handoff", "possible now: advance, hold"),
        ("contracting", "fly", "cannot fly"),
    ],
)
def test_an_illegal_move_names_the_legal_ones(state, event, words):
    """Machine and table refuse in the same words, with what is possible instead."""
    with pytest.raises(ek.IllegalMove, match=words) as by_machine:
        drive(STANDARD.ids, state, event, None)
    with pytest.raises(ek.IllegalMove, match=words) as by_table:
        STANDARD.table.next(state, event)
    assert vars(by_machine.value) == vars(by_table.value)


def test_a_mistake_in_a_gate_is_not_taken_for_an_illegal_move():
    """An AttributeError inside a guard comes out as what it is."""
    with pytest.raises(AttributeError, match="nothing"):
        drive(STANDARD.ids, "contracting", "advance", lambda: object().nothing)


def test_a_gate_that_says_no_without_a_word_is_an_illegal_move():
    """A guard that returns False leaves the state and is refused like any other move."""
    with pytest.raises(ek.IllegalMove, match="cannot advance"):
        drive(STANDARD.ids, "contracting", "advance", lambda: False)


def test_two_transitions_for_one_event_are_never_compiled():
    """A table could not say which of two to take, so such a machine is refused."""

    class Torn(StateMachine):
        one, two, three = State(initial=True), State(), State()
        go = one.to(two) | one.to(three)
        back = two.to(one) | three.to(one)

    with pytest.raises(AssertionError, match="two transitions for"):
        compiled(Torn)


def test_states_and_events_are_read_by_name():
    """The table's names say phase, status and move."""
    assert phase_of("contracting__held") == phase_of("contracting") == "contracting"
    assert [status_of(s) for s in ("x", "x__held", "closed", "cancelled")] == [
        "active",
        "on_hold",
        "closed",
        "cancelled",
    ]
    assert (move_of("rework__contracting"), move_of("advance")) == ("rework", "advance")


def test_codes_are_one_row_for_a_state_and_one_column_for_an_event():
    """The integer table has the shape of states by events and marks illegal moves with -1."""
    table = STANDARD.table
    assert len(table.codes) == len(table.states) == 14
    assert {len(row) for row in table.codes} == {len(table.events)}
    row = table.codes[table.states.index("closed")]
    assert row[table.events.index("advance")] == -1


def test_threads_do_not_share_a_machine():
    """Eight threads walk one plan at once, each with refusals of its own gate only."""
    wrong = []

    def walk(number):
        class Mine(Exception):
            pass

        def shut():
            raise Mine

        for _ in range(50):
            try:
                drive(STANDARD.ids, "contracting", "advance", shut)
            except Mine:
                continue
            except BaseException as error:
                wrong.append((number, error))

    threads = [threading.Thread(target=walk, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_machines_of_many_plans_do_not_pile_up(monkeypatch):
    """Beyond the plans kept, idle machines are let go."""
    monkeypatch.setattr(machine, "PLANS_KEPT", 2)
    for number in range(5):
        plan = STANDARD.insert(ek.Phase(id=f"extra_{number}"), after="contracting")
        assert drive(plan.ids, "contracting", "advance", None) == f"extra_{number}"
    assert len(machine._idle.pools) <= 2

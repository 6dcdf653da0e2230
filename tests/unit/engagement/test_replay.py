"""Replay: the log is the engagement, and a log that does not hold together is refused."""

from __future__ import annotations

import attrs
import pytest

import engagekit as ek
from engagekit.engagement.events import EngagementStarted, Moved, PlanChanged


@pytest.fixture
def lived(start, walk):
    """An engagement with evidence, moves, a hold, a change of plan and a sign-off."""
    e = walk(start(services=["machine_learning"]), "contracting")
    e.hold("x", by="ana")
    e.resume(by="ana")
    e.add_service("serverless", by="ana")
    e.attest("msa_executed", by="bob")
    e.waive("sow_executed", reason="x", by="kim", until="2027-01-01T00:00:00Z")
    e.sign_off(by="eve")
    e.deliver("report", to="Acme", by="ana")
    return e


def test_replay_gives_the_same_engagement(lived):
    """State, report, words and plain data are equal, and it can go on from there."""
    again = ek.Engagement.replay(iter(lived.log))
    assert again.log == lived.log
    assert again.to_dict() == lived.to_dict()
    assert again.check() == lived.check()
    assert again.explain() == lived.explain()
    assert again.plan == lived.plan
    again.advance(by="ana")
    assert (again.phase, lived.phase) == ("implementation", "contracting")


def test_events_cannot_be_changed(lived):
    """What happened, happened."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        lived.log[0].by = "eve"
    kinds = [type(event).kind for event in lived.log]
    assert all(kind.endswith(".v1") for kind in kinds)


def test_an_event_is_not_recorded_before_it_happens(lived):
    """Even a hand-made event keeps the order of its two times."""
    with pytest.raises(ek.DefinitionError, match="nothing can be recorded before it happens"):
        attrs.evolve(lived.log[0], recorded_us=0)


def moved(e, **changes):
    """The first move of a log, changed."""
    first = next(event for event in e.log if isinstance(event, Moved))
    return attrs.evolve(first, **changes)


def test_a_log_that_does_not_begin_is_refused(lived):
    """Empty, headless and foreign logs are no engagements."""
    for log in ([], lived.log[1:], [None], ["x"]):
        with pytest.raises(ek.TamperedLog, match="a log begins with an EngagementStarted"):
            ek.Engagement.replay(log)


def test_a_missing_move_is_noticed(lived):
    """A gap in the chain is told with both ends."""
    moves = [event for event in lived.log if isinstance(event, Moved)]
    torn = [event for event in lived.log if event is not moves[0]]
    with pytest.raises(ek.TamperedLog, match="begins in 'scoping_proposal', but the move before"):
        ek.Engagement.replay(torn)


def test_a_legal_move_from_another_state_is_noticed(lived):
    """Cancelling is possible everywhere; a log that says it was done elsewhere is torn."""
    lived.cancel("x", by="ana")
    elsewhere = attrs.evolve(lived.log[-1], from_state="testing_qa")
    with pytest.raises(ek.TamperedLog, match=r"begins in 'testing_qa', .* ended in 'contracting'"):
        ek.Engagement.replay([*lived.log[:-1], elsewhere])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"to_state": "testing_qa"}, "cannot advance"),
        ({"move": "rework", "to_state": "contracting"}, r"cannot rework\(to='contracting'\)"),
        ({"move": "reopen", "to_state": "contracting"}, r"cannot reopen\(at_phase='contracting'\)"),
        ({"move": "resume"}, "cannot resume"),
    ],
    ids=str,
)
def test_a_move_the_plan_does_not_allow_is_refused(lived, changes, words):
    """Skips and impossible moves in a log are named like any illegal move."""
    with pytest.raises(ek.IllegalMove, match=words):
        ek.Engagement.replay([lived.log[0], moved(lived, **changes)])


def test_a_second_beginning_and_a_strange_event_are_refused(lived):
    """A log has one start, and only events it knows."""
    again = attrs.evolve(lived.log[0], id="other")
    assert isinstance(again, EngagementStarted)
    with pytest.raises(ek.TamperedLog, match="EngagementStarted cannot stand within a log"):
        ek.Engagement.replay([*lived.log, again])
    with pytest.raises(ek.TamperedLog, match="object cannot stand within a log"):
        ek.Engagement.replay([*lived.log, object()])


def test_a_plan_without_the_current_phase_is_refused(start, walk, yes):
    """A change of plan that takes away the phase one stands in is no legal log."""
    plan = ek.PhasePlan.standard().insert(ek.Phase(id="pilot"), after="requirements_definition")
    e = walk(start(plan=plan, gates={"pilot": [yes("x")]}), "pilot")
    taken = PlanChanged(
        at_us=e.log[-1].at_us,
        recorded_us=e.log[-1].recorded_us,
        by="eve",
        plan=ek.PhasePlan.standard(),
        services=(),
        change="- pilot",
    )
    with pytest.raises(ek.TamperedLog, match="lacks the current 'pilot'"):
        ek.Engagement.replay([*e.log, taken])


def test_a_store_sees_what_it_has_not_got_yet(lived):
    """The unsaved tail belongs to one store; another one has nothing yet."""
    home, other = object(), object()
    assert lived.unsaved(home) == (0, lived.log)
    lived.saved(home)
    version = lived.version
    assert lived.unsaved(home) == (version, ())
    lived.attest("timeline", by="bob")
    assert lived.unsaved(home) == (version, lived.log[-1:])
    assert lived.unsaved(other) == (0, lived.log)

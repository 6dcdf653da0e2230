"""Moves: through gates, on hold, back, to the end and on again, all told in words."""

from __future__ import annotations

import pytest

import engagekit as ek
from engagekit.engagement.events import Moved


def test_an_advance_stores_where_it_went_and_on_what(start, meet):
    """The event names both states and the digest of the report passed, which is returned."""
    e = start()
    meet(e)
    report = e.advance(by=" ana ")
    move = e.log[-1]
    assert isinstance(move, Moved)
    assert (move.move, move.from_state, move.to_state, move.by) == (
        "advance",
        "requirements_definition",
        "scoping_proposal",
        "ana",
    )
    assert move.report_digest == report.digest
    assert report.phase == "requirements_definition"


def test_a_refused_advance_explains_itself_and_changes_nothing(start):
    """Every open criterion, what was seen, what is required and the call that closes it."""
    e = start()
    with pytest.raises(ek.GateClosed) as refused:
        e.advance(by="ana")
    assert str(refused.value).splitlines()[:4] == [
        "'requirements_definition' cannot be left: insufficient evidence, 3 of 3 criteria open",
        "[no evidence] stakeholder_interviews: Stakeholders were interviewed",
        "    seen: nothing; required: stakeholder_interviews == true",
        "    fix: e.attest('stakeholder_interviews', by=...)",
    ]
    assert (e.version, e.phase) == (1, "requirements_definition")


def test_the_fix_a_refusal_prints_really_fixes_it(start):
    """Running the calls as printed opens the gate."""
    e = start()
    for row in e.check().open:
        eval(row.fix.replace("by=...", "by='bob'"), {"e": e})
    assert e.check().verdict == "ready"


def test_hold_and_resume_come_back_to_the_same_phase(start, walk, clock):
    """On hold nothing but resume and cancel is possible; the phase is not forgotten."""
    e = walk(start(), "contracting")
    e.hold("legal is away", by="ana")
    assert (e.phase, e.status, e.short_phase) == ("contracting", "on hold", "scoping")
    assert e.log[-1].reason == "legal is away"
    for move in (lambda: e.advance(by="a"), lambda: e.rework(to="scoping", reason="x", by="a")):
        with pytest.raises(ek.EngagekitError):
            move()
    with pytest.raises(ek.IllegalMove, match="'contracting' is on hold; possible now: resume"):
        e.advance(by="ana")
    clock.set("2026-03-04T09:00:00+00:00")
    e.resume(by="bob")
    assert (e.phase, e.status, e.log[-1].reason) == ("contracting", "active", None)
    assert e.history[-1].held == 2 * 86_400_000_000


def test_rework_goes_back_and_deletes_nothing(start, walk):
    """An earlier phase is entered anew; its evidence is still there."""
    e = walk(start(), "implementation")
    before = e.log
    e.rework(to="Scoping-Proposal", reason="scope changed", by="ana")
    assert (e.phase, e.log[:-1]) == ("scoping_proposal", before)
    assert e.check().verdict == "ready"
    for ahead in ("scoping_proposal", "testing_qa"):
        with pytest.raises(ek.IllegalMove, match=rf"cannot rework\(to='{ahead}'\)"):
            e.rework(to=ahead, reason="x", by="ana")
    with pytest.raises(ek.UnknownId, match="did you mean 'contracting'"):
        e.rework(to="contractin", reason="x", by="ana")


@pytest.mark.parametrize("held", [False, True])
def test_an_engagement_can_be_cancelled_anywhere_and_reopened(start, walk, held):
    """Cancelled, it remembers its phase; reopened, it goes on where it is told."""
    e = walk(start(), "implementation")
    if held:
        e.hold("budget", by="ana")
    e.cancel("budget gone", by="ana")
    assert (e.phase, e.status) == ("implementation", "cancelled")
    assert e.check().phase == "implementation"
    for move in (
        lambda: e.advance(by="ana"),
        lambda: e.hold("x", by="ana"),
        lambda: e.resume(by="ana"),
        lambda: e.cancel("x", by="ana"),
    ):
        with pytest.raises(ek.IllegalMove, match="the engagement is cancelled; possible now: reop"):
            move()
    e.reopen(at_phase="Contracting", reason="new budget", by="zoe")
    assert (e.phase, e.status, e.log[-1].reason) == ("contracting", "active", "new budget")
    with pytest.raises(ek.IllegalMove, match="cannot reopen"):
        e.reopen(at_phase="contracting", reason="x", by="zoe")


def test_a_closed_engagement_can_be_reopened_at_any_phase(start, walk):
    """The last advance closes; reopen takes any phase of the plan."""
    e = walk(start(), "closed")
    assert (e.status, e.phase, e.log[-1].to_state) == ("closed", "monitoring_handoff", "closed")
    with pytest.raises(ek.UnknownId, match="unknown phase 'support'"):
        e.reopen(at_phase="support", reason="x", by="zoe")
    e.reopen(at_phase="monitoring_handoff", reason="defect", by="zoe")
    e.advance(by="ana")
    assert e.status == "closed"


def test_the_history_tells_every_stay(start, meet, clock):
    """When each phase was entered and left, by which move, and how long of it was on hold."""
    e = start()
    clock.set("2026-03-03T09:00:00+00:00")
    e.hold("x", by="ana")
    clock.set("2026-03-03T12:00:00+00:00")
    e.resume(by="ana")
    meet(e)
    e.advance(by="ana")
    clock.set("2026-03-04T09:00:00+00:00")
    e.hold("y", by="ana")
    clock.set("2026-03-04T10:30:00+00:00")
    e.cancel("z", by="ana")
    clock.set("2026-03-05T09:00:00+00:00")
    e.reopen(at_phase="contracting", reason="w", by="ana")
    assert [(v.phase, v.left_by, v.held / 3_600_000_000) for v in e.history] == [
        ("requirements_definition", "advance", 3.0),
        ("scoping_proposal", "cancel", 1.5),
        ("contracting", None, 0.0),
    ]
    assert e.history[1].to_dict() == {
        "phase": "scoping_proposal",
        "entered": "2026-03-03T12:00:00Z",
        "left": "2026-03-04T10:30:00Z",
        "left_by": "cancel",
        "held_seconds": 5400.0,
    }
    assert e.history[2].to_dict()["left"] is None


def test_explain_tells_the_whole_story(start, meet, clock):
    """Who and what, where and since when, the way here, and what the gate waits for."""
    e = start("Churn model", jurisdiction="US-TX")
    clock.set("2026-03-02T10:00:00+00:00")
    e.hold("x", by="ana")
    clock.set("2026-03-02T12:00:00+00:00")
    e.resume(by="ana")
    meet(e)
    e.advance(by="ana")
    e.attest("timeline", False, by="bob")
    e.hold("y", by="ana")
    assert e.explain().splitlines()[:6] == [
        "Churn model for Acme (demo)",
        "Scoping and Proposal, on hold, at 2026-03-02T12:00:00Z",
        "",
        (
            "  requirements_definition: 2026-03-02T09:00:00Z to 2026-03-02T12:00:00Z (advance),"
            " of it 2.0 h on hold"
        ),
        "  scoping_proposal: 2026-03-02T12:00:00Z until now",
        "",
    ]
    assert "Gate of scoping_proposal at 2026-03-02T12:00:00Z: blocked" in e.explain()
    assert "[unmet] timeline" in e.explain()
    e.cancel("z", by="ana")
    assert e.explain().splitlines()[1].startswith("Scoping and Proposal, cancelled")
    assert "Gate of" not in e.explain()
    assert "(cancel)" in e.explain()


@pytest.mark.parametrize("reason", ["", "  ", None, 5, "a\0b", "\ud800", "x" * 10_001])
def test_a_move_that_needs_a_reason_is_given_one(start, walk, reason):
    """Hold, cancel, rework and reopen are refused without a text that says why."""
    e = walk(start(), "contracting")
    moves = [
        lambda: e.hold(reason, by="ana"),
        lambda: e.cancel(reason, by="ana"),
        lambda: e.rework(to="scoping_proposal", reason=reason, by="ana"),
        lambda: e.reopen(at_phase="contracting", reason=reason, by="ana"),
    ]
    version = e.version
    for move in moves:
        with pytest.raises(ek.DefinitionError, match="reason: "):
            move()
    assert e.version == version


def test_check_looks_at_any_phase(start, walk):
    """Any gate of the plan can be asked about at any time, in any spelling."""
    e = walk(start(), "contracting")
    assert e.check("Requirements-Definition").verdict == "ready"
    assert e.check("monitoring_handoff").verdict == "insufficient evidence"
    with pytest.raises(ek.UnknownId, match="unknown phase 'handoff'"):
        e.check("handoff")

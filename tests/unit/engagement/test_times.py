"""Two times on every event: what had happened, what was known, and what cannot have been."""

from __future__ import annotations

import datetime as dt

import pytest

import engagekit as ek
from engagekit.engagement.surroundings import now

FIRST = "requirements_definition"
BRIEF = {"id": "brief", "metric": "brief", "op": "==", "target": True}


def test_evidence_recorded_late_counts_from_when_it_happened(gated, clock):
    """`as_of` asks what was so, `known_at` what one could know then."""
    e = gated(BRIEF)
    clock.set("2026-03-10T09:00:00+00:00")
    e.attest("brief", by="bob", at="2026-03-04T09:00:00Z")
    shown = e.log[-1]
    assert (shown.at.day, shown.recorded_at.day) == (4, 10)
    assert e.as_of("2026-03-05T00:00:00Z").check().verdict == "ready"
    assert e.as_of("2026-03-04T08:59:59Z").check().verdict == "insufficient evidence"
    before = e.as_of("2026-03-05T00:00:00Z", known_at="2026-03-10T08:59:59Z")
    assert before.check().verdict == "insufficient evidence"
    after = e.as_of("2026-03-05T00:00:00Z", known_at="2026-03-10T09:00:00Z")
    assert after.check().verdict == "ready"
    assert e.check(as_of="2026-03-05T00:00:00Z").verdict == "ready"
    assert e.check(FIRST, as_of="2026-03-03T00:00:00Z").verdict == "insufficient evidence"


def test_a_view_shows_the_past_and_cannot_change_it(start, walk, clock):
    """Phase, history, report and words of a past instant; no verb to write with."""
    e = walk(start(), "scoping_proposal")
    clock.set("2026-03-05T09:00:00+00:00")
    walk(e, "contracting")
    e.hold("x", by="ana")
    view = e.as_of("2026-03-03T00:00:00Z")
    assert isinstance(view, ek.EngagementView)
    assert not isinstance(view, ek.Engagement)
    assert not hasattr(view, "advance")
    assert (view.phase, view.status) == ("scoping_proposal", "active")
    assert view.as_of_time.to_iso8601_string() == "2026-03-03T00:00:00Z"
    assert view.explain().splitlines()[1].endswith("active, at 2026-03-03T00:00:00Z")
    assert len(view.history) == 2
    assert view.as_of("2026-03-02T09:00:00Z").version <= view.version
    assert (e.phase, e.status) == ("contracting", "on hold")


def test_the_future_can_be_asked_about(gated):
    """A view of a later instant shows what will have expired if nothing happens."""
    e = gated(BRIEF)
    e.attest("brief", by="bob", expires="2026-04-01T00:00:00Z")
    assert e.check(as_of="2026-03-31T23:59:59Z").verdict == "ready"
    assert e.check(as_of="2026-04-01T00:00:00Z").verdict == "blocked"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"t": "2026-03-01T23:59:59Z"}, "as_of: 'demo' began at 2026-03-02T08:00:00Z, recorded"),
        (
            {"t": "2026-03-02T10:00:00Z", "known_at": "2026-03-02T08:59:59Z"},
            "recorded at 2026-03-02T09:00:00Z; ask about a later time",
        ),
        ({"t": "2026-03-03"}, "t: .*no time zone"),
        ({"t": None}, "t: expected an aware datetime"),
        ({"t": "2026-03-03T00:00:00Z", "known_at": 5}, "known_at: expected an aware datetime"),
    ],
    ids=str,
)
def test_before_it_began_there_is_nothing_to_see(start, asked, words):
    """A time before the beginning, or before anyone knew of it, is refused."""
    e = start(at="2026-03-02T08:00:00Z")
    e.attest("timeline", by="bob", at="2026-03-01T00:00:00Z")
    with pytest.raises(ek.DefinitionError, match=words):
        e.as_of(**asked)


def test_nothing_is_recorded_before_it_happens(start):
    """An `at` in the future is refused, by every verb, to the microsecond."""
    e = start()
    with pytest.raises(ek.DefinitionError) as refused:
        e.attest("timeline", by="bob", at="2026-03-02T09:00:00.000001Z")
    assert str(refused.value) == (
        "at: 2026-03-02T09:00:00.000001Z lies in the future; it is 2026-03-02T09:00:00Z now"
    )
    e.attest("timeline", by="bob", at="2026-03-02T09:00:00Z")


def test_a_move_is_not_dated_before_the_one_it_follows(start, meet, clock):
    """Moves follow each other; the same instant is allowed, an earlier one is not."""
    e = start(at="2026-03-01T09:00:00Z")
    meet(e, at="2026-03-01T10:00:00Z")
    with pytest.raises(ek.DefinitionError, match="lies before the move of 2026-03-01T09:00:00Z"):
        e.advance(by="ana", at="2026-03-01T08:59:59Z")
    e.advance(by="ana", at="2026-03-01T12:00:00Z")
    moves = [
        lambda at: e.hold("x", by="ana", at=at),
        lambda at: e.cancel("x", by="ana", at=at),
        lambda at: e.rework(to=FIRST, reason="x", by="ana", at=at),
        lambda at: e.sign_off(by="eve", decision="hold", at=at),
        lambda at: e.sign_off(by="eve", at=at),
    ]
    for move in moves:
        with pytest.raises(ek.DefinitionError, match="moves follow each other"):
            move("2026-03-01T11:59:59Z")
    e.hold("x", by="ana", at="2026-03-01T12:00:00Z")
    e.resume(by="ana", at="2026-03-01T13:00:00Z")
    assert e.history[-1].held == 3_600_000_000


def test_a_move_is_not_dated_before_the_plan_it_goes_by(start, meet):
    """Nobody enters a phase before it was inserted, so every past view holds together."""
    e = start(at="2026-03-01T09:00:00Z")
    e.insert_phase(ek.Phase(id="pilot"), after=FIRST, by="ana", at="2026-03-01T12:00:00Z")
    meet(e, at="2026-03-01T10:00:00Z")
    with pytest.raises(ek.DefinitionError, match="moves follow each other"):
        e.advance(by="ana", at="2026-03-01T11:00:00Z")
    e.advance(by="ana", at="2026-03-01T12:00:00Z")
    assert e.as_of("2026-03-01T11:00:00Z").phase == FIRST
    assert e.as_of("2026-03-01T12:00:00Z").phase == "pilot"


def test_a_change_of_plan_may_be_recorded_late(start, meet, clock):
    """Dated before a move that was recorded already, every past view still holds together."""
    e = start(at="2026-03-01T09:00:00Z")
    meet(e, at="2026-03-01T10:00:00Z")
    e.advance(by="ana", at="2026-03-01T12:00:00Z")
    e.insert_phase(ek.Phase(id="pilot"), after="contracting", by="ana", at="2026-03-01T09:30:00Z")
    with pytest.raises(ek.DefinitionError, match="before the move of 2026-03-01T12:00:00Z"):
        e.hold("x", by="ana", at="2026-03-01T11:00:00Z")
    for hour in range(9, 24):
        view = e.as_of(f"2026-03-01T{hour:02}:59:00Z")
        assert view.phase == (FIRST if hour < 12 else "scoping_proposal")
        assert "pilot" in view.plan.ids


def test_a_back_dated_advance_is_judged_by_what_had_happened_then(gated, clock):
    """Evidence of later does not open a gate of earlier; evidence of earlier does."""
    e = gated(BRIEF)
    clock.set("2026-03-05T09:00:00+00:00")
    e.attest("brief", by="bob", at="2026-03-04T09:00:00Z")
    with pytest.raises(ek.GateClosed, match="insufficient evidence"):
        e.advance(by="ana", at="2026-03-04T08:59:59Z")
    report = e.advance(by="ana", at="2026-03-04T09:00:00Z")
    assert report.as_of == e.log[-1].at_us


def test_a_back_dated_advance_is_not_held_up_by_a_later_sign_off(gated, clock):
    """A sign-off given later says nothing about the report of then; one given before does."""
    clock.set("2026-03-02T00:00:00+00:00")
    e = gated(BRIEF)
    clock.set("2026-03-05T09:00:00+00:00")
    e.attest("brief", by="bob", at="2026-03-03T09:00:00Z")
    e.attest("brief", by="bob", at="2026-03-04T09:00:00Z")
    e.sign_off(by="eve", at="2026-03-04T10:00:00Z")
    e.advance(by="ana", at="2026-03-03T10:00:00Z")
    assert e.phase == "scoping_proposal"


def test_a_back_dated_advance_respects_a_sign_off_that_was_stale_then(gated, clock):
    """What was signed, changed and changed back is still told as a stale sign-off."""
    clock.set("2026-03-02T00:00:00+00:00")
    e = gated(BRIEF)
    e.attest("brief", by="bob")
    e.sign_off(by="eve", at="2026-03-02T00:00:00Z")
    clock.set("2026-03-05T09:00:00+00:00")
    e.waive("brief", reason="x", by="kim", until="2026-03-06T00:00:00Z")
    e.attest("brief", by="bob", at="2026-03-03T00:00:00Z")
    with pytest.raises(ek.StaleSignOff, match="brief was shown anew"):
        e.advance(by="ana", at="2026-03-04T00:00:00Z")
    e.advance(by="ana", at="2026-03-02T00:00:00Z")


def test_a_clock_set_back_does_not_undo_what_is_known(start, walk, clock):
    """Time never runs backwards in a log: the last record is the earliest now."""
    clock.set("2026-03-10T09:00:00+00:00")
    e = walk(start(), "scoping_proposal")
    clock.set("2026-03-01T09:00:00+00:00")
    assert e.as_of_time.to_iso8601_string() == "2026-03-10T09:00:00Z"
    e.attest("timeline", by="bob")
    assert e.log[-1].recorded_us == e.log[-2].recorded_us
    assert e.check().rows[1].status == "met"
    recorded = [event.recorded_us for event in e.log]
    assert recorded == sorted(recorded)


def test_the_clock_may_be_an_instant_or_a_function(start):
    """Within the block, and only there, engagekit takes the time from it."""
    with ek.use_clock(dt.datetime(2030, 1, 1, tzinfo=dt.UTC)):
        e = start()
        with ek.use_clock(lambda: 1_893_456_000_000_001):
            assert e.as_of_time.microsecond == 1
        assert e.log[0].at.to_iso8601_string() == "2030-01-01T00:00:00Z"
    with pytest.raises(ZeroDivisionError), ek.use_clock("2031-01-01T00:00:00Z"):
        raise ZeroDivisionError
    assert start().log[0].at.year == 2026


@pytest.mark.parametrize("wrong", ["2026-03-02T09:00:00", "soon", 5, None])
def test_a_clock_that_tells_no_time_is_refused(wrong):
    """Naive, unreadable or mistyped: refused before the block begins."""
    with pytest.raises(ek.DefinitionError, match="clock: "), ek.use_clock(wrong):
        pass


def test_without_a_clock_of_ones_own_the_machine_tells_the_time():
    """The system's clock moves on and is in this century."""
    first = now()
    assert 1_700_000_000_000_000 < first <= now() < 4_102_444_800_000_000

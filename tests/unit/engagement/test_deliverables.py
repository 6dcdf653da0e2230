"""Deliverables: handed over, accepted, rejected, or accepted by silence."""

from __future__ import annotations

import datetime as dt
import json

import pendulum
import pytest

import engagekit as ek
from engagekit.business_time.spans import Elapsed

ACCEPTED = {"id": "report_ok", "metric": "deliverable.report.accepted", "op": "==", "target": True}


def status(e, as_of=None):
    """The status of the only deliverable."""
    view = e if as_of is None else e.as_of(as_of)
    (known,) = view.to_dict()["deliverables"]
    return known["status"]


def test_a_deliverable_is_accepted_by_the_client(start):
    """Who handed over what to whom, and who answered when."""
    e = start()
    e.deliver("Final Report", to=" Acme ", by="ana", deemed_accepted_after=None)
    assert status(e) == "submitted"
    e.accept("final-report", by="carl")
    (known,) = e.deliverables
    assert (known.id, known.to, known.submitted_by, known.answered_by) == (
        "final_report",
        "Acme",
        "ana",
        "carl",
    )
    assert status(e) == "accepted"


def test_a_rejected_one_is_delivered_again(start):
    """The reason is kept; the new submission starts afresh."""
    e = start()
    e.deliver("report", to="Acme", by="ana")
    e.reject("report", reason="figures missing", by="carl")
    (known,) = e.deliverables
    assert (status(e), known.reason) == ("rejected", "figures missing")
    e.deliver("report", to="Acme", by="ana")
    assert (status(e), e.deliverables[0].reason) == ("submitted", None)
    e.accept("report", by="carl")


@pytest.mark.parametrize("answer", ["accept", "reject"])
def test_who_delivered_cannot_answer_for_the_client(start, answer):
    """Not even under another spelling, unless the plan joins duties."""
    more = {"reason": "x"} if answer == "reject" else {}
    e = start()
    e.deliver("report", to="Acme", by="ana")
    with pytest.raises(ek.SelfApproval, match=r"supplied or waived report .* ask someone else"):
        getattr(e, answer)("report", by="ANA ", **more)
    plan = ek.PhasePlan(phases=e.plan.phases, separate_duties=False)
    e = start(plan=plan)
    e.deliver("report", to="Acme", by="ana")
    getattr(e, answer)("report", by="ana", **more)


def test_answers_and_submissions_come_once(start):
    """What is with the client is not sent again, what is answered not answered again."""
    e = start()
    e.deliver("report", to="Acme", by="ana")
    with pytest.raises(ek.Refused, match="'report' is submitted; only a rejected one"):
        e.deliver("Report", to="Acme", by="ana")
    e.accept("report", by="carl")
    with pytest.raises(ek.Refused, match="'report' is already accepted"):
        e.reject("report", reason="changed my mind", by="carl")
    with pytest.raises(ek.Refused, match="'report' is accepted; only a rejected one"):
        e.deliver("report", to="Acme", by="ana")
    with pytest.raises(ek.UnknownId, match="unknown deliverable 'reprot'; did you mean 'report'"):
        e.accept("reprot", by="carl")
    with pytest.raises(ek.UnknownId, match="known: none"):
        start().accept("report", by="carl")


@pytest.mark.parametrize(
    ("span", "last_moment", "deemed"),
    [
        ("P10BD", "2026-03-16T08:59:59.999999Z", "2026-03-16T09:00:00Z"),
        ("P2W", "2026-03-16T08:59:59.999999Z", "2026-03-16T09:00:00Z"),
        ("P1M", "2026-04-02T08:59:59.999999Z", "2026-04-02T09:00:00Z"),
        ("PT12H", "2026-03-02T20:59:59.999999Z", "2026-03-02T21:00:00Z"),
        ("PT120H", "2026-03-09T08:59:59.999999Z", "2026-03-09T09:00:00Z"),
        (
            dt.timedelta(milliseconds=500),
            "2026-03-02T09:00:00.499999Z",
            "2026-03-02T09:00:00.500000Z",
        ),
        (pendulum.duration(hours=3), "2026-03-02T11:59:59Z", "2026-03-02T12:00:00Z"),
        ("P2000D", "2031-08-23T08:59:59Z", "2031-08-23T09:00:00Z"),
    ],
    ids=str,
)
def test_silence_counts_as_acceptance_from_the_deadline_on(start, span, last_moment, deemed):
    """Until the last microsecond it is open; at the very deadline it is deemed accepted."""
    e = start()
    e.deliver("report", to="Acme", by="ana", deemed_accepted_after=span)
    assert status(e, last_moment) == "submitted"
    assert status(e, deemed) == "deemed_accepted"
    assert e.to_dict()["deliverables"][0]["deemed_accepted_at"] == deemed


def test_without_a_deadline_silence_never_counts(start):
    """A contract may leave deemed acceptance out."""
    e = start()
    e.deliver("report", to="Acme", by="ana", deemed_accepted_after=None)
    assert status(e, "2999-01-01T00:00:00Z") == "submitted"
    assert e.to_dict()["deliverables"][0]["deemed_accepted_at"] is None


def test_after_the_deadline_it_is_too_late_to_answer(start, clock):
    """A late no is refused; an answer given in time may be recorded late."""
    e = start()
    e.deliver("report", to="Acme", by="ana", deemed_accepted_after="P1D")
    clock.set("2026-03-03T09:00:00+00:00")
    with pytest.raises(ek.Refused, match="already deemed accepted"):
        e.reject("report", reason="x", by="carl")
    with pytest.raises(ek.Refused, match="is deemed accepted; only a rejected one"):
        e.deliver("report", to="Acme", by="ana")
    e.reject("report", reason="x", by="carl", at="2026-03-03T08:59:59Z")
    assert status(e) == "rejected"


def test_nothing_is_answered_before_it_is_delivered(start):
    """Dates go forward: submission, answer, new submission."""
    e = start(at="2026-03-01T00:00:00Z")
    e.deliver("report", to="Acme", by="ana", at="2026-03-01T10:00:00Z")
    for answer in (
        lambda at: e.accept("report", by="carl", at=at),
        lambda at: e.reject("report", reason="x", by="carl", at=at),
    ):
        with pytest.raises(ek.DefinitionError, match=r"at: .* when 'report' last changed hands"):
            answer("2026-03-01T09:59:59Z")
    e.reject("report", reason="x", by="carl", at="2026-03-01T12:00:00Z")
    with pytest.raises(ek.DefinitionError, match=r"at: .* lies before 2026-03-01T12:00:00Z"):
        e.deliver("report", to="Acme", by="ana", at="2026-03-01T11:00:00Z")
    e.deliver("report", to="Acme", by="ana", at="2026-03-01T12:00:00Z")
    assert [status(e, f"2026-03-01T{t}:00Z") for t in ("10:00", "11:59", "12:00")] == [
        "submitted",
        "submitted",
        "submitted",
    ]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"id": "9"}, "deliverable: '9' is no id"),
        ({"id": None}, "deliverable: expected a text"),
        ({"to": ""}, "to: must not be empty"),
        ({"to": 5}, "to: expected a text"),
        ({"deemed_accepted_after": "10 days"}, "deemed_accepted_after: '10 days' is no span"),
        ({"deemed_accepted_after": 10}, "deemed_accepted_after: expected a timedelta"),
        ({"deemed_accepted_after": "P0BD"}, "P0BD is no time to answer in"),
        ({"deemed_accepted_after": dt.timedelta()}, "is no time to answer in"),
        ({"deemed_accepted_after": dt.timedelta(-1)}, "deemed_accepted_after: "),
        ({"deemed_accepted_after": Elapsed.of(hours=24)}, "silence runs in dates; write 'P10BD'"),
        ({"deemed_accepted_after": "P99999D"}, "longer than 100 years"),
        ({"by": None}, "by: expected a text"),
    ],
    ids=str,
)
def test_a_bad_submission_changes_nothing(start, more, words):
    """Odd ids, recipients and spans are refused before anything is recorded."""
    e = start()
    with pytest.raises(ek.DefinitionError, match=words):
        e.deliver(**({"id": "report", "to": "Acme", "by": "ana"} | more))
    assert e.version == 1
    assert e.deliverables == ()


def test_a_gate_may_wait_for_acceptance(gated):
    """Not delivered, delivered, rejected, accepted: the row follows, and its fix is a real call."""
    e = gated(ACCEPTED)
    (row,) = e.check().rows
    assert (row.status, row.fix) == (
        "no evidence",
        "e.deliver('report', ...) and e.accept('report', ...)",
    )
    e.deliver("report", to="Acme", by="ana")
    assert (e.check().verdict, e.check().rows[0].seen) == ("blocked", False)
    e.reject("report", reason="x", by="carl")
    assert e.check().verdict == "blocked"
    e.deliver("report", to="Acme", by="ana")
    e.accept("report", by="carl")
    assert e.check().verdict == "ready"
    assert "true (deliverable by carl" in str(e.check().rows[0].fact)
    json.dumps(e.check().to_dict())
    e.advance(by="ana")


def test_a_gate_opens_by_silence(gated, clock):
    """Deemed acceptance meets the criterion at the deadline, and no moment sooner."""
    e = gated(ACCEPTED)
    e.deliver("report", to="Acme", by="ana", deemed_accepted_after="P10BD")
    clock.set("2026-03-16T08:59:59.999999+00:00")
    assert e.check().verdict == "blocked"
    clock.set("2026-03-16T09:00:00+00:00")
    assert e.check().verdict == "ready"
    e.advance(by="ana")


def test_an_answer_makes_a_sign_off_stale(gated):
    """A rejection after the approval is a change of what was seen."""
    e = gated(ACCEPTED | {"mandatory": False}, {**ACCEPTED, "id": "brief", "metric": "brief"})
    e.attest("brief", by="bob")
    e.deliver("report", to="Acme", by="ana")
    e.sign_off(by="eve")
    e.accept("report", by="carl")
    with pytest.raises(ek.StaleSignOff, match="report_ok was unmet, is met"):
        e.advance(by="ana")

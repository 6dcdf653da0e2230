"""Sign-offs: by whom, on what, and what makes them count no more."""

from __future__ import annotations

import pytest

import engagekit as ek

FIRST = "requirements_definition"
BRIEF = {"id": "brief", "metric": "brief", "op": "==", "target": True}
TEAM = BRIEF | {"id": "team", "metric": "team"}
FOUR_EYES = {"id": "four_eyes", "metric": "sign_off.go", "op": ">=", "target": 2, "unit": "people"}


@pytest.fixture
def signed(gated, clock):
    """A gate of two criteria, met by bob and signed off by eve; ten minutes later."""
    e = gated(BRIEF, TEAM)
    e.attest("brief", by="bob", expires="2026-03-20T00:00:00Z")
    e.waive("team", reason="not hired yet", by="kim", until="2026-03-10T00:00:00Z")
    e.sign_off(by="eve", note="fine")
    clock.set("2026-03-02T09:10:00+00:00")
    return e


def test_a_sign_off_is_bound_to_the_report_it_was_taken_on(signed):
    """Who, when, what and the digest of the report are kept, and the way is free."""
    (sign_off,) = signed.sign_offs
    assert (sign_off.phase, sign_off.by, sign_off.note) == (FIRST, "eve", "fine")
    assert sign_off.decision == "go"
    assert sign_off.report_digest == signed.check().digest
    assert signed.stale(sign_off) == []
    assert "sign-off: go by eve, 2026-03-02T09:00:00Z, stands" in signed.explain()
    assert signed.advance(by="ana").digest == sign_off.report_digest


def test_a_sign_off_returns_what_it_is_bound_to(gated):
    """The report comes back, so that the approver can keep it."""
    e = gated(BRIEF)
    e.attest("brief", by="bob")
    assert e.sign_off(by="eve").digest == e.check().digest


LATER = "2026-03-11T00:00:00Z"
CHANGES = {
    "value": lambda e: e.attest("brief", False, by="bob"),
    "evidence": lambda e: e.attest("brief", by="bob", source="wiki/43"),
    "met": lambda e: e.attest("team", by="bob"),
    "waiver": lambda e: e.waive("team", reason="not hired yet", by="kim", until=LATER),
    "terms": lambda e: e.document_gate(FIRST, criteria=[BRIEF | {"max_age": "P30D"}, TEAM], by="a"),
    "criteria": lambda e: e.document_gate(
        FIRST, criteria=[BRIEF | {"id": "plan", "metric": "brief"}, TEAM], by="ana"
    ),
    "order": lambda e: e.document_gate(FIRST, criteria=[TEAM, BRIEF], by="ana"),
}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("value", ["brief was met, is unmet"]),
        ("evidence", ["brief was shown anew: true (attestation by bob", "wiki/43", "it was true"]),
        ("met", ["team was waived, is met"]),
        ("waiver", ["team was waived anew, until 2026-03-11T00:00:00Z"]),
        ("terms", ["brief now asks for brief == true, it was brief == true"]),
        ("criteria", ["brief was dropped", "plan was added"]),
        ("order", ["the report changed"]),
    ],
)
def test_a_sign_off_is_stale_when_anything_it_saw_changes(signed, change, words):
    """It stops counting and says what changed, in `stale`, in `explain` and at the gate."""
    CHANGES[change](signed)
    (sign_off,) = signed.sign_offs
    told = "; ".join(signed.stale(sign_off))
    assert told
    for word in words:
        assert word in told
    assert f"stale: {told}" in signed.explain()
    if signed.check().passable:
        with pytest.raises(ek.StaleSignOff) as refused:
            signed.advance(by="ana")
        assert "; ".join(refused.value.changes) == told
        assert (refused.value.phase, refused.value.signed_by) == (FIRST, "eve")
        assert told in str(refused.value)
    else:
        with pytest.raises(ek.GateClosed):
            signed.advance(by="ana")
    assert signed.phase == FIRST


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("2026-03-10T00:00:00+00:00", ["team was waived, is no evidence"]),
        (
            "2026-03-20T00:00:00+00:00",
            ["brief was met, is expired", "team was waived, is no evidence"],
        ),
    ],
)
def test_a_sign_off_is_stale_when_time_takes_away_what_it_saw(signed, clock, when, words):
    """A waiver that lapsed and evidence that expired are changes like any other."""
    clock.set(when)
    assert signed.stale(signed.sign_offs[0]) == words


def test_what_is_signed_again_counts_again(signed):
    """A new look at the changed report frees the way."""
    CHANGES["evidence"](signed)
    signed.sign_off(by="eve")
    signed.advance(by="ana")
    assert [sign_off.by for sign_off in signed.sign_offs] == ["eve", "eve"]


def test_a_harmless_change_keeps_the_sign_off(signed, clock):
    """Evidence for another gate, a mended wording and a day gone by change nothing it saw."""
    signed.attest("timeline", by="eve")
    signed.document_gate(FIRST, criteria=[BRIEF | {"statement": "Brief, agreed"}, TEAM], by="ana")
    clock.set("2026-03-03T09:00:00+00:00")
    assert signed.stale(signed.sign_offs[0]) == []
    signed.advance(by="ana")


def test_a_sign_off_is_stale_after_rework(signed, clock):
    """Whoever comes back to a phase has its gate looked at again."""
    signed.advance(by="ana")
    signed.rework(to=FIRST, reason="new facts", by="ana")
    assert signed.stale(signed.sign_offs[0]) == [f"{FIRST} was left or entered anew since"]
    signed.advance(by="ana")
    assert len(signed.sign_offs) == 1


def test_a_hold_keeps_the_sign_off(signed):
    """On hold nothing was left, so the sign-off stands when work goes on."""
    signed.hold("holiday", by="ana")
    signed.resume(by="ana")
    assert signed.stale(signed.sign_offs[0]) == []


def test_one_standing_sign_off_is_enough(signed):
    """A stale one beside a standing one does not block."""
    CHANGES["evidence"](signed)
    signed.sign_off(by="zoe")
    assert signed.stale(signed.sign_offs[0])
    signed.advance(by="ana")


def test_an_open_gate_cannot_be_approved(gated):
    """An approval of what is not there is refused with every open row."""
    e = gated(BRIEF, TEAM)
    for decision in ("go", "conditional_go"):
        with pytest.raises(ek.GateClosed, match="2 of 2 criteria open") as refused:
            e.sign_off(by="eve", decision=decision)
        assert "e.attest('brief', by=...)" in str(refused.value)
    assert e.version == 1


@pytest.mark.parametrize(
    "name", ["bob", "BOB", " bob ", "Bob\u200b", "\uff22\uff4f\uff42", "kim", "Kim"]
)
def test_who_supplied_or_waived_cannot_approve(signed, name):
    """No spelling of a name gets around the separation of duties."""
    with pytest.raises(ek.SelfApproval, match="cannot sign it off; ask someone else") as refused:
        signed.sign_off(by=name)
    assert refused.value.supplied == (("team",) if "k" in name.lower() else ("brief",))
    assert refused.value.phase == FIRST


def test_who_supplied_once_stays_a_supplier(gated):
    """Evidence that was replaced, and evidence on an alternative, still make a supplier."""
    e = gated(BRIEF | {"alternatives": ["memo"]})
    e.attest("memo", by="eve")
    e.attest("brief", False, by="eve")
    e.attest("brief", by="bob")
    with pytest.raises(ek.SelfApproval):
        e.sign_off(by="eve")
    e.sign_off(by="zoe")


def test_supplying_to_another_gate_is_no_hindrance(gated):
    """Duties are separated gate by gate."""
    e = gated(BRIEF)
    e.attest("brief", by="bob")
    e.attest("timeline", by="eve")
    e.sign_off(by="eve")


def test_a_supplier_may_say_no(gated):
    """Only approvals are separated; anyone may send the work back or stop it."""
    e = gated(BRIEF)
    e.attest("brief", by="bob")
    e.sign_off(by="bob", decision="hold", note="not yet")
    assert e.status == "on hold"


def test_duties_may_be_joined_by_the_plan(gated):
    """With `separate_duties=False` one person may do it all."""
    plan = ek.PhasePlan(phases=ek.PhasePlan.standard().phases, separate_duties=False)
    e = gated(BRIEF, plan=plan)
    e.attest("brief", by="bob")
    e.sign_off(by="bob")
    e.advance(by="bob")


@pytest.fixture
def second(start, walk, meet):
    """An engagement in its second phase, all criteria met."""
    e = walk(start(), "scoping_proposal")
    meet(e)
    return e


@pytest.mark.parametrize(
    ("decision", "phase", "status", "move"),
    [
        ("go", "scoping_proposal", "active", None),
        ("Conditional Go", "scoping_proposal", "active", None),
        ("hold", "scoping_proposal", "on_hold", "hold"),
        ("recycle", FIRST, "active", "rework"),
        ("kill", "scoping_proposal", "cancelled", "cancel"),
    ],
)
def test_each_decision_does_what_the_stage_gate_says(second, decision, phase, status, move):
    """Approvals leave the engagement where it is; the others move it, with the note as reason."""
    e = second
    e.sign_off(by="eve", decision=decision, note="the board said so")
    assert (e.phase, e.status) == (phase, status)
    assert e.sign_offs[-1].decision.value == decision.lower().replace(" ", "_")
    if move is not None:
        assert (e.log[-1].move, e.log[-1].reason) == (move, "the board said so")
        assert e.sign_offs[-1].phase == "scoping_proposal"


def test_a_decision_without_a_note_is_its_own_reason(start):
    """Kill and hold need no met criteria and no note."""
    e = start()
    e.sign_off(by="eve", decision="kill")
    assert e.log[-1].reason == "decided at the gate: kill"


def test_recycle_goes_back_where_it_is_told(start, walk):
    """With `to` an earlier phase can be named, in any spelling."""
    e = walk(start(), "implementation")
    e.sign_off(by="eve", decision="recycle", to="Scoping Proposal")
    assert e.phase == "scoping_proposal"


@pytest.mark.parametrize(
    ("more", "error", "words"),
    [
        ({"decision": "recycle", "to": "testing_qa"}, ek.IllegalMove, r"rework\(to='testing_qa'\)"),
        ({"decision": "recycle", "to": "contractin"}, ek.UnknownId, "did you mean 'contracting'"),
        ({"decision": "recycle"}, ek.IllegalMove, "cannot rework"),
        ({"decision": "hold", "to": FIRST}, ek.DefinitionError, "to: only goes with .*recycle"),
        ({"decision": "yes"}, ek.UnknownId, "decision: unknown decision 'yes'; known: go"),
        ({"decision": None}, ek.UnknownId, "decision: unknown decision None"),
        ({"decision": "kill", "note": ""}, ek.DefinitionError, "note: must not be empty"),
        ({"decision": "kill", "note": 5}, ek.DefinitionError, "note: expected a text"),
    ],
    ids=str,
)
def test_a_decision_that_makes_no_sense_changes_nothing(start, more, error, words):
    """From the first phase there is no way back; odd words and places are refused."""
    e = start()
    with pytest.raises(error, match=words):
        e.sign_off(by="eve", **more)
    assert (e.version, e.sign_offs) == (1, ())


def test_only_running_work_is_decided_on(start):
    """On hold or ended, there is nothing to sign off."""
    e = start()
    e.hold("holiday", by="ana")
    with pytest.raises(ek.IllegalMove, match=r"cannot sign_off: .*on hold; possible now: resume"):
        e.sign_off(by="eve")
    e.cancel("budget", by="ana")
    with pytest.raises(ek.IllegalMove, match=r"cannot sign_off: .*cancelled"):
        e.sign_off(by="eve", decision="kill")


def test_a_gate_may_ask_for_two_approvals(gated):
    """`sign_off.go >= 2` keeps it shut until two people approved the same report."""
    e = gated(BRIEF, FOUR_EYES)
    e.attest("brief", by="bob")
    with pytest.raises(ek.GateClosed, match=r"fix: e.sign_off\(by=...\)"):
        e.advance(by="ana")
    e.sign_off(by="eve")
    assert e.check().verdict == "blocked"
    (row,) = e.check().open
    assert (row.criterion.id, row.seen) == ("four_eyes", 1)
    e.sign_off(by="zoe", decision="conditional_go")
    assert e.check().verdict == "ready"
    assert "2 (sign_off by eve, zoe" in str(e.check().rows[1].fact)
    e.advance(by="ana")


def test_one_person_is_counted_once(gated):
    """Signing twice, or in capitals, is one approval."""
    e = gated(BRIEF, FOUR_EYES)
    e.attest("brief", by="bob")
    for name in ("eve", "Eve", "EVE "):
        e.sign_off(by=name)
    assert e.check().rows[1].seen == 1
    assert e.check().verdict == "blocked"


def test_approvals_of_what_has_changed_are_not_counted(gated):
    """New evidence takes both approvals away; they must be given again."""
    e = gated(BRIEF, FOUR_EYES)
    e.attest("brief", by="bob")
    e.sign_off(by="eve")
    e.sign_off(by="zoe")
    assert e.check().verdict == "ready"
    e.attest("brief", by="kim")
    assert e.check().verdict == "insufficient evidence"
    e.sign_off(by="eve")
    assert e.check().rows[1].seen == 1
    e.sign_off(by="zoe")
    e.advance(by="ana")


def test_a_gate_may_ask_for_approvals_alone(gated):
    """A gate whose only criteria are approvals can be approved and passed."""
    e = gated(FOUR_EYES)
    e.sign_off(by="eve")
    e.sign_off(by="zoe")
    e.advance(by="ana")
    assert e.phase == "scoping_proposal"


def test_approvals_do_not_travel_to_the_next_gate(start):
    """Approvals given in one phase count there only."""
    e = start(gates={FIRST: [BRIEF], "scoping_proposal": [BRIEF, FOUR_EYES]})
    e.attest("brief", by="bob")
    e.sign_off(by="eve")
    e.sign_off(by="zoe")
    e.advance(by="ana")
    assert e.check().rows[1].status == "no evidence"
    assert e.check("requirements_definition").verdict == "ready"

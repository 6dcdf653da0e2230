"""The default gates of the six phases, as the FAQ words them."""

from __future__ import annotations

import pytest

import engagekit as ek


def closed(e):
    """The ids that keep the current gate shut, after seeing that it cannot be passed."""
    phase = e.phase
    with pytest.raises(ek.GateClosed) as refused:
        e.advance(by="ana")
    assert (e.phase, e.status) == (phase, "active")
    for row in refused.value.report.open:
        assert row.criterion.id in str(refused.value)
    return {row.criterion.id for row in refused.value.report.open}


@pytest.mark.req("S17")
def test_a_phase_without_documented_criteria_cannot_be_left(gated, yes):
    """Fail closed: no criterion, no exit, until one is documented and met."""
    e = gated()
    assert e.check().verdict == "blocked"
    with pytest.raises(ek.GateClosed, match="no documented criterion") as refused:
        e.advance(by="ana")
    assert "e.document_gate('requirements_definition'" in str(refused.value)
    with pytest.raises(ek.GateClosed, match="no documented criterion"):
        e.sign_off(by="eve")
    e.document_gate(e.phase, criteria=[yes("brief")], by="ana")
    assert closed(e) == {"brief"}
    e.attest("brief", by="bob")
    e.advance(by="ana")
    assert e.phase == "scoping_proposal"


@pytest.mark.req("S17")
def test_an_inserted_phase_without_criteria_cannot_be_left(start, walk):
    """An own phase has no default criteria, so its gate is shut until it has some."""
    plan = ek.PhasePlan.standard().insert(ek.Phase(id="pilot"), after="requirements_definition")
    e = walk(start(plan=plan), "pilot")
    with pytest.raises(ek.GateClosed, match="'pilot' cannot be left: it has no documented"):
        e.advance(by="ana")


@pytest.mark.req("S43")
def test_an_engagement_passes_the_six_phases_in_order(start, walk):
    """From start to close, each phase once, none skipped."""
    e = walk(start(), "closed")
    assert [visit.phase for visit in e.history] == list(ek.PhasePlan.standard().ids)
    assert e.status == "closed"
    assert e.phase == "monitoring_handoff"


@pytest.mark.req("S50")
def test_both_services_together_pass_eight_phases(start, walk):
    """Machine learning and serverless insert their phases between four and five."""
    e = walk(start(services=["serverless", "machine_learning"]), "closed")
    assert [visit.phase for visit in e.history][4:6] == [
        "model_validation",
        "infrastructure_provisioning",
    ]
    assert len(e.history) == 8


@pytest.mark.req("S46")
def test_contracting_waits_for_both_signatures(start, walk):
    """Neither the MSA nor the SOW alone opens the gate."""
    e = walk(start(), "contracting")
    assert closed(e) == {"msa_executed", "sow_executed"}
    e.attest("document.msa.executed", by="bob", source="contracts/msa.pdf")
    assert closed(e) == {"sow_executed"}
    e.attest("sow_executed", False, by="bob")
    assert e.check().verdict == "blocked"
    e.attest("sow_executed", by="bob")
    e.advance(by="ana")


@pytest.mark.req("S47")
@pytest.mark.parametrize("kind", ["development", "configuration", "deployment"])
def test_implementation_needs_specifications_and_one_kind_of_work(start, walk, kind):
    """Any one of the three kinds of work will do, but not without specifications."""
    e = walk(start(), "implementation")
    assert closed(e) == {"documented_specifications", "work_against_specifications"}
    e.attest(f"work.{kind}", by="bob")
    assert closed(e) == {"documented_specifications"}
    e.attest("documented_specifications", by="bob")
    assert e.advance(by="ana").verdict == "ready"


@pytest.mark.req("S47")
def test_one_kind_of_work_that_is_not_done_does_not_hide_another(start, walk):
    """The or stays an or when one of its sides says no."""
    e = walk(start(), "implementation")
    e.attest("documented_specifications", by="bob")
    e.attest("work.development", False, by="bob")
    assert closed(e) == {"work_against_specifications"}
    e.attest("work.deployment", by="bob")
    e.advance(by="ana")


@pytest.mark.req("S48")
def test_testing_needs_a_named_standard(start, walk):
    """Results without the standard they were judged by keep the gate shut."""
    e = walk(start(), "testing_qa")
    e.attest("structured_validation", by="bob")
    assert closed(e) == {"testing_standard_named"}
    e.attest("testing_standard_named", by="bob", source="ISO/IEC/IEEE 29119")
    e.advance(by="ana")


@pytest.mark.req("S49")
@pytest.mark.parametrize("first", ["operational_ownership", "monitoring_in_place"])
def test_handoff_needs_an_owner_and_monitoring(start, walk, first):
    """Either alone leaves the other open; with both the engagement closes."""
    e = walk(start(), "monitoring_handoff")
    both = {"operational_ownership", "monitoring_in_place"}
    e.attest(first, by="bob")
    assert closed(e) == both - {first}
    e.attest(*both - {first}, by="bob")
    e.advance(by="ana")
    assert e.status == "closed"


@pytest.mark.req("S44")
@pytest.mark.req("S45")
@pytest.mark.parametrize("phase", ["requirements_definition", "scoping_proposal"])
def test_each_of_the_three_is_needed(start, walk, phase):
    """With any one of the three missing, the gate is shut and names it."""
    ids = [criterion.id for criterion in start().criteria[phase]]
    assert len(ids) == 3
    for missing in ids:
        e = walk(start(), phase)
        for name in ids:
            if name != missing:
                e.attest(name, by="bob")
        assert closed(e) == {missing}

"""Changing the plan on the way: ahead it goes, behind it is refused with what is possible."""

from __future__ import annotations

import pytest

import engagekit as ek

PILOT = ek.Phase(id="pilot")


def test_a_phase_ahead_is_inserted_with_its_criteria(start, walk, yes):
    """The event carries the new plan and tells the change in words."""
    e = walk(start(), "contracting")
    e.insert_phase(PILOT, after="Implementation", by="ana", criteria=[yes("pilot_done")])
    assert e.plan.ids[4] == "pilot"
    changed = e.log[-2]
    assert (changed.change, changed.plan) == ("+ pilot (after implementation)", e.plan)
    walk(e, "testing_qa")
    assert "pilot" in [visit.phase for visit in e.history]


def test_a_phase_may_follow_the_current_one_directly(start, walk):
    """The current phase has not been left, so what comes next can still change."""
    e = walk(start(), "contracting")
    e.insert_phase(PILOT, after="contracting", by="ana")
    assert (e.plan.before("implementation"), e.check("pilot").verdict) == ("pilot", "blocked")
    e.hold("x", by="ana")
    e.insert_phase(ek.Phase(id="second_pilot"), after="pilot", by="ana")
    e.resume(by="ana")
    assert e.phase == "contracting"


def test_a_phase_behind_is_refused_with_the_options(start, walk):
    """The refusal names where it could still go, and the rework that would make room."""
    e = walk(start(), "implementation")
    before = e.log
    with pytest.raises(ek.IllegalMove) as refused:
        e.insert_phase(PILOT, after="scoping_proposal", by="ana")
    assert refused.value.allowed == (
        "insert_phase(after='implementation')",
        "insert_phase(after='testing_qa')",
        "insert_phase(after='monitoring_handoff')",
        "rework(to='scoping_proposal') first",
    )
    assert "cannot insert 'pilot' after 'scoping_proposal': 'implementation' is active" in str(
        refused.value
    )
    assert (e.log, "pilot" in e.plan.ids) == (before, False)
    e.rework(to="scoping_proposal", reason="pilot first", by="ana")
    e.insert_phase(PILOT, after="scoping_proposal", by="ana")


def test_an_ended_engagement_keeps_its_plan(start):
    """What has ended is reopened first."""
    e = start()
    e.cancel("x", by="ana")
    with pytest.raises(ek.IllegalMove, match=r"cannot insert_phase: .*possible now: reopen"):
        e.insert_phase(PILOT, after="contracting", by="ana")
    with pytest.raises(ek.IllegalMove, match="possible now: reopen"):
        e.add_service("serverless", by="ana")


@pytest.mark.parametrize(
    ("phase", "more", "words"),
    [
        ("pilot", {"after": "contracting"}, "phase: expected a Phase, got str"),
        (PILOT, {"after": "contractin"}, "did you mean 'contracting'"),
        (PILOT, {"after": 5}, "unknown phase 5"),
        (ek.Phase(id="testing_qa"), {"after": "contracting"}, "stands 2 times"),
        (PILOT, {"after": "contracting", "criteria": 5}, "criteria: expected a list of criteria"),
        (PILOT, {"after": "contracting", "criteria": [{}]}, r"criteria\[0\].metric: missing"),
    ],
    ids=str,
)
def test_a_bad_insertion_changes_nothing(start, phase, more, words):
    """Bad phases, places and criteria are refused before anything is recorded."""
    e = start()
    with pytest.raises(ek.DefinitionError, match=words):
        e.insert_phase(phase, by="ana", **more)
    assert e.version == 1


@pytest.mark.req("S50")
@pytest.mark.parametrize("order", [("machine_learning", "serverless"), None])
def test_services_added_later_insert_their_phases_in_the_fixed_order(start, walk, order):
    """Whichever comes first, model validation stands before infrastructure provisioning."""
    e = walk(start(services=["etl"]), "implementation")
    for service in order or ("serverless", "Machine-Learning"):
        e.add_service(service, by="ana")
    assert e.plan.ids[3:7] == (
        "implementation",
        "model_validation",
        "infrastructure_provisioning",
        "testing_qa",
    )
    assert e.profile.services[0] == "etl"
    assert set(e.profile.services) == {"etl", "serverless", "machine_learning"}


def test_own_phases_stay_where_they_are(start):
    """Adding a service keeps the insertions made by hand."""
    e = start()
    e.insert_phase(PILOT, after="implementation", by="ana")
    e.add_service("serverless", by="ana")
    assert e.plan.ids[3:7] == (
        "implementation",
        "infrastructure_provisioning",
        "pilot",
        "testing_qa",
    )


def test_a_service_without_phases_changes_only_the_profile(start, walk):
    """It may come late; a service that is there already changes nothing at all."""
    e = walk(start(), "testing_qa")
    e.add_service("consulting", by="ana")
    assert (e.profile.services, e.log[-1].change) == (("consulting",), "no change")
    version = e.version
    e.add_service("Consulting", by="ana")
    assert e.version == version


def test_a_service_that_comes_too_late_is_refused(start, walk):
    """Past testing there is no going between four and five but by rework."""
    e = walk(start(), "testing_qa")
    with pytest.raises(ek.IllegalMove, match=r"rework\(to='implementation'\) first"):
        e.add_service("machine_learning", by="ana")
    assert e.profile.services == ()


@pytest.mark.parametrize("wrong", ["machine_lerning", None, 5, ["etl"]])
def test_an_unknown_service_is_refused(start, wrong):
    """No such service: nothing changes."""
    e = start()
    with pytest.raises(ek.UnknownId, match="unknown service"):
        e.add_service(wrong, by="ana")
    assert e.version == 1


def test_separated_duties_survive_a_change_of_plan(start):
    """A plan that joins duties still does after an insertion."""
    plan = ek.PhasePlan(phases=ek.PhasePlan.standard().phases, separate_duties=False)
    e = start(plan=plan)
    e.insert_phase(PILOT, after="contracting", by="ana")
    assert e.plan.separate_duties is False
    e.add_service("serverless", by="ana")
    assert e.plan.separate_duties is False

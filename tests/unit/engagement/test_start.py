"""How an engagement begins: its terms, its id, and what is refused before it exists."""

from __future__ import annotations

import json

import pytest

import engagekit as ek
from engagekit.engagement.events import EngagementStarted


def test_an_engagement_begins_in_the_first_phase_of_its_plan(start):
    """Its first event says who began what for whom, under which terms."""
    e = start(services=["Machine-Learning", "etl"], sector="Federal", jurisdiction=" us-ca ")
    assert (e.id, e.title, e.phase, e.status) == (
        "demo",
        "Demo",
        "requirements_definition",
        "active",
    )
    assert (e.version, len(e.log), e.short_phase) == (1, 1, "discovery")
    (first,) = e.log
    assert isinstance(first, EngagementStarted)
    assert (first.by, first.rules, first.criteria_set) == (
        "ana",
        "baseline@2026-11-23",
        "baseline.v1",
    )
    assert "model_validation" in e.plan.ids
    assert e.profile.services == ("machine_learning", "etl")
    assert (e.profile.sector, e.profile.jurisdiction) == ("federal", "US-CA")
    assert (e.profile.delivery_model, e.profile.engagement_type) == ("hybrid", "outsourced")
    assert repr(e) == "<Engagement 'demo': requirements_definition, active, 1 events>"


def test_everything_told_is_plain_data_for_json(start):
    """`to_dict` goes through JSON with phase, profile, plan, history and deliverables."""
    e = start(services=["etl"], delivery_model="on premises")
    e.deliver("report", to="Acme", by="ana")
    plain = json.loads(json.dumps(e.to_dict()))
    assert plain["id"] == "demo"
    assert (plain["phase"], plain["status"], plain["version"]) == (e.phase, "active", 2)
    assert plain["profile"]["services"] == ["etl"]
    assert plain["profile"]["delivery_model"] == "on_premises"
    assert [phase["id"] for phase in plain["plan"]] == list(e.plan.ids)
    assert plain["history"] == [
        {
            "phase": "requirements_definition",
            "entered": "2026-03-02T09:00:00Z",
            "left": None,
            "left_by": None,
            "held_seconds": 0.0,
        }
    ]
    assert plain["deliverables"][0]["status"] == "submitted"


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Churn model", "churn_model"),
        ("2026: Odyssey!", "e_2026_odyssey"),
        ("Überführung", "berf_hrung"),
        ("移交", "engagement"),
        ("🙂 -- __", "engagement"),
        ("x" * 200, "x" * 40),
        ("a" * 39 + " b", "a" * 39),
        ("Review & sign-off (v2)", "review_sign_off_v2"),
    ],
)
def test_an_id_is_made_from_the_title(start, title, slug):
    """ASCII words of the title, at most 40 characters, and eight digits that tell it apart."""
    e = start(title, id=None)
    made, _, tail = e.id.rpartition("_")
    assert made == slug
    assert len(tail) == 8
    assert set(tail) <= set("0123456789abcdef")
    assert start("y", id=e.id).id == e.id


def test_ids_tell_engagements_of_one_title_apart_and_never_by_chance(start, clock):
    """The same words by the same person at the same instant are the same id; else another."""
    same = start(id=None).id
    assert start(id=None).id == same
    others = [start(id=None, client="Other").id, start(id=None, by="bob").id]
    clock.set("2026-03-02T09:00:01+00:00")
    assert len({same, *others, start(id=None).id}) == 4


def test_own_ids_are_normalised(start):
    """Hyphens and capitals in an id given become lower snake_case."""
    assert start(id="ACME-Churn 7").id == "acme_churn_7"


def test_a_plan_may_be_given(start):
    """An own plan replaces that of the services; its phases without criteria stay shut."""
    plan = ek.PhasePlan.standard().insert(ek.Phase(id="pilot"), after="testing_qa")
    e = start(plan=plan, services=["serverless"])
    assert e.plan.ids == plan.ids
    assert e.criteria["pilot"] == ()
    assert set(e.criteria) == set(plan.ids)


def test_own_criteria_replace_those_of_the_pack(start, yes):
    """Only the gates named change; the others keep the pack's criteria."""
    e = start(gates={"Contracting": [yes("nda_signed")]})
    assert [c.id for c in e.criteria["contracting"]] == ["nda_signed"]
    assert len(e.criteria["testing_qa"]) == 2


def test_the_measured_set_can_be_chosen(start):
    """`criteria="measured"` starts every gate with numbers."""
    e = start(criteria="measured", services=["machine_learning", "serverless"])
    assert sum(len(criteria) for criteria in e.criteria.values()) == 55
    assert e.check().criteria_set == "measured.v1"


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"title": ""}, "title: must not be empty"),
        ({"title": None}, "title: expected a text, got NoneType"),
        ({"title": "x" * 201}, "title: 201 characters; at most 200"),
        ({"client": "a\0b"}, "client: holds NUL or surrogate"),
        ({"by": ""}, "by: must not be empty"),
        ({"by": "x" * 1_000_000}, "by: 1000000 characters"),
        ({"by": "\ud800"}, "by: holds NUL or surrogate"),
        ({"services": ["machine_lerning"]}, "did you mean 'machine_learning'"),
        ({"services": "etl"}, "services: expected a list such as"),
        ({"services": 5}, "services: expected a list such as"),
        ({"services": [5]}, "services: unknown service 5"),
        ({"delivery_model": "clod_hosted"}, "delivery_model: .*did you mean 'cloud_hosted'"),
        ({"engagement_type": None}, "engagement_type: unknown engagement type None"),
        ({"sector": True}, "sector: unknown sector True"),
        ({"jurisdiction": "California"}, "jurisdiction: .* write 'US' or 'US-CA'"),
        ({"jurisdiction": 1}, "jurisdiction: expected a text"),
        ({"plan": "standard"}, "plan: expected a PhasePlan, got str"),
        ({"criteria": "strict"}, "criteria: unknown criteria set 'strict'"),
        ({"criteria": ["baseline"]}, "criteria: unknown criteria set"),
        ({"rules": "us-2027"}, "rules: unknown rule pack 'us-2027'"),
        ({"rules": ["baseline"]}, "rules: unknown rule pack"),
        ({"gates": [1]}, "gates: expected phase ids with their criteria"),
        ({"gates": {"contractin": []}}, "gates.contractin: .*did you mean 'contracting'"),
        ({"gates": {"contracting": None}}, "gates.contracting: expected a list of criteria"),
        ({"gates": {"contracting": [{"id": "x"}]}}, r"gates.contracting\[0\].metric: missing"),
        ({"id": "9"}, "id: '9' is no id"),
        ({"id": 5}, "id: expected a text, got int"),
        ({"id": "../../etc"}, "is no id"),
        ({"at": "2026-03-02T08:00:00"}, "at: .*no time zone"),
        ({"at": "2026-03-02T09:00:01Z"}, "at: .*lies after 2026-03-02T09:00:00Z"),
        ({"at": 5}, "at: expected an aware datetime"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_bad_terms_are_refused_with_their_place(start, terms, words):
    """Each wrong term is a DefinitionError that names the term and the way out."""
    with pytest.raises(ek.DefinitionError, match=words):
        start(**({"title": "Demo"} | terms))


def test_all_bad_terms_are_reported_at_once(start):
    """Five mistakes make one error with five faults."""
    with pytest.raises(ek.DefinitionError) as refused:
        start("", client=None, by=5, sector="x", jurisdiction="y", at="z", criteria="c")
    assert [fault.where for fault in refused.value.faults] == [
        "title",
        "client",
        "sector",
        "jurisdiction",
        "by",
        "at",
        "criteria",
    ]
    with pytest.raises(ek.DefinitionError) as refused:
        start(gates={"x": [], "contracting": [{}]}, id="9")
    assert {"gates.x", "id"} < {fault.where for fault in refused.value.faults}


def test_an_engagement_may_have_begun_earlier(start):
    """`at` is when it began, `recorded_at` when we learnt of it."""
    first = start(at="2026-02-01T09:00:00+01:00").log[0]
    assert first.at.to_iso8601_string() == "2026-02-01T08:00:00Z"
    assert first.recorded_at.to_iso8601_string() == "2026-03-02T09:00:00Z"

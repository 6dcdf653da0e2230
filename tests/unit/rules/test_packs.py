"""What ships as data: rules in the FAQ's words, services, and two sets of criteria."""

from __future__ import annotations

import re
import tomllib

import pytest

import engagekit as ek
from engagekit.gates.criteria import criteria_from
from engagekit.lifecycle.plan import INSERTIONS
from engagekit.rules import packs
from engagekit.rules.schema import Modality, pack_from

BASELINE = packs.load("baseline")
PHASES = ek.PhasePlan.for_services(["machine_learning", "serverless"]).ids


@pytest.fixture(scope="module")
def faq(shared):
    """The text everything is quoted from."""
    return (shared / "faq.txt").read_text("utf-8")


@pytest.mark.req("S57")
def test_every_rule_quotes_the_faq_word_for_word(faq):
    """A rule has a quote that stands in the FAQ, a source, and a requirement."""
    assert BASELINE.rules
    for rule in BASELINE.rules:
        assert rule.quote in faq, rule.id
        assert rule.source == "faq"
        assert re.fullmatch(r"S\d\d", rule.requirement)
    ids = [rule.id for rule in BASELINE.rules]
    assert len(set(ids)) == len(ids)


def test_a_typically_in_the_source_is_never_a_must():
    """Rules whose words are soft are not mandatory (law 10)."""
    for rule in BASELINE.rules:
        if re.search(r"\b(may|can|typically|characteristically)\b", rule.quote):
            assert rule.modality is not Modality.MANDATORY, rule.id


@pytest.mark.req("S02")
def test_two_services_have_two_sets_of_rules():
    """Rules are looked up by service; those for every service concern both."""
    managed = {rule.id for rule in BASELINE.rules_for("managed")}
    learning = {rule.id for rule in BASELINE.rules_for("Machine Learning")}
    assert "managed.recurring_sla" in managed - learning
    assert "phases.insertion.model_validation" in learning - managed
    assert "phases.documented_criteria" in managed & learning
    sets = {frozenset(rule.id for rule in BASELINE.rules_for(service)) for service in ek.Service}
    assert len(sets) > 5
    with pytest.raises(ek.UnknownId, match="unknown service 'manged'; did you mean 'managed'"):
        BASELINE.rules_for("manged")


@pytest.mark.req("S04")
def test_the_services_are_the_21_of_the_pack_and_named_in_the_faq(faq):
    """Enum and pack list the same 21 services, each by a name that stands in the FAQ."""
    assert len(ek.Service) == len(BASELINE.services) == 21
    assert {entry.id for entry in BASELINE.services} == set(ek.Service)
    for entry in BASELINE.services:
        assert entry.name in faq, entry.id
    assert len({entry.name for entry in BASELINE.services}) == 21


@pytest.mark.req("S04")
def test_services_have_category_codes_and_insertions_where_the_faq_states_them():
    """Exactly the stated facts, nothing guessed; insertions agree with the plans made."""
    known = {entry.id: entry for entry in BASELINE.services}
    assert {s: e.category for s, e in known.items() if e.category} == {
        "consulting": "professional",
        "web_services_development": "development",
        "api_integration": "development",
        "data": "data_analytics",
        "etl": "data_analytics",
        "managed": "managed",
    }
    assert {s: e.naics for s, e in known.items() if e.naics} == {
        "devops_tools": ("541512",),
        "containerization": ("541512",),
        "microservices_architecture": ("541511", "541512"),
    }
    assert {s: e.inserts for s, e in known.items() if e.inserts} == dict(INSERTIONS)


def test_a_pack_names_itself_with_its_version():
    """Every answer can say which pack it was given by."""
    assert re.fullmatch(r"baseline@\d{4}-\d\d-\d\d", BASELINE.label)
    assert BASELINE.criteria_set == "baseline.v1"
    assert packs.load() is BASELINE


@pytest.mark.parametrize("wrong", ["basline", "", None, 5, ["baseline"], {}])
def test_an_unknown_pack_is_refused(wrong):
    """No such pack, or no name at all: refused with what there is."""
    with pytest.raises(ek.UnknownId, match=r"rules: unknown rule pack .*baseline"):
        packs.load(wrong)


def test_all_faults_of_a_pack_come_at_once():
    """Each bad row is named with its place in the file; good rows are no fault."""
    rule = {"id": "a", "modality": "mandatory", "quote": "q", "source": "s", "requirement": "S01"}
    plain = {
        "meta": {"id": "own", "version": "1", "criteria": "baseline.v1"},
        "rules": [rule, rule | {"modality": "must"}, rule | {"services": ["etll"]}, {"id": "b"}],
        "services": [{"id": "etl", "name": "ETL"}, {"id": "etl", "name": "x", "colour": "red"}],
    }
    with pytest.raises(ek.DefinitionError) as refused:
        pack_from(plain, "own.toml")
    shown = str(refused.value)
    assert len(refused.value.faults) == 4
    assert "own.toml: rules[1]: unknown modality 'must'" in shown
    assert "own.toml: rules[2]: unknown service 'etll'; did you mean 'etl'?" in shown
    assert "own.toml: rules[3]:" in shown
    assert "missing 4 required" in shown
    assert "own.toml: services[1]:" in shown
    assert "colour" in shown


@pytest.mark.parametrize(
    ("given", "full"),
    [
        ("baseline", "baseline.v1"),
        ("Measured", "measured.v1"),
        ("measured.v1", "measured.v1"),
    ],
)
def test_a_criteria_set_is_found_by_name_or_version(given, full):
    """The bare name means the newest version; a version means itself for ever."""
    assert packs.criteria_set_id(given) == full


@pytest.mark.parametrize("wrong", ["baseline.v9", "", None, 5, ["baseline"]])
def test_an_unknown_criteria_set_is_refused(wrong):
    """No such set: refused with what there is."""
    with pytest.raises(ek.UnknownId, match="criteria: unknown criteria set"):
        packs.criteria_set_id(wrong)


BY_PHASE = {  # from the requirements list, by hand
    "requirements_definition": {
        "stakeholder_interviews",
        "technical_discovery",
        "constraint_mapping",
    },
    "scoping_proposal": {"deliverable_definition", "timeline", "pricing_model_selection"},
    "contracting": {"msa_executed", "sow_executed"},
    "implementation": {"documented_specifications", "work_against_specifications"},
    "model_validation": {"model_documented", "independent_validation", "holdout_performance"},
    "infrastructure_provisioning": {
        "infrastructure_as_code",
        "limits_tested",
        "restore_rehearsed",
    },
    "testing_qa": {"testing_standard_named", "structured_validation"},
    "monitoring_handoff": {"operational_ownership", "monitoring_in_place"},
}


@pytest.mark.parametrize(
    ("phase", "requirement"),
    [
        pytest.param("requirements_definition", "S44", marks=pytest.mark.req("S44")),
        pytest.param("scoping_proposal", "S45", marks=pytest.mark.req("S45")),
        pytest.param("contracting", "S46", marks=pytest.mark.req("S46")),
        pytest.param("implementation", "S47", marks=pytest.mark.req("S47")),
        pytest.param("model_validation", "S50", marks=pytest.mark.req("S50")),
        pytest.param("infrastructure_provisioning", "S50", marks=pytest.mark.req("S50")),
        pytest.param("testing_qa", "S48", marks=pytest.mark.req("S48")),
        pytest.param("monitoring_handoff", "S49", marks=pytest.mark.req("S49")),
    ],
)
def test_the_default_criteria_of_a_phase_are_those_the_faq_names(phase, requirement):
    """Each phase has exactly its own readable ids, each tracing to its requirement."""
    criteria = criteria_from(packs.criteria_rows("baseline.v1")[phase])
    assert {criterion.id for criterion in criteria} == BY_PHASE[phase]
    for criterion in criteria:
        assert (criterion.ref, criterion.source) == (requirement, ("faq",))
        assert criterion.mandatory


@pytest.mark.parametrize("name", packs.CRITERIA_SETS)
def test_a_set_has_criteria_for_every_phase_and_nothing_else(name):
    """All eight phases are covered, every row is a sound criterion, every source is listed."""
    rows = packs.criteria_rows(name)
    assert set(rows) == set(PHASES)
    sources = {source["id"] for source in packs._toml(f"criteria/{name}.toml")["sources"]}
    for phase, listed in rows.items():
        for criterion in criteria_from(listed, phase):
            assert criterion.source
            assert set(criterion.source) <= sources


@pytest.mark.req("S44")
@pytest.mark.req("S45")
@pytest.mark.req("S46")
@pytest.mark.req("S47")
@pytest.mark.req("S48")
@pytest.mark.req("S49")
def test_the_quotes_over_the_default_criteria_stand_in_the_faq(faq):
    """The words quoted above each block of the criteria file are the FAQ's own."""
    text = (packs.resources.files("engagekit.rules") / "data/criteria/baseline.v1.toml").read_text(
        "utf-8"
    )
    quotes = re.findall(r'^# "(.*)"$', text, re.MULTILINE)
    assert len(quotes) == len(PHASES)
    for quote in quotes:
        assert quote in faq, quote


@pytest.mark.req("S57")
def test_the_measured_set_is_the_55_criteria_of_the_reference_data(shared):
    """Phase, code, statement, metric, comparison, target, unit, weight and source are equal."""
    reference = tomllib.loads((shared / "data/acceptance_criteria.toml").read_text("utf-8"))
    expected = {
        row["id"]: (
            row["phase"],
            row["statement"],
            row["metric"],
            row["op"],
            row["target"],
            row["unit"],
            row["mandatory"],
            tuple(row["source"]),
        )
        for row in reference["criteria"]
    }
    found = {
        c.ref: (phase, c.statement, c.metric, c.op, c.target, c.unit, c.mandatory, c.source)
        for phase, rows in packs.criteria_rows("measured.v1").items()
        for c in criteria_from(rows)
    }
    assert len(found) == 55
    assert found == expected
    for phase, rows in packs.criteria_rows("measured.v1").items():
        assert phase in PHASES
        assert all(not re.fullmatch(r"[a-z]{2}_\d+", row["id"]) for row in rows)

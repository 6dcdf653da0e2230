"""Plans: the six in order, insertions in their place, changes one can see."""

from __future__ import annotations

import json

import pytest

import engagekit as ek
from engagekit.lifecycle.plan import PHASE_LIMIT, interned

SIX = (
    "requirements_definition",
    "scoping_proposal",
    "contracting",
    "implementation",
    "testing_qa",
    "monitoring_handoff",
)
ML, INFRA = "model_validation", "infrastructure_provisioning"
PILOT = ek.Phase(id="pilot")


def between(plan):
    """The phases strictly between implementation and testing_qa, the others being the six."""
    four, five = plan.ids.index("implementation"), plan.ids.index("testing_qa")
    assert plan.ids[: four + 1] + plan.ids[five:] == SIX
    return plan.ids[four + 1 : five]


@pytest.mark.req("S43")
def test_the_standard_plan_is_the_six_in_order():
    """Nothing more, nothing less, and walking it skips none."""
    plan = ek.PhasePlan.standard()
    assert plan.ids == SIX
    assert [plan.table.next(a, "advance") for a in SIX] == [*SIX[1:], "closed"]
    assert plan.separate_duties


@pytest.mark.req("S50")
@pytest.mark.parametrize(
    ("services", "more", "inserted"),
    [
        ([], {}, ()),
        (["etl", "cloud"], {}, ()),
        (["machine_learning"], {}, (ML,)),
        (["serverless"], {}, (INFRA,)),
        (["serverless", "machine_learning"], {}, (ML, INFRA)),
        (["machine_learning", "Serverless", "serverless"], {}, (ML, INFRA)),
        (["machine-learning"], {"serving_platform": True}, (ML, INFRA)),
        (["serverless"], {"serving_platform": True}, (INFRA,)),
        (["etl"], {"serving_platform": True}, ()),
        (["machine_learning"], {"insertions": {"machine_learning": [INFRA, ML]}}, (ML, INFRA)),
        (["machine_learning"], {"insertions": {"machine_learning": [INFRA]}}, (INFRA,)),
        (["serverless"], {"insertions": {"Serverless": ML}}, (ML,)),
        (["serverless"], {"insertions": {"machine_learning": [ML]}}, ()),
        (["etl"], {"insertions": {"etl": (ML,)}}, (ML,)),
        (["serverless", "machine_learning"], {"insertions": {}}, ()),
    ],
)
def test_services_insert_phases_between_four_and_five(services, more, inserted):
    """Each service brings its phase, in one fixed order, wherever it stands in the list."""
    assert between(ek.PhasePlan.for_services(services, **more)) == inserted


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ek.PhasePlan.for_services(["machine_lerning"]), "did you mean 'machine_learning'"),
        (lambda: ek.PhasePlan.for_services("serverless"), "services: expected a list such as"),
        (lambda: ek.PhasePlan.for_services(None), "services: .* got None"),
        (lambda: ek.PhasePlan.for_services([None]), "unknown service None"),
        (
            lambda: ek.PhasePlan.for_services([], insertions={"serverles": [ML]}),
            "insertions: unknown service 'serverles'; did you mean 'serverless'",
        ),
        (
            lambda: ek.PhasePlan.for_services([], insertions={"serverless": ["model_valid"]}),
            "unknown inserted phase 'model_valid'; did you mean 'model_validation'",
        ),
        (lambda: ek.PhasePlan.for_services([], insertions=[ML]), "insertions: expected services"),
        (lambda: ek.PhasePlan(phases=5), "plan.phases: expected phases in order, got 5"),
        (lambda: ek.PhasePlan(phases="ab"), "'a' is no Phase; write ek.Phase"),
        (lambda: ek.PhasePlan(phases=[]), "requirements_definition, .* are missing; .* never"),
        (
            lambda: ek.PhasePlan(phases=[PILOT] * (PHASE_LIMIT + 1)),
            "101 phases; at most 100",
        ),
        (
            lambda: ek.PhasePlan(phases=ek.PhasePlan.standard().phases, separate_duties="no"),
            "plan.separate_duties: expected true or false, got 'no'",
        ),
    ],
)
def test_a_bad_plan_is_refused(call, words):
    """Unknown services and phases, wrong types and empty plans are refused with the way out."""
    with pytest.raises(ek.DefinitionError, match=words):
        call()


@pytest.mark.req("S43")
def test_the_six_are_never_dropped_reordered_or_doubled():
    """Each way to break the order is named, and several at once are listed together."""
    six = ek.PhasePlan.standard().phases
    with pytest.raises(ek.DefinitionError, match="keep their order"):
        ek.PhasePlan(phases=six[::-1])
    with pytest.raises(ek.DefinitionError, match="canonical phases testing_qa are missing"):
        ek.PhasePlan(phases=[p for p in six if p.id != "testing_qa"])
    with pytest.raises(ek.DefinitionError) as both:
        ek.PhasePlan(phases=[PILOT, PILOT, *six[1:]])
    assert [fault.message.partition(";")[0] for fault in both.value.faults] == [
        "'pilot' stands 2 times",
        "the canonical phases requirements_definition are missing",
    ]
    with pytest.raises(ek.DefinitionError, match="'contracting' stands 2 times"):
        ek.PhasePlan(phases=[*six, six[2]])


@pytest.mark.req("S50")
def test_the_insertions_keep_their_place():
    """The two phases of the library lie between four and five, model validation first."""
    six = ek.PhasePlan.standard().phases
    ml, infra = ek.Phase(id=ML), ek.Phase(id=INFRA)
    for phases in ([ml, *six], [*six, infra], [*six[:5], ml, six[5]]):
        with pytest.raises(ek.DefinitionError, match="lies between implementation and testing_qa"):
            ek.PhasePlan(phases=phases)
    with pytest.raises(ek.DefinitionError, match="model_validation comes before"):
        ek.PhasePlan(phases=[*six[:4], infra, ml, *six[4:]])
    plan = ek.PhasePlan(phases=[*six[:4], PILOT, ml, ek.Phase(id="dry_run"), infra, *six[4:]])
    assert between(plan) == ("pilot", ML, "dry_run", INFRA)


def test_own_phases_go_anywhere():
    """A phase of one's own stands behind the phase named, however it is spelled."""
    plan = ek.PhasePlan.standard()
    assert plan.insert(PILOT, after="Testing QA").ids[5] == "pilot"
    assert plan.insert(PILOT, after="monitoring_handoff").ids[-1] == "pilot"
    assert plan.ids == SIX
    first = ek.PhasePlan(phases=[PILOT, *plan.phases])
    assert (first.before("pilot"), first.before(SIX[0])) == (None, "pilot")
    assert first["pilot"] is PILOT


@pytest.mark.parametrize(
    ("phase", "after", "words"),
    [
        (PILOT, "testing", "unknown phase 'testing'; did you mean 'testing_qa'"),
        (PILOT, None, "unknown phase None"),
        ("pilot", "contracting", r"phase: expected a Phase, got str; write ek.Phase\(id="),
        (ek.Phase(id="contracting"), "contracting", "'contracting' stands 2 times"),
    ],
)
def test_a_bad_insertion_is_refused(phase, after, words):
    """An unknown place, what is no phase and a phase that is there already are refused."""
    with pytest.raises(ek.DefinitionError, match=words):
        ek.PhasePlan.standard().insert(phase, after=after)


def test_diff_tells_what_changes():
    """Added, removed, renamed and moved phases are each told, in text and as plain data."""
    standard = ek.PhasePlan.standard()
    old = standard.insert(PILOT, after="testing_qa").insert(ek.Phase(id="audit"), after="pilot")
    renamed = ek.Phase(id="contracting", name="Papers")
    new = ek.PhasePlan(
        phases=[ek.Phase(id="kickoff"), ek.Phase(id="audit")]
        + [renamed if phase.id == "contracting" else phase for phase in standard.phases]
        + [ek.Phase(id="party")]
    )
    change = old.diff(new)
    assert change
    assert str(change).splitlines()[:3] == [
        "+ kickoff (first)",
        "+ party (after monitoring_handoff)",
        "- pilot",
    ]
    assert "~ contracting: 'Contracting' is now 'Papers'" in str(change)
    assert "> audit moved" in str(change)
    plain = json.loads(json.dumps(change.to_dict()))
    assert plain["added"][0] == {"id": "kickoff", "name": "Kickoff", "after": None}
    assert plain["removed"] == ["pilot"]
    assert plain["renamed"] == [{"id": "contracting", "from": "Contracting", "to": "Papers"}]
    assert "audit" in plain["moved"]


def test_diff_of_equal_plans_is_empty():
    """No change is false and says so."""
    change = ek.PhasePlan.standard().diff(ek.PhasePlan.for_services([]))
    assert not change
    assert str(change) == "no change"


@pytest.mark.req("S16")
def test_the_five_phase_view_is_total_and_keeps_the_order():
    """Every phase of any plan has one of the FAQ's five words, in the FAQ's order."""
    five = ["discovery", "scoping", "implementation", "testing", "handoff"]
    standard = ek.PhasePlan.standard()
    assert list(standard.short_form().values()) == [
        "discovery",
        "scoping",
        "scoping",
        "implementation",
        "testing",
        "handoff",
    ]
    both = ek.PhasePlan.for_services(["machine_learning", "serverless"])
    assert both.short_form()[ML] == both.short_form()[INFRA] == "implementation"
    for place in range(len(both.ids) + 1):
        plan = ek.PhasePlan(phases=[*both.phases[:place], PILOT, *both.phases[place:]])
        view = plan.short_form()
        assert tuple(view) == plan.ids
        ranks = [five.index(word) for word in view.values()]
        assert ranks == sorted(ranks)
        assert set(view.values()) == set(five)


@pytest.mark.req("S16")
def test_the_five_words_stand_in_the_faq(shared):
    """The short form is the FAQ's own list."""
    words = dict.fromkeys(ek.PhasePlan.standard().short_form().values())
    *most, last = words
    assert f"{', '.join(most)}, and {last}" in (shared / "faq.txt").read_text("utf-8")


def test_the_picture_shows_the_plan():
    """Mermaid draws every phase in order, insertions dashed, the current one marked."""
    plan = ek.PhasePlan.for_services(["machine_learning"])
    drawn = plan.mermaid(current="contracting").splitlines()
    assert drawn[0] == "flowchart LR"
    assert '  model_validation["Model Validation"]:::inserted' in drawn
    assert '  testing_qa["Testing and QA"]' in drawn
    assert "  " + " --> ".join((*plan.ids, "closed")) in drawn
    assert drawn[-1] == "  style contracting stroke-width:4px"
    assert "style" not in plan.mermaid()
    with pytest.raises(ek.UnknownId, match="did you mean 'contracting'"):
        plan.mermaid(current="contractin")


def test_a_name_cannot_break_out_of_the_picture():
    """Quotes, brackets and line breaks in a name are drawn, not obeyed."""
    evil = ek.Phase(id="x", name='a"]\n  click x "javascript:alert(1)" <b>&`')
    drawn = ek.PhasePlan.standard().insert(evil, after="contracting").mermaid()
    (line,) = [line for line in drawn.splitlines() if line.startswith("  x[")]
    label = line.removeprefix('  x["').removesuffix('"]:::inserted')
    assert not set('"<>`[]()') & set(label)
    assert "#34;" in label


def test_equal_plans_are_kept_once():
    """A million engagements of one plan share one plan object."""
    one = ek.PhasePlan.for_services(["etl"])
    assert one is ek.PhasePlan.for_services([]) is ek.PhasePlan.standard()
    assert interned(ek.PhasePlan(phases=one.phases)) is one

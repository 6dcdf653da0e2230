"""Every verb against input nobody should give: refused in our words, and nothing changes."""

from __future__ import annotations

import pytest

import engagekit as ek

PILOT = ek.Phase(id="pilot")
CRITERION = {"id": "brief", "metric": "brief", "op": "==", "target": True}
UNTIL = "2027-01-01T00:00:00Z"

VERBS = {
    "attest": lambda e, **who: e.attest("timeline", **who),
    "record": lambda e, **who: e.record(ek.Evidence(kind="x", facts={"m": 1}), **who),
    "waive": lambda e, **who: e.waive("timeline", reason="x", until=UNTIL, **who),
    "sign_off": lambda e, **who: e.sign_off(decision="kill", **who),
    "document_gate": lambda e, **who: e.document_gate("contracting", criteria=[CRITERION], **who),
    "advance": lambda e, **who: e.advance(**who),
    "hold": lambda e, **who: e.hold("x", **who),
    "resume": lambda e, **who: e.resume(**who),
    "rework": lambda e, **who: e.rework(to="scoping_proposal", reason="x", **who),
    "cancel": lambda e, **who: e.cancel("x", **who),
    "reopen": lambda e, **who: e.reopen(at_phase="contracting", reason="x", **who),
    "insert_phase": lambda e, **who: e.insert_phase(PILOT, after="implementation", **who),
    "add_service": lambda e, **who: e.add_service("etl", **who),
    "deliver": lambda e, **who: e.deliver("second", to="Acme", **who),
    "accept": lambda e, **who: e.accept("report", **who),
    "reject": lambda e, **who: e.reject("report", reason="x", **who),
}
NOBODY = [None, "", " \t", 5, True, ["ana"], b"ana", "a\0b", "\ud800", "x" * 1_000_000]
NEVER = [
    "2026-03-02T09:00:00",
    "2026-03-02",
    "now",
    "",
    5,
    1.5,
    True,
    float("nan"),
    [],
    "2026-03-02T09:00:01+00:00",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
]


@pytest.fixture
def e(start, walk):
    """An engagement in contracting, its gate met, with something delivered."""
    made = walk(start(), "contracting")
    made.deliver("report", to="Acme", by="zoe")
    for row in made.check().open:
        made.attest(row.criterion.id, by="bob")
    return made


def untouched(e, call):
    """The refusal of a call that must leave everything as it is."""
    log, report = e.log, e.check()
    with pytest.raises(ek.DefinitionError) as refused:
        call()
    assert e.log == log
    assert e.check() == report
    assert ek.Engagement.replay(e.log).phase == e.phase
    assert len(str(refused.value)) < 1000
    return refused.value


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("by", NOBODY, ids=lambda value: repr(value)[:12])
def test_who_did_it_is_a_name(e, verb, by):
    """No verb takes an actor that is missing, blank, mistyped, unstorable or endless."""
    assert untouched(e, lambda: VERBS[verb](e, by=by)).faults[0].where == "by"


@pytest.mark.parametrize("verb", VERBS)
def test_who_did_it_is_always_asked(e, verb):
    """Without `by=` no verb can be called at all (law 5)."""
    with pytest.raises(TypeError, match="by"):
        VERBS[verb](e)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("at", NEVER, ids=str)
def test_when_it_happened_is_a_known_moment(e, verb, at):
    """No verb takes a time that is naive, unreadable, mistyped, in the future or off the scale."""
    assert untouched(e, lambda: VERBS[verb](e, by="ana", at=at)).faults[0].where == "at"


@pytest.mark.parametrize("text", ["", None, 5, "a\0b", "\ud800", "x" * 10_001], ids=repr)
@pytest.mark.parametrize(
    "call",
    [
        lambda e, text: e.waive("timeline", reason=text, by="ana", until=UNTIL),
        lambda e, text: e.reject("report", reason=text, by="ana"),
        lambda e, text: e.hold(text, by="ana"),
    ],
    ids=["waive", "reject", "hold"],
)
def test_a_reason_is_a_text(e, call, text):
    """Whatever cannot be kept as a text is no reason."""
    assert untouched(e, lambda: call(e, text)).faults[0].where == "reason"


@pytest.mark.parametrize(
    "name", [None, 5, True, "", [], "\0", "x" * 1_000_000], ids=lambda v: repr(v)[:9]
)
def test_what_a_verb_is_about_is_something_known(e, name):
    """Unknown criteria, phases, services and deliverables are refused, briefly."""
    for call in (
        lambda: e.attest(name, by="ana"),
        lambda: e.waive(name, reason="x", by="ana", until=UNTIL),
        lambda: e.document_gate(name, criteria=[], by="ana"),
        lambda: e.check(name or "x"),
        lambda: e.rework(to=name, reason="x", by="ana"),
        lambda: e.insert_phase(PILOT, after=name, by="ana"),
        lambda: e.add_service(name, by="ana"),
        lambda: e.accept(name, by="ana"),
    ):
        assert isinstance(untouched(e, call), ek.UnknownId)


@pytest.mark.parametrize(
    "source", ["", 5, "a\0", "\ud800", "x" * 10_001], ids=lambda v: repr(v)[:9]
)
def test_a_source_is_a_text(e, source):
    """Where it comes from is told in words or left out."""
    untouched(e, lambda: e.attest("timeline", by="ana", source=source))


@pytest.mark.parametrize("until", [*NEVER[:-3], None, "2026-03-02T09:00:00Z", NEVER[-2]], ids=str)
def test_a_waiver_ends_at_a_known_moment(e, until):
    """An end that is no time, or not later than now, is refused."""
    error = untouched(e, lambda: e.waive("timeline", reason="x", by="ana", until=until))
    assert error.faults[0].where == "until"


@pytest.mark.parametrize(
    "criteria", [None, 5, "brief", CRITERION, [5], [CRITERION, CRITERION]], ids=str
)
def test_a_gate_is_documented_with_criteria(e, criteria):
    """What is no list of sound criteria replaces nothing."""
    untouched(e, lambda: e.document_gate("contracting", criteria=criteria, by="ana"))

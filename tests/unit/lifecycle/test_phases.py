"""Phases: an id, a name, and no word of the lifecycle itself."""

from __future__ import annotations

import pytest
from statemachine import StateMachine

import engagekit as ek
from engagekit.lifecycle.phases import CANONICAL


def test_a_phase_takes_its_name_from_its_id():
    """Without a name, the id in words is shown; ids are normalised."""
    phase = ek.Phase(id="Security-Review")
    assert (phase.id, phase.name) == ("security_review", "Security review")
    assert ek.Phase(id="x", name="Übergabe").name == "Übergabe"


@pytest.mark.parametrize(
    "word",
    [
        *("closed", "cancelled", "advance", "Hold", "resume", "rework", "cancel", "reopen", "id"),
        *("on_enter_pilot", "on_exit_x", "before_advance", "after_transition", "on_hold"),
    ],
)
def test_a_word_of_the_lifecycle_names_no_phase(word):
    """Moves, ends and callbacks of the machine are refused as phase ids, with the way out."""
    with pytest.raises(
        ek.DefinitionError, match=r"phase id: .* word of the lifecycle itself; name"
    ):
        ek.Phase(id=word)


@pytest.mark.parametrize("name", [n for n in dir(StateMachine) if n.islower() and n[0] != "_"])
def test_no_member_of_the_machine_can_be_overwritten_by_a_phase(name):
    """Every public member of python-statemachine's class is refused as a phase id."""
    with pytest.raises(ek.DefinitionError):
        ek.Phase(id=name)


@pytest.mark.parametrize("word", ["class", "import", "none", "state", "event", "source", "target"])
def test_other_odd_words_make_working_phases(word):
    """Keywords and argument names of the machine are ordinary phases that can be entered."""
    plan = ek.PhasePlan.standard().insert(ek.Phase(id=word), after="contracting")
    assert plan.table.next("contracting", "advance") == word
    assert plan.table.next(word, "hold") == f"{word}__held"
    assert plan.table.next(word, "advance") == "implementation"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"id": ""}, "phase id: must not be empty"),
        ({"id": None}, "phase id: expected a text"),
        ({"id": 5}, "phase id: expected a text"),
        ({"id": "1st"}, "phase id: '1st' is no id"),
        ({"id": "x" * 201}, "phase id: 201 characters; at most 200"),
        ({"id": "x", "name": 5}, "name of phase 'x': expected a text"),
        ({"id": "x", "name": " "}, "name of phase 'x': must not be empty"),
        ({"id": "x", "name": "a\0"}, "name of phase 'x': holds NUL"),
        ({"id": "x", "name": "n" * 201}, "name of phase 'x': 201 characters"),
    ],
    ids=str,
)
def test_a_bad_phase_is_refused(given, words):
    """What cannot be an id or a name is refused with the place."""
    with pytest.raises(ek.DefinitionError, match=words):
        ek.Phase(**given)


@pytest.mark.req("S43")
def test_the_six_phases_are_those_of_the_faq_in_its_order(shared):
    """The names of the canonical phases stand in the FAQ, in the same order."""
    faq = (shared / "faq.txt").read_text("utf-8")
    answer = faq.partition("What is typically involved in the process?")[2]
    places = [answer.index(f"- {phase.name} ") for phase in CANONICAL]
    assert len(CANONICAL) == 6
    assert places == sorted(places)
    assert ek.PhasePlan.standard().phases == CANONICAL

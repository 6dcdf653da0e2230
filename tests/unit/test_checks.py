"""Names, ids and texts: what is taken, how it is spelled, and what is refused."""

from __future__ import annotations

import operator

import pytest

import engagekit as ek
from engagekit import checks


class Colour(checks.Term):
    """Two words to test with."""

    DARK_RED = "dark_red"
    BLUE = "blue"


@pytest.mark.parametrize("spelled", ["dark_red", "Dark Red", "dark-red", " DARK--RED "])
def test_a_term_is_found_however_it_is_spelled(spelled):
    """Hyphens, blanks and capitals do not matter on input."""
    assert Colour.of(spelled) is Colour.DARK_RED


def test_a_term_compares_with_text_in_any_spelling():
    """`==` and `!=` agree, on either side, and only a text can be equal."""
    for text in ("dark_red", "dark red", "dark-red"):
        for one, other in ((Colour.DARK_RED, text), (text, Colour.DARK_RED)):
            assert operator.eq(one, other)
            assert not operator.ne(one, other)
    assert Colour.DARK_RED != "blue"
    assert Colour.DARK_RED != 5
    assert {Colour.BLUE: 1}["blue"] == 1


def test_a_term_is_shown_in_words():
    """People read `dark red`, data say `dark_red`."""
    assert (Colour.DARK_RED.words, str(Colour.DARK_RED)) == ("dark red", "dark_red")


@pytest.mark.parametrize("wrong", ["bleu", "", None, 5, True, ["blue"]])
def test_an_unknown_term_is_refused(wrong):
    """Whatever is no word of the list is an UnknownId that names the place."""
    with pytest.raises(ek.UnknownId, match="colour: unknown colour"):
        Colour.of(wrong, "colour")


def test_a_near_term_is_suggested():
    """A slip of the finger comes back with the word meant."""
    with pytest.raises(ek.UnknownId, match=r"did you mean 'blue'\?"):
        Colour.of("bleu")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (None, "expected a text, got NoneType"),
        (5, "expected a text, got int"),
        (b"x", "expected a text, got bytes"),
        ("", "must not be empty"),
        (" \t\n", "must not be empty"),
        ("a\0b", "NUL or surrogate"),
        ("a\ud800", "NUL or surrogate"),
        ("x" * 10_001, "10001 characters; at most 10000"),
    ],
)
def test_a_text_that_cannot_be_kept_is_refused(wrong, words):
    """Not a text, blank, too long or not storable: refused with the place and the reason."""
    with pytest.raises(ek.DefinitionError, match=f"note: .*{words}"):
        checks.text(wrong, "note")


def test_a_text_is_kept_as_it_is():
    """Any language, line breaks and emoji stay untouched; None may stay None."""
    said = " Übergabe → 移交 \n🙂 "
    assert checks.text(said, "note") == said
    assert checks.optional_text(said, "note") == said
    assert checks.optional_text(None, "note") is None
    assert checks.text("x" * 10_000, "note")


def test_a_person_is_a_short_name():
    """Outer blanks go; a name ends at 200 characters, and a megabyte is refused briefly."""
    assert checks.person("  Ana Pérez ") == "Ana Pérez"
    assert len(checks.person("x" * 200)) == 200
    with pytest.raises(ek.DefinitionError, match="by: 1000000 characters; at most 200"):
        checks.person("x" * 1_000_000)
    with pytest.raises(ek.DefinitionError, match="by: expected a text, got list"):
        checks.person(["ana"])


@pytest.mark.parametrize(
    "other",
    [
        "ana pérez",
        "ANA PÉREZ",
        "Ana  Pérez",
        "Ana\u00a0Pe\u0301rez",
        "\uff21\uff4e\uff41 Pérez",
        "Ana\u200b Pérez\ufeff",
    ],
)
def test_one_person_in_another_spelling_is_the_same(other):
    """Case, blanks, Unicode form, width and invisible characters do not make another person."""
    assert checks.same_person("Ana Pérez", other)
    assert checks.distinct_people(["Ana Pérez", other]) == [other]


def test_two_people_are_two():
    """A different letter is a different person; names that only look alike are not merged."""
    assert not checks.same_person("Ana Pérez", "Ana Perez")
    assert checks.distinct_people(["bo", "ana", "bo"]) == ["ana", "bo"]


@pytest.mark.parametrize(
    ("given", "normal"),
    [("Security Review", "security_review"), ("a--b", "a_b"), (" x9 ", "x9"), ("a_1", "a_1")],
)
def test_an_id_is_normalised(given, normal):
    """Hyphens, blanks and capitals become lower snake_case."""
    assert checks.identifier(given) == normal


@pytest.mark.parametrize("wrong", ["9x", "_x", "x_", "ä", "a.b", "a/b", "../x", "x\u0660"])
def test_what_is_no_id_is_refused(wrong):
    """Anything else than ASCII snake_case is refused with an example."""
    with pytest.raises(ek.DefinitionError, match=r"id: .* is no id; .*'security_review'"):
        checks.identifier(wrong)


def test_a_known_id_is_found_as_it_is_defined():
    """An exact name wins over its normal form; other types are never guessed at."""
    assert checks.known_id("A-b", ["A-b", "a_b"], "thing") == "A-b"
    assert checks.known_id(" A-B ", ["A-b", "a_b"], "thing") == "a_b"
    for wrong in (None, 1, ["a_b"], b"a_b"):
        with pytest.raises(ek.UnknownId, match="here: unknown thing"):
            checks.known_id(wrong, ["a_b"], "thing", where="here")

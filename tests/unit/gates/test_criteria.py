"""Criteria: four parts or refused, compared with what they can be compared with."""

from __future__ import annotations

import json

import attrs
import pytest

import engagekit as ek
from engagekit.gates.criteria import CRITERIA_LIMIT, criteria_from, derived_by

FULL = {
    "id": "coverage",
    "statement": "Lines are covered",
    "metric": "coverage.line_ratio",
    "op": ">=",
    "target": 0.8,
    "unit": "ratio",
    "alternatives": ["coverage.branch_ratio"],
    "accepts": ["cobertura"],
    "mandatory": False,
    "max_age": "P30D",
    "source": ["iso29119"],
    "ref": "TQ-2",
    "documents": ["coverage report"],
}


def made(**changes):
    """The full criterion with changes."""
    return ek.Criterion(**(FULL | changes))


def test_a_criterion_goes_through_plain_data_and_back():
    """What `to_dict` writes, JSON carries and `criteria_from` reads is the same criterion."""
    criterion = made()
    assert criteria_from(json.loads(json.dumps([criterion.to_dict()]))) == (criterion,)
    assert criterion.to_dict() == FULL
    lean = ek.Criterion(id="a", metric="a", op="==", target=True)
    assert lean.to_dict() == {
        "id": "a",
        "statement": "A",
        "metric": "a",
        "op": "==",
        "target": True,
        "unit": "bool",
    }


def test_defaults_go_without_saying():
    """The statement defaults to the id in words, the unit of yes and no to bool; ids normalise."""
    criterion = ek.Criterion(id="MSA-Signed", metric="x", op="==", target=False, accepts="junit")
    assert (criterion.id, criterion.statement, criterion.unit) == (
        "msa_signed",
        "Msa signed",
        "bool",
    )
    assert (criterion.accepts, criterion.mandatory) == (("junit",), True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"alternatives": ()}, "coverage.line_ratio >= 0.8 (ratio)"),
        ({}, "coverage.line_ratio or coverage.branch_ratio >= 0.8 (ratio)"),
        ({"op": "==", "target": True, "unit": None, "alternatives": ()}, "line_ratio == true"),
        ({"op": "!=", "target": "none", "unit": "text", "alternatives": ()}, "!= 'none' (text)"),
    ],
    ids=str,
)
def test_what_is_required_is_said_in_words(changes, words):
    """Metric, comparison, target and unit stand in one phrase; yes and no need no unit."""
    assert made(**changes).required.endswith(words)


@pytest.mark.parametrize(
    ("op", "met", "unmet"),
    [
        ("==", [5, 5.0], [4, 6]),
        ("!=", [4, 6], [5, 5.0]),
        ("<", [4], [5, 6]),
        ("<=", [4, 5], [6]),
        (">", [6], [5, 4]),
        (">=", [6, 5], [4]),
    ],
)
def test_each_comparison_means_what_it_says(op, met, unmet):
    """The six comparisons at, below and above the target."""
    criterion = made(op=op, target=5)
    assert all(criterion.holds(value) for value in met)
    assert not any(criterion.holds(value) for value in unmet)


def test_numbers_texts_and_yes_or_no_never_mix():
    """True is not 1: a value of another sort cannot be compared, not even for equality."""
    number, boolean, text = (
        made(op="==", target=target, unit="x", alternatives=()) for target in (1, True, "1")
    )
    assert [number.comparable(v) for v in (1, 1.0, True, "1")] == [True, True, False, False]
    assert [boolean.comparable(v) for v in (1, 1.0, True, "1")] == [False, False, True, False]
    assert [text.comparable(v) for v in (1, 1.0, True, "1")] == [False, False, False, True]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"metric": None}, "metric: missing; a criterion needs metric, op, target and unit"),
        ({"op": None}, "op: missing"),
        ({"target": None}, "target: missing"),
        ({"unit": None}, "unit: missing"),
        ({"unit": " "}, "unit: must not be empty"),
        ({"id": "1"}, "id: '1' is no id"),
        ({"id": None}, "id: expected a text"),
        ({"metric": "Line Ratio"}, "'Line Ratio' is no metric name; write it as 'junit.failed'"),
        ({"metric": 5}, "metric: expected a text, got int"),
        ({"metric": "a\0"}, "metric: holds NUL"),
        ({"alternatives": ["Bad Name"]}, "'Bad Name' is no metric name"),
        ({"alternatives": [5]}, r"alternatives\[0\]: expected a text"),
        ({"op": "=>"}, "op: unknown comparison '=>'; did you mean '>'"),
        ({"op": ["=="]}, "op: unknown comparison"),
        ({"op": ">=", "target": True}, "op: '>=' compares numbers; this target is none"),
        ({"op": "<", "target": "x"}, "compares numbers"),
        ({"target": float("nan")}, "nan is no measurement"),
        ({"target": float("inf")}, "inf is no measurement"),
        ({"target": 1 << 63}, "more than 64 bits"),
        ({"target": [0.8]}, "target.coverage.line_ratio: expected a number, a text or true/false"),
        ({"mandatory": "no"}, "mandatory: expected true or false, got 'no'"),
        ({"mandatory": 1}, "mandatory: expected true or false, got 1"),
        ({"accepts": [None]}, r"accepts\[0\]: expected a text"),
        ({"source": 5}, r"source\[0\]: expected a text"),
        ({"max_age": "1 month"}, "max_age: '1 month' is no span"),
        ({"max_age": "P0D"}, "max_age: 'P0D' is not longer than zero"),
        ({"max_age": "P10BD"}, "max_age: evidence ages in calendar time; write 'P30D'"),
        ({"max_age": 30}, "max_age: expected a text"),
        ({"statement": "x" * 10_001}, "statement: 10001 characters"),
    ],
    ids=str,
)
def test_what_cannot_be_measured_is_no_criterion(changes, words):
    """A missing or unusable part is refused with its key and the way out."""
    with pytest.raises(ek.DefinitionError, match=words):
        made(**changes)


def test_all_faults_of_a_row_come_at_once():
    """Five mistakes make one error with five faults, each with its key."""
    row = {"id": "9", "op": ">=", "mandatory": "x", "taget": 5, "unit": ""}
    with pytest.raises(ek.DefinitionError) as refused:
        criteria_from([FULL, row], "gates.testing_qa")
    places = {fault.where.removeprefix("gates.testing_qa[1].") for fault in refused.value.faults}
    assert places == {"id", "metric", "target", "unit", "mandatory", "taget"}
    assert "unknown key; known: id, statement, metric" in str(refused.value)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (None, "c: expected a list of criteria, got None"),
        (5, "c: expected a list of criteria, got 5"),
        ("abc", "c: expected a list of criteria, got 'abc'"),
        (FULL, "c: expected a list of criteria, got {'id'"),
        (["abc"], r"c\[0\]: expected a table with id, metric, op, target and unit"),
        ([{"metric": "m", "op": "==", "target": True}], r"c\[0\].id: expected a text"),
        ([FULL, FULL], r"c\[1\].id: 'coverage' stands twice in this gate"),
        ([FULL | {"id": "Coverage"}, made()], r"c\[1\].id: 'coverage' stands twice"),
        ([{5: 6} | FULL], r"c\[0\].5: unknown key"),
        ([FULL] * (CRITERIA_LIMIT + 1), "501 criteria; at most 500"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_no_list_of_criteria_is_refused(rows, words):
    """Wrong shapes, doubles, strangers and floods are refused with their place."""
    with pytest.raises(ek.DefinitionError, match=words):
        criteria_from(rows, "c")


def test_criteria_may_come_ready_made_and_from_any_iterable():
    """Objects, tables and generators mix; no criterion at all is a list, too."""
    mixed = criteria_from(row for row in (made(id="a"), FULL))
    assert [criterion.id for criterion in mixed] == ["a", "coverage"]
    assert criteria_from([]) == ()


def test_the_fingerprint_follows_what_decides():
    """Wording and sources may be mended; everything the verdict hangs on changes the digest."""
    plain = made()
    for harmless in ({"statement": "x"}, {"source": []}, {"ref": None}, {"documents": []}):
        assert made(**harmless).fingerprint == plain.fingerprint
    for decisive in (
        {"id": "x"},
        {"metric": "coverage.other"},
        {"op": ">"},
        {"target": 0.81},
        {"unit": "%"},
        {"alternatives": []},
        {"accepts": []},
        {"mandatory": True},
        {"max_age": None},
    ):
        assert made(**decisive).fingerprint != plain.fingerprint


def test_metrics_that_follow_from_the_log_name_their_call():
    """Approvals and accepted deliverables are derived; everything else is shown."""
    assert derived_by("sign_off.go") == "e.sign_off(by=...)"
    assert "e.accept('report', ...)" in derived_by("deliverable.report.accepted")
    assert derived_by("deliverable.report.pages") is derived_by("junit.failed") is None


def test_a_criterion_cannot_be_changed():
    """Criteria are values."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        made().target = 0.1

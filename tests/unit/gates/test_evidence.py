"""Evidence: plain, finite facts with a kind, a source and an end."""

from __future__ import annotations

import datetime as dt
import json

import pytest

import engagekit as ek
from engagekit.gates.evidence import FACT_LIMIT

SHA = "0123456789abcdef" * 4


def made(**changes):
    """One piece of evidence with changes."""
    return ek.Evidence(**({"kind": "junit", "facts": {"junit.failed": 0}} | changes))


def test_evidence_is_plain_data_for_json():
    """All fields come out as plain values, instants as ISO 8601 in UTC."""
    evidence = made(
        source="report.xml",
        digest=SHA,
        tool="pytest",
        tool_version="9.2",
        produced_at=dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC),
        expires="2026-04-02T10:00:00+01:00",
    )
    assert json.loads(json.dumps(evidence.to_dict())) == {
        "kind": "junit",
        "facts": {"junit.failed": 0},
        "source": "report.xml",
        "digest": SHA,
        "tool": "pytest",
        "tool_version": "9.2",
        "produced_at": "2026-03-02T09:00:00Z",
        "expires": "2026-04-02T09:00:00Z",
    }
    assert made().to_dict()["expires"] is None


def test_evidence_keeps_its_own_facts():
    """Changing the dictionary handed in changes nothing that was shown."""
    facts = {"junit.failed": 3}
    evidence = made(facts=facts)
    facts["junit.failed"] = 0
    assert evidence.facts == {"junit.failed": 3}


def test_the_kind_is_an_id():
    """Kinds are spelled like every id, so that `accepts` finds them."""
    assert made(kind="Penetration-Test").kind == "penetration_test"


@pytest.mark.parametrize("value", [True, 0, -1, 2**63 - 1, -(2**63), 0.5, "signed", "ü🙂"])
def test_a_fact_is_a_plain_value(value):
    """Yes or no, numbers and texts are facts and stay what they are."""
    kept = made(facts={"m": value}).facts["m"]
    assert (kept, type(kept)) == (value, type(value))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": ""}, "evidence kind: must not be empty"),
        ({"kind": "a.b"}, "evidence kind: 'a.b' is no id"),
        ({"kind": None}, "evidence kind: expected a text"),
        ({"facts": {}}, "junit: evidence without facts shows nothing"),
        ({"facts": None}, "junit: evidence without facts shows nothing"),
        ({"facts": [("m", 1)]}, "junit: evidence without facts shows nothing"),
        ({"facts": {f"m.x{n}": n for n in range(FACT_LIMIT + 1)}}, "1001 facts; at most 1000"),
        ({"facts": {"M": 1}}, "'M' is no metric name; write it as 'junit.failed'"),
        ({"facts": {"a..b": 1}}, "'a..b' is no metric name"),
        ({"facts": {"a\n": 1}}, "is no metric name"),
        ({"facts": {5: 1}}, "5 is no metric name"),
        ({"facts": {"m": None}}, "m: expected a number, a text or true/false, got NoneType"),
        ({"facts": {"m": [1]}}, "m: expected a number, a text or true/false, got list"),
        ({"facts": {"m": float("nan")}}, "m: nan is no measurement"),
        ({"facts": {"m": float("-inf")}}, "m: -inf is no measurement"),
        ({"facts": {"m": 2**63}}, "m: a whole number of more than 64 bits"),
        ({"facts": {"m": ""}}, "m: must not be empty"),
        ({"facts": {"m": "\ud800"}}, "m: holds NUL or surrogate"),
        ({"facts": {"m": "x" * 10_001}}, "m: 10001 characters"),
        ({"digest": "abc"}, "junit: digest is no SHA-256 in hexadecimal"),
        ({"digest": SHA.upper()}, "digest is no SHA-256"),
        ({"digest": 5}, "digest is no SHA-256"),
        ({"source": ""}, "source: must not be empty"),
        ({"tool": 5}, "tool: expected a text"),
        ({"tool_version": "\0"}, "tool_version: holds NUL"),
        ({"expires": "2026-03-02"}, "no time zone"),
        ({"expires": 1.5}, "expected an aware datetime .* got float"),
        ({"expires": True}, "got bool"),
        ({"expires": dt.date(2026, 3, 2)}, "got date"),
        ({"produced_at": "yesterday"}, "is no ISO 8601 time"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_shows_nothing_is_no_evidence(changes, words):
    """Facts without value or name, foreign digests and odd times are refused with the place."""
    with pytest.raises(ek.DefinitionError, match=words):
        made(**changes)


def test_a_number_too_long_to_print_is_refused():
    """A number of 5000 digits would break every report that shows it."""
    with pytest.raises(ek.EvidenceError, match="m: a whole number of more than 64 bits"):
        made(facts={"m": 10**5000})

"""Every kind of event has words of its own, and plain values for JSON."""

from __future__ import annotations

import json
from collections.abc import Callable

import attrs
import pytest
from typer.testing import Result

import engagekit as ek
from engagekit.engagement.events import Event
from engagekit.reports.text import event_dict, event_words

Command = Callable[..., Result]


@pytest.fixture
def lived(start: Callable[..., ek.Engagement]) -> ek.Engagement:
    """An engagement in which everything has happened once."""
    e = start()
    e.insert_phase(ek.Phase(id="pilot"), after="implementation", by="ana")
    e.document_gate(
        "pilot",
        criteria=[{"id": "ran", "metric": "ran", "op": "==", "target": True}],
        by="ana",
    )
    e.attest("timeline", by="ben", source="wiki/4", expires="2027-01-01T00:00:00Z")
    e.waive("constraint_mapping", reason="leave", until="2027-01-01T00:00:00Z", by="ana")
    e.sign_off(by="cho", decision="hold", note="wait")
    e.resume(by="ana")
    e.deliver("report", to="Acme", by="ben")
    e.reject("report", reason="thin", by="zoe")
    e.deliver("report", to="Acme", by="ben", deemed_accepted_after=None)
    e.accept("report", by="zoe")
    return e


def test_words(lived: ek.Engagement) -> None:
    """What happened, as one would tell it."""
    assert [event_words(event) for event in lived.log] == [
        "began 'Demo' for 'Acme', 6 phases",
        "changed the plan: + pilot (after implementation)",
        "wrote down 1 criteria for the gate of pilot",
        "showed timeline = true (attestation from wiki/4, until 2027-01-01T00:00:00Z)",
        "waived constraint_mapping until 2027-01-01T00:00:00Z: leave",
        "decided hold at requirements_definition: wait",
        "hold: requirements_definition -> requirements_definition (on hold): wait",
        "resume: requirements_definition (on hold) -> requirements_definition",
        "handed report to Acme, accepted after P10BD of silence",
        "rejected report: thin",
        "handed report to Acme",
        "accepted report",
    ]


def test_plain_values(lived: ek.Engagement) -> None:
    """JSON takes them, times are readable, and no field is lost."""
    for event in lived.log:
        plain = json.loads(json.dumps(event_dict(event)))
        assert plain["kind"] == event.kind
        assert plain["at"] == "2026-03-02T09:00:00Z"
        assert not [name for name in plain if name.endswith("_us")]
        fields = {field.name for field in attrs.fields(type(event))}
        assert len(plain) == len(fields) + 1


def test_an_event_without_words() -> None:
    """A kind that has no words yet is told by its name."""

    @attrs.frozen(kw_only=True)
    class RiskRaised(Event):
        kind = "risk-raised.v1"

    assert event_words(RiskRaised(at_us=0, recorded_us=0, by="ana")) == "risk raised"


def test_a_gate_that_counts_approvals(engagekit: Command) -> None:
    """Its fix is the command that signs off."""
    e = ek.Engagement.start(
        "T",
        client="C",
        by="ana",
        id="x",
        gates={
            "requirements_definition": [
                {
                    "id": "approved",
                    "metric": "sign_off.go",
                    "op": ">=",
                    "target": 1,
                    "unit": "count",
                }
            ]
        },
    )
    with ek.open_store("sqlite:///engagements.db") as store:
        store.save(e)
    assert "fix: engagekit sign-off x --by NAME\n" in engagekit("check x", exit=5).stdout

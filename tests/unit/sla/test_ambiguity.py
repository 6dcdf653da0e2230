"""The ambiguity linter: every rule fires on what it is for, and not on a complete SLA."""

import datetime as dt
from itertools import count

import attrs
import pytest

from engagekit.business_time.calendar import Calendar
from engagekit.errors import DefinitionError
from engagekit.sla.agreement import SLA
from engagekit.sla.ambiguity import RULES, lint_sla

DESK = Calendar(zone="America/New_York", week={"mon-fri": ["09:00-17:00"]}, holidays=["US"])
COMPLETE = SLA(
    "P1 response",
    "response_time",
    "PT4H",
    calendar=DESK,
    unit="hours",
    priorities={"P1": "PT1H", "P2": "PT4H"},
    pause_on={"waiting_client"},
    window="P1M",
    source="helpdesk export, every night, by the provider",
    exclusions={"planned maintenance": "PT48H"},
    remedy=[("95", 5), ("90", 10)],
    service="service desk, first line",
    pause_cap="P10BD",
    credit_cap=10,
    claim_within="P30D",
    workload_limit="500 requests a month",
    outcome="users can work",
    owner="Ada",
    version="1",
    review_on="2027-01-01",
    effective_from="2026-01-01",
)
UPTIME = attrs.evolve(
    COMPLETE,
    metric="availability",
    target="99.9",
    unit="%",
    priorities={},
    down="5 probes in a row fail",
)
RATIO = attrs.evolve(
    UPTIME, metric="good requests", good="answered", valid="asked", minimum_sample=100
)
P95 = attrs.evolve(
    COMPLETE, metric="latency", expression="answer less request", percentile=95,
    method="nearest_rank", minimum_sample=100,
)  # fmt: skip


@pytest.mark.parametrize("sla", [COMPLETE, UPTIME, RATIO, P95])
def test_a_complete_agreement_has_no_findings(sla):
    """Nothing is found where nothing is missing, whatever is measured."""
    assert lint_sla(sla) == []


@pytest.mark.parametrize(
    ("field", "rule"),
    [
        ("metric", "M01"),
        ("unit", "M01"),
        ("window", "M07"),
        ("calendar", "C01"),
        ("source", "A04"),
        ("exclusions", "R03"),
        ("remedy", "R02"),
    ],
)
def test_each_of_the_eight_parts_is_needed(field, rule):
    """Without any one of the eight parts there is an error that names its place."""
    found = lint_sla(attrs.evolve(COMPLETE, **{field: None}))
    errors = [finding for finding in found if finding.severity == "error"]
    assert (rule, f"P1 response.{field}") in [(each.rule, each.where) for each in errors]


def test_a_target_is_needed():
    """The eighth part: a target, unless every priority has one."""
    assert [each.rule for each in lint_sla(attrs.evolve(COMPLETE, target=None))] == []
    found = lint_sla(attrs.evolve(COMPLETE, target=None, priorities={}))
    assert [each.rule for each in found] == ["M01"]


ODD = Calendar(zone="UTC", week={"mon": ["00:00-23:59"]})
WRONG = {
    "unit of a share in hours": (UPTIME, {"unit": "hours", "target": "0.5"}, "M01", "error"),
    "unit of a duration in percent": (COMPLETE, {"unit": "%"}, "M01", "error"),
    "target nobody can read": (COMPLETE, {"target": "4 hours"}, "M01", "error"),
    "priority nobody can read": (COMPLETE, {"priorities": {"P1": "soon"}}, "M01", "error"),
    "share nobody can read": (UPTIME, {"target": "high"}, "M01", "error"),
    "metric nobody knows": (COMPLETE, {"metric": "speed"}, "M01", "warning"),
    "open parameter": (COMPLETE, {"source": "helpdesk, TBD"}, "M02", "error"),
    "open placeholder": (UPTIME, {"down": "<n> probes fail"}, "M02", "error"),
    "no service": (COMPLETE, {"service": None}, "M03", "warning"),
    "half a ratio": (RATIO, {"valid": None}, "M04", "error"),
    "the other half": (RATIO, {"good": None}, "M04", "error"),
    "no ratio": (RATIO, {"good": None, "valid": None}, "M04", "warning"),
    "no comparison": (COMPLETE, {"op": None}, "M05", "error"),
    "comparison the wrong way": (UPTIME, {"op": "<="}, "M05", "error"),
    "all of it": (UPTIME, {"target": "100"}, "M06", "error"),
    "percent as a ratio": (UPTIME, {"unit": "ratio"}, "M06", "error"),
    "window nobody can read": (COMPLETE, {"window": "now and then"}, "M07", "error"),
    "calendar window without zone": (COMPLETE, {"calendar": None}, "M07", "error"),
    "rolling month": (COMPLETE, {"window": "rolling P1M"}, "M08", "error"),
    "some months": (COMPLETE, {"window": "a few months"}, "M08", "error"),
    "days of what": (COMPLETE, {"unit": "days"}, "M09", "error"),
    "business days in hours": (COMPLETE, {"unit": "business days"}, "M09", "error"),
    "hours in business days": (COMPLETE, {"target": "P2BD"}, "M09", "error"),
    "calendar by name": (COMPLETE, {"calendar": "business hours"}, "C01", "error"),
    "no calendars": (COMPLETE, {"calendar": {}}, "C01", "error"),
    "calendars by name": (
        COMPLETE,
        {"calendar": {"us": "9 to 5"}, "calendar_of": "the caller's office"},
        "C01",
        "error",
    ),
    "zone by abbreviation": (COMPLETE, {"calendar": "9-17 EST"}, "C02", "error"),
    "whose calendar": (COMPLETE, {"calendar": {"us": DESK, "eu": DESK}}, "C03", "error"),
    "hours to 23:59": (COMPLETE, {"calendar": ODD}, "C04", "error"),
    "no holidays": (COMPLETE, {"calendar": ODD}, "C05", "warning"),
    "never open": (COMPLETE, {"calendar": Calendar(zone="UTC", week={})}, "C06", "error"),
    "never reached": (COMPLETE, {"calendar": DESK & ODD & (DESK - ODD)}, "C06", "error"),
    "no start": (COMPLETE, {"metric": "speed", "stops_on": "b"}, "K01", "warning"),
    "two starts": (COMPLETE, {"starts_on": ["created", "assigned"]}, "K01", "error"),
    "no stop": (COMPLETE, {"metric": "speed", "starts_on": "a"}, "K02", "warning"),
    "starts and stops": (COMPLETE, {"starts_on": "a", "stops_on": "a"}, "K03", "error"),
    "stops and pauses": (COMPLETE, {"stops_on": "waiting_client"}, "K03", "error"),
    "endless pause": (COMPLETE, {"pause_on": {"client": ""}}, "K04", "error"),
    "no cap on pauses": (COMPLETE, {"pause_cap": None}, "K04", "warning"),
    "no retarget policy": (COMPLETE, {"policy": None}, "K05", "error"),
    "no reopen policy": (COMPLETE, {"policy": None}, "K06", "error"),
    "no late policy": (COMPLETE, {"late_events": None}, "K07", "error"),
    "priority without target": (COMPLETE, {"priorities": {"P1": None}}, "K08", "error"),
    "urgent slower": (COMPLETE, {"priorities": {"low": "PT1H", "high": "PT2H"}}, "K08", "error"),
    "answer after solution": (
        COMPLETE,
        {"priorities": {"P1": {"response": "PT9H", "resolution": "PT8H"}}},
        "K08",
        "error",
    ),
    "urgent part slower": (
        COMPLETE,
        {"priorities": {"P1": {"response": "PT9H"}, "P2": {"response": "PT8H"}}},
        "K08",
        "error",
    ),
    "target of nothing": (COMPLETE, {"target": "PT0S"}, "K09", "error"),
    "priority of zero": (COMPLETE, {"priorities": {"P1": 0}}, "K09", "error"),
    "cancelled cases": (COMPLETE, {"cancelled": None}, "K10", "error"),
    "down": (UPTIME, {"down": None}, "A01", "warning"),
    "no exclusions": (UPTIME, {"exclusions": None}, "A02", "error"),
    "notice": (UPTIME, {"exclusions": ["planned maintenance"]}, "A02", "warning"),
    "no data": (COMPLETE, {"no_data": None}, "A05", "error"),
    "least sample": (RATIO, {"minimum_sample": None}, "A05", "warning"),
    "method": (P95, {"method": None}, "A06", "error"),
    "average": (COMPLETE, {"aggregation": "average of the sites"}, "A07", "error"),
    "burn rate": (UPTIME, {"burn_alerts": {"P7D": 14}}, "A08", "error"),
    "burn rate nobody can read": (UPTIME, {"burn_alerts": {"a while": 14}}, "A08", "error"),
    "rounding": (COMPLETE, {"rounding": "before comparing"}, "R01", "error"),
    "tiers": (COMPLETE, {"remedy": [("95", 10), ("90", 5)]}, "R02", "error"),
    "credit cap": (COMPLETE, {"credit_cap": None}, "R02", "warning"),
    "workload": (COMPLETE, {"workload_limit": None}, "R03", "info"),
    "owner": (COMPLETE, {"owner": None}, "R04", "warning"),
    "vague word": (COMPLETE, {"stops_on": "a prompt answer"}, "W01", "warning"),
    "vague in a list": (COMPLETE, {"exclusions": ["reasonable delays"]}, "W01", "warning"),
    "outcome": (COMPLETE, {"outcome": None}, "W02", "info"),
}


@pytest.mark.parametrize(("sla", "change", "rule", "severity"), WRONG.values(), ids=WRONG)
def test_each_rule_fires(sla, change, rule, severity):
    """Each kind of ambiguity is found by its rule, with its severity and source."""
    found = [each for each in lint_sla(attrs.evolve(sla, **change)) if each.rule == rule]
    assert severity in {each.severity for each in found}
    assert all(each.source == RULES[rule][1] for each in found)


def test_every_rule_but_the_settled_ones_has_an_example():
    """A03 is settled by the library itself; A04 is one of the eight parts."""
    assert set(RULES) - {rule for _, _, rule, _ in WRONG.values()} == {"A03", "A04"}


@pytest.mark.parametrize(
    ("sla", "change"),
    [
        (COMPLETE, {"unit": "business hours"}),
        (COMPLETE, {"unit": "days", "target": "P2BD", "priorities": {}}),
        (COMPLETE, {"unit": "days", "target": "P2D", "priorities": {}}),
        (COMPLETE, {"unit": "business days", "target": "P2BD", "priorities": {}}),
        (COMPLETE, {"unit": "minutes"}),
        (COMPLETE, {"calendar": Calendar.always()}),
        (COMPLETE, {"calendar": {"us": DESK}, "calendar_of": "the caller's office"}),
        (COMPLETE, {"calendar": DESK | Calendar.always()}),
        (COMPLETE, {"priorities": {"high": "PT1H", "low": "PT2H", "other": "PT3H"}}),
        (COMPLETE, {"priorities": {"P1": "PT4H", "P2": "P1BD"}, "unit": "h"}),
        (COMPLETE, {"priorities": {"P1": {"response": "PT1H"}, "P2": "PT2H"}}),
        (COMPLETE, {"metric": "speed", "starts_on": "a", "stops_on": "b"}),
        (COMPLETE, {"metric": "speed", "expression": "b - a", "starts_on": "a", "stops_on": "b"}),
        (COMPLETE, {"remedy": "the provider repeats the work"}),
        (COMPLETE, {"window": dt.timedelta(days=30)}),
        (UPTIME, {"burn_alerts": {"PT1H": 14, "P1BD": 2}}),
        (UPTIME, {"down": None, "expression": "failed probes / probes"}),
        (RATIO, {"good": None, "valid": None, "expression": "answered / asked"}),
        (RATIO, {"aggregation": "average weighted by requests"}),
    ],
    ids=count(),
)
def test_what_can_be_measured_passes(sla, change):
    """Other ways of saying it are not errors."""
    found = lint_sla(attrs.evolve(sla, **change))
    assert [str(each) for each in found if each.severity == "error"] == []


def test_the_worst_comes_first():
    """Errors before warnings before remarks."""
    severities = [each.severity for each in lint_sla(SLA("bare"))]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)
    assert set(severities) == {"error", "warning", "info"}
    assert lint_sla(SLA("x", "uptime", burn_alerts={"PT1H": 1}, window="x"))


def test_only_agreements_are_linted():
    """Anything else is refused."""
    with pytest.raises(DefinitionError, match="expected an SLA"):
        lint_sla("99.9 % uptime")

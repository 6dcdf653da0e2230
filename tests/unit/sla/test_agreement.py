"""Agreements: taken as written, read by stated defaults."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from itertools import count

import pytest

from engagekit.business_time.calendar import Calendar
from engagekit.business_time.spans import BusinessDays, Nominal, WorkingTime
from engagekit.errors import DefinitionError, UnknownId
from engagekit.sla.agreement import SLA, Window
from engagekit.sla.events import ClockEvent, ClockPolicy

DESK = Calendar(zone="America/New_York", week={"mon-fri": ["09:00-17:00"]})
START = ClockEvent("start", "2026-03-02T14:00:00Z")
HELPDESK = SLA(
    "helpdesk",
    "response_time",
    "PT8H",
    calendar=DESK,
    unit="hours",
    priorities={1: "PT1H", "P2": {"response": "PT4H", "resolution": "P2BD"}, "P3": None},
    pause_on={"waiting_client"},
    window="P1M",
)


def test_targets_by_priority_and_part():
    """The target of a priority, of one of its parts, or the general one."""
    assert HELPDESK.span() == WorkingTime.of(hours=8)
    assert HELPDESK.span(1) == WorkingTime.of(hours=1)
    assert HELPDESK.span("P2", "resolution") == BusinessDays(2)
    assert HELPDESK.span("P3") is None
    with pytest.raises(UnknownId, match="unknown priority 'P9'"):
        HELPDESK.span("P9")
    with pytest.raises(UnknownId, match="response"):
        HELPDESK.span("P2")


def test_a_clock_is_read_by_its_promise():
    """Calendar, target and policy of the agreement make the reading."""
    reading = HELPDESK.read([START], priority=1, as_of="2026-03-02T16:00:00Z", warn_before="PT30M")
    assert reading.breached
    assert reading.due_at.isoformat() == "2026-03-02T15:00:00+00:00"
    with pytest.raises(DefinitionError, match=r"x\.calendar"):
        SLA("x", "y", "PT8H", calendar="business hours").read([START])
    assert SLA("x", "y", "PT8H", calendar=DESK, policy=None).read([START]).state == "running"


@pytest.mark.parametrize(
    ("sla", "kind"),
    [
        (HELPDESK, "duration"),
        (SLA("x"), "duration"),
        (SLA("x", "uptime", "99.9", unit="%"), "availability"),
        (SLA("x", "good tickets", "95 %"), "ratio"),
        (SLA("x", "good tickets", Decimal("0.95")), "ratio"),
        (SLA("x", "good tickets", True), "duration"),
        (SLA("x", "latency", "PT1S", percentile=95), "percentile"),
        (SLA("x", "latency", "PT1S", method="linear"), "percentile"),
        (SLA("x", "latency", "PT1S", kind="Ratio"), "ratio"),
    ],
    ids=count(),
)
def test_what_is_measured_is_told_from_what_is_written(sla, kind):
    """The kind follows from metric and target unless it is stated."""
    assert sla.measures == kind


@pytest.mark.parametrize(
    ("target", "unit"),
    [("99.9", "%"), (99.9, "Percent"), ("0.999", "ratio"), ("99.9 %", None), (0.999, None)],
    ids=count(),
)
def test_shares_in_percent_and_as_ratio(target, unit):
    """The unit decides whether 99.9 is a percentage."""
    assert SLA("x", "availability", target, unit=unit).share() == Fraction(999, 1000)


@pytest.mark.parametrize(
    ("window", "style", "span"),
    [
        ("P1M", "calendar", Nominal(months=1)),
        ("P30D", "rolling", Nominal(days=30)),
        ("rolling P30D", "rolling", Nominal(days=30)),
        ("calendar P1W", "calendar", Nominal(weeks=1)),
        ("monthly", "calendar", Nominal(months=1)),
        ("calendar month", "calendar", Nominal(months=1)),
        ("Quarter", "calendar", Nominal(months=3)),
        ("P1Y", "calendar", Nominal(years=1)),
        (dt.timedelta(days=30), "rolling", WorkingTime.of(hours=720)),
    ],
)
def test_windows_roll_or_follow_the_calendar(window, style, span):
    """Months, quarters and years follow the calendar, days roll, unless stated."""
    sla = SLA("x", window=window)
    assert sla.judged_over() == Window(style, span)
    assert sla.recurring


def test_no_window_is_not_recurring():
    """Without a window nothing recurs."""
    assert SLA("x").judged_over() is None
    assert not SLA("x").recurring
    with pytest.raises(DefinitionError, match=r"x\.window"):
        SLA("x", window="now and then").judged_over()


@pytest.mark.parametrize(
    "sla",
    [
        HELPDESK,
        SLA("bare"),
        SLA("x", "uptime", "99.9", calendar={"emea": DESK, "us": DESK}, policy=None),
        SLA(
            "x", remedy=[["99.9", 10]], exclusions={"maintenance": "PT48H"}, burn_alerts={"PT1H": 2}
        ),
        SLA("x", policy=ClockPolicy(reopen="restart"), starts_on=["created"]),
    ],
    ids=count(),
)
def test_agreements_survive_storage(sla):
    """What `to_dict` writes, `from_dict` reads."""
    assert SLA.from_dict(sla.to_dict()) == sla


def test_storage_is_plain():
    """Durations and decimals are stored as text, sets of exclusions with their notice."""
    sla = SLA("x", "y", dt.timedelta(hours=8), exclusions=["storms"], credit_cap=Decimal("0.5"))
    data = sla.to_dict()
    assert (data["target"], data["exclusions"], data["credit_cap"]) == (
        "PT8H",
        {"storms": None},
        "0.5",
    )
    assert SLA("x", exclusions="storms").exclusions == {"storms": None}


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: SLA(""), "must not be empty"),
        (lambda: SLA("x", kind="speed"), "kind of SLA"),
        (lambda: SLA("x", priorities=["P1"]), "expected a mapping"),
        (lambda: SLA("x", pause_on="client"), "expected a set of reasons"),
        (lambda: SLA("x", pause_on=7), "expected a set of reasons"),
        (lambda: SLA("x", exclusions=7), "expected a list"),
        (lambda: SLA("x", pause_on=[1, "a"]), "a reason is a text"),
        (lambda: SLA("x", metric=5), r"x\.metric: expected str, got int"),
        (lambda: SLA("x", window=9, source=3), "2 faults"),
        (lambda: SLA("x", target=object()), "or timedelta or .* got object"),
        (lambda: SLA.from_dict({"name": "x", "colour": 1}), "field of an SLA"),
        (lambda: SLA.from_dict({"metric": "x"}), "needs a name"),
    ],
    ids=count(),
)
def test_what_is_no_agreement_is_refused(make, said):
    """Gaps are taken, nonsense is not."""
    with pytest.raises(DefinitionError, match=said):
        make()

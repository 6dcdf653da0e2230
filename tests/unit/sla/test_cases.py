"""Every worked case of `sla_cases.json`, variant by variant: the contract of the clocks."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engagekit.business_time.calendar import Calendar
from engagekit.sla.availability import availability, error_budget, percentile
from engagekit.sla.clock import ClockReading, evaluate_clock, next_due
from engagekit.sla.events import ClockEvent, ClockPolicy


def calendar_of(definition: dict) -> Calendar:
    """The calendar of a case."""
    week = {
        day: [f"{begin}-{end}" for begin, end in spans]
        for day, spans in definition["weekly"].items()
    }
    return Calendar(zone=definition["tz"], week=week, holidays=definition["holidays"])


def event_of(data: dict, calendars: dict[str, Calendar]) -> ClockEvent:
    """The event of a case."""
    target = data.get("target_s")
    return ClockEvent(
        data["kind"],
        data["at"],
        recorded_at=data.get("recorded_at"),
        reason=data.get("reason"),
        target=None if target is None else dt.timedelta(seconds=target),
        calendar=calendars[data["calendar"]] if "calendar" in data else None,
    )


def target_of(case: dict) -> dt.timedelta | str | None:
    """The target of a case: seconds, nominal days, or none."""
    if case.get("target_days"):
        return f"P{case['target_days']}D"
    seconds = case.get("target_s")
    return None if seconds is None else dt.timedelta(seconds=seconds)


def read(case: dict, calendars: dict[str, Calendar]) -> ClockReading:
    """The reading of a case."""
    warn = case.get("warn_before_s")
    return evaluate_clock(
        [event_of(event, calendars) for event in case["events"]],
        calendar=calendars[case.get("calendar", "main")],
        target=target_of(case),
        policy=ClockPolicy(**case.get("policy", {})),
        as_of=case.get("as_of"),
        known_at=case.get("known_at"),
        warn_before=None if warn is None else dt.timedelta(seconds=warn),
    )


def text_of(moment: dt.datetime | None) -> str | None:
    """An instant as the cases write it."""
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


SHOWN: dict[str, Callable[[ClockReading], object]] = {
    "due_at": lambda reading: text_of(reading.due_at),
    "warn_at": lambda reading: text_of(reading.warn_at),
    "breached_at": lambda reading: text_of(reading.breached_at),
    "elapsed_s": lambda reading: reading.elapsed.total_seconds(),
    "breached": lambda reading: reading.breached,
}


def check_clock(case: dict, calendars: dict[str, Calendar]) -> None:
    """Compare what a clock shows, and what its explanation adds up to."""
    reading = read(case, calendars)
    expected = dict(case["expect"])
    for zone, shown in expected.pop("due_local", {}).items():
        assert reading.due_at.astimezone(ZoneInfo(zone)).isoformat() == shown
    assert {name: SHOWN[name](reading) for name in expected} == expected
    assert sum((row.counted for row in reading.explain()), dt.timedelta()) == reading.elapsed


def check_next_due(case: dict, calendars: dict[str, Calendar]) -> None:
    """Compare which of several clocks is due first."""
    readings = {
        name: read({**clock, "as_of": case["as_of"]}, calendars)
        for name, clock in case["clocks"].items()
    }
    first = next_due(readings)
    assert (None if first is None else text_of(first[1])) == case["expect"]["next_due"]


def check_subtract(case: dict, calendars: dict[str, Calendar]) -> None:
    """Compare business time counted backwards."""
    result = calendars["main"].before(case["at"], dt.timedelta(seconds=case["seconds"]))
    assert text_of(result) == case["expect"]["result"]


def check_availability(case: dict, calendars: dict[str, Calendar]) -> None:
    """Compare total, bad and available time."""
    found = availability(
        case["window"],
        case["down"],
        exclusions=case.get("exclude", ()),
        calendar=calendars[case.get("calendar", "main")],
    )
    expected = case["expect"]
    assert found.total == dt.timedelta(minutes=expected["total_min"])
    assert found.bad == dt.timedelta(minutes=expected["bad_min"])
    assert float(found.ratio) == expected["availability"]


def check_ratio(case: dict, _: dict[str, Calendar]) -> None:
    """Compare ratios, burn rates and percentiles."""
    expected = case["expect"]
    if "values" in case:
        assert percentile(case["values"], 95, method="nearest_rank") == expected["p95_nearest_rank"]
        assert float(percentile(case["values"], 95, method="linear")) == expected["p95_linear"]
        return
    budget = error_budget(case["good"], case["total"], str(case["objective"]))
    found = {
        "ratio": None if budget.ratio is None else float(budget.ratio),
        "met": budget.met,
        "burn_rate": None if budget.burn_rate is None else float(budget.burn_rate),
        "alert": budget.burns_faster_than(str(case.get("burn_threshold", 1))),
    }
    assert {name: found[name] for name in expected} == expected


CHECKS = {
    "clock": check_clock,
    "subtract": check_subtract,
    "availability": check_availability,
    "ratio": check_ratio,
}


def test_every_worked_case(shared: Path, subtests: pytest.Subtests) -> None:
    """Each variant of each case comes out as it was worked by hand."""
    for case in json.loads((shared / "cases" / "sla_cases.json").read_text())["cases"]:
        calendars = {name: calendar_of(each) for name, each in case["calendars"].items()}
        for variant in case["variants"]:
            whole = {**case, **variant}
            check = check_next_due if "clocks" in whole else CHECKS[whole.get("kind", "clock")]
            with subtests.test(case=case["id"], variant=variant["name"]):
                check(whole, calendars)

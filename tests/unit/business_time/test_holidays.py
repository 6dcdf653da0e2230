"""Holidays: listed, yearly, or a region's, frozen with where they come from."""

import datetime as dt
import sys

import pytest

from engagekit.business_time.calendar import Calendar
from engagekit.business_time.holidays import RegionHolidays, frozen_region, read_holidays
from engagekit.errors import DefinitionError, MissingExtra

WEEK = {"mon-sun": ["09:00-17:00"]}


def is_open(calendar, day):
    """Whether the calendar is open at noon UTC."""
    return calendar.is_open(f"{day}T12:00:00Z")


def test_dates_month_days_and_leap_days():
    """A date closes once, a month-day every year, and 29 February where there is one."""
    calendar = Calendar(
        zone="UTC", week=WEEK, holidays=["2026-05-14", dt.date(2026, 5, 15), "12-25", "02-29"]
    )
    closed = ["2026-05-14", "2026-05-15", "2025-12-25", "2031-12-25", "2028-02-29", "2000-02-29"]
    assert not any(is_open(calendar, day) for day in closed)
    assert all(is_open(calendar, day) for day in ["2027-05-14", "2027-02-28", "1900-02-28"])


def test_a_region_is_frozen_with_its_origin():
    """Country, subdivision, observed rule, package version and years are recorded."""
    region = frozen_region("US", "CA")
    assert (region.country, region.subdivision, region.observed) == ("US", "CA", True)
    assert region.package.startswith("holidays ")
    assert (region.first_year, region.last_year) == (1990, 2060)
    assert region.name == "US-CA"
    assert frozen_region("US", None).name == "US"


def test_regions_close_calendars():
    """A region's holidays close, observed days included."""
    calendar = Calendar(zone="UTC", week=WEEK, holidays=["US"])
    assert not is_open(calendar, "2026-07-03")  # the 4th is a Saturday
    assert not is_open(calendar, "2026-11-26")
    assert is_open(calendar, "2026-11-27")
    assert not is_open(Calendar(zone="UTC", week=WEEK, holidays=["US-CA"]), "2026-11-27")


def test_outside_the_frozen_years_nothing_is_guessed():
    """Years a region is not frozen for are refused, not taken as free of holidays."""
    calendar = Calendar(zone="Pacific/Auckland", week=WEEK, holidays=["NZ"])
    assert calendar.is_open("2060-12-30T22:00:00Z")
    for year in (1989, 2061):
        with pytest.raises(DefinitionError, match=r"1990 to 2060 .its regional holidays"):
            calendar.is_open(f"{year}-06-01T12:00:00Z")
    with pytest.raises(DefinitionError, match="not reached after"):
        calendar.after("2060-12-30T22:00:00Z", "PT800H")


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("US", "expected a list"),
        (7, "expected a list"),
        ({"US": 1}, "expected a list"),
        (["02-30"], "no month-day"),
        (["Christmas"], "or a region such as 'US-CA'"),
        ([None], "or a region such as 'US-CA'"),
        (["ZZ"], "unknown country"),
        (["US-XX"], "unknown subdivision of US"),
    ],
)
def test_what_is_no_holiday_is_refused(listed, said):
    """Unreadable entries are refused with the three ways of writing one."""
    with pytest.raises(DefinitionError, match=said):
        read_holidays(listed)


def test_without_the_package_a_region_needs_an_extra(monkeypatch):
    """Regions need the `holidays` extra; everything else does not."""
    frozen_region.cache_clear()
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(MissingExtra, match=r"engagekit\[holidays\]"):
        Calendar(zone="UTC", week=WEEK, holidays=["US"])
    assert not is_open(Calendar(zone="UTC", week=WEEK, holidays=["12-25"]), "2026-12-25")


def test_frozen_rows_are_read_without_the_package(monkeypatch):
    """A stored calendar needs no package, and stays what it was."""
    data = Calendar(zone="UTC", week=WEEK, holidays=["US"]).to_dict()
    monkeypatch.setitem(sys.modules, "holidays", None)
    again = Calendar.from_dict(data)
    assert again.to_dict() == data
    assert not is_open(again, "2026-07-03")


def test_faulty_frozen_rows_are_refused():
    """Missing fields and wrong types are refused, all at once."""
    data = frozen_region("US", None).to_dict()
    assert RegionHolidays.from_dict(data) == frozen_region("US", None)
    with pytest.raises(DefinitionError, match="exactly the fields"):
        RegionHolidays.from_dict({"country": "US"})
    with pytest.raises(DefinitionError, match="expected exactly the fields"):
        RegionHolidays.from_dict(["US"])
    with pytest.raises(DefinitionError) as caught:
        RegionHolidays.from_dict({**data, "country": 1, "first_year": "1990"})
    assert [fault.where for fault in caught.value.faults] == [
        "holidays.regions.country",
        "holidays.regions.first_year",
    ]

"""Zones: named places only, with the offsets that hold in each year."""

import datetime as dt

import pytest

from engagekit.business_time.zones import (
    known_zone,
    local_to_utc,
    offsets_of_year,
    to_local,
    year_start,
)
from engagekit.errors import DefinitionError, UnknownId

HOUR = 3_600_000_000


@pytest.mark.parametrize("name", ["UTC", "Etc/UTC", "Europe/Paris", "US/Eastern", "Japan"])
def test_places_are_taken(name):
    """A named IANA zone is taken as it is."""
    assert known_zone(name) == name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("EST", "abbreviation"),
        ("CET", "abbreviation"),
        ("EST5EDT", "abbreviation"),
        ("+02:00", "is an offset"),
        ("UTC+2", "is an offset"),
        ("GMT", "is an offset"),
        ("Etc/GMT+5", "is an offset"),
        (None, "got NoneType"),
    ],
)
def test_abbreviations_and_offsets_are_refused_with_advice(name, said):
    """Neither knows daylight saving time; the message names a place to use."""
    with pytest.raises(DefinitionError, match=f"{said}.*America/New_York"):
        known_zone(name)


@pytest.mark.parametrize(
    "name", ["Europe/Pariss", "right/UTC", "../../etc/passwd", "/etc/localtime", "localtime", ""]
)
def test_unknown_zones_are_refused(name):
    """What is no zone is an unknown id."""
    with pytest.raises(UnknownId, match="unknown time zone"):
        known_zone(name)


def test_the_six_hundred_zones_are_not_listed():
    """Where nothing resembles the name, a few examples are enough."""
    with pytest.raises(
        UnknownId, match=r"known: America/New_York, Asia/Kolkata, Europe/Paris, UTC$"
    ):
        known_zone("\u2603\u2603")


def test_a_near_miss_is_suggested():
    """A misspelt zone comes with the right one."""
    with pytest.raises(UnknownId, match="did you mean 'Europe/Paris'"):
        known_zone("Europe/Pariss")


def test_the_offsets_of_a_year_tile_it():
    """Offsets cover the year without gap or overlap, and change where clocks change."""
    rows = offsets_of_year("America/New_York", 2026)
    assert [offset // HOUR for _, _, offset in rows] == [-5, -4, -5]
    assert rows[0][0] == year_start(2026)
    assert rows[-1][1] == year_start(2027)
    assert rows[0][1] == rows[1][0] == year_start(2026) + (66 * 24 + 7) * HOUR


@pytest.mark.parametrize(
    ("zone", "year", "rows"),
    [("America/Noronha", 2000, 4), ("Africa/Casablanca", 2026, 3)],
)
def test_offsets_that_hold_for_days_only_are_found(zone, year, rows):
    """A week of another offset, the shortest there has been, is not stepped over."""
    assert len(offsets_of_year(zone, year)) == rows


def test_wall_clocks_lead_back_to_instants():
    """A time shown twice is the first of the two; a skipped time is as much later."""
    twice = dt.datetime(2026, 11, 1, 1, 30)  # noqa: DTZ001 - a wall clock
    skipped = dt.datetime(2026, 3, 8, 2, 30)  # noqa: DTZ001 - a wall clock
    assert to_local("America/New_York", local_to_utc("America/New_York", twice)) == twice
    shown = to_local("America/New_York", local_to_utc("America/New_York", skipped))
    assert shown == skipped + dt.timedelta(hours=1)

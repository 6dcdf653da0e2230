"""Instants: any aware time in, microseconds inside, nothing without a zone."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pendulum
import pytest

import engagekit as ek
from engagekit.business_time.instants import as_datetime, as_microseconds, as_text

SAME = 1_772_442_000_000_000  # 2026-03-02T09:00:00Z


@pytest.mark.parametrize(
    "given",
    [
        "2026-03-02T09:00:00+00:00",
        "2026-03-02T09:00:00Z",
        "2026-03-02T10:00:00+01:00",
        "20260302T100000+0100",
        dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC),
        dt.datetime(2026, 3, 2, 10, tzinfo=ZoneInfo("Europe/Paris")),
        pendulum.datetime(2026, 3, 2, 4, tz="America/New_York"),
    ],
    ids=str,
)
def test_one_moment_in_any_zone_is_one_number(given):
    """Texts, datetimes and pendulum moments of one instant are equal inside."""
    assert as_microseconds(given) == SAME


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("2026-03-02T09:00:00", "no time zone; write '2026-03-02T09:00:00[+]01:00'"),
        (dt.datetime(2026, 3, 2, 9), "no time zone"),  # noqa: DTZ001
        ("2026-03-02", "no time zone"),
        ("tomorrow", "'tomorrow' is no ISO 8601 time; write it as '2026"),
        ("", "is no ISO 8601 time"),
        ("2026-02-30T00:00:00Z", "is no ISO 8601 time"),
        ("\0\ud800", "is no ISO 8601 time"),
        (dt.date(2026, 3, 2), "expected an aware datetime .* got date"),
        (1_772_442_000, "got int"),
        (True, "got bool"),
        (float("nan"), "got float"),
        (None, "got NoneType"),
        ("0001-01-01T00:00:00+14:00", "outside the years 1 to 9999 in UTC"),
        ("9999-12-31T23:59:59-14:00", "outside the years 1 to 9999 in UTC"),
    ],
    ids=repr,
)
def test_what_is_no_instant_is_refused(given, words):
    """Naive, unreadable, mistyped or unprintable times are refused at the named place."""
    with pytest.raises(ek.DefinitionError, match=f"until: .*{words}"):
        as_microseconds(given, "until")


def test_a_megabyte_of_time_is_quoted_briefly():
    """The message quotes at most 80 characters of nonsense."""
    with pytest.raises(ek.DefinitionError) as refused:
        as_microseconds("9" * 1_000_000)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"])
def test_the_ends_of_time_survive(text):
    """The first and the last instant there are go in and come out exactly."""
    assert as_text(as_microseconds(text)) == text


def test_instants_come_out_in_utc():
    """A pendulum datetime in UTC, and ISO 8601 with microseconds only where there are some."""
    moment = as_datetime(SAME + 1)
    assert isinstance(moment, pendulum.DateTime)
    assert (moment.timezone_name, moment.microsecond) == ("UTC", 1)
    assert as_text(SAME) == "2026-03-02T09:00:00Z"
    assert as_text(SAME + 1) == "2026-03-02T09:00:00.000001Z"
    assert as_text(-1) == "1969-12-31T23:59:59.999999Z"


@pytest.mark.parametrize("far", [10**18, -(10**18)])
def test_a_number_off_the_scale_is_no_instant(far):
    """What no datetime can show is refused with the year it would be, not with a crash."""
    with pytest.raises(ek.DefinitionError, match=r"about the year -?[0-9]+ is outside the years 1"):
        as_datetime(far)


def test_a_repeated_hour_keeps_its_fold():
    """The second 01:30 of the night clocks go back is an hour later than the first."""
    first = dt.datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/New_York"))
    assert as_microseconds(first.replace(fold=1)) - as_microseconds(first) == 3_600_000_000

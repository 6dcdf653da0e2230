"""Instants at the edge: aware in, pendulum out, the rest refused."""

import datetime as dt
from zoneinfo import ZoneInfo

import pendulum
import pytest

from engagekit.business_time.instants import as_datetime, as_microseconds, as_text
from engagekit.errors import DefinitionError


def test_every_aware_time_is_one_instant():
    """Text, datetime and pendulum mean the same microsecond, before 1970 too."""
    paris = dt.datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Europe/Paris"))
    for written in (paris, pendulum.instance(paris), "2026-03-02T08:00:00Z"):
        assert as_microseconds(written) == 1_772_438_400_000_000
    assert as_microseconds("1969-12-31T23:59:59.999999Z") == -1


def test_a_repeated_hour_keeps_its_fold():
    """The second 01:30 of the night clocks go back is an hour later than the first."""
    first = dt.datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/New_York"))
    assert as_microseconds(first.replace(fold=1)) - as_microseconds(first) == 3_600_000_000


def test_instants_come_back_as_pendulum_in_utc():
    """What goes out is a pendulum.DateTime in UTC, exact to the microsecond."""
    out = as_datetime(1_772_438_400_000_001)
    assert isinstance(out, pendulum.DateTime)
    assert out.isoformat() == "2026-03-02T08:00:00.000001+00:00"
    assert out.timezone_name == "UTC"
    assert out.add(months=1).month == 4
    assert as_text(1_772_438_400_000_000) == "2026-03-02T08:00:00Z"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (dt.datetime(2026, 3, 2), "no time zone"),  # noqa: DTZ001 - refused for that
        ("2026-03-02T08:00:00", "no time zone"),
        ("yesterday", "no ISO 8601"),
        (dt.date(2026, 3, 2), "got date"),
        (1_772_438_400, "got int"),
        (None, "got NoneType"),
    ],
)
def test_what_is_no_instant_is_refused(written, said):
    """A naive time, a date or a number is refused with an example."""
    with pytest.raises(DefinitionError, match=said):
        as_microseconds(written)


def test_years_nobody_can_write_are_refused():
    """An instant beyond the year 9999 is an error of its own, not an overflow."""
    with pytest.raises(DefinitionError, match="outside the years 1 to 9999"):
        as_datetime(1 << 60)

"""Business days and calendar time: dates of the calendar's zone, the time of day kept."""

from itertools import count

import pendulum
import pytest

from engagekit.business_time.calendar import Calendar
from engagekit.errors import DefinitionError

DESK = Calendar(zone="America/New_York", week={"mon-fri": ["09:00-17:00"]}, holidays=["2026-03-04"])


def new_york(text):
    """A New York wall-clock time as an instant."""
    return pendulum.parse(text, tz="America/New_York")


@pytest.mark.parametrize(
    ("start", "count", "then"),
    [
        ("2026-03-02T10:00", 1, "2026-03-03T10:00"),
        ("2026-03-02T10:00", 2, "2026-03-05T10:00"),  # the holiday is left out
        ("2026-03-06T16:30", 1, "2026-03-09T16:30"),  # over the clock change
        ("2026-03-07T11:00", 1, "2026-03-09T11:00"),  # from a Saturday
        ("2026-03-07T11:00", 0, "2026-03-09T11:00"),
        ("2026-03-06T11:00", 0, "2026-03-06T11:00"),
        ("2026-03-09T10:00", -1, "2026-03-06T10:00"),
        ("2026-03-08T10:00", -1, "2026-03-06T10:00"),
        ("2026-12-31T10:00", 300, "2028-02-24T10:00"),
        ("2026-01-02T10:00", -300, "2024-11-08T10:00"),
    ],
)
def test_business_days_keep_the_time_of_day(start, count, then):
    """Count days on which hours begin; zero leads to one of them."""
    assert DESK.add_business_days(new_york(start), count) == new_york(then)


def test_a_night_shift_counts_on_its_first_date():
    """Five nights a week are five business days, though they touch six dates."""
    nights = Calendar(zone="UTC", week={"mon-fri": ["22:00-06:00"]})
    then = nights.add_business_days("2026-03-02T23:00:00Z", 5)
    assert then == pendulum.parse("2026-03-09T23:00:00Z")


def test_a_date_that_never_was_is_no_business_day():
    """Apia went from 29 to 31 December 2011."""
    apia = Calendar(zone="Pacific/Apia", week={"mon-sun": ["09:00-17:00"]})
    then = apia.add_business_days("2011-12-29T12:00:00-10:00", 1)
    assert then == pendulum.parse("2011-12-31T12:00:00+14:00")


def test_combined_calendars_have_business_days():
    """Both for &, either for |, the left one's for -, where any time is left."""
    early = Calendar(zone="UTC", week={"mon-wed": ["08:00-10:00"]})
    late = Calendar(zone="UTC", week={"wed-fri": ["09:00-11:00"]})
    start = "2026-03-02T09:00:00Z"  # a Monday
    assert (early & late).add_business_days(start, 1).day == 4
    assert (early | late).add_business_days(start, 4).day == 6
    whole = Calendar(zone="UTC", week={"wed": ["00:00-24:00"]})
    assert (early - whole).add_business_days(start, 2).day == 9


def test_special_dates_and_breaks_decide_business_days():
    """An opened Saturday counts; a date whose hours are all cut out does not."""
    calendar = Calendar(
        zone="UTC",
        week={"mon-fri": ["09:00-17:00"]},
        special={"2026-03-07": ["09:00-10:00"], "2026-03-09": []},
        breaks={"2026-03-10": ["00:00-24:00"]},
    )
    days = [calendar.add_business_days("2026-03-06T12:00:00Z", n).day for n in (1, 2)]
    assert days == [7, 11]


def test_the_last_year_of_frozen_holidays_has_business_days():
    """The last known date ends beyond the last known year in most zones, and counts."""
    calendar = Calendar(zone="America/New_York", week={"mon-fri": ["09:00-17:00"]}, holidays=["FR"])
    then = calendar.add_business_days("2060-12-29T15:00:00Z", 2)
    assert then == pendulum.parse("2060-12-31T15:00:00Z")
    with pytest.raises(DefinitionError, match="never guessed"):
        calendar.add_business_days("2060-12-29T15:00:00Z", 3)


@pytest.mark.parametrize(
    ("start", "span", "then"),
    [
        ("2026-01-31T10:00", "P1M", "2026-02-28T10:00"),
        ("2024-02-29T10:00", "P1Y", "2025-02-28T10:00"),
        ("2026-03-07T02:30", "P1D", "2026-03-08T03:30"),  # 02:30 is skipped
        ("2026-12-15T10:00", "P2M", "2027-02-15T10:00"),
        ("2026-03-01T10:00", "P2W", "2026-03-15T10:00"),
        ("2026-03-01T10:00", "P0D", "2026-03-01T10:00"),
    ],
)
def test_calendar_time_follows_the_wall_calendar(start, span, then):
    """Months end on their last day, and the time of day stays."""
    assert DESK.after(new_york(start), span) == new_york(then)


def test_a_time_shown_twice_is_the_first_of_the_two():
    """A day after 01:30 is the first 01:30 where clocks go back."""
    then = DESK.after("2026-10-31T01:30:00-04:00", "P1D")
    assert then == pendulum.parse("2026-11-01T01:30:00-04:00")


def test_nothing_later_keeps_the_second_of_two():
    """No calendar time at all moves nothing, in the repeated hour either."""
    second = "2026-11-01T01:30:00-05:00"
    assert DESK.after(second, "P0D") == pendulum.parse(second)
    assert DESK.after(second, "P0BD") != pendulum.parse(second)  # a Sunday
    assert Calendar.always("America/New_York").after(second, "P0BD") == pendulum.parse(second)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda c: c.add_business_days("2026-03-02T10:00:00Z", 1.0), "whole number"),
        (lambda c: c.add_business_days("2026-03-02T10:00:00Z", True), "whole number"),
        (lambda c: c.add_business_days("2026-03-02T10:00:00Z", 99_999), "100 years"),
        (lambda c: c.add_business_days("9998-12-30T10:00:00Z", 9), "outside the years"),
        (lambda c: c.after("9990-12-30T10:00:00Z", "P90Y"), "outside the years 1900 to 9998"),
        (lambda c: c.after("9998-12-30T10:00:00Z", "P9D"), "outside the years 1900 to 9998"),
        (lambda c: c.before("1901-12-30T10:00:00Z", "P2Y"), "outside the years 1900 to 9998"),
        (
            lambda c: (c & Calendar(zone="UTC", week={"sun": ["09:00-10:00"]})).add_business_days(
                "2026-03-02T10:00:00Z", 1
            ),
            "no business day within",
        ),
    ],
    ids=count(),
)
def test_dates_that_cannot_be_reached_are_refused(ask, said):
    """Bad counts, the year 9999 and calendars without business days are errors."""
    with pytest.raises(DefinitionError, match=said):
        ask(DESK)

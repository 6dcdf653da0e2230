"""Opening hours as people write them, and what is refused with a way out."""

import datetime as dt

import pytest

from engagekit.business_time.calendar import Calendar
from engagekit.errors import DefinitionError, UnknownId

HOUR = dt.timedelta(hours=1)


def week_of(week, zone="UTC", **more):
    """A calendar of some week."""
    return Calendar(zone=zone, week=week, **more)


def open_hours(calendar, day):
    """Open hours of a UTC date."""
    begin = dt.datetime.fromisoformat(f"{day}T00:00:00+00:00")
    return calendar.elapsed(begin, begin + dt.timedelta(days=1)) / HOUR


@pytest.mark.parametrize(
    ("week", "monday", "saturday"),
    [
        ({"mon-fri": ["09:00-12:00", "13:00-17:00"]}, 7, 0),
        ({"Monday": ["9:00-17:00:00"], "SAT": ["00:00-24:00"]}, 8, 24),
        ({"sat-mon": ["09:00-10:00"]}, 1, 1),
        ({"mon, sat": ["09:00-10:00", "10:00-11:00"]}, 2, 2),
        ({"fri": ["22:00-06:00"]}, 0, 6),
        ({"fri": ["18:00-06:00"], "mon": ["22:00-00:00"]}, 2, 6),
        ({"sun": ["22:00-06:00"], "mon": ["06:00-07:00"]}, 7, 0),
        ({}, 0, 0),
    ],
)
def test_weeks_as_people_write_them(week, monday, saturday):
    """Ranges, lists, long names and nights give the hours that are meant."""
    assert open_hours(week_of(week), "2026-03-02") == monday
    assert open_hours(week_of(week), "2026-03-07") == saturday


@pytest.mark.parametrize(
    ("week", "said"),
    [
        ({"mon": ["17:00-09:00"]}, "ends before it begins"),
        ({"mon": ["24:00-06:00"]}, "ends before it begins"),
        ({"mon": ["09:00-09:00"]}, "has no length"),
        ({"mon": ["00:00-24:01"]}, "no time of day"),
        ({"mon": ["09:60-10:00"]}, "no time of day"),
        ({"mon": ["9-17"]}, "no time of day"),
        ({"mon": ["all day"]}, "no span of hours"),
        ({"mon": [9]}, "no span of hours"),
        ({"mon": "09:00-17:00"}, "expected a list of spans"),
        ({"mon": None}, "expected a list of spans"),
        ({"mon": ["09:00-12:00", "11:00-13:00"]}, "overlap"),
        ({"mon-fri": ["09:00-10:00"], "wed": []}, "wed is given twice"),
        ({"mon": ["22:00-06:00"], "tue": ["05:00-07:00"]}, "runs into 05:00-07:00 of tue"),
        (["mon"], "expected a mapping"),
    ],
)
def test_weeks_nobody_can_mean_are_refused(week, said):
    """Reversed, empty, overlapping and unreadable hours are refused with the reason."""
    with pytest.raises(DefinitionError, match=said):
        week_of(week)


def test_all_faults_come_at_once():
    """Whoever mends a definition sees every fault of it."""
    with pytest.raises(DefinitionError) as caught:
        Calendar(
            zone="EST",
            week={"mon": ["9"], "fry": []},
            holidays=["2026-02-30"],
            special={"x": []},
            breaks={"2026-03-02": ["1"], "2026-03-03": ["2"]},
        )
    assert len(caught.value.faults) == 7


def test_an_unknown_day_is_suggested():
    """A misspelt day comes with the right one."""
    with pytest.raises(UnknownId, match="did you mean 'fri'"):
        week_of({"mon-fry": ["09:00-17:00"]})


def test_a_long_night_can_still_be_said():
    """A night of more than twelve hours is written as two spans, as the refusal says."""
    with pytest.raises(
        DefinitionError, match="'17:00-24:00' and, on the following day, '00:00-09:00'"
    ):
        week_of({"mon": ["17:00-09:00"]})
    calendar = week_of({"mon": ["17:00-24:00"], "tue": ["00:00-09:00"]})
    assert open_hours(calendar, "2026-03-02") + open_hours(calendar, "2026-03-03") == 16


def test_special_dates_replace_the_week():
    """A special date has its own hours, closed or open, holiday or not."""
    calendar = week_of(
        {"mon-fri": ["09:00-17:00"]},
        holidays=["2026-12-25", "2026-12-28"],
        special={
            "2026-12-24": ["09:00-12:00"],
            "2026-12-28": ["10:00-11:00"],
            dt.date(2026, 12, 29): [],
            "2026-12-26": ["08:00-09:00"],
        },
    )
    days = ("24", "25", "26", "28", "29", "30")
    assert [open_hours(calendar, f"2026-12-{day}") for day in days] == [3, 0, 1, 1, 0, 8]


def test_a_special_night_belongs_to_two_dates():
    """After midnight it adds to the following date, unless that is special or a holiday."""
    calendar = week_of(
        {"mon-fri": ["09:00-17:00"]},
        holidays=["2026-03-05"],
        special={
            "2026-03-02": ["22:00-04:00"],
            "2026-03-04": ["22:00-04:00"],
            "2026-03-06": ["22:00-04:00"],
            "2026-03-07": ["12:00-13:00"],
            "2026-03-09": ["22:00-10:00"],
        },
    )
    days = ("02", "03", "04", "05", "06", "07", "10")
    assert [open_hours(calendar, f"2026-03-{day}") for day in days] == [2, 12, 2, 0, 2, 1, 17]


def test_a_night_shift_over_a_holiday():
    """The part after midnight belongs to its own date: a holiday closes exactly that date."""
    calendar = week_of({"mon-fri": ["22:00-06:00"]}, holidays=["2026-03-04"])
    days = ("03", "04", "05")
    assert [open_hours(calendar, f"2026-03-{day}") for day in days] == [8, 0, 8]


def test_breaks_are_cut_out_of_their_date():
    """A break may cut, halve or close the hours of its date, past midnight too."""
    calendar = week_of(
        {"mon-fri": ["09:00-17:00"], "sat": ["00:00-02:00"]},
        breaks={
            "2026-03-02": ["10:00-11:30"],
            "2026-03-03": ["08:00-18:00"],
            "2026-03-04": ["16:00-20:00", "08:00-10:00"],
            "2026-03-06": ["23:00-01:00"],
            "2036-03-06": ["09:00-17:00"],
        },
    )
    days = ("02", "03", "04", "06", "07")
    assert [open_hours(calendar, f"2026-03-{day}") for day in days] == [6.5, 0, 6, 8, 1]


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        ({"2026-02-30": []}, "no date"),
        ({"24 December": []}, "no date"),
        ({dt.datetime(2026, 12, 24, tzinfo=dt.UTC): []}, "no date"),
        ({"2026-12-24": [], dt.date(2026, 12, 24): []}, "given twice"),
        ({"2026-12-24": ["9"]}, "no span of hours"),
        ([], "expected a mapping"),
    ],
)
def test_dates_nobody_can_mean_are_refused(dates, said):
    """Unreadable and repeated dates are refused."""
    with pytest.raises(DefinitionError, match=said):
        week_of({}, breaks=dates or [1])


def test_hours_to_23_59_are_a_finding():
    """Leaving out the last minute is legal, and pointed out with its source."""
    calendar = week_of({"mon": ["00:00-23:59"]}, special={"2026-03-02": ["09:00-23:59:59"]})
    assert [(finding.rule, finding.where) for finding in calendar.findings] == [
        ("C04", "calendar.week.mon"),
        ("C04", "calendar.special.2026-03-02"),
    ]
    assert calendar.findings[0].to_dict()["severity"] == "warning"
    assert str(calendar.findings[0]).startswith("C04 warning: 00:00-23:59")


def test_no_hours_at_all_are_a_finding():
    """A calendar without hours can be made, and says so."""
    assert [finding.rule for finding in week_of({}).findings] == ["C06"]
    assert week_of({"mon": ["09:00-10:00"]}).findings == []

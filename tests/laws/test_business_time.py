"""Business time against an oracle that walks minute by minute and shares no code with it."""

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engagekit.business_time.arrays import running_many
from engagekit.business_time.calendar import Calendar

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Where clocks change, and by how much: half an hour, two hours, a whole day, at midnight, not at
# all; twice within a month around Ramadan; a zone that gave daylight saving time up.
ANCHORS = [
    ("Australia/Lord_Howe", "2026-04-04"),
    ("Australia/Lord_Howe", "2026-10-03"),
    ("Pacific/Apia", "2011-12-29"),
    ("Africa/Casablanca", "2026-02-14"),
    ("Africa/Casablanca", "2026-03-21"),
    ("Asia/Tehran", "2022-03-21"),
    ("Asia/Tehran", "2022-09-21"),
    ("America/New_York", "2026-03-07"),
    ("America/New_York", "2026-10-31"),
    ("Europe/London", "2026-10-24"),
    ("Europe/Dublin", "2026-03-28"),
    ("America/Sao_Paulo", "2018-11-03"),
    ("Africa/Cairo", "2023-04-27"),
    ("Asia/Kathmandu", "2026-05-01"),
    ("Asia/Kolkata", "2026-01-01"),
    ("Pacific/Chatham", "2026-04-04"),
    ("Asia/Pyongyang", "2018-05-04"),
    ("Antarctica/Troll", "2026-03-28"),
    ("America/St_Johns", "2006-10-28"),
    ("Pacific/Kiritimati", "2025-12-30"),
]
ZONES = sorted({zone for zone, _ in ANCHORS})
LENGTH = 4 * 1440  # minutes an oracle walks
MINUTE = dt.timedelta(minutes=1)

hours = st.lists(st.integers(0, 96), min_size=2, max_size=6, unique=True).map(
    lambda quarters: [
        (begin * 15, end * 15)
        for index, (begin, end) in enumerate(pairwise(sorted(quarters)))
        if index % 2 == 0
    ]
)
weeks = st.lists(st.one_of(st.just([]), hours), min_size=7, max_size=7)
holidays = st.sets(st.integers(0, 5), max_size=2)
minutes = st.integers(0, LENGTH)
modest = settings(max_examples=60, deadline=None)


class Walker:
    """The oracle: every minute of four days, open or not, by asking the wall clock."""

    def __init__(self, anchor, week, holidays):
        self.zone, day = anchor
        first = dt.date.fromisoformat(day)
        self.start = dt.datetime.combine(first, dt.time(), tzinfo=dt.UTC)
        self.week = week
        self.holidays = {first + dt.timedelta(days=offset) for offset in holidays}
        self.open = [self.is_open(minute) for minute in range(LENGTH + 1)]

    def at(self, minute):
        """The instant so many minutes on."""
        return self.start + minute * MINUTE

    def is_open(self, minute):
        """Membership: no holiday, and within the hours of the local day."""
        local = self.at(minute).astimezone(ZoneInfo(self.zone))
        if local.date() in self.holidays:
            return False
        wall = local.hour * 60 + local.minute
        return any(begin <= wall < end for begin, end in self.week[local.weekday()])

    def elapsed(self, begin, end):
        """Open minutes of [begin, end)."""
        return sum(self.open[begin:end]) if begin < end else 0

    def after(self, begin, amount):
        """The first minute by which so many have passed; None if beyond the walk."""
        for minute in range(begin, LENGTH + 1):
            if self.elapsed(begin, minute) == amount:
                return minute
        return None

    def calendar(self):
        """The calendar under test, of the same definition."""
        week = {
            day: [f"{clock(begin)}-{clock(end)}" for begin, end in spans]
            for day, spans in zip(DAYS, self.week, strict=True)
        }
        return Calendar(zone=self.zone, week=week, holidays=sorted(self.holidays))


def clock(minute):
    """Minutes since midnight as a time of day."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


walkers = st.builds(Walker, st.sampled_from(ANCHORS), weeks, holidays)


def test_zones_are_many():
    """The laws run over at least twelve zones, the difficult four among them."""
    wanted = {"Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "Asia/Tehran"}
    assert len(ZONES) >= 12
    assert wanted <= set(ZONES)


@modest
@given(walkers, minutes, minutes, minutes)
def test_elapsed_is_what_walking_finds(walker, one, other, third):
    """Elapsed time is the walked one, adds up, never falls, and is nothing backwards."""
    calendar = walker.calendar()
    a, b, c = sorted((one, other, third))
    first, second, whole = (
        calendar.elapsed(walker.at(x), walker.at(y)) for x, y in ((a, b), (b, c), (a, c))
    )
    assert first == walker.elapsed(a, b) * MINUTE
    assert first + second == whole >= first
    assert calendar.elapsed(walker.at(c), walker.at(a)) == dt.timedelta()
    assert calendar.is_open(walker.at(b)) == walker.open[b]


@modest
@given(walkers, minutes, st.integers(1, 600))
def test_after_is_where_walking_arrives(walker, begin, amount):
    """`after` is the first instant with so much elapsed, and `before` leads back."""
    found = walker.after(begin, amount)
    if found is None:
        return
    calendar, span = walker.calendar(), amount * MINUTE
    then = calendar.after(walker.at(begin), span)
    assert then == walker.at(found)
    assert calendar.elapsed(walker.at(begin), then) == span
    back = calendar.before(then, span)
    assert calendar.elapsed(back, then) == span
    assert calendar.elapsed(walker.at(begin), back) == dt.timedelta()
    assert calendar.elapsed(back, back + MINUTE) > dt.timedelta()


@modest
@given(walkers, minutes)
def test_openings_are_where_walking_meets_them(walker, begin):
    """The next opening, the next closing and the open stretches are the walked ones."""
    calendar = walker.calendar()
    ahead = [minute for minute in range(begin, LENGTH) if walker.open[minute]]
    if ahead:
        assert calendar.next_open(walker.at(begin)) == walker.at(ahead[0])
        closing = [m for m in range(ahead[0], LENGTH) if not walker.open[m]]
        if closing:
            assert calendar.next_close(walker.at(begin)) == walker.at(closing[0])
    stretches = calendar.open_intervals(walker.at(begin), walker.at(LENGTH))
    assert sum(micro(end) - micro(start) for start, end in stretches) == len(ahead) * 60_000_000
    assert all(end < start for (_, end), (start, _) in pairwise(stretches))


@modest
@given(walkers, weeks, st.sampled_from(ZONES), minutes, minutes)
def test_composition_is_membership_in_both(walker, other_week, zone, one, other):
    """`&`, `|` and `-` are what membership says, whatever the zones."""
    second = Walker((zone, walker.start.date().isoformat()), other_week, ())
    a, b = sorted((one, other))
    left, right = walker.calendar(), second.calendar()
    pairs = list(zip(walker.open[a:b], second.open[a:b], strict=True))
    expected = {
        left & right: sum(x and y for x, y in pairs),
        left | right: sum(x or y for x, y in pairs),
        left - right: sum(x and not y for x, y in pairs),
    }
    for calendar, walked in expected.items():
        assert calendar.elapsed(walker.at(a), walker.at(b)) == walked * MINUTE
    both = (left & right).elapsed(walker.at(a), walker.at(b))
    either = (left | right).elapsed(walker.at(a), walker.at(b))
    alone = [each.elapsed(walker.at(a), walker.at(b)) for each in (left, right)]
    assert both + either == sum(alone, dt.timedelta())


@modest
@given(walkers, st.lists(st.tuples(minutes, minutes), min_size=1, max_size=8))
def test_columns_agree_with_single_values(walker, rows):
    """Bulk, scalar and walked results are one and the same."""
    calendar = walker.calendar()
    starts, ends = (np.array([micro(walker.at(row[k])) for row in rows]) for k in (0, 1))
    walked = [walker.elapsed(*row) * 60_000_000 for row in rows]
    assert calendar.elapsed_many(starts, ends).tolist() == walked
    spans = np.array([min(row[1], walker.elapsed(0, LENGTH)) * 60_000_000 for row in rows])
    for landing in ("at_close", "next_open"):
        if any(spans) or any(walker.open):
            many = calendar.after_many(starts, spans, landing)
            assert many.tolist() == [
                micro(calendar.after(walker.at(row[0]), microseconds(span), landing))
                for row, span in zip(rows, spans, strict=True)
            ]


@modest
@given(
    walkers,
    st.lists(st.tuples(minutes, minutes), min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(0, 4), minutes, minutes), max_size=12),
)
def test_pauses_count_once_wherever_they_overlap(walker, rows, pauses):
    """Running time in bulk is open time outside the union of a clock's own pauses."""
    pauses = [(row, min(a, b), max(a, b)) for row, a, b in pauses if row < len(rows)]
    starts, ends = (np.array([micro(walker.at(row[k])) for row in rows]) for k in (0, 1))
    columns = (
        np.array([row for row, _, _ in pauses], dtype=np.int64),
        np.array([micro(walker.at(a)) for _, a, _ in pauses], dtype=np.int64),
        np.array([micro(walker.at(b)) for _, _, b in pauses], dtype=np.int64),
    )
    walked = [
        sum(
            walker.open[minute]
            and not any(row == index and a <= minute < b for row, a, b in pauses)
            for minute in range(begin, end)
        )
        for index, (begin, end) in enumerate(rows)
    ]
    found = running_many(walker.calendar(), starts, ends, columns)
    assert (found // 60_000_000).tolist() == walked


@pytest.mark.parametrize(("zone", "day"), ANCHORS)
def test_around_the_clock_every_hour_counts(zone, day):
    """A calendar that is always open counts every hour, also where clocks change."""
    start = dt.datetime.fromisoformat(f"{day}T00:00:00+00:00")
    end = start + dt.timedelta(days=400)
    assert Calendar.always(zone).elapsed(start, end) == dt.timedelta(days=400)


def micro(moment):
    """An instant on a whole second as microseconds UTC."""
    return int(moment.timestamp()) * 1_000_000


def microseconds(amount):
    """So many microseconds."""
    return dt.timedelta(microseconds=int(amount))

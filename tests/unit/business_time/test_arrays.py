"""Whole columns: what they take and refuse; that they agree with scalars is a law."""

from itertools import count

import numpy as np
import pytest

from engagekit.business_time.arrays import BLOCK, running_many
from engagekit.business_time.calendar import Calendar
from engagekit.errors import DefinitionError

DESK = Calendar(zone="America/New_York", week={"mon-fri": ["09:00-12:00", "13:00-17:00"]})
HOUR = 3_600_000_000
START = 1_772_460_000_000_000  # Monday 2026-03-02 09:00 in New York


def column(*values):
    """An int64 column."""
    return np.array(values, dtype=np.int64)


def test_datetime64_and_integers_are_alike():
    """datetime64 of any unit and int64 microseconds give one result."""
    starts = np.array(["2026-03-02T14:00:00"], dtype="datetime64[s]")
    ends = np.array(["2026-03-02T19:00:00"], dtype="datetime64[ns]")
    assert DESK.elapsed_many(starts, ends).tolist() == [4 * HOUR]
    assert DESK.elapsed_many(column(START), column(START + 5 * HOUR)).tolist() == [4 * HOUR]
    spans = np.array([4], dtype="timedelta64[h]")
    assert DESK.after_many(starts, spans).tolist() == [START + 5 * HOUR]
    assert DESK.after_many(column(START), column(3 * HOUR), "next_open").tolist() == [
        START + 4 * HOUR
    ]


def test_more_rows_than_one_block():
    """Rows beyond one block, and a last block that is shorter, come out like the first."""
    starts = np.full(2 * BLOCK + 5, START)
    found = DESK.elapsed_many(starts, starts + 5 * HOUR)
    assert (found == 4 * HOUR).all()
    assert (DESK.after_many(starts, found) == START + 5 * HOUR).all()


def test_nothing_in_nothing_out():
    """Empty columns give empty columns."""
    none = column()
    assert DESK.elapsed_many(none, none).tolist() == []
    assert DESK.after_many(none, none).tolist() == []
    assert running_many(DESK, none, none, (none, none, none)).tolist() == []


def test_no_working_time_at_all():
    """A column of zero spans leads to the next openings, whatever else is in it."""
    starts = column(START - HOUR, START + HOUR, START + 3 * HOUR)
    assert DESK.after_many(starts, column(0, 0, 0)).tolist() == [
        START,
        START + HOUR,
        START + 4 * HOUR,
    ]
    assert DESK.after_many(starts, column(0, HOUR, 0)).tolist() == [
        START,
        START + 2 * HOUR,
        START + 4 * HOUR,
    ]


def test_pauses_in_any_order():
    """Pauses of many clocks, unsorted and overlapping, count once each."""
    starts = column(START, START)
    ends = column(START + 3 * HOUR, START + 3 * HOUR)
    rows = column(1, 0, 1, 0)
    begins = column(START + HOUR, START, START, START + 2 * HOUR)
    stops = column(START + 2 * HOUR, START + HOUR, START + 2 * HOUR, START + 9 * HOUR)
    found = running_many(DESK, starts, ends, (rows, begins, stops))
    assert found.tolist() == [HOUR, HOUR]


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: DESK.elapsed_many([1.5], [2.5]), "float64"),
        (lambda: DESK.elapsed_many([None], [None]), "object"),
        (lambda: DESK.elapsed_many([[1]], [[2]]), "one dimension"),
        (lambda: DESK.elapsed_many(column(1), column(1, 2)), "starts 1, ends 2"),
        (lambda: DESK.elapsed_many(np.array(["NaT"], "M8[us]"), column(1)), "missing"),
        (lambda: DESK.elapsed_many(np.array([1], "M8[ns]"), column(1)), "finer than"),
        (lambda: DESK.elapsed_many(column(START), column(1 << 60)), "outside the years"),
        (lambda: DESK.after_many(column(START), column(-1)), "negative"),
        (lambda: DESK.after_many(column(START), column(1 << 60)), "100 years"),
        (lambda: DESK.after_many(column(START), column(1), "later"), "unknown landing"),
        (lambda: DESK.after_many(column(START), np.array([1.0])), "timedelta64"),
        (
            lambda: running_many(DESK, column(1), column(2), (column(1), column(1), column(1))),
            "outside 0 to 0",
        ),
        (
            lambda: running_many(DESK, column(1), column(2), (column(0), column(1), column())),
            "row 1, from 1, to 0",
        ),
        (
            lambda: running_many(DESK, column(1), column(2), ([0.0], column(1), column(1))),
            "expected int64, got float64",
        ),
    ],
    ids=count(),
)
def test_columns_of_something_else_are_refused(ask, said):
    """Floats, objects, missing times and columns of unequal length are refused."""
    with pytest.raises(DefinitionError, match=said):
        ask()


def test_a_calendar_that_is_never_open():
    """Nothing elapses, and nothing is ever reached."""
    never = Calendar(zone="UTC", week={})
    assert never.elapsed_many(column(START), column(START + HOUR)).tolist() == [0]
    for span in (0, HOUR):
        with pytest.raises(DefinitionError, match="never open"):
            never.after_many(column(START), column(span))


def test_pauses_in_order_need_no_sorting():
    """Pauses that come in order and apart are taken as they are."""
    starts, ends = column(START), column(START + 3 * HOUR)
    begins = column(START, START + 2 * HOUR)
    found = running_many(DESK, starts, ends, (column(0, 0), begins, begins + HOUR // 2))
    assert found.tolist() == [2 * HOUR]


def test_short_and_long_stretches_in_one_calendar():
    """A minute of opening between whole days is found as well as the days are."""
    week = {"mon": ["00:00-24:00"], "tue": ["01:00-01:01", "02:00-02:01", "03:00-03:01"]}
    calendar = Calendar(zone="UTC", week=week)
    starts = np.full(4, 1_772_409_600_000_000)  # Monday 2026-03-02 00:00
    spans = 24 * HOUR + np.array([0, 1, 2, 3]) * HOUR // 60
    then = calendar.after_many(starts, spans) - starts
    assert (then / HOUR).round(3).tolist() == [24, 25.017, 26.017, 27.017]

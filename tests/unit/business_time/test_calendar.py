"""Calendars: the conventions at the edges, and what they are besides."""

import datetime as dt
import pickle
import sys
import threading
from itertools import count

import pendulum
import pytest

from engagekit.business_time.calendar import Calendar
from engagekit.business_time.spans import Elapsed
from engagekit.errors import DefinitionError, MissingExtra, UnknownId

HOUR = dt.timedelta(hours=1)
DESK = Calendar(zone="Europe/Paris", week={"mon-fri": ["09:00-12:00", "13:00-17:00"]})
MONDAY = "2026-03-02T{}:00+01:00"
NEVER = Calendar(zone="UTC", week={})


def monday(clock):
    """A time of Monday, 2 March 2026 in Paris."""
    return MONDAY.format(clock)


def test_the_example_of_the_design():
    """The calendar of the design page can be made, and its Friday night ends on Saturday."""
    calendar = Calendar(
        zone="Europe/Paris",
        week={"mon-thu": ["09:00-12:00", "13:00-18:00"], "fri": ["22:00-06:00"]},
        holidays=["2026-05-14", "12-25"],
        special={"2026-12-24": ["09:00-12:00"]},
        breaks={"2026-03-02": ["10:00-11:30"]},
    )
    assert calendar.elapsed(monday("00:00"), "2026-03-03T00:00:00+01:00") == 6.5 * HOUR
    assert calendar.is_open("2026-03-07T05:59:59+01:00")
    assert not calendar.is_open("2026-03-07T06:00:00+01:00")


def test_elapsed_is_half_open_and_never_negative():
    """The opening instant counts, the closing one does not, backwards nothing does."""
    assert DESK.elapsed(monday("09:00"), monday("12:00")) == 3 * HOUR
    assert DESK.elapsed(monday("12:00"), monday("13:00")) == dt.timedelta()
    assert DESK.elapsed(monday("12:00"), monday("09:00")) == dt.timedelta()
    assert DESK.elapsed(monday("09:00"), monday("09:00")) == dt.timedelta()
    past = DESK.elapsed(monday("09:00"), "2026-03-02T12:00:00.000001+01:00")
    assert past == 3 * HOUR
    tiny = DESK.elapsed("2026-03-02T11:59:59.999999+01:00", monday("14:00"))
    assert tiny == HOUR + dt.timedelta(microseconds=1)


def test_a_result_on_closing_stays_there_unless_asked():
    """`at_close` stays at closing time; `next_open` moves to the following opening."""
    assert DESK.after(monday("09:00"), "PT3H") == pendulum.parse(monday("12:00"))
    moved = DESK.after(monday("09:00"), "PT3H", landing="next_open")
    assert moved == pendulum.parse(monday("13:00"))
    assert isinstance(moved, pendulum.DateTime)
    inside = DESK.after(monday("09:00"), "PT2H", landing="next_open")
    assert inside == pendulum.parse(monday("11:00"))
    with pytest.raises(UnknownId, match="did you mean 'at_close'"):
        DESK.after(monday("09:00"), "PT3H", landing="at_closing")


def test_nothing_after_hours_is_the_next_opening():
    """Zero working time outside hours leads to the next opening, and inside nowhere."""
    assert DESK.after(monday("12:00"), "PT0S") == pendulum.parse(monday("13:00"))
    assert DESK.after(monday("10:00"), "PT0S") == pendulum.parse(monday("10:00"))
    assert DESK.before(monday("13:00"), "PT0S") == pendulum.parse(monday("12:00"))
    assert DESK.before(monday("10:00"), "PT0S") == pendulum.parse(monday("10:00"))
    fresh = Calendar.from_dict(DESK.to_dict())
    assert fresh.before("2020-01-01T01:30:00+01:00", "PT0S") == pendulum.parse(
        "2019-12-31T17:00:00+01:00"
    )


def test_before_mirrors_after():
    """A result that falls exactly on opening stays there."""
    assert DESK.before(monday("14:00"), "PT1H") == pendulum.parse(monday("13:00"))
    assert DESK.before(monday("14:00"), "PT2H") == pendulum.parse(monday("11:00"))
    assert DESK.before(monday("09:00"), dt.timedelta(hours=1)) == pendulum.parse(
        "2026-02-27T16:00:00+01:00"
    )


def test_each_kind_of_span_moves_in_its_own_way():
    """Working time, business days, calendar time and elapsed time lead to four instants."""
    friday = "2026-03-27T16:00:00+01:00"  # clocks change on the Sunday
    expected = {
        "PT2H": "2026-03-30T10:00:00+02:00",
        "P2BD": "2026-03-31T16:00:00+02:00",
        "P2D": "2026-03-29T16:00:00+02:00",
        "P1M": "2026-04-27T16:00:00+02:00",
    }
    for span, then in expected.items():
        assert DESK.after(friday, span) == pendulum.parse(then)
        assert DESK.before(then, span) == pendulum.parse(friday)
    two_days = Elapsed.of(hours=48)
    assert DESK.after(friday, two_days) == pendulum.parse("2026-03-29T17:00:00+02:00")
    assert DESK.before("2026-03-29T17:00:00+02:00", two_days) == pendulum.parse(friday)


def test_openings_and_closings():
    """The next opening is now while open; the next closing is always ahead."""
    assert DESK.next_open(monday("10:00")) == pendulum.parse(monday("10:00"))
    assert DESK.next_open(monday("12:00")) == pendulum.parse(monday("13:00"))
    assert DESK.next_open("2026-12-31T18:00:00+01:00") == pendulum.parse(
        "2027-01-01T09:00:00+01:00"
    )
    assert DESK.next_close(monday("12:00")) == pendulum.parse(monday("17:00"))
    assert DESK.next_close("2026-12-31T17:00:00+01:00") == pendulum.parse(
        "2027-01-01T12:00:00+01:00"
    )
    with pytest.raises(DefinitionError, match="does not close"):
        Calendar.always().next_close(monday("10:00"))
    with pytest.raises(DefinitionError, match="never open"):
        NEVER.next_close(monday("10:00"))


def test_open_intervals_are_clipped():
    """Stretches begin and end within what was asked."""
    rows = DESK.open_intervals(monday("10:00"), monday("14:00"))
    assert [(str(a.time()), str(b.time())) for a, b in rows] == [
        ("09:00:00", "11:00:00"),
        ("12:00:00", "13:00:00"),
    ]
    assert DESK.open_intervals(monday("14:00"), monday("10:00")) == []


def test_a_shift_over_a_clock_change_is_as_long_as_it_is():
    """Hours are wall-clock times: the night is 7 or 9 hours long when clocks change."""
    night = Calendar(zone="Europe/Paris", week={"sat": ["22:00-06:00"]})
    spring = night.elapsed("2026-03-28T12:00:00+01:00", "2026-03-29T12:00:00+02:00")
    autumn = night.elapsed("2026-10-24T12:00:00+02:00", "2026-10-25T12:00:00+01:00")
    assert (spring, autumn) == (7 * HOUR, 9 * HOUR)


def test_equal_when_defined_alike():
    """Digest, equality and hash follow the definition, not the object or its spelling."""
    one = Calendar(zone="UTC", week={"mon-tue": ["09:00-17:00"]}, holidays=["12-25", "US"])
    two = Calendar(
        zone="UTC",
        week={"tue": ["09:00-17:00"], "Monday": ["9:00-17:00"]},
        holidays=["US", "12-25"],
    )
    assert one == one  # noqa: PLR0124 - the operator is under test
    assert one == two
    assert hash(one) == hash(two)
    assert one != DESK
    assert one != "UTC"
    assert len(one.digest) == 64
    assert "mon 09:00-17:00" in repr(one)
    assert repr(NEVER).startswith("<Calendar UTC: no hours")


def test_it_survives_storage_and_pickling():
    """What `to_dict` and pickle carry is the same calendar."""
    nightly = Calendar(
        zone="Europe/Paris",
        week={"fri": ["22:00-06:00"]},
        holidays=["2026-05-14"],
        special={"2026-12-24": ["20:00-02:00"]},
        breaks={"2026-03-02": ["10:00-11:30"]},
    )
    for calendar in (nightly, DESK & nightly, (DESK | nightly) - nightly):
        assert Calendar.from_dict(calendar.to_dict()) == calendar
        assert pickle.loads(pickle.dumps(calendar)) == calendar
    assert "&" in repr(DESK & nightly)


def test_it_cannot_be_changed():
    """A calendar is frozen."""
    with pytest.raises(AttributeError, match="frozen"):
        DESK.zone = "UTC"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda _: None, "expected a mapping"),
        (lambda data: {**data, "schema": "x"}, "unknown schema"),
        (lambda data: {**data, "colour": 1}, "unknown: colour"),
        (lambda data: {k: v for k, v in data.items() if k != "week"}, "missing: week"),
        (lambda data: {**data, "holidays": []}, "expected a mapping"),
        (lambda data: {**data, "holidays": {}}, "missing: dates, regions, yearly"),
        (
            lambda data: {**data, "holidays": {"dates": 1, "yearly": [], "regions": []}},
            "expected a list",
        ),
        (
            lambda data: {"schema": data["schema"], "operator": "&", "left": 1, "right": 2},
            "expected a mapping",
        ),
        (
            lambda data: {"schema": data["schema"], "operator": "^", "left": 1, "right": 2},
            "unknown operator",
        ),
    ],
    ids=count(),
)
def test_faulty_stored_calendars_are_refused(change, said):
    """A stored calendar is checked as strictly as a written one."""
    with pytest.raises(DefinitionError, match=said):
        Calendar.from_dict(change(DESK.to_dict()))


def test_combined_calendars_take_the_left_zone_and_all_findings():
    """Dates follow the left calendar; what is odd in either is reported."""
    both = DESK & Calendar(zone="UTC", week={"mon": ["00:00-23:59"]})
    assert both.zone == "Europe/Paris"
    assert [finding.rule for finding in both.findings] == ["C04"]


def test_only_calendars_combine():
    """Combining with anything else is refused, with the operator."""
    with pytest.raises(DefinitionError, match="calendar and int with '&'"):
        DESK & 1


def test_columns_need_an_extra(monkeypatch):
    """Without numpy, whole columns ask for the extra; everything else works."""
    monkeypatch.delitem(sys.modules, "engagekit.business_time.arrays", raising=False)
    monkeypatch.delattr("engagekit.business_time.arrays", raising=False)
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(MissingExtra, match=r"engagekit\[portfolio\]"):
        DESK.elapsed_many([], [])
    assert DESK.is_open(monday("10:00"))


def test_threads_share_one_calendar():
    """Many threads that widen one calendar at once all get the right answer."""
    shared = Calendar(zone="Europe/Paris", week={"mon-fri": ["09:00-17:00"]})
    found = []

    def ask(year):
        found.append(shared.elapsed(f"{year}-01-01T00:00:00Z", f"{year + 1}-01-01T00:00:00Z"))

    years = [*range(1990, 2030)] * 3
    threads = [threading.Thread(target=ask, args=(year,)) for year in years]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alone = Calendar.from_dict(shared.to_dict())
    assert sorted(found) == sorted(
        alone.elapsed(f"{year}-01-01T00:00:00Z", f"{year + 1}-01-01T00:00:00Z") for year in years
    )


def test_calendars_that_touch_make_one_stretch():
    """Where one closes and the other opens, their union stays open and their meeting empty."""
    early = Calendar(zone="UTC", week={"mon": ["09:00-10:00"]})
    late = Calendar(zone="UTC", week={"mon": ["10:00-11:00"]})
    week = ("2026-03-02T00:00:00Z", "2026-03-08T00:00:00Z")
    assert len((early | late).open_intervals(*week)) == 1
    assert (early & late).open_intervals(*week) == []
    assert (early - late).open_intervals(*week) == early.open_intervals(*week)

"""How far a calendar reaches: as far as asked, and never by guessing."""

import datetime as dt
from itertools import count

import pytest

from engagekit.business_time.calendar import Calendar
from engagekit.errors import DefinitionError

DESK = {"mon-fri": ["09:00-17:00"]}
MONDAY = Calendar(zone="UTC", week={"mon": ["09:00-10:00"]})
TUESDAY = Calendar(zone="UTC", week={"tue": ["09:00-10:00"]})
NOW = "2026-03-02T08:00:00Z"


def fresh():
    """A calendar nobody has asked yet."""
    return Calendar(zone="Europe/Paris", week=DESK)


def test_the_order_of_questions_does_not_matter():
    """Widening forwards, backwards or far away gives the answers of a fresh calendar."""
    asked = fresh()
    for year in (2026, 2030, 2010, 2500, 1905, 2026, 2200):
        begin, end = f"{year}-01-01T00:00:00Z", f"{year}-12-31T00:00:00Z"
        assert asked.elapsed(begin, end) == fresh().elapsed(begin, end)


def test_a_span_of_years_is_found():
    """A span that needs many years widens the calendar as often as it takes."""
    span = dt.timedelta(hours=2000 * 40)
    then = fresh().after(NOW, span)
    assert fresh().elapsed(NOW, then) == span
    assert fresh().elapsed(fresh().before(NOW, span), NOW) == span


def test_far_questions_are_kept_apart():
    """Many far-away centuries do not pile up."""
    calendar = fresh()
    for year in range(1900, 9900, 450):
        assert calendar.elapsed(f"{year}-01-01T00:00:00Z", f"{year}-02-01T00:00:00Z")
    assert calendar.elapsed("2000-01-01T00:00:00Z", "2480-01-01T00:00:00Z")
    assert calendar.elapsed("3000-01-01T00:00:00Z", "3480-01-01T00:00:00Z")
    assert calendar.elapsed("4000-01-01T00:00:00Z", "4480-01-01T00:00:00Z")
    assert len(calendar._horizon._years) <= 1500


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda c: c.elapsed(NOW, "9999-12-31T00:00:00Z"), "1900 to 9998"),
        (lambda c: c.elapsed("1899-12-31T00:00:00Z", NOW), "1900 to 9998"),
        (lambda c: c.is_open("0001-01-01T00:00:00Z"), "1900 to 9998"),
        (lambda c: c.elapsed(NOW, "2600-01-01T00:00:00Z"), "more than 500 years"),
        (lambda c: c.after("9998-12-31T20:00:00Z", "PT1H"), "not reached after"),
        (lambda c: c.before("1900-01-01T00:00:00Z", "PT1H"), "not reached before"),
        (lambda c: c.after(c.after("9998-12-30T20:00:00Z", "PT1H"), "P2D"), "outside the years"),
        (lambda c: c.elapsed_us(1 << 60, 1 << 61), "an instant in the year"),
    ],
    ids=count(),
)
def test_beyond_what_is_known_is_refused(ask, said):
    """The year 9999, far pasts and absurd stretches are errors that say so."""
    with pytest.raises(DefinitionError, match=said):
        ask(fresh())


@pytest.mark.parametrize(
    "calendar",
    [
        Calendar(zone="UTC", week={}),
        Calendar(zone="UTC", week={"mon": []}, special={"2026-03-02": []}),
        MONDAY & TUESDAY,
        MONDAY - Calendar.always(),
        Calendar(zone="UTC", week={}) | Calendar(zone="UTC", week={}),
        Calendar(zone="UTC", week={}) - MONDAY,
        MONDAY & Calendar(zone="UTC", week={}),
    ],
    ids=count(),
)
def test_a_calendar_that_is_never_open_says_so(calendar):
    """Looking for time that never comes ends with a clear error."""
    for ask in (calendar.after, calendar.before):
        with pytest.raises(DefinitionError, match="never open"):
            ask(NOW, "PT1H")
    with pytest.raises(DefinitionError, match="never open"):
        calendar.next_open(NOW)
    assert calendar.elapsed(NOW, "2027-01-01T00:00:00Z") == dt.timedelta()


def test_a_single_special_date_far_away_is_found():
    """One open date is enough, however far it lies ahead or behind."""
    far = {"2150-01-01": ["09:00-10:00"]}
    calendar = MONDAY & TUESDAY | Calendar(zone="UTC", week={}, special=far)
    assert calendar.after(NOW, "PT1H").year == 2150
    assert calendar.before("2300-01-01T00:00:00Z", "PT1H").year == 2150
    with pytest.raises(DefinitionError, match="never open"):
        calendar.after("2151-01-01T00:00:00Z", "PT1H")


def test_a_target_that_takes_centuries_is_refused():
    """An hour a week never makes a hundred thousand, and the refusal asks for the unit."""
    with pytest.raises(DefinitionError, match="is the unit right"):
        MONDAY.after(NOW, "PT100000H")

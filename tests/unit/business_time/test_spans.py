"""Spans: four kinds, read from what people write, never mixed."""

import datetime as dt
from decimal import Decimal

import pendulum
import pytest

from engagekit.business_time.spans import (
    BusinessDays,
    Elapsed,
    Nominal,
    WorkingTime,
    parse_elapsed,
    parse_span,
)
from engagekit.errors import DefinitionError

HOUR = 3_600_000_000


@pytest.mark.parametrize(
    ("written", "span", "text"),
    [
        ("PT8H", WorkingTime(8 * HOUR), "PT8H"),
        ("PT1.5H", WorkingTime(HOUR + HOUR // 2), "PT1H30M"),
        ("PT90M", WorkingTime(HOUR + HOUR // 2), "PT1H30M"),
        ("PT0,000001S", WorkingTime(1), "PT0.000001S"),
        ("PT1H2M3.25S", WorkingTime(3_723_250_000), "PT1H2M3.25S"),
        ("PT0S", WorkingTime(0), "PT0S"),
        ("P10BD", BusinessDays(10), "P10BD"),
        ("P1M", Nominal(months=1), "P1M"),
        ("P1Y2M3W4D", Nominal(1, 2, 3, 4), "P1Y2M3W4D"),
        ("P0D", Nominal(), "P0D"),
        (dt.timedelta(days=1), WorkingTime(24 * HOUR), "PT24H"),
        (pendulum.duration(days=14), WorkingTime(14 * 24 * HOUR), "PT336H"),
        (pendulum.duration(months=1, days=10), Nominal(0, 1, 1, 3), "P1M1W3D"),
        (Elapsed.of(hours=1, minutes=1, seconds=1), Elapsed(3_661_000_000), "PT1H1M1S elapsed"),
    ],
)
def test_each_way_of_writing_is_one_kind(written, span, text):
    """What is written decides the kind, and the kind writes itself back."""
    assert parse_span(written) == span
    assert str(parse_span(written)) == text


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("P", "no span"),
        ("PT", "no span"),
        ("P1DT4H", "do not mix"),
        ("P10BDT4H", "do not mix"),
        ("-PT4H", "negative"),
        ("pt4h", "capitals"),
        ("P0.5D", "fractions"),
        ("P²D", "no span"),
        ("PT٣H", "no span"),
        ("PT0.0000001S", "finer than a microsecond"),
        ("PT99999999999999999999H", "too many digits"),
        ("P99999999999999999999D", "too many digits"),
        ("PT999999999H", "100 years"),
        ("P200Y", "100 years"),
        ("P99999BD", "100 years"),
        (8, "8 what?"),
        (8.0, "8 what?"),
        (None, "NoneType"),
        (Decimal(8), "Decimal"),
        (dt.timedelta(-1), "negative"),
        (dt.timedelta.max, "100 years"),
        (pendulum.duration(months=1, hours=2), "mixes"),
    ],
)
def test_what_is_no_span_is_refused_with_a_way_out(written, said):
    """Negative, absurd, mixed and bare numbers are refused, and the message says why."""
    with pytest.raises(DefinitionError, match=said.replace("?", r"\?")):
        parse_span(written)


@pytest.mark.parametrize("size", [1.0, True, "8"])
def test_sizes_are_whole_numbers(size):
    """A span is built from whole numbers only."""
    with pytest.raises(DefinitionError, match="whole number"):
        WorkingTime(size)


def test_spans_of_one_kind_add_and_compare():
    """Two spans of one kind add up and have an order."""
    one, two = WorkingTime.of(hours=1), WorkingTime.of(minutes=120)
    assert one + one == two
    assert one < two
    assert one <= two
    assert two > one
    assert two >= one
    assert one.timedelta == dt.timedelta(hours=1)
    assert Elapsed.of(hours=1).timedelta == dt.timedelta(hours=1)
    assert Elapsed(1) + Elapsed(2) == Elapsed(3)
    assert Elapsed(1) < Elapsed(2)
    assert BusinessDays(1) + BusinessDays(2) == BusinessDays(3)
    assert BusinessDays(1) < BusinessDays(2)
    assert Nominal(months=1) + Nominal(days=2) == Nominal(months=1, days=2)


@pytest.mark.parametrize("other", [BusinessDays(1), Elapsed(1), Nominal(days=1), 1])
def test_kinds_never_mix(other):
    """Adding or comparing two kinds is refused and names both."""
    with pytest.raises(DefinitionError, match="cannot add WorkingTime"):
        WorkingTime(1) + other
    with pytest.raises(DefinitionError, match="cannot compare WorkingTime"):
        assert WorkingTime(1) < other
    with pytest.raises(DefinitionError, match="cannot add Nominal"):
        Nominal(months=1) + WorkingTime(1)


def test_calendar_time_has_no_order():
    """Nobody knows whether a month is longer than 30 days."""
    with pytest.raises(DefinitionError, match="no fixed length"):
        assert Nominal(months=1) < Nominal(days=30)


def test_hours_where_no_calendar_applies_are_elapsed_time():
    """Without a calendar the same text is stopwatch time; business days are refused."""
    assert parse_elapsed("PT8H") == Elapsed.of(hours=8)
    assert parse_elapsed(dt.timedelta(hours=8)) == Elapsed.of(hours=8)
    assert parse_elapsed(Elapsed(5)) == Elapsed(5)
    for needs_calendar in ("P10BD", "P1M", WorkingTime(1)):
        with pytest.raises(DefinitionError, match="needs a calendar"):
            parse_elapsed(needs_calendar)

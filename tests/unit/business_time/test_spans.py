"""Spans: fixed lengths in ISO 8601, business days, and nothing of zero length."""

from __future__ import annotations

import datetime as dt

import pendulum
import pytest

import engagekit as ek
from engagekit.business_time.spans import BusinessDays, parse_span


@pytest.mark.parametrize(
    ("given", "length"),
    [
        ("P14D", dt.timedelta(days=14)),
        ("P2W", dt.timedelta(weeks=2)),
        ("PT4H", dt.timedelta(hours=4)),
        ("P1W2DT3H4M5S", dt.timedelta(weeks=1, days=2, hours=3, minutes=4, seconds=5)),
        ("PT90M", dt.timedelta(minutes=90)),
        (dt.timedelta(microseconds=1), dt.timedelta(microseconds=1)),
        (pendulum.duration(hours=4), dt.timedelta(hours=4)),
        ("P10BD", BusinessDays(10)),
    ],
    ids=str,
)
def test_a_span_is_read(given, length):
    """ISO 8601 of fixed length, timedelta, pendulum.Duration and business days are spans."""
    assert parse_span(given) == length


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("P1M", "months and years have no fixed"),
        ("P1Y", "is no span; write 'P14D'"),
        ("P", "is no span"),
        ("PT", "is no span"),
        ("P1DT", "is no span"),
        ("14D", "is no span"),
        ("-P1D", "is no span"),
        ("P1.5D", "is no span"),
        ("P1DBD", "is no span"),
        ("p1d", "is no span"),
        ("P" + "9" * 1_000_000 + "D", "is no span"),
        ("P0D", "not longer than zero"),
        ("PT0S", "not longer than zero"),
        ("P0BD", "not longer than zero"),
        (dt.timedelta(), "not longer than zero"),
        (dt.timedelta(days=-1), "not longer than zero"),
        (14, "expected a timedelta or a text such as 'P14D', got int"),
        (None, "got NoneType"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_span_is_refused(given, words):
    """Lengths that vary, are zero, negative or unreadable are refused at the named place."""
    with pytest.raises(ek.DefinitionError, match=f"max_age: .*{words}") as refused:
        parse_span(given, "max_age")
    assert len(str(refused.value)) < 200

"""Opening hours as people write them: days of the week, special dates, breaks.

Inside, a span is (begin, end) in microseconds of wall-clock time since midnight; an end beyond
24:00 lies on the following date.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from engagekit.business_time.faults import Collected
from engagekit.errors import DefinitionError, UnknownId

__all__ = ["DAY", "WEEKDAYS", "Spans", "as_date", "cut", "read_dates", "read_week", "span_text"]

Spans: TypeAlias = tuple[tuple[int, int], ...]

DAY = 86_400_000_000
LONGEST_NIGHT = DAY // 2
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONG_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPAN = re.compile(r"\s*([0-9:]+)\s*-\s*([0-9:]+)\s*")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_week(week: object) -> tuple[Spans, ...]:
    """The spans of Monday to Sunday.

    Raises:
        DefinitionError: all faults at once: unknown or repeated days, unreadable, empty or
            overlapping spans.
    """
    if not isinstance(week, Mapping):
        raise DefinitionError(
            f"expected a mapping such as {{'mon-fri': ['09:00-17:00']}}, got {type(week).__name__}",
            where="week",
        )
    met = Collected()
    days: dict[int, Spans] = {}
    for key, hours in week.items():
        met.attempt(_read_entry, key, hours, days)
    met.settle()
    met.add(list(_clashes(days)))
    met.settle()
    return tuple(days.get(day, ()) for day in range(7))


def _read_entry(key: object, hours: object, days: dict[int, Spans]) -> None:
    spans = _read_spans(hours, f"week[{key!r}]")
    for day in _read_days(key):
        if day in days:
            raise DefinitionError(f"{WEEKDAYS[day]} is given twice", where=f"week[{key!r}]")
        days[day] = spans


def _clashes(days: Mapping[int, Spans]) -> Iterable[DefinitionError]:
    for day, spans in days.items():
        night = max((end for _, end in spans), default=0) - DAY
        following = days.get((day + 1) % 7, ())
        if following and following[0][0] < night:
            yield DefinitionError(
                f"{span_text(spans[-1])} runs into {span_text(following[0])} of"
                f" {WEEKDAYS[(day + 1) % 7]}; shorten one of them",
                where=f"week[{WEEKDAYS[day]!r}]",
            )


def _read_days(key: object) -> list[int]:
    days: list[int] = []
    for part in str(key).split(","):
        first, dash, last = part.partition("-")
        begin = _weekday(first, key)
        end = _weekday(last, key) if dash else begin
        days.extend((begin + step) % 7 for step in range((end - begin) % 7 + 1))
    return days


def _weekday(name: str, key: object) -> int:
    plain = name.strip().lower()
    for names in (WEEKDAYS, _LONG_NAMES):
        if plain in names:
            return names.index(plain)
    raise UnknownId("day of the week", name.strip(), WEEKDAYS, where=f"week[{key!r}]")


def read_dates(dates: object, where: str) -> dict[dt.date, Spans]:
    """The spans of single dates, by date.

    Raises:
        DefinitionError: all faults at once.
    """
    if not isinstance(dates, Mapping):
        raise DefinitionError(
            f"expected a mapping such as {{'2026-12-24': ['09:00-12:00']}},"
            f" got {type(dates).__name__}",
            where=where,
        )
    met = Collected()
    read: dict[dt.date, Spans] = {}
    for key, hours in dates.items():
        met.attempt(_read_date, key, hours, read, where)
    met.settle()
    return dict(sorted(read.items()))


def _read_date(key: object, hours: object, read: dict[dt.date, Spans], where: str) -> None:
    date = as_date(key, where)
    if date in read:
        raise DefinitionError(f"{date} is given twice", where=where)
    read[date] = _read_spans(hours, f"{where}[{str(key)!r}]")


def as_date(value: object, where: str) -> dt.date:
    """A date, or a text such as '2026-12-24'."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.date(value.year, value.month, value.day)
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError as error:
            raise DefinitionError(f"{value!r} is no date: {error}", where=where) from None
    raise DefinitionError(f"{str(value)[:80]!r} is no date; write '2026-12-24'", where=where)


def _read_spans(hours: object, where: str) -> Spans:
    if isinstance(hours, str) or not isinstance(hours, Sequence):
        raise DefinitionError(
            f"expected a list of spans such as ['09:00-12:00', '13:00-17:00'],"
            f" got {type(hours).__name__}",
            where=where,
        )
    spans = sorted(_read_span(text, where) for text in hours)
    for one, other in pairwise(spans):
        if other[0] < one[1]:
            raise DefinitionError(
                f"{span_text(one)} and {span_text(other)} overlap; make one span of them",
                where=where,
            )
    return tuple(spans)


def _read_span(text: object, where: str) -> tuple[int, int]:
    match = _SPAN.fullmatch(text) if isinstance(text, str) else None
    if not match:
        raise DefinitionError(
            f"{str(text)[:80]!r} is no span of hours; write '09:00-17:00'", where=where
        )
    begin, end = (_clock(part, match[0].strip(), where) for part in match.groups())
    if begin == end:
        raise DefinitionError(
            f"{match[0].strip()!r} has no length; a full day is '00:00-24:00'", where=where
        )
    if end < begin:
        return begin, _past_midnight(begin, end, match[0].strip(), where)
    return begin, end


def _past_midnight(begin: int, end: int, text: str, where: str) -> int:
    # A day shift written backwards is always longer than half a day when read as a night.
    if begin == DAY or end + DAY - begin > LONGEST_NIGHT:
        raise DefinitionError(
            f"{text!r} ends before it begins; turn it round, or if a night of more than 12 hours"
            f" is meant write it as two spans, '{_clock_text(begin)}-24:00' and, on the following"
            f" day, '00:00-{_clock_text(end)}'",
            where=where,
        )
    return end + DAY


def _clock(text: str, span: str, where: str) -> int:
    match = _CLOCK.fullmatch(text)
    if match:
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        total = (hours * 60 + minutes) * 60 + seconds
        if minutes < 60 and seconds < 60 and total <= 86_400:
            return total * 1_000_000
    raise DefinitionError(
        f"{text!r} in {span!r} is no time of day; write 00:00 to 24:00", where=where
    )


def _clock_text(microseconds: int) -> str:
    minutes, seconds = divmod(microseconds // 1_000_000, 60)
    plain = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{plain}:{seconds:02d}" if seconds else plain


def span_text(span: tuple[int, int]) -> str:
    """The span as it is written: '22:00-06:00'."""
    begin, end = span
    return f"{_clock_text(begin)}-{_clock_text(end - DAY if end > DAY else end)}"


def cut(spans: Iterable[tuple[int, int]], holes: Spans) -> Spans:
    """What is left of the spans without the holes."""
    left = list(spans)
    for begin, end in holes:
        pieces = [((a, min(b, begin)), (max(a, end), b)) for a, b in left]
        left = [piece for pair in pieces for piece in pair if piece[0] < piece[1]]
    return tuple(left)

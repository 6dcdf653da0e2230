"""How long: four kinds of duration that never mix.

    WorkingTime   time while a calendar is open          "PT8H", a timedelta
    BusinessDays  dates on which a calendar opens        "P10BD"
    Nominal       calendar years, months, weeks, days    "P1M", "P14D", "P2W"
    Elapsed       time on a stopwatch, nights included   Elapsed.of(hours=24)

`"PT8H"` is working time wherever a calendar applies: eight hours of a service desk, not of the
clock on the wall. Where no calendar applies (how old a report may be), `parse_elapsed` reads the
same text as elapsed time. A `timedelta` (and a `pendulum.Duration` without months or years) is
the same number of hours, so `timedelta(days=1)` is 24 working hours; a calendar day is `"P1D"`.
"""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

import attrs
import pendulum

from engagekit.errors import DefinitionError

__all__ = [
    "BusinessDays",
    "Elapsed",
    "Nominal",
    "Span",
    "SpanLike",
    "WorkingTime",
    "parse_elapsed",
    "parse_span",
]

LONGEST_YEARS = 100  # a promise that runs longer is a slip of the pen
_LONGEST_DAYS = 36_525
_LONGEST_US = _LONGEST_DAYS * 86_400_000_000
_UNITS_US = {"H": 3_600_000_000, "M": 60_000_000, "S": 1_000_000}
_NUMBER = r"([0-9]+(?:[.,][0-9]+)?)"
_TIME = re.compile(rf"PT(?=\d)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?")
_DATE = re.compile(r"P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?", re.ASCII)
_BUSINESS = re.compile(r"P(\d+)BD", re.ASCII)
_EXAMPLES = "'PT4H' (working time), 'P10BD' (business days), 'P1M' or 'P14D' (calendar time)"


def _whole(value: object, where: str, limit: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise DefinitionError(f"expected a whole number, got {type(value).__name__}", where=where)
    if value < 0:
        raise DefinitionError(f"{value} is negative; a span runs forward", where=where)
    if value > limit:
        raise DefinitionError(f"longer than {LONGEST_YEARS} years; is the unit right?", where=where)


class _OneKind:
    """What all spans share: they add and compare within their kind only."""

    __slots__ = ()

    def _amount(self, other: object, verb: str) -> tuple[int, int]:
        if type(other) is not type(self):
            raise DefinitionError(
                f"cannot {verb} {type(self).__name__} and {type(other).__name__}: they pass at"
                " different speeds; turn both into instants first: calendar.after(start, span)"
            )
        return self._size(), other._size()

    def _size(self) -> int:
        raise DefinitionError(
            f"{self} has no fixed length; turn it into an instant first:"
            " calendar.after(start, span)"
        )

    def __lt__(self, other: object) -> bool:
        mine, theirs = self._amount(other, "compare")
        return mine < theirs

    def __le__(self, other: object) -> bool:
        mine, theirs = self._amount(other, "compare")
        return mine <= theirs

    def __gt__(self, other: object) -> bool:
        mine, theirs = self._amount(other, "compare")
        return mine > theirs

    def __ge__(self, other: object) -> bool:
        mine, theirs = self._amount(other, "compare")
        return mine >= theirs


@attrs.frozen(order=False)
class WorkingTime(_OneKind):
    """Time that passes only while a calendar is open."""

    microseconds: int

    def __attrs_post_init__(self) -> None:
        _whole(self.microseconds, "working time", _LONGEST_US)

    @classmethod
    def of(cls, *, hours: int = 0, minutes: int = 0, seconds: int = 0) -> WorkingTime:
        """So many hours, minutes and seconds of working time."""
        return cls(_microseconds(hours, minutes, seconds, "working time"))

    @property
    def timedelta(self) -> dt.timedelta:
        """The same length as `datetime.timedelta`."""
        return dt.timedelta(microseconds=self.microseconds)

    def _size(self) -> int:
        return self.microseconds

    def __add__(self, other: object) -> WorkingTime:
        return WorkingTime(sum(self._amount(other, "add")))

    def __str__(self) -> str:
        return _time_text(self.microseconds)


@attrs.frozen(order=False)
class Elapsed(_OneKind):
    """Time on a stopwatch: it passes at night, on holidays and over DST changes alike."""

    microseconds: int

    def __attrs_post_init__(self) -> None:
        _whole(self.microseconds, "elapsed time", _LONGEST_US)

    @classmethod
    def of(cls, *, hours: int = 0, minutes: int = 0, seconds: int = 0) -> Elapsed:
        """So many hours, minutes and seconds on a stopwatch."""
        return cls(_microseconds(hours, minutes, seconds, "elapsed time"))

    @property
    def timedelta(self) -> dt.timedelta:
        """The same length as `datetime.timedelta`."""
        return dt.timedelta(microseconds=self.microseconds)

    def _size(self) -> int:
        return self.microseconds

    def __add__(self, other: object) -> Elapsed:
        return Elapsed(sum(self._amount(other, "add")))

    def __str__(self) -> str:
        return f"{_time_text(self.microseconds)} elapsed"


@attrs.frozen(order=False)
class BusinessDays(_OneKind):
    """So many dates on which a calendar has hours; the time of day stays."""

    count: int

    def __attrs_post_init__(self) -> None:
        _whole(self.count, "business days", _LONGEST_DAYS)

    def _size(self) -> int:
        return self.count

    def __add__(self, other: object) -> BusinessDays:
        return BusinessDays(sum(self._amount(other, "add")))

    def __str__(self) -> str:
        return f"P{self.count}BD"


@attrs.frozen(order=False)
class Nominal(_OneKind):
    """Dates on a wall calendar: a month is 28 to 31 days, a day is 23 to 25 hours.

    The time of day stays; 31 January and a month is the last day of February.
    """

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0

    def __attrs_post_init__(self) -> None:
        for name in ("years", "months", "weeks", "days"):
            _whole(getattr(self, name), name, _LONGEST_DAYS)
        total = 365 * self.years + 30 * self.months + 7 * self.weeks + self.days
        _whole(total, "calendar time", _LONGEST_DAYS)

    def __add__(self, other: object) -> Nominal:
        if not isinstance(other, Nominal):
            self._amount(other, "add")
            raise AssertionError  # pragma: no cover
        return Nominal(
            self.years + other.years,
            self.months + other.months,
            self.weeks + other.weeks,
            self.days + other.days,
        )

    def __str__(self) -> str:
        parts = zip((self.years, self.months, self.weeks, self.days), "YMWD", strict=True)
        return "P" + ("".join(f"{size}{unit}" for size, unit in parts if size) or "0D")


Span: TypeAlias = WorkingTime | BusinessDays | Elapsed | Nominal
SpanLike: TypeAlias = Span | dt.timedelta | str


def parse_span(value: SpanLike, where: str = "span") -> Span:
    """The span that is meant, of the kind it is written in.

    Raises:
        DefinitionError: negative, a bare number, a mixture of kinds, finer than a microsecond,
            longer than 100 years, or no span at all.
    """
    if isinstance(value, str):
        return _read(value, where)
    if isinstance(value, WorkingTime | BusinessDays | Elapsed | Nominal):
        return value
    if isinstance(value, pendulum.Duration) and (value.years or value.months):
        return _dated(value, where)
    if isinstance(value, dt.timedelta):
        return WorkingTime(_from_timedelta(value, where))
    hint = "; 8 what? write 'PT8H' for hours" if isinstance(value, int | float) else ""
    raise DefinitionError(
        f"expected a timedelta or one of {_EXAMPLES}, got {type(value).__name__}{hint}",
        where=where,
    )


def parse_elapsed(value: SpanLike, where: str = "span") -> Elapsed:
    """The span where no calendar applies: `"PT8H"` is eight hours on a stopwatch.

    Raises:
        DefinitionError: as `parse_span`, or it needs a calendar to mean anything.
    """
    span = parse_span(value, where)
    if isinstance(span, Elapsed):
        return span
    if isinstance(span, WorkingTime) and not isinstance(value, WorkingTime):
        return Elapsed(span.microseconds)
    raise DefinitionError(
        f"{span} needs a calendar and none applies here; write hours, such as 'PT24H'",
        where=where,
    )


@lru_cache(maxsize=1024)
def _read(text: str, where: str) -> Span:
    if match := _TIME.fullmatch(text):
        return WorkingTime(_exact(match, text, where))
    if match := _BUSINESS.fullmatch(text):
        return BusinessDays(_digits(match[1], text, where))
    if match := _DATE.fullmatch(text):
        return Nominal(*(_digits(part or "0", text, where) for part in match.groups()))
    raise DefinitionError(f"{text[:80]!r} is no span{_advice(text)}; use {_EXAMPLES}", where=where)


def _advice(text: str) -> str:
    if text.startswith("-"):
        return ": it is negative, a span runs forward"
    if text != text.upper():
        return ": the letters are capitals"
    if "BD" in text or ("T" in text and not text.startswith("PT")):
        return ": hours, business days and calendar time do not mix, state one of them"
    if re.search(r"\d[.,]\d", text):
        return ": only hours, minutes and seconds have fractions"
    return ""


def _exact(match: re.Match[str], text: str, where: str) -> int:
    total = Fraction(0)
    for number, unit in zip(match.groups(), _UNITS_US, strict=True):
        if number is not None:
            _digits(re.sub(r"[.,]", "", number), text, where)
            total += Fraction(number.replace(",", ".")) * _UNITS_US[unit]
    if total.denominator != 1:
        raise DefinitionError(f"{text[:80]!r} is finer than a microsecond", where=where)
    return int(total)


def _digits(number: str, text: str, where: str) -> int:
    if len(number) > 18:
        raise DefinitionError(f"{text[:80]!r} has too many digits", where=where)
    return int(number)


def _from_timedelta(value: dt.timedelta, where: str) -> int:
    total = value.days * 86_400_000_000 + value.seconds * 1_000_000 + value.microseconds
    _whole(total, where, _LONGEST_US)
    return total


def _dated(value: pendulum.Duration, where: str) -> Nominal:
    if value.hours or value.minutes or value.remaining_seconds or value.microseconds:
        raise DefinitionError(
            "a duration of months or years with hours mixes calendar time and working time;"
            " state one of them",
            where=where,
        )
    return Nominal(value.years, value.months, value.weeks, value.remaining_days)


def _microseconds(hours: int, minutes: int, seconds: int, where: str) -> int:
    for size in (hours, minutes, seconds):
        _whole(size, where, _LONGEST_US)
    return ((hours * 60 + minutes) * 60 + seconds) * 1_000_000


def _time_text(microseconds: int) -> str:
    seconds, rest = divmod(microseconds, 1_000_000)
    hours, seconds = divmod(seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    fine = f"{seconds}.{rest:06d}".rstrip("0") if rest else str(seconds)
    parts = [f"{hours}H" if hours else "", f"{minutes}M" if minutes else ""]
    parts.append(f"{fine}S" if seconds or rest else "")
    return "PT" + ("".join(parts) or "0S")

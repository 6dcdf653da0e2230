"""Points in time: microseconds since 1970 in UTC inside, aware datetimes at the edge.

A time without a zone is refused: nobody can say when it was.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeAlias

import pendulum

from engagekit.errors import DefinitionError

__all__ = ["Instant", "as_datetime", "as_microseconds", "as_text"]

Instant: TypeAlias = dt.datetime | str  # aware, or ISO 8601 with an offset

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_PENDULUM_EPOCH = pendulum.DateTime(1970, 1, 1, tzinfo=pendulum.UTC)
_EXAMPLE = "2026-03-02T09:00:00+01:00"
_FIRST_DAY = (dt.datetime.min.replace(tzinfo=dt.UTC) - _EPOCH).days
_LAST_DAY = (dt.datetime.max.replace(tzinfo=dt.UTC) - _EPOCH).days
_YEAR_US = 31_556_952_000_000

# The plain C arithmetic: pendulum's own operators cost 15 microseconds and give the same instants.
_PLAIN = dt.datetime
_MICROSECOND = dt.timedelta(microseconds=1)
_gap = dt.datetime.__sub__
_later: Any = dt.datetime.__add__  # of a pendulum.DateTime it makes another


def as_microseconds(value: Instant, where: str = "at") -> int:
    """Microseconds since 1970-01-01T00:00Z of an aware datetime or an ISO 8601 text.

    Raises:
        DefinitionError: no zone, not a time, or a type that is neither.
    """
    moment = _parsed(value, where) if isinstance(value, str) else value
    try:
        gap = moment - _EPOCH if type(moment) is _PLAIN else _gap(moment, _EPOCH)
    except TypeError:
        raise _refusal(value, moment, where) from None
    days = gap.days
    if not _FIRST_DAY <= days <= _LAST_DAY:
        raise DefinitionError(f"{moment} lies outside the years 1 to 9999 in UTC", where=where)
    return (days * 86_400 + gap.seconds) * 1_000_000 + gap.microseconds


def _refusal(value: object, moment: object, where: str) -> DefinitionError:
    if isinstance(moment, dt.datetime):
        return DefinitionError(
            f"{str(value)!r} has no time zone; write {_EXAMPLE!r} or pass an aware datetime",
            where=where,
        )
    return DefinitionError(
        f"expected an aware datetime or an ISO 8601 text such as {_EXAMPLE!r},"
        f" got {type(value).__name__}",
        where=where,
    )


def _parsed(value: str, where: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(value)
    except ValueError:
        raise DefinitionError(
            f"{value[:80]!r} is no ISO 8601 time; write it as {_EXAMPLE!r}", where=where
        ) from None


def as_datetime(microseconds: int) -> pendulum.DateTime:
    """The instant as a `pendulum.DateTime` in UTC.

    Raises:
        DefinitionError: it lies outside the years 1 to 9999.
    """
    try:
        moment: pendulum.DateTime = _later(_PENDULUM_EPOCH, _MICROSECOND * microseconds)
    except OverflowError:
        raise DefinitionError(
            f"an instant about the year {1970 + microseconds // _YEAR_US} is outside the years 1"
            " to 9999; if a far date stands for 'no end', leave it out"
        ) from None
    return moment


def as_text(microseconds: int) -> str:
    """The instant as ISO 8601 in UTC, to the microsecond only where there is one."""
    plain = _EPOCH + dt.timedelta(microseconds=microseconds)
    return plain.isoformat().replace("+00:00", "Z")

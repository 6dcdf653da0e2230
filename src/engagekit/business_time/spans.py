"""How long: calendar days, weeks and hours of ISO 8601, and business days (`P10BD`)."""

from __future__ import annotations

import datetime as dt
import re
from typing import TypeAlias

import attrs

from engagekit.errors import DefinitionError

__all__ = ["BusinessDays", "Span", "parse_span"]

Span: TypeAlias = dt.timedelta | str

_BUSINESS_DAYS = re.compile(r"P(\d{1,4})BD")
_ISO = re.compile(
    r"P(?=.)(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,8})S)?)?"
)


@attrs.frozen
class BusinessDays:
    """A number of business days."""

    count: int

    def __bool__(self) -> bool:
        return self.count > 0


def parse_span(value: Span, where: str = "span") -> dt.timedelta | BusinessDays:
    """A length of time of more than zero: a timedelta, ISO 8601 ("P14D", "PT8H") or "P10BD".

    Raises:
        DefinitionError: none of these; months and years have no fixed length and are refused.
    """
    if isinstance(value, str):
        span = _parsed(value, where)
    elif isinstance(value, dt.timedelta):
        span = value
    else:
        raise DefinitionError(
            f"expected a timedelta or a text such as 'P14D', got {type(value).__name__}",
            where=where,
        )
    if not span or (isinstance(span, dt.timedelta) and span < dt.timedelta()):
        raise DefinitionError(f"{value!r} is not longer than zero", where=where)
    return span


def _parsed(value: str, where: str) -> dt.timedelta | BusinessDays:
    business = _BUSINESS_DAYS.fullmatch(value)
    if business:
        return BusinessDays(int(business[1]))
    iso = _ISO.fullmatch(value)
    if not iso:
        raise DefinitionError(
            f"{value[:40]!r} is no span; write 'P14D', 'PT8H' or 'P10BD' (months and years have no"
            f" fixed length)",
            where=where,
        )
    return dt.timedelta(**{unit: int(number) for unit, number in iso.groupdict("0").items()})

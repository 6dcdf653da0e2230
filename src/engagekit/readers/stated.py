"""What does a number or a time in a report mean? Texts as tools write them, or None.

Nothing is guessed: a time without an offset is no instant, and NaN is no number.
"""

from __future__ import annotations

import math
import re

from engagekit.business_time.instants import as_microseconds
from engagekit.errors import DefinitionError

__all__ = ["count", "decimal", "duration", "epoch", "instant"]

_COUNT = re.compile(r"\s*[0-9]{1,15}\s*")
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_THOUSANDS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_LONGEST_TEXT = 40  # characters; converting digits by the million takes minutes
_LONGEST_S = 1e9  # thirty years; nothing that ran longer was measured
_MILLISECONDS_FROM = 1e11  # as seconds that is the year 5138, as milliseconds 1973
_YEAR_10000_US = 253_402_300_800_000_000


def count(text: str) -> int | None:
    """A whole number from 0 to 10^15 - 1."""
    return int(text) if _COUNT.fullmatch(text) else None


def decimal(text: str) -> float | None:
    """A finite number, with a point where it has decimals."""
    given = text.strip()
    if len(given) > _LONGEST_TEXT or not _DECIMAL.fullmatch(given):
        return None
    number = float(given)
    return number if math.isfinite(number) else None


def duration(text: str) -> int | None:
    """Seconds as microseconds; commas between thousands are passed over, as old Ant wrote them."""
    given = text.strip()[: _LONGEST_TEXT + 1]
    seconds = decimal(given.replace(",", "") if _THOUSANDS.fullmatch(given) else given)
    if seconds is None or not 0 <= seconds < _LONGEST_S:
        return None
    return round(seconds * 1_000_000)


def instant(text: str) -> int | None:
    """An ISO 8601 time with an offset as microseconds UTC, from 1970 on."""
    try:
        return _in_range(as_microseconds(text.strip(), "timestamp"))
    except DefinitionError:
        return None


def epoch(text: str) -> int | None:
    """Seconds or milliseconds since 1970 as microseconds UTC; above 10^11 it is milliseconds."""
    number = decimal(text)
    if number is None or number <= 0:  # 0 is what tools write that do not know
        return None
    return _in_range(round(number * (1_000 if number > _MILLISECONDS_FROM else 1_000_000)))


def _in_range(microseconds: int) -> int | None:
    return microseconds if 0 <= microseconds < _YEAR_10000_US else None

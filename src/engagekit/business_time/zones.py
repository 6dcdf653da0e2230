"""Which offset holds when: named IANA zones only, and their offsets year by year.

An abbreviation or a fixed offset knows no daylight saving time, so it is refused with advice.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
import zoneinfo
from functools import lru_cache
from itertools import pairwise

from engagekit.errors import DefinitionError, UnknownId

__all__ = [
    "FIRST_YEAR",
    "LAST_YEAR",
    "known_zone",
    "local_to_utc",
    "offsets_of_year",
    "to_local",
    "year_start",
]

FIRST_YEAR, LAST_YEAR = 1900, 9998
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_NAIVE_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - wall-clock arithmetic has no zone
_EPOCH_ORDINAL = _NAIVE_EPOCH.toordinal()
_SECOND, _DAY = 1_000_000, 86_400_000_000
_ABBREVIATION = re.compile(r"[A-Z]{1,5}([+-]?[0-9]{1,2}([A-Z]{3,4})?)?")
_OFFSET = re.compile(r"(UTC|GMT|Etc/.*)?[+-]?[0-9:]+|Etc/.*|GMT")
_SOME = ["America/New_York", "Asia/Kolkata", "Europe/Paris", "UTC"]
_ADVICE = "name the place whose clocks count, such as 'America/New_York' (or 'UTC')"


def known_zone(name: object, where: str = "zone") -> str:
    """The zone's name, if it is a named IANA zone.

    Raises:
        DefinitionError: an offset, an abbreviation, or no text.
        UnknownId: no zone of that name; it carries a suggestion.
    """
    if not isinstance(name, str):
        raise DefinitionError(
            f"expected the name of an IANA zone, got {type(name).__name__}; {_ADVICE}", where=where
        )
    if name in ("UTC", "Etc/UTC"):
        return name
    if _OFFSET.fullmatch(name):
        raise DefinitionError(
            f"{name[:80]!r} is an offset and knows no daylight saving time; {_ADVICE}", where=where
        )
    if _ABBREVIATION.fullmatch(name):
        raise DefinitionError(
            f"{name!r} is an abbreviation and may mean several zones; {_ADVICE}", where=where
        )
    if name.startswith(("right/", "posix/")) or not _loadable(name):
        raise UnknownId("time zone", name, _known(name), where=where)
    return name


def _known(name: str) -> list[str]:
    """All zones where one of them resembles the name, else a few: nobody reads six hundred."""
    zones = sorted(zoneinfo.available_timezones())
    return zones if difflib.get_close_matches(name[:80], zones, cutoff=0.5) else _SOME


def _loadable(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return False
    return name not in ("localtime", "posixrules", "Factory")


def year_start(year: int) -> int:
    """Microseconds UTC at which the year begins."""
    return (dt.date(year, 1, 1).toordinal() - _EPOCH_ORDINAL) * _DAY


@lru_cache(maxsize=4096)
def offsets_of_year(zone: str, year: int) -> tuple[tuple[int, int, int], ...]:
    """Rows of (from, to, offset) that tile one UTC year, all in microseconds."""
    begin, end = year_start(year), year_start(year + 1)
    # No zone has ever changed its offset and changed it back within 6.9 days (all of IANA 2026),
    # so three days between samples miss nothing.
    samples = [*range(begin, end, 3 * _DAY), end - _SECOND]
    rows: list[tuple[int, int, int]] = []
    start, offset = begin, _offset(zone, begin)
    for earlier, later in pairwise(samples):
        following = _offset(zone, later)
        if following != offset:
            change = _change(zone, earlier, later, offset)
            rows.append((start, change, offset))
            start, offset = change, following
    rows.append((start, end, offset))
    return tuple(rows)


def _change(zone: str, low: int, high: int, offset: int) -> int:
    while high - low > _SECOND:
        middle = (low + high) // (2 * _SECOND) * _SECOND
        if _offset(zone, middle) == offset:
            low = middle
        else:
            high = middle
    return high


def _offset(zone: str, microseconds: int) -> int:
    moment = _EPOCH + dt.timedelta(0, 0, microseconds)
    offset = moment.astimezone(zoneinfo.ZoneInfo(zone)).utcoffset() or dt.timedelta()
    return offset.days * _DAY + offset.seconds * _SECOND


def to_local(zone: str, microseconds: int) -> dt.datetime:
    """The wall clock of the zone at that instant, without a zone."""
    moment = _EPOCH + dt.timedelta(0, 0, microseconds)
    return moment.astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def local_to_utc(zone: str, wall: dt.datetime) -> int:
    """The instant at which the zone's clocks show `wall`.

    The first of two where clocks go back; where they jump over it, as much later as they jump.
    """
    gap = wall.replace(tzinfo=zoneinfo.ZoneInfo(zone)) - _EPOCH
    return gap.days * _DAY + gap.seconds * _SECOND + gap.microseconds

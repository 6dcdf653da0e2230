"""Dates on which nobody works: listed, the same every year, or a region's.

A region's holidays come from the `holidays` package once and are frozen to dated rows, with the
country, the subdivision, the observed rule and the version of the package beside them: the
answer of a calendar does not change because a package was updated.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import metadata
from typing import Any

import attrs

from engagekit.business_time.faults import Collected
from engagekit.business_time.hours import as_date
from engagekit.errors import DefinitionError, Fault, MissingExtra, UnknownId

__all__ = ["HolidaySet", "RegionHolidays", "read_holidays"]

FROZEN_FROM, FROZEN_TO = 1990, 2060
_YEARLY = re.compile(r"([0-9]{2})-([0-9]{2})")
_REGION = re.compile(r"([A-Z]{2,3})(?:-([A-Z0-9]{1,3}))?")
_LEAP_YEAR = 2024


@attrs.frozen(kw_only=True)
class RegionHolidays:
    """The public holidays of a region, as one version of the `holidays` package knew them."""

    country: str
    subdivision: str | None
    observed: bool  # whether a holiday on a weekend moves to a working day
    package: str  # "holidays 0.109"
    first_year: int
    last_year: int
    dates: frozenset[dt.date]

    @property
    def name(self) -> str:
        """The region as it is written: "US", "US-CA"."""
        return f"{self.country}-{self.subdivision}" if self.subdivision else self.country

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        plain = attrs.asdict(self, recurse=False)
        return plain | {"dates": [date.isoformat() for date in sorted(self.dates)]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> RegionHolidays:
        """The frozen rows again; needs no extra.

        Raises:
            DefinitionError: a field is missing, unknown or of another type.
        """
        where = "holidays.regions"
        fields = {field.name: field for field in attrs.fields(cls)}
        if not isinstance(data, Mapping) or set(data) != set(fields):
            raise DefinitionError(f"expected exactly the fields {', '.join(fields)}", where=where)
        wanted = {"observed": bool, "first_year": int, "last_year": int, "dates": list}
        faults = [
            Fault(f"{where}.{name}", f"expected {wanted.get(name, str).__name__}")
            for name, value in data.items()
            if type(value) is not wanted.get(name, str)
            and not (name == "subdivision" and value is None)
        ]
        if faults:
            raise DefinitionError(faults)
        dates = frozenset(as_date(date, f"{where}.dates") for date in data["dates"])
        given: dict[str, Any] = {**data, "dates": dates}
        return cls(**given)


@attrs.frozen(kw_only=True)
class HolidaySet:
    """All holidays of one calendar."""

    dates: frozenset[dt.date] = frozenset()
    yearly: frozenset[tuple[int, int]] = frozenset()  # (month, day)
    regions: tuple[RegionHolidays, ...] = ()
    _by_year: dict[int, set[dt.date]] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        by_year: dict[int, set[dt.date]] = {}
        for date in self.dates.union(*(region.dates for region in self.regions)):
            by_year.setdefault(date.year, set()).add(date)
        object.__setattr__(self, "_by_year", by_year)

    def of_year(self, year: int) -> set[dt.date]:
        """The holidays that fall into one year."""
        days = {day for day in self.yearly if day != (2, 29) or _leap(year)}
        return self._by_year.get(year, set()) | {dt.date(year, *day) for day in days}

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {
            "dates": [date.isoformat() for date in sorted(self.dates)],
            "yearly": [f"{month:02d}-{day:02d}" for month, day in sorted(self.yearly)],
            "regions": [region.to_dict() for region in self.regions],
        }


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def read_holidays(listed: object) -> HolidaySet:
    """Dates, month-days and regions, told apart by how they are written.

    Raises:
        DefinitionError: all faults at once.
        MissingExtra: a region is named and the `holidays` package is not installed.
    """
    if isinstance(listed, str | Mapping) or not isinstance(listed, Iterable):
        raise DefinitionError(
            f"expected a list such as ['2026-05-14', '12-25', 'US'], got {type(listed).__name__}",
            where="holidays",
        )
    dates: set[dt.date] = set()
    yearly: set[tuple[int, int]] = set()
    regions: dict[str, RegionHolidays] = {}
    met = Collected()
    for item in listed:
        found = met.attempt(_read_item, item)
        if isinstance(found, RegionHolidays):
            regions[found.name] = found
        elif isinstance(found, tuple):
            yearly.add(found)
        elif found is not None:
            dates.add(found)
    met.settle()
    rows = tuple(regions[name] for name in sorted(regions))
    return HolidaySet(dates=frozenset(dates), yearly=frozenset(yearly), regions=rows)


def _read_item(item: object) -> RegionHolidays | tuple[int, int] | dt.date:
    if isinstance(item, RegionHolidays):
        return item
    if isinstance(item, str) and (match := _YEARLY.fullmatch(item)):
        return _month_day(match)
    if isinstance(item, str) and (match := _REGION.fullmatch(item)):
        return frozen_region(match[1], match[2])
    return _holiday_date(item)


def _month_day(match: re.Match[str]) -> tuple[int, int]:
    day = dt.date.fromisoformat  # a leap year, so that 02-29 is taken
    try:
        date = day(f"{_LEAP_YEAR}-{match[0]}")
    except ValueError as error:
        raise DefinitionError(f"{match[0]!r} is no month-day: {error}", where="holidays") from None
    return date.month, date.day


def _holiday_date(item: object) -> dt.date:
    try:
        return as_date(item, "holidays")
    except DefinitionError as error:
        raise DefinitionError(
            f"{error.faults[0].message}, '12-25' for every year, or a region such as 'US-CA'",
            where="holidays",
        ) from None


@lru_cache(maxsize=64)
def frozen_region(country: str, subdivision: str | None) -> RegionHolidays:
    """The holidays of a region as the installed package knows them, 1990 to 2060.

    Raises:
        UnknownId: no such country or subdivision.
        MissingExtra: the `holidays` package is not installed.
    """
    try:
        import holidays
    except ImportError:
        raise MissingExtra(extra="holidays", needed_for=f"the holidays of {country!r}") from None
    supported = holidays.list_supported_countries(include_aliases=True)
    if country not in supported:
        raise UnknownId("country", country, supported, where="holidays")
    if subdivision is not None and subdivision not in supported[country]:
        raise UnknownId(
            f"subdivision of {country}", subdivision, supported[country], where="holidays"
        )
    # One year more on either side: local dates of the first and last hours in UTC.
    years = range(FROZEN_FROM - 1, FROZEN_TO + 2)
    known = holidays.country_holidays(country, subdiv=subdivision, years=years, observed=True)
    return RegionHolidays(
        country=country,
        subdivision=subdivision,
        observed=True,
        package=f"holidays {metadata.version('holidays')}",
        first_year=FROZEN_FROM,
        last_year=FROZEN_TO,
        dates=frozenset(known),
    )

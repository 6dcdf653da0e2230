"""Business days and calendar time: arithmetic on dates, in the calendar's zone.

The time of day stays. Where the clocks skip it, the result is as much later as they skip; where
they show it twice, it is the first of the two.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from calendar import monthrange

from engagekit.business_time.horizon import Horizon
from engagekit.business_time.instants import as_text
from engagekit.business_time.spans import Nominal
from engagekit.business_time.zones import FIRST_YEAR, LAST_YEAR, local_to_utc, to_local, year_start
from engagekit.errors import DefinitionError

__all__ = ["BusinessDates", "shifted"]

_EPOCH_ORDINAL = dt.date(1970, 1, 1).toordinal()
_SILENT_YEARS = 50


def shifted(zone: str, moment: int, span: Nominal, sign: int) -> int:
    """The instant whose wall clock is a nominal span later (sign 1) or earlier (-1).

    Raises:
        DefinitionError: it lies outside the years 1900 to 9998.
    """
    wall = to_local(zone, moment)
    months = wall.year * 12 + wall.month - 1 + sign * (span.years * 12 + span.months)
    year, month = divmod(months, 12)
    if FIRST_YEAR <= year <= LAST_YEAR:
        day = min(wall.day, monthrange(year, month + 1)[1])
        then = wall.replace(year=year, month=month + 1, day=day)
        then += dt.timedelta(days=sign * (span.weeks * 7 + span.days))
        if FIRST_YEAR <= then.year <= LAST_YEAR:
            return moment if then == wall else local_to_utc(zone, then)
    raise DefinitionError(
        f"{span} from {as_text(moment)} leads outside the years {FIRST_YEAR} to {LAST_YEAR}"
    )


class BusinessDates:
    """The dates on which hours of a calendar begin, year by year."""

    __slots__ = ("_horizon", "_years")

    def __init__(self, horizon: Horizon) -> None:
        self._horizon = horizon
        self._years: dict[int, list[int]] = {}

    def moved(self, moment: int, count: int) -> int:
        """The instant `count` business days later, or earlier where negative.

        Zero days from a date that is none lead to the next one that is.

        Raises:
            DefinitionError: there are not so many in the years the calendar knows.
        """
        wall = to_local(self._horizon.source.zone, moment)
        today = wall.toordinal() - _EPOCH_ORDINAL
        day = self._nth(today, wall.year, count) if count else self._at_or_after(today, wall.year)
        if day == today:
            return moment
        date = dt.date.fromordinal(day + _EPOCH_ORDINAL)
        return local_to_utc(self._horizon.source.zone, dt.datetime.combine(date, wall.time()))

    def _at_or_after(self, today: int, year: int) -> int:
        return self._nth(today - 1, year, 1)

    def _nth(self, today: int, year: int, count: int) -> int:
        step = 1 if count > 0 else -1
        left, silent = abs(count), 0
        while True:
            dates = self._of_year(year)
            ahead = (
                dates[bisect_right(dates, today) :]
                if step > 0
                else dates[: bisect_left(dates, today)]
            )
            if len(ahead) >= left:
                return ahead[left - 1] if step > 0 else ahead[-left]
            silent = 0 if ahead else silent + 1
            if silent > _SILENT_YEARS:
                raise DefinitionError(
                    f"no business day within {silent} years; give the calendar hours:"
                    " week={'mon-fri': ['09:00-17:00']}",
                    where="calendar",
                )
            left -= len(ahead)
            year += step

    def _of_year(self, year: int) -> list[int]:
        if year not in self._years:
            source = self._horizon.source
            first, last = source.years
            if not first <= year <= last:
                raise DefinitionError(
                    f"business days of {year} are outside the years this calendar knows,"
                    f" {first} to {last}; a later date is never guessed"
                )
            self._years[year] = [day for day in source.begins_on(year) if self._opens(day)]
        return self._years[year]

    def _opens(self, day: int) -> bool:
        source = self._horizon.source
        midnight = dt.datetime.fromordinal(day + _EPOCH_ORDINAL)
        first, last = source.years  # the first and last dates reach beyond them in most zones
        begin = max(local_to_utc(source.zone, midnight), year_start(first))
        following = local_to_utc(source.zone, midnight + dt.timedelta(days=1))
        end = min(following, year_start(last + 1) - 1)
        timeline = self._horizon.covering(begin, end)
        return timeline.passed(end) > timeline.passed(begin)

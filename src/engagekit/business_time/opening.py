"""When one place is open, year by year: hours on its wall clocks turned into instants.

An instant is open if and only if its local date is no holiday and its local time lies in the
hours of that date. The hours are laid out on the wall clock first and then carried over, offset
by offset; a repeated hour is carried over twice and a skipped one never, so daylight saving
time needs no case of its own.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from typing import TypeAlias

import attrs

from engagekit.business_time.findings import Finding
from engagekit.business_time.holidays import HolidaySet
from engagekit.business_time.hours import DAY, WEEKDAYS, Spans, cut, span_text
from engagekit.business_time.zones import FIRST_YEAR, LAST_YEAR, offsets_of_year, year_start

__all__ = ["Opening", "Stretches"]

Stretches: TypeAlias = tuple[list[int], list[int]]  # starts and ends, ascending, never touching

_EPOCH_ORDINAL = dt.date(1970, 1, 1).toordinal()
_LAST_MINUTE = DAY - 60_000_000


@attrs.frozen
class Opening:
    """The hours of one place: what a calendar is made of."""

    zone: str
    week: tuple[Spans, ...]  # Monday to Sunday; an end beyond 24:00 lies on the following date
    holidays: HolidaySet
    special: dict[dt.date, Spans]
    breaks: dict[dt.date, Spans]

    @property
    def years(self) -> tuple[int, int]:
        """First and last year for which the answer is known."""
        regions = self.holidays.regions
        first = max((region.first_year for region in regions), default=FIRST_YEAR)
        last = min((region.last_year for region in regions), default=LAST_YEAR)
        return first, last

    @property
    def never_open(self) -> bool:
        """Whether no hours are given at all."""
        return not any(self.week) and not any(self.special.values())

    @property
    def special_years(self) -> tuple[int, int]:
        """The years of the first and the last special date; no year lies between without one."""
        years = [date.year for date in self.special]
        return min(years, default=LAST_YEAR), max(years, default=FIRST_YEAR)

    def stretches(self, year: int) -> Stretches:
        """All open time of one UTC year."""
        low, high = year_start(year), year_start(year + 1)
        wall_starts, wall_ends = self._on_the_wall(low // DAY - 2, high // DAY + 2, year)
        starts: list[int] = []
        ends: list[int] = []
        for begin, end, offset in offsets_of_year(self.zone, year):
            first = bisect_right(wall_ends, begin + offset)
            last = bisect_left(wall_starts, end + offset)
            if first >= last:
                continue
            part_starts = [wall - offset for wall in wall_starts[first:last]]
            part_ends = [wall - offset for wall in wall_ends[first:last]]
            part_starts[0] = max(part_starts[0], begin)
            part_ends[-1] = min(part_ends[-1], end)
            if ends and ends[-1] == part_starts[0]:
                ends.pop()
                part_starts.pop(0)
            starts += part_starts
            ends += part_ends
        return starts, ends

    def _on_the_wall(self, first: int, last: int, year: int) -> Stretches:
        weekly, changed = self._weekly(), self._changed(year)
        starts: list[int] = []
        ends: list[int] = []
        previous = -DAY * DAY
        for day in range(first, last):
            spans = changed.get(day)
            if spans is None:
                spans = weekly[(day + 3) % 7]  # 1970-01-01 was a Thursday
            midnight = day * DAY
            for begin, end in spans:
                if midnight + begin == previous:
                    ends.pop()
                else:
                    starts.append(midnight + begin)
                previous = midnight + end
                ends.append(previous)
        return starts, ends

    def _weekly(self) -> list[Spans]:
        """The hours of each day of the week, nights divided at midnight."""
        return [_joined(_today(self.week[day]) + _tail(self.week[day - 1])) for day in range(7)]

    def _changed(self, year: int) -> dict[int, Spans]:
        """The dates around one year, as days since 1970, that do not follow the week."""
        years = range(year - 1, year + 2)
        weekly = self._weekly()
        dates: dict[int, Spans] = {}
        for each in years:
            dates.update((_day(date), ()) for date in self.holidays.of_year(each))
        closed = set(dates)
        special = {_day(date): spans for date, spans in self.special.items() if date.year in years}
        for day, spans in special.items():
            dates[day] = _today(spans)
            night = _tail(spans)
            if night and day + 1 not in special and day + 1 not in closed:
                dates[day + 1] = _joined(weekly[(day + 4) % 7] + night)
        for date, spans in self.breaks.items():
            if date.year in years:
                for day, holes in ((_day(date), _today(spans)), (_day(date) + 1, _tail(spans))):
                    dates[day] = cut(dates.get(day, weekly[(day + 3) % 7]), holes)
        return dates

    def begins_on(self, year: int) -> list[int]:
        """The dates of one year, as days since 1970, on which hours begin."""
        closed = {_day(date) for date in self.holidays.of_year(year)}
        special = {_day(date): spans for date, spans in self.special.items()}
        first, last = year_start(year) // DAY, year_start(year + 1) // DAY
        return [
            day
            for day in range(first, last)
            if (special[day] if day in special else day not in closed and self.week[(day + 3) % 7])
        ]

    def holidays_of(self, year: int) -> set[dt.date]:
        """The dates of one year that are closed as holidays."""
        return self.holidays.of_year(year) - set(self.special)

    def findings(self) -> list[Finding]:
        """What is probably meant otherwise."""
        rows = [(f"week.{WEEKDAYS[day]}", spans) for day, spans in enumerate(self.week)]
        rows += [(f"special.{date}", spans) for date, spans in self.special.items()]
        found = [
            Finding(
                rule="C04",
                severity="warning",
                message=f"{span_text(span)} leaves out the last minute of the day;"
                " a day ends at 24:00",
                source="zammad/zammad#3180; chatwoot/chatwoot#5254",
                where=f"calendar.{where}",
            )
            for where, spans in rows
            for span in spans
            if _LAST_MINUTE <= span[1] < DAY
        ]
        if self.never_open:
            found.append(
                Finding(
                    rule="C06",
                    severity="error",
                    message="no day has hours, so no clock on it ever ends",
                    source="osTicket/osTicket#4807",
                    where="calendar.week",
                )
            )
        return found

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        week = {WEEKDAYS[day]: _texts(spans) for day, spans in enumerate(self.week) if spans}
        return {
            "zone": self.zone,
            "week": week,
            "holidays": self.holidays.to_dict(),
            "special": {date.isoformat(): _texts(spans) for date, spans in self.special.items()},
            "breaks": {date.isoformat(): _texts(spans) for date, spans in self.breaks.items()},
        }


def _day(date: dt.date) -> int:
    return date.toordinal() - _EPOCH_ORDINAL


def _today(spans: Spans) -> Spans:
    return tuple((begin, min(end, DAY)) for begin, end in spans)


def _tail(spans: Spans) -> Spans:
    return tuple((0, end - DAY) for _, end in spans if end > DAY)


def _joined(spans: Spans) -> Spans:
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return tuple(joined)


def _texts(spans: Spans) -> list[str]:
    return [span_text(span) for span in spans]

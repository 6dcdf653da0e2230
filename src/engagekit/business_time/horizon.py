"""How far a calendar is worked out: as far as anyone asked, and never guessed beyond.

Years are compiled once and kept; a longer question adds years. A question that would need more
than 500 years, or years for which the answer is not known, is refused.
"""

from __future__ import annotations

import datetime as dt
import threading

from engagekit.business_time.arithmetic import Timeline
from engagekit.business_time.composition import Source
from engagekit.business_time.instants import as_text
from engagekit.business_time.opening import Stretches
from engagekit.business_time.zones import LAST_YEAR, year_start
from engagekit.errors import DefinitionError

__all__ = ["Horizon"]

WIDEST_YEARS = 500
# A date and its weekday recur within 40 years (28, or 40 around a year such as 2100), so whatever
# opens at all opens within 50.
SILENT_YEARS = 50
_EPOCH_YEAR = 1970
_MEAN_YEAR = 31_556_952_000_000


class Horizon:
    """The compiled years of one calendar, shared by all threads."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.timeline = Timeline(0, 0, [])
        self._years: dict[int, Stretches] = {}
        self._lock = threading.Lock()

    def covering(self, begin: int, end: int) -> Timeline:
        """A timeline over [begin, end] at least.

        Raises:
            DefinitionError: it is not known that far.
        """
        timeline = self.timeline
        if timeline.low <= begin and end < timeline.high:
            return timeline
        first, last = year_of(begin), year_of(end)
        self._check_known(first, begin)
        self._check_known(last, end)
        if last - first >= WIDEST_YEARS:
            raise DefinitionError(
                f"from {as_text(begin)} to {as_text(end)} is more than {WIDEST_YEARS} years;"
                " if a far date stands for 'no end', leave it out"
            )
        return self._grown(first, last)

    def _check_known(self, year: int, moment: int) -> None:
        first, last = self.source.years
        if first <= year <= last:
            return
        holidays = " (its regional holidays are frozen that far)" if last < LAST_YEAR else ""
        shown = as_text(moment) if 1 <= year <= 9999 else f"an instant in the year {year}"
        raise DefinitionError(
            f"{shown} is outside the years this calendar knows,"
            f" {first} to {last}{holidays}; a later date is never guessed"
        )

    def _grown(self, first: int, last: int) -> Timeline:
        known_first, known_last = self.source.years
        with self._lock:
            held = self.timeline
            if held.high:
                old_first, old_last = year_of(held.low), year_of(held.high - 1)
                wider = max(old_last, last) - min(old_first, first)
                if wider < WIDEST_YEARS:  # otherwise start anew, so that memory stays bounded
                    margin = (old_last - old_first + 1) // 2
                    if first < old_first:
                        first -= margin
                    if last > old_last:
                        last += margin
                    first, last = min(old_first, first), max(old_last, last)
            first, last = max(first, known_first), min(last, known_last)
            years = [self._stretches(year) for year in range(first, last + 1)]
            self.timeline = Timeline(year_start(first), year_start(last + 1), years)
            return self.timeline

    def _stretches(self, year: int) -> Stretches:
        if year not in self._years:
            if len(self._years) > 2 * WIDEST_YEARS:
                self._years.clear()
            self._years[year] = self.source.stretches(year)
        return self._years[year]

    def later(self, timeline: Timeline, moment: int) -> Timeline:
        """A timeline that reaches further, for a search that began at `moment`.

        Raises:
            DefinitionError: nothing was found and looking further is pointless.
        """
        return self._further(timeline, moment, year_of(timeline.high - 1) + 1, "after")

    def earlier(self, timeline: Timeline, moment: int) -> Timeline:
        """The same backwards.

        Raises:
            DefinitionError: nothing was found and looking further is pointless.
        """
        return self._further(timeline, moment, year_of(timeline.low) - 1, "before")

    def _further(self, timeline: Timeline, moment: int, year: int, way: str) -> Timeline:
        asked = year_of(moment)
        self._check_found(timeline, moment, abs(year - asked), way)
        known_first, known_last = self.source.years
        if not known_first <= year <= known_last or abs(year - asked) >= WIDEST_YEARS - 1:
            raise DefinitionError(
                f"not reached {way} {as_text(moment)} within the years this calendar knows"
                f" ({max(known_first, asked - WIDEST_YEARS)} to"
                f" {min(known_last, asked + WIDEST_YEARS)}); is the unit right?"
            )
        moments = sorted((moment, year_start(year)))
        return self._grown(year_of(moments[0]), year_of(moments[1]))

    def _check_found(self, timeline: Timeline, moment: int, years: int, way: str) -> None:
        source = self.source
        silent = years > SILENT_YEARS and (
            timeline.passed(timeline.high) == timeline.passed(moment)
            if way == "after"
            else timeline.passed(moment) == 0
        )
        first, last = source.special_years
        asked = year_of(moment)
        searched = asked + years > last if way == "after" else asked - years < first
        if source.never_open or (silent and searched):
            raise DefinitionError(
                f"this calendar is never open {way} {as_text(moment)};"
                " give it hours: week={'mon-fri': ['09:00-17:00']}",
                where="calendar",
            )


def year_of(moment: int) -> int:
    """The UTC year of an instant, also beyond what a datetime holds."""
    year = _EPOCH_YEAR + moment // _MEAN_YEAR
    if 1 < year < 9999:
        return (dt.date(1970, 1, 1) + dt.timedelta(microseconds=moment)).year
    return year

"""Over which period an objective is judged: rolling, or from a date on a wall clock.

Months, quarters and years are counted on the calendar of the zone; they have no fixed length.
"""

from __future__ import annotations

import datetime as dt

import attrs
import pendulum

from engagekit.business_time.calendar import Calendar
from engagekit.business_time.instants import Instant, as_datetime, as_microseconds
from engagekit.business_time.spans import Nominal, Span, WorkingTime
from engagekit.business_time.zones import local_to_utc
from engagekit.errors import DefinitionError
from engagekit.interop.openslo_fields import Entry

__all__ = ["TimeWindow", "read_window"]

_DAY_US = 86_400_000_000
_MIDNIGHT = dt.time()


@attrs.frozen
class TimeWindow:
    """The time window of an SLO."""

    duration: str  # as it is written: "28d", "1M"
    span: Span  # working time of a calendar that never closes, or calendar time
    start: dt.datetime | None = None  # on the zone's wall clocks; None: it is rolling
    zone: str = "UTC"

    @property
    def rolling(self) -> bool:
        """Whether it ends at any instant asked about, and not on fixed dates."""
        return self.start is None

    @property
    def text(self) -> str:
        """As an SLA states it: `"rolling P28D"`, `"calendar P1M"`."""
        return f"{'rolling' if self.rolling else 'calendar'} {self.span}"

    def around(self, moment: Instant) -> tuple[pendulum.DateTime, pendulum.DateTime]:
        """From when to when the window lasts that the instant falls into, half-open.

        Raises:
            DefinitionError: the instant comes before the first window, or 100 years after it.
        """
        at = as_microseconds(moment)
        always = Calendar.always(self.zone)
        if self.start is None:
            return as_datetime(always.before_us(at, self.span)), as_datetime(at)
        first = local_to_utc(self.zone, self.start)
        if at < first:
            raise DefinitionError(
                f"the windows begin on {self.start} in {self.zone}; ask about a later instant",
                where="moment",
            )
        # Where to begin counting is a guess; the instants are calendar arithmetic from the start.
        count = max(0, (at - first - 2 * _DAY_US) // _longest(self.span))
        begin = always.after_us(first, _times(self.span, count))
        while (end := always.after_us(first, _times(self.span, count + 1))) <= at:
            begin, count = end, count + 1
        return as_datetime(begin), as_datetime(end)


def _longest(span: Span) -> int:
    """As long as it can last but for changes of the clocks."""
    if isinstance(span, Nominal):
        return (366 * span.years + 31 * span.months + 7 * span.weeks + span.days) * _DAY_US
    assert isinstance(span, WorkingTime)
    return span.microseconds


def _times(span: Span, count: int) -> Span:
    if isinstance(span, Nominal):
        return Nominal(*(count * size for size in attrs.astuple(span)))
    assert isinstance(span, WorkingTime)
    return WorkingTime(count * span.microseconds)


def read_window(slo: Entry) -> TimeWindow | None:
    """The one time window of an SLO, its faults written down."""
    windows = slo.entries("timeWindow")
    if not windows:
        return None
    if len(windows) > 1:
        slo.fault("timeWindow", f"{len(windows)} windows; OpenSLO v1 takes exactly one")
    entry = windows[0]
    written, rolling = entry.duration("duration"), entry.flag("isRolling")
    calendar = entry.entry("calendar")
    start, zone = _start(calendar) if calendar else (None, None)
    entry.done()
    if rolling and calendar:
        entry.fault("calendar", "a rolling window has no calendar; isRolling: false, or remove it")
    elif not (rolling or calendar) and (rolling is False or not entry.has("isRolling")):
        entry.fault("calendar", "is missing; give startTime and timeZone, or isRolling: true")
    if written is None:
        return None
    if written[0].endswith("m"):
        entry.note(
            "O04", "warning", "duration", f"{written[0]!r} is minutes; a month is written '1M'"
        )
    if rolling:
        return TimeWindow(*written)
    if start is None or zone is None:
        return None
    assert calendar is not None
    _compare(calendar, written[1], start)
    return TimeWindow(*written, start, zone)


def _start(calendar: Entry) -> tuple[dt.datetime | None, str | None]:
    found = calendar.wall_time("startTime"), calendar.zone("timeZone")
    calendar.done()
    return found


def _compare(calendar: Entry, span: Span, start: dt.datetime) -> None:
    """Our calendar windows begin at midnight, months on the first of one."""
    if not isinstance(span, Nominal):
        return
    if start.time() != _MIDNIGHT or ((span.months or span.years) and start.day != 1):
        calendar.note(
            "O05",
            "warning",
            "startTime",
            f"windows begin at {start:%H:%M:%S} on day {start.day}; an SLA is read from midnight"
            " (of the first of a month): use the objective's window.around(moment)",
        )

"""When business time runs: how much passes between two instants, and when enough has passed.

calendar = Calendar(zone="Europe/Paris", week={"mon-fri": ["09:00-12:00", "13:00-18:00"]})
calendar.elapsed(start, end)        calendar.after(start, "PT8H")        calendar.is_open(now)
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import pendulum

from engagekit import checks
from engagekit.business_time import reading
from engagekit.business_time.arithmetic import Timeline
from engagekit.business_time.composition import Combined, Operator, Source
from engagekit.business_time.dates import BusinessDates, shifted
from engagekit.business_time.findings import Finding
from engagekit.business_time.horizon import SILENT_YEARS, Horizon, year_of
from engagekit.business_time.instants import Instant, as_datetime, as_microseconds, as_text
from engagekit.business_time.spans import (
    BusinessDays,
    Elapsed,
    Span,
    SpanLike,
    WorkingTime,
    parse_span,
)
from engagekit.business_time.zones import to_local
from engagekit.errors import DefinitionError, MissingExtra

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Calendar", "Landing"]

Landing: TypeAlias = Literal["at_close", "next_open"]
LANDINGS = ("at_close", "next_open")
_NOTHING, _MICROSECOND = dt.timedelta(), dt.timedelta(microseconds=1)
_LONGEST = dt.timedelta(days=36_525)


class Calendar:
    """When a place is open: hours on the wall clocks of a zone, less holidays.

    Frozen and hashable; two calendars are equal when they are defined alike. What is worked out
    is kept and shared by all threads.
    """

    __slots__ = ("_dates", "_digest", "_horizon", "_source")

    _source: Source
    _horizon: Horizon
    _dates: BusinessDates
    _digest: str | None

    def __init__(
        self,
        *,
        zone: str,
        week: Mapping[str, Sequence[str]],
        holidays: Iterable[object] = (),
        special: Mapping[Any, Sequence[str]] | None = None,
        breaks: Mapping[Any, Sequence[str]] | None = None,
    ) -> None:
        """Check the definition; nothing is worked out yet.

        Args:
            zone: An IANA zone; its wall clocks show the hours.
            week: Spans by day: `{"mon-thu": ["09:00-12:00", "13:00-18:00"]}`. A span may pass
                midnight (`"22:00-06:00"`); the part after midnight belongs to the following date.
            holidays: Closed dates: `"2026-05-14"`, `"12-25"` (every year), `"US"`, `"US-CA"`.
            special: Dates with hours of their own, holiday or not; `[]` closes a date.
            breaks: Dates from whose hours something is cut.

        Raises:
            DefinitionError: all faults at once.
            MissingExtra: a region is named and the `holidays` package is not installed.
        """
        opening = reading.opening(zone, week, holidays, special or {}, breaks or {})
        self._settle(opening)

    def _settle(self, source: Source) -> None:
        horizon = Horizon(source)
        for name, value in (
            ("_source", source),
            ("_horizon", horizon),
            ("_dates", BusinessDates(horizon)),
            ("_digest", None),
        ):
            object.__setattr__(self, name, value)

    @classmethod
    def _of(cls, source: Source) -> Calendar:
        calendar = cls.__new__(cls)
        calendar._settle(source)
        return calendar

    @classmethod
    def always(cls, zone: str = "UTC") -> Calendar:
        """Open at every instant; the zone tells dates apart."""
        return cls(zone=zone, week={"mon-sun": ["00:00-24:00"]})

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse any change.

        Raises:
            AttributeError: always.
        """
        raise AttributeError(f"a calendar is frozen: {name!r} cannot be set; make a new one")

    # -- how much, and until when ----------------------------------------------------------------

    def elapsed(self, begin: Instant, end: Instant) -> dt.timedelta:
        """Open time in [begin, end); nothing where the end comes first.

        Raises:
            DefinitionError: an instant without a zone, or outside the years that are known.
        """
        start, stop = as_microseconds(begin, "begin"), as_microseconds(end, "end")
        return _MICROSECOND * self.elapsed_us(start, stop)

    def elapsed_us(self, begin: int, end: int) -> int:
        """As `elapsed`, in microseconds of UTC and of open time."""
        if end <= begin:
            return 0
        timeline = self._horizon.timeline
        if begin < timeline.low or end >= timeline.high:
            timeline = self._horizon.covering(begin, end)
        return timeline.passed(end) - timeline.passed(begin)

    def after(
        self, start: Instant, span: SpanLike, landing: Landing = "at_close"
    ) -> pendulum.DateTime:
        """The earliest instant by which the span has passed.

        A result that falls exactly on closing stays there, or moves to the next opening with
        `landing="next_open"`. No working time at all, outside hours, is the next opening.

        Raises:
            DefinitionError: never reached, or not within the years that are known.
        """
        begin = as_microseconds(start, "start")
        if type(span) is dt.timedelta and _NOTHING < span <= _LONGEST:  # what is asked most
            moment = self.worked_us(begin, span // _MICROSECOND)
        else:
            moment = self.after_us(begin, parse_span(span))
        if landing == "next_open":
            moment = self.next_open_us(moment)
        elif landing != "at_close":
            checks.known_id(landing, LANDINGS, "landing", where="landing")
        return as_datetime(moment)

    def after_us(self, begin: int, span: Span) -> int:
        """As `after`, in microseconds UTC."""
        if isinstance(span, WorkingTime):
            return self.worked_us(begin, span.microseconds)
        if isinstance(span, BusinessDays):
            return self._dates.moved(begin, span.count)
        if isinstance(span, Elapsed):
            return begin + span.microseconds
        return shifted(self._source.zone, begin, span, 1)

    def worked_us(self, begin: int, amount: int) -> int:
        """The earliest instant by which so much working time has passed, in microseconds."""
        if amount == 0:
            return self.next_open_us(begin)
        timeline = self._horizon.timeline
        if begin < timeline.low or begin >= timeline.high:
            timeline = self._horizon.covering(begin, begin)
        while (moment := timeline.first_reaching(timeline.passed(begin) + amount)) is None:
            timeline = self._horizon.later(timeline, begin)
        return moment

    def before(self, end: Instant, span: SpanLike) -> pendulum.DateTime:
        """The latest instant from which the span passes by `end`: `after`, mirrored.

        Raises:
            DefinitionError: never, or not within the years that are known.
        """
        return as_datetime(self.before_us(as_microseconds(end, "end"), parse_span(span)))

    def before_us(self, end: int, span: Span) -> int:
        """As `before`, in microseconds UTC."""
        if isinstance(span, WorkingTime):
            return self._worked_back(end, span.microseconds)
        if isinstance(span, BusinessDays):
            return self._dates.moved(end, -span.count)
        if isinstance(span, Elapsed):
            return end - span.microseconds
        return shifted(self._source.zone, end, span, -1)

    def _worked_back(self, end: int, amount: int) -> int:
        timeline = self._horizon.covering(end, end)
        while True:
            moment = (
                timeline.last_with(timeline.passed(end) - amount)
                if amount
                else timeline.last_end(end)
            )
            if moment is not None:
                return moment
            timeline = self._horizon.earlier(timeline, end)

    def add_business_days(self, start: Instant, count: int) -> pendulum.DateTime:
        """The same time of day on the count-th business day after (before, if negative).

        A business day is a date on which hours begin: a night shift counts on its first date.

        Raises:
            DefinitionError: the count is no whole number, or not within the years known.
        """
        if isinstance(count, bool) or not isinstance(count, int):
            raise DefinitionError(
                f"expected a whole number of days, got {type(count).__name__}", where="count"
            )
        BusinessDays(abs(count))
        return as_datetime(self._dates.moved(as_microseconds(start, "start"), count))

    # -- open or not -----------------------------------------------------------------------------

    def is_open(self, moment: Instant) -> bool:
        """Whether business time runs at that instant; closing time itself is closed."""
        at = as_microseconds(moment)
        return self._horizon.covering(at, at).index_at(at) >= 0

    def next_open(self, moment: Instant) -> pendulum.DateTime:
        """The instant itself while open, else the next opening."""
        return as_datetime(self.next_open_us(as_microseconds(moment)))

    def next_open_us(self, moment: int) -> int:
        """As `next_open`, in microseconds UTC."""
        timeline = self._horizon.covering(moment, moment)
        while (found := timeline.next_start(moment)) is None:
            timeline = self._horizon.later(timeline, moment)
        return found

    def next_close(self, moment: Instant) -> pendulum.DateTime:
        """The closing after the instant.

        Raises:
            DefinitionError: it does not close in the following 50 years.
        """
        at = as_microseconds(moment)
        timeline = self._horizon.covering(at, at)
        while (found := timeline.next_end(at)) is None:
            if timeline.starts and year_of(timeline.high) - year_of(at) > SILENT_YEARS:
                raise DefinitionError(f"this calendar does not close after {as_text(at)}")
            timeline = self._horizon.later(timeline, at)
        return as_datetime(found)

    def open_intervals(
        self, begin: Instant, end: Instant
    ) -> list[tuple[pendulum.DateTime, pendulum.DateTime]]:
        """The open stretches of [begin, end), in order, each half-open."""
        rows = self.open_us(as_microseconds(begin, "begin"), as_microseconds(end, "end"))
        return [(as_datetime(start), as_datetime(stop)) for start, stop in rows]

    def open_us(self, begin: int, end: int) -> list[tuple[int, int]]:
        """As `open_intervals`, in microseconds UTC."""
        return self.timeline(begin, end).between(begin, end) if begin < end else []

    def holidays_us(self, begin: int, end: int) -> list[dt.date]:
        """The holidays among the local dates of [begin, end), both in microseconds UTC."""
        first, last = (to_local(self.zone, moment).date() for moment in (begin, end - 1))
        years = range(first.year, last.year + 1)
        found = {date for year in years for date in self._source.holidays_of(year)}
        return sorted(date for date in found if first <= date <= last)

    def timeline(self, begin: int, end: int) -> Timeline:
        """The compiled stretches over [begin, end] at least; for callers with many questions."""
        return self._horizon.covering(begin, end)

    # -- many at once ----------------------------------------------------------------------------

    def elapsed_many(self, starts: NDArray[Any], ends: NDArray[Any]) -> NDArray[np.int64]:
        """Open microseconds of each [start, end), shape (n,).

        Args:
            starts: Microseconds UTC as int64, or datetime64, shape (n,).
            ends: The same, shape (n,); 0 where it comes before its start.

        Raises:
            DefinitionError: other types or lengths, or an instant that is not known.
            MissingExtra: numpy is not installed.
        """
        result: NDArray[np.int64] = _arrays().elapsed_many(self, starts, ends)
        return result

    def after_many(
        self, starts: NDArray[Any], spans: NDArray[Any], landing: Landing = "at_close"
    ) -> NDArray[np.int64]:
        """Microseconds UTC by which each span of working time has passed, shape (n,).

        Args:
            starts: Microseconds UTC as int64, or datetime64, shape (n,).
            spans: Microseconds of working time as int64, or timedelta64, shape (n,), >= 0.
            landing: As in `after`.

        Raises:
            DefinitionError: other types or lengths, or a result that is not known.
            MissingExtra: numpy is not installed.
        """
        checks.known_id(landing, LANDINGS, "landing", where="landing")
        result: NDArray[np.int64] = _arrays().after_many(self, starts, spans, landing)
        return result

    # -- together --------------------------------------------------------------------------------

    def __and__(self, other: Calendar) -> Calendar:
        """Open when both are."""
        return self._combined("&", other)

    def __or__(self, other: Calendar) -> Calendar:
        """Open when either is."""
        return self._combined("|", other)

    def __sub__(self, other: Calendar) -> Calendar:
        """Open when this is and the other is not."""
        return self._combined("-", other)

    def _combined(self, operator: Operator, other: object) -> Calendar:
        if not isinstance(other, Calendar):
            raise DefinitionError(
                f"cannot combine a calendar and {type(other).__name__} with {operator!r};"
                " both sides are calendars"
            )
        return Calendar._of(Combined(operator, self._source, other._source))

    # -- what it is ------------------------------------------------------------------------------

    @property
    def zone(self) -> str:
        """The zone whose dates count; that of the left one where two are combined."""
        return self._source.zone

    @property
    def findings(self) -> list[Finding]:
        """What is probably meant otherwise: hours to 23:59, no hours at all."""
        return self._source.findings()

    @property
    def digest(self) -> str:
        """SHA-256 of the definition, frozen holidays included, in hexadecimal."""
        digest = self._digest
        if digest is None:
            plain = json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"))
            digest = hashlib.sha256(plain.encode()).hexdigest()
            object.__setattr__(self, "_digest", digest)
        return digest

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON; `Calendar.from_dict` reads them, without any extra."""
        return {"schema": reading.SCHEMA, **self._source.to_dict()}

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Calendar:
        """The calendar that `to_dict` wrote down.

        Raises:
            DefinitionError: fields are missing, unknown or faulty.
        """
        return cls._of(reading.from_dict(data))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Calendar):
            return NotImplemented
        return self is other or self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __reduce__(self) -> tuple[Any, ...]:
        return Calendar.from_dict, (self.to_dict(),)

    def __repr__(self) -> str:
        return f"<Calendar {reading.described(self.to_dict())}, {self.digest[:8]}>"


def _arrays() -> Any:
    try:
        from engagekit.business_time import arrays
    except ImportError:
        raise MissingExtra(extra="portfolio", needed_for="calculating whole columns") from None
    return arrays

"""Why a clock shows what it shows: its timeline, interval by interval."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterator, Sequence

import attrs
import pendulum

from engagekit.business_time.calendar import Calendar
from engagekit.business_time.instants import as_datetime, as_text
from engagekit.business_time.spans import Elapsed, Nominal, Span
from engagekit.sla.events import ClockEvent, ClockPolicy
from engagekit.sla.walk import Walk, shown

__all__ = ["Explanation", "Question", "Row", "explained"]


@attrs.frozen
class Question:
    """What was asked of a clock: enough to walk through it again."""

    events: Sequence[ClockEvent]
    calendar: Calendar
    target: Span | None
    policy: ClockPolicy
    as_of: int


@attrs.frozen
class Row:
    """One stretch of a clock's life, half-open."""

    begin_us: int
    end_us: int
    counted_us: int
    because: str

    @property
    def begin(self) -> pendulum.DateTime:
        """Its first instant."""
        return as_datetime(self.begin_us)

    @property
    def end(self) -> pendulum.DateTime:
        """The first instant that no longer belongs to it."""
        return as_datetime(self.end_us)

    @property
    def counted(self) -> dt.timedelta:
        """How much of it counted towards the target."""
        return dt.timedelta(0, 0, self.counted_us)


@attrs.frozen
class Explanation:
    """The rows of a timeline; what they counted adds up to the elapsed time."""

    rows: tuple[Row, ...]
    elapsed_us: int

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def _cells(self) -> list[tuple[str, str, str, str]]:
        return [
            (as_text(row.begin_us), as_text(row.end_us), str(row.counted), row.because)
            for row in self.rows
        ]

    def __str__(self) -> str:
        table = [("from", "to", "counted", "because"), *self._cells()]
        widths = [max(len(row[column]) for row in table) for column in range(3)]
        lines = [
            "  ".join(
                [*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]
            )
            for row in table
        ]
        return "\n".join([*lines, f"elapsed: {dt.timedelta(microseconds=self.elapsed_us)}"])

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{name}</th>" for name in ("from", "to", "counted", "because"))
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
            for row in self._cells()
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def to_dict(self) -> list[dict[str, object]]:
        """Plain values for JSON, one mapping a row."""
        return [
            {
                "from": as_text(row.begin_us),
                "to": as_text(row.end_us),
                "counted_s": row.counted_us / 1_000_000,
                "because": row.because,
            }
            for row in self.rows
        ]


def explained(question: Question, elapsed: int) -> Explanation:
    """The timeline from the first event to the instant asked about."""
    walk = Walk(question.calendar, question.target, question.policy, strict=False)
    stretches: list[tuple[int, int, str, Calendar]] = []
    for index, event in enumerate(question.events):
        walk.take([event])
        following = question.events[index + 1 :]
        end = following[0].at if following else question.as_of
        if event.at < end and walk.state != "not_started":
            stretches.append((event.at, end, _why(walk), walk.calendar))
    rows: list[Row] = []
    for begin, end, why, calendar in stretches:
        used = walk.calendar if question.policy.calendar == "latest" else calendar
        rows += _rows(begin, end, why, used, walk)
    return Explanation(tuple(_merged(rows)), elapsed)


def _why(walk: Walk) -> str:
    if walk.state != "open":
        return walk.state
    return f"paused: {shown(walk.reasons)}" if walk.reasons else ""


def _rows(begin: int, end: int, why: str, calendar: Calendar, walk: Walk) -> Iterator[Row]:
    if why:
        yield Row(begin, end, 0, why)
        return
    if end <= walk.counted_from:
        yield Row(begin, end, 0, "before what counts now began (new cycle or target)")
        return
    if isinstance(walk.target, Nominal | Elapsed):
        yield Row(begin, end, end - begin, "running; every hour counts")
        return
    at = begin
    for start, stop in calendar.open_us(begin, end):
        if at < start:
            yield Row(at, start, 0, _closed(calendar, at, start))
        yield Row(start, stop, stop - start, "running")
        at = stop
    if at < end:
        yield Row(at, end, 0, _closed(calendar, at, end))


def _closed(calendar: Calendar, begin: int, end: int) -> str:
    holidays = [date.isoformat() for date in calendar.holidays_us(begin, end)]
    return f"outside hours (holiday {', '.join(holidays)})" if holidays else "outside hours"


def _merged(rows: Sequence[Row]) -> Iterator[Row]:
    held: Row | None = None
    for row in rows:
        if held is not None and held.end_us == row.begin_us and held.because == row.because:
            counted = held.counted_us + row.counted_us
            held = Row(held.begin_us, row.end_us, counted, row.because)
            continue
        if held is not None:
            yield held
        held = row
    if held is not None:
        yield held

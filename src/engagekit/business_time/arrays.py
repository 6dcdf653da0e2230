"""Whole columns at once: the kernels of `arithmetic` on numpy arrays.

The open stretches are laid out one row per UTC day: the open time before that day, and where
each of its k stretches starts and how long it is. Then, for an instant t on day d,

    passed(t) = before[d] + sum over k of clip(t - start[k, d], 0, length[k, d])

is a handful of array operations without any search. Blocks are small enough for the cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engagekit.business_time.arithmetic import Timeline
from engagekit.business_time.spans import WorkingTime
from engagekit.errors import DefinitionError

if TYPE_CHECKING:
    from engagekit.business_time.calendar import Calendar

__all__ = ["DayRows", "after_many", "elapsed_many", "instants", "running_many"]

Column = NDArray[np.int64]

DAY = 86_400_000_000
MOST_BUCKETS = 65_536
BLOCK = 16_384  # rows; a block with its buffers stays in the second-level cache


class DayRows:
    """A timeline as one row per UTC day."""

    __slots__ = ("before", "first_day", "lengths", "open_before", "starts", "stops", "total")

    def __init__(self, timeline: Timeline) -> None:
        starts = np.array(timeline.starts, dtype=np.int64)
        ends = np.array(timeline.ends, dtype=np.int64)
        self.starts, self.stops = starts, ends
        self.open_before = np.array(timeline.before[:-1], dtype=np.int64)
        self.total = timeline.total
        self.first_day = timeline.low // DAY
        days = timeline.high // DAY - self.first_day
        midnights = (np.arange(days, dtype=np.int64) + self.first_day) * DAY
        first = np.searchsorted(ends, midnights, side="right")
        last = np.searchsorted(starts, midnights + DAY, side="left")
        most = int((last - first).max(initial=0))
        self.lengths: list[tuple[Column, Column]] = []
        for k in range(most):
            index = np.minimum(first + k, len(starts) - 1)
            begin = np.maximum(starts[index], midnights)
            length = np.minimum(ends[index], midnights + DAY) - begin
            absent = first + k >= last
            begin[absent], length[absent] = 0, 0
            self.lengths.append((begin, length))
        per_day = sum((length for _, length in self.lengths), np.zeros(days, dtype=np.int64))
        self.before = np.concatenate(([0], np.cumsum(per_day)[:-1])).astype(np.int64)

    def passed(self, moments: Column, out: Column) -> Column:
        """Open time from the start of the timeline to each moment, into `out`."""
        size = min(BLOCK, len(moments))
        day, part, length = (np.empty(size, dtype=np.int64) for _ in range(3))
        for low in range(0, len(moments), BLOCK):
            block, result = moments[low : low + BLOCK], out[low : low + BLOCK]
            if len(block) < size:
                day, part, length = (buffer[: len(block)] for buffer in (day, part, length))
            np.floor_divide(block, DAY, out=day)
            np.subtract(day, self.first_day, out=day)
            np.take(self.before, day, out=result, mode="clip")
            for begins, lengths in self.lengths:
                np.take(begins, day, out=part, mode="clip")
                np.subtract(block, part, out=part)
                np.take(lengths, day, out=length, mode="clip")
                np.minimum(part, length, out=part)
                np.maximum(part, 0, out=part)
                np.add(result, part, out=result)
        return out

    def reached(self, amounts: Column) -> Column:
        """The earliest moment by which each amount > 0, at most the total, has passed."""
        width, guess = self._buckets()
        shifts = self.starts - self.open_before
        opened = np.append(self.open_before[1:], self.total)  # by the end of each stretch
        result = np.empty(len(amounts), dtype=np.int64)
        for low in range(0, len(amounts), BLOCK):
            block = amounts[low : low + BLOCK]
            index = guess.take((block - 1) // width, mode="clip")
            while bool((late := opened.take(index) < block).any()):
                index += late
            np.add(shifts.take(index), block, out=result[low : low + BLOCK])
        return result

    def _buckets(self) -> tuple[int, NDArray[np.intp]]:
        """A width of open time, and the stretch in which each multiple of it is passed.

        No wider than most stretches are long, so that hardly more than one step from the guess
        remains, and not so narrow that the table leaves the cache.
        """
        width = max(self.total // MOST_BUCKETS, self.total // max(1, 2 * len(self.starts)), 1)
        marks = np.arange(0, self.total + 1, width, dtype=np.int64)
        return width, np.searchsorted(self.open_before, marks, side="right") - 1


def _rows(timeline: Timeline) -> DayRows:
    if timeline.arrays is None:
        timeline.arrays = DayRows(timeline)
    rows: DayRows = timeline.arrays
    return rows


def instants(values: object, where: str) -> Column:
    """Instants as int64 microseconds UTC.

    Raises:
        DefinitionError: no array of int64 or datetime64 in one dimension, a missing time, or
            one finer than a microsecond.
    """
    return _column(values, "M", where)


def _column(values: object, kind: str, where: str) -> Column:
    array = np.asarray(values)
    if array.ndim != 1:
        raise DefinitionError(f"expected one dimension, got {array.ndim}", where=where)
    if array.dtype == np.int64:
        return array
    if array.dtype.kind != kind:
        wanted = {"M": "int64 microseconds or datetime64", "m": "int64 microseconds or timedelta64"}
        raise DefinitionError(
            f"expected {wanted.get(kind, 'int64')}, got {array.dtype}", where=where
        )
    if bool(np.isnat(array).any()):
        raise DefinitionError("a time is missing (NaT); drop those rows first", where=where)
    exact = array.astype(f"{array.dtype.kind}8[us]")
    if bool((exact.astype(array.dtype) != array).any()):
        raise DefinitionError("finer than a microsecond; round on purpose first", where=where)
    return exact.astype(np.int64)


def _same_length(columns: dict[str, Column]) -> None:
    if len({len(column) for column in columns.values()}) > 1:
        shown = ", ".join(f"{name} {len(column)}" for name, column in columns.items())
        raise DefinitionError(f"columns differ in length: {shown}")


def _covering(calendar: Calendar, *columns: Column) -> DayRows:
    low = min(int(column.min()) for column in columns)
    high = max(int(column.max()) for column in columns)
    return _rows(calendar.timeline(low, high))


def elapsed_many(calendar: Calendar, starts: object, ends: object) -> Column:
    """See `Calendar.elapsed_many`."""
    begins, stops = instants(starts, "starts"), instants(ends, "ends")
    _same_length({"starts": begins, "ends": stops})
    result = np.empty(len(begins), dtype=np.int64)
    if not len(begins):
        return result
    rows = _covering(calendar, begins, stops)
    spare = np.empty(min(BLOCK, len(begins)), dtype=np.int64)
    for low in range(0, len(begins), BLOCK):
        block = result[low : low + BLOCK]
        rows.passed(stops[low : low + BLOCK], block)
        block -= rows.passed(begins[low : low + BLOCK], spare[: len(block)])
        np.maximum(block, 0, out=block)
    return result


def after_many(calendar: Calendar, starts: object, spans: object, landing: str) -> Column:
    """See `Calendar.after_many`."""
    begins, amounts = instants(starts, "starts"), _column(spans, "m", "spans")
    _same_length({"starts": begins, "spans": amounts})
    if not len(begins):
        return np.empty(0, dtype=np.int64)
    if int(amounts.min()) < 0:
        raise DefinitionError("a span is negative; spans run forward", where="spans")
    WorkingTime(int(amounts.max()))
    result = begins.copy()
    busy = amounts > 0
    if bool(busy.any()):
        rows, passed = _far_enough(calendar, begins, amounts)
        result[busy] = rows.reached((passed + amounts)[busy])
    # What needs the following opening: no span at all, or a landing that leaves closing time.
    again = ~busy if landing == "at_close" else np.ones(len(begins), dtype=np.bool_)
    if bool(again.any()):
        result[again] = _next_open(calendar, result[again])
    return result


def _far_enough(calendar: Calendar, begins: Column, amounts: Column) -> tuple[DayRows, Column]:
    low, high = int(begins.min()), int(begins.max())
    # Whoever starts last and lasts longest ends last: an instant every row stays within.
    high = calendar.worked_us(high, int(amounts.max()))
    rows = _rows(calendar.timeline(low, high))
    return rows, rows.passed(begins, np.empty(len(begins), dtype=np.int64))


def _next_open(calendar: Calendar, moments: Column) -> Column:
    latest = calendar.next_open_us(int(moments.max()))
    rows = _rows(calendar.timeline(int(moments.min()), latest))
    index = np.searchsorted(rows.stops, moments, side="right")
    return np.maximum(rows.starts[index], moments)


def running_many(
    calendar: Calendar,
    starts: object,
    ends: object,
    pauses: tuple[Any, Any, Any],
) -> Column:
    """Open microseconds of each [start, end) outside the union of its own pauses, shape (n,).

    Args:
        calendar: When time counts.
        starts: Microseconds UTC as int64, or datetime64, shape (n,).
        ends: The same, shape (n,).
        pauses: (row, from, to), each of shape (m,): which of the n clocks is paused, and when.
            Any number for a clock, in any order, overlapping or not.

    Raises:
        DefinitionError: other types or lengths, a row that does not exist, or an instant that is
            not known.
    """
    begins, stops = instants(starts, "starts"), instants(ends, "ends")
    owner, pause, resume = pauses
    owners = _column(owner, "-", "pauses[0]")
    pauses_at, resumes_at = instants(pause, "pauses[1]"), instants(resume, "pauses[2]")
    _same_length({"starts": begins, "ends": stops})
    _same_length({"row": owners, "from": pauses_at, "to": resumes_at})
    total = elapsed_many(calendar, begins, stops)
    if not len(owners):
        return total
    if int(owners.min()) < 0 or int(owners.max()) >= len(begins):
        raise DefinitionError(f"a row outside 0 to {len(begins) - 1}", where="pauses[0]")
    owners, pauses_at, resumes_at = _ordered(owners, pauses_at, resumes_at)
    pauses_at = np.maximum(pauses_at, begins[owners])
    resumes_at = np.minimum(resumes_at, stops[owners])
    lost = elapsed_many(calendar, _uncovered(owners, pauses_at, resumes_at), resumes_at)
    np.subtract.at(total, owners, lost)
    return total


def _ordered(owners: Column, begins: Column, ends: Column) -> tuple[Column, Column, Column]:
    later = (owners[1:] > owners[:-1]) | ((owners[1:] == owners[:-1]) & (begins[1:] >= begins[:-1]))
    if bool(later.all()):
        return owners, begins, ends
    if bool((owners[1:] < owners[:-1]).any()):
        order = np.argsort(owners, kind="stable")
        return _ordered(owners[order], begins[order], ends[order])
    # Sorting is what costs here, so only clocks whose pauses are out of order are sorted.
    index = _rows_of(owners, owners[1:][~later])
    order = index[np.lexsort((begins[index], owners[index]))]
    begins, ends = begins.copy(), ends.copy()
    begins[index], ends[index] = begins[order], ends[order]
    return owners, begins, ends


def _rows_of(owners: Column, some: Column) -> NDArray[np.intp]:
    chosen = np.zeros(int(owners[-1]) + 1, dtype=np.bool_)
    chosen[some] = True
    return np.flatnonzero(chosen[owners])


def _uncovered(owners: Column, begins: Column, ends: Column) -> Column:
    """Where each pause begins once what earlier pauses of its clock cover is left out."""
    overlaps = (owners[1:] == owners[:-1]) & (begins[1:] < ends[:-1])
    if not bool(overlaps.any()):
        return begins
    index = _rows_of(owners, owners[1:][overlaps])
    begins = begins.copy()
    begins[index] = np.maximum(begins[index], _latest_before(owners[index], ends[index]))
    return begins


def _latest_before(owners: Column, ends: Column) -> Column:
    """The latest end among the earlier rows of the same owner; the least integer where none is."""
    # Ranks stand for the ends, so that owner and end fit into one integer and a single running
    # maximum never crosses from one owner to the next.
    ordered = np.sort(ends)
    ranks = np.searchsorted(ordered, ends)
    highest = np.maximum.accumulate(owners * len(ends) + ranks)[:-1]
    same = owners[1:] == owners[:-1]
    latest = np.full(len(ends), np.iinfo(np.int64).min)
    latest[1:][same] = ordered[highest[same] % len(ends)]
    return latest

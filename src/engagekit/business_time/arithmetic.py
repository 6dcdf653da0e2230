"""The two kernels everything reduces to: open time up to an instant, and its inverse.

`Timeline` holds the open stretches of some years as three sorted lists: where each starts, where
it ends, and the open time before it. `passed` is a bisection; so are its two inverses.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from operator import sub
from typing import Any

from engagekit.business_time.opening import Stretches

__all__ = ["Timeline"]


class Timeline:
    """Open stretches within [low, high), in microseconds UTC.

    `before` is the open time before each stretch, and last the total.
    """

    __slots__ = ("arrays", "before", "ends", "high", "low", "starts", "total")

    def __init__(self, low: int, high: int, years: Sequence[Stretches]) -> None:
        starts: list[int] = []
        ends: list[int] = []
        for year_starts, year_ends in years:
            touching = bool(ends and year_starts and ends[-1] == year_starts[0])
            if touching:
                ends.pop()
            starts += year_starts[1:] if touching else year_starts
            ends += year_ends
        self.low, self.high, self.starts, self.ends = low, high, starts, ends
        self.before: list[int] = list(accumulate(map(sub, ends, starts), initial=0))
        self.total = self.before[-1]
        self.arrays: Any = None  # the same as numpy arrays, made on first use

    def passed(self, moment: int) -> int:
        """Open time from `low` to the moment."""
        index = bisect_right(self.starts, moment) - 1
        if index < 0:
            return 0
        if moment < self.ends[index]:
            return self.before[index] + moment - self.starts[index]
        return self.before[index + 1]

    def first_reaching(self, amount: int) -> int | None:
        """The earliest moment with `amount` > 0 passed, None where it lies beyond `high`."""
        if amount > self.total:
            return None
        index = bisect_left(self.before, amount) - 1
        return self.starts[index] + amount - self.before[index]

    def last_with(self, amount: int) -> int | None:
        """The latest moment with no more than `amount` < total passed, None before `low`."""
        if amount < 0:
            return None
        index = bisect_right(self.before, amount) - 1
        return self.starts[index] + amount - self.before[index]

    def index_at(self, moment: int) -> int:
        """The stretch that is open at the moment, or -1."""
        index = bisect_right(self.starts, moment) - 1
        return index if index >= 0 and moment < self.ends[index] else -1

    def next_start(self, moment: int) -> int | None:
        """The moment itself if open, else the next opening; None beyond `high`."""
        if self.index_at(moment) >= 0:
            return moment
        index = bisect_left(self.starts, moment)
        return self.starts[index] if index < len(self.starts) else None

    def last_end(self, moment: int) -> int | None:
        """The moment itself if the time just before it is open, else the last closing."""
        index = bisect_left(self.starts, moment) - 1
        if index < 0:
            return None
        return min(moment, self.ends[index])

    def next_end(self, moment: int) -> int | None:
        """The next closing after the moment, None where it lies beyond `high`."""
        index = bisect_right(self.ends, moment)
        if index == len(self.ends) or self.ends[index] >= self.high:
            return None
        return self.ends[index]

    def between(self, begin: int, end: int) -> list[tuple[int, int]]:
        """The open stretches of [begin, end)."""
        first = bisect_right(self.ends, begin)
        last = bisect_left(self.starts, end)
        rows = zip(self.starts[first:last], self.ends[first:last], strict=True)
        return [(max(start, begin), min(stop, end)) for start, stop in rows]

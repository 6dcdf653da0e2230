"""Two calendars as one: open together (`&`), open in either (`|`), open in one only (`-`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from heapq import merge
from itertools import chain
from typing import Literal, Protocol, TypeAlias

import attrs

from engagekit.business_time.findings import Finding
from engagekit.business_time.opening import Stretches

__all__ = ["OPERATORS", "Combined", "Operator", "Source"]

Operator: TypeAlias = Literal["&", "|", "-"]

OPERATORS: dict[str, Callable[[bool, bool], bool]] = {
    "&": lambda left, right: left and right,
    "|": lambda left, right: left or right,
    "-": lambda left, right: left and not right,
}


class Source(Protocol):
    """What a calendar is compiled from."""

    @property
    def zone(self) -> str:
        """The zone whose dates count."""

    @property
    def years(self) -> tuple[int, int]:
        """First and last year for which the answer is known."""

    @property
    def never_open(self) -> bool:
        """Whether that is plain from the definition."""

    @property
    def special_years(self) -> tuple[int, int]:
        """The years of the first and the last special date."""

    def stretches(self, year: int) -> Stretches:
        """All open time of one UTC year."""

    def begins_on(self, year: int) -> list[int]:
        """The dates of one year on which hours begin."""

    def holidays_of(self, year: int) -> set[dt.date]:
        """The dates of one year that are closed as holidays."""

    def findings(self) -> list[Finding]:
        """What is probably meant otherwise."""

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON."""


@attrs.frozen
class Combined:
    """Two sources and how they combine; dates are those of the left one's zone."""

    operator: Operator
    left: Source
    right: Source

    @property
    def zone(self) -> str:
        """The zone whose dates count."""
        return self.left.zone

    @property
    def years(self) -> tuple[int, int]:
        """First and last year for which both know the answer."""
        (first, last), (other_first, other_last) = self.left.years, self.right.years
        return max(first, other_first), min(last, other_last)

    @property
    def never_open(self) -> bool:
        """Whether that is plain from the definitions."""
        left, right = self.left.never_open, self.right.never_open
        return {"&": left or right, "|": left and right, "-": left}[self.operator]

    @property
    def special_years(self) -> tuple[int, int]:
        """The years of the first and the last special date of either."""
        (first, last), (other_first, other_last) = self.left.special_years, self.right.special_years
        return min(first, other_first), max(last, other_last)

    def stretches(self, year: int) -> Stretches:
        """All open time of one UTC year."""
        left, right = self.left.stretches(year), self.right.stretches(year)
        return _combined(OPERATORS[self.operator], left, right)

    def begins_on(self, year: int) -> list[int]:
        """The dates of one year on which hours may begin."""
        left, right = set(self.left.begins_on(year)), set(self.right.begins_on(year))
        if self.operator == "-":
            return sorted(left)
        return sorted(left & right if self.operator == "&" else left | right)

    def holidays_of(self, year: int) -> set[dt.date]:
        """The dates of one year on which a holiday closes the combination."""
        left, right = self.left.holidays_of(year), self.right.holidays_of(year)
        return {"&": left | right, "|": left & right, "-": left}[self.operator]

    def findings(self) -> list[Finding]:
        """What is probably meant otherwise in either."""
        return [*self.left.findings(), *self.right.findings()]

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        left, right = self.left.to_dict(), self.right.to_dict()
        return {"operator": self.operator, "left": left, "right": right}


def _edges(stretches: Stretches, opens: int, closes: int) -> Iterator[tuple[int, int]]:
    starts, ends = stretches
    pairs = zip(starts, ends, strict=True)
    return chain.from_iterable(((start, opens), (end, closes)) for start, end in pairs)


def _combined(either: Callable[[bool, bool], bool], left: Stretches, right: Stretches) -> Stretches:
    starts: list[int] = []
    ends: list[int] = []
    state = [False, False]
    was_open = False
    for moment, edge in merge(_edges(left, 1, 0), _edges(right, 3, 2)):
        state[edge // 2] = edge % 2 == 1
        is_open = either(state[0], state[1])
        if is_open == was_open:
            continue
        was_open = is_open
        here, there = (starts, ends) if is_open else (ends, starts)
        if there and there[-1] == moment:  # two edges at one instant cancel out
            there.pop()
        else:
            here.append(moment)
    return starts, ends

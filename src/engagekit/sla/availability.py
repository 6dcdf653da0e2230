"""How often was it good: availability, ratios and percentiles.

Ratios are exact fractions and are compared before anyone rounds them. No data is an answer of its
own: None, neither 100 % nor 0 %.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, TypeAlias

import attrs

from engagekit import checks
from engagekit.business_time.calendar import Calendar
from engagekit.business_time.instants import as_microseconds, as_text
from engagekit.business_time.spans import SpanLike, parse_elapsed
from engagekit.errors import DefinitionError

__all__ = [
    "Availability",
    "ErrorBudget",
    "Number",
    "availability",
    "error_budget",
    "exact",
    "percentile",
]

Number: TypeAlias = int | float | str | Decimal | Fraction
Stretch: TypeAlias = tuple[int, int]
_LONGEST_NUMBER = 60  # characters


def exact(value: Number, where: str) -> Fraction:
    """The number as it is written: 0.999 is 999/1000, however a float stores it.

    Raises:
        DefinitionError: not a finite number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal | Fraction):
        raise DefinitionError(f"expected a number, got {type(value).__name__}", where=where)
    shown = repr(value) if isinstance(value, float) else value
    try:
        if isinstance(shown, str):
            # Through Decimal: Fraction would build 10**999999999 without a word.
            shown = Decimal(shown if len(shown) <= _LONGEST_NUMBER else "NaN")
        if isinstance(shown, Decimal) and not (shown.is_finite() and abs(shown.adjusted()) < 400):
            raise ValueError
        return Fraction(shown)
    except (ArithmeticError, ValueError):
        raise DefinitionError(f"{str(value)[:40]!r} is no finite number", where=where) from None


def rows_of(value: Any, where: str) -> Iterable[Any]:
    """The value, if it can hold rows.

    Raises:
        DefinitionError: it is a text, or nothing to go through.
    """
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise DefinitionError(f"expected a list, got {type(value).__name__}", where=where)
    return value


# -- availability ----------------------------------------------------------------------------------


@attrs.frozen
class Availability:
    """What of a window was to be available, and what of that was not."""

    total: dt.timedelta  # service hours less exclusions
    bad: dt.timedelta
    ratio: Fraction | None  # 1 - bad / total; None where nothing was to be available
    not_excluded: int = 0  # exclusions that were announced too late

    @property
    def percent(self) -> Fraction | None:
        """The ratio in percent, as service-credit tiers state it."""
        return None if self.ratio is None else self.ratio * 100

    def meets(self, objective: Number) -> bool | None:
        """Whether the ratio is at least the objective (0 to 1); None where there is no data."""
        return None if self.ratio is None else self.ratio >= _objective(objective)

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON; the ratio as the nearest float."""
        return {
            "total_s": self.total.total_seconds(),
            "bad_s": self.bad.total_seconds(),
            "ratio": None if self.ratio is None else float(self.ratio),
            "not_excluded": self.not_excluded,
        }

    def __str__(self) -> str:
        if self.ratio is None:
            return "no data"
        return f"{float(self.ratio * 100):.4f} % ({self.bad} of {self.total} down)"


def availability(
    window: Sequence[Any],
    outages: Iterable[Sequence[Any]],
    exclusions: Iterable[Sequence[Any]] = (),
    calendar: Calendar | None = None,
    *,
    notice: SpanLike | None = None,
) -> Availability:
    """Available time over service hours: overlapping outages once, exclusions in neither.

    Args:
        window: (from, to).
        outages: (from, to) each; None as `to` is an outage that lasts.
        exclusions: (from, to) or (from, to, announced_at) each.
        calendar: Service hours; None is every hour.
        notice: How long before its start an exclusion must have been announced to count.

    Raises:
        DefinitionError: an interval that is reversed or unreadable, or an exclusion without
            announcement where notice is asked for.
    """
    begin, end = _stretch(window, "window")
    down = [
        _stretch(row, f"outages[{index}]", end)
        for index, row in enumerate(rows_of(outages, "outages"))
    ]
    ahead = None if notice is None else parse_elapsed(notice, "notice").microseconds
    excluded: list[Stretch] = []
    late = 0
    for index, row in enumerate(rows_of(exclusions, "exclusions")):
        where = f"exclusions[{index}]"
        announced = isinstance(row, list | tuple) and len(row) == 3
        stretch = _stretch(row[:2] if announced else row, where)
        if ahead is None or _announced(row, where) <= stretch[0] - ahead:
            excluded.append(stretch)
        else:
            late += 1
    out = _union(excluded, begin, end)
    either = _union([*down, *excluded], begin, end)
    total = _measured([(begin, end)], calendar) - _measured(out, calendar)
    bad = _measured(either, calendar) - _measured(out, calendar)
    ratio = Fraction(total - bad, total) if total else None
    return Availability(_timedelta(total), _timedelta(bad), ratio, late)


def _timedelta(microseconds: int) -> dt.timedelta:
    return dt.timedelta(0, 0, microseconds)


def _stretch(row: Sequence[Any], where: str, lasting: int | None = None) -> Stretch:
    if isinstance(row, str) or not isinstance(row, Sequence) or len(row) != 2:
        raise DefinitionError("expected (from, to)", where=where)
    begin = as_microseconds(row[0], where)
    if row[1] is None and lasting is not None:
        return begin, max(begin, lasting)
    end = as_microseconds(row[1], where)
    if end < begin:
        raise DefinitionError(
            f"ends at {as_text(end)}, before it begins at {as_text(begin)}; turn it round",
            where=where,
        )
    return begin, end


def _announced(row: Sequence[Any], where: str) -> int:
    if len(row) != 3:
        raise DefinitionError(
            "notice is asked for, so add when it was announced: (from, to, announced_at)",
            where=where,
        )
    return as_microseconds(row[2], where)


def _union(stretches: Iterable[Stretch], begin: int, end: int) -> list[Stretch]:
    """The stretches within [begin, end), merged where they touch or overlap."""
    merged: list[Stretch] = []
    for start, stop in sorted(stretches):
        low, high = max(start, begin), min(stop, end)
        if low >= high:
            continue
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged


def _measured(stretches: Iterable[Stretch], calendar: Calendar | None) -> int:
    if calendar is None:
        return sum(end - begin for begin, end in stretches)
    return sum(calendar.elapsed_us(begin, end) for begin, end in stretches)


# -- ratios ----------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class ErrorBudget:
    """How much failure an objective allows, and how much of that is spent."""

    good: int
    total: int
    objective: Fraction  # 0 < objective < 1

    @property
    def ratio(self) -> Fraction | None:
        """Good over total; None where there is no data."""
        return Fraction(self.good, self.total) if self.total else None

    @property
    def met(self) -> bool | None:
        """Whether the ratio is at least the objective; None where there is no data."""
        return None if self.ratio is None else self.ratio >= self.objective

    @property
    def allowed(self) -> Fraction:
        """How many may be bad; a fraction, not rounded in anyone's favour."""
        return (1 - self.objective) * self.total

    @property
    def remaining(self) -> Fraction:
        """What is left of the budget; negative once it is overdrawn."""
        return self.allowed - (self.total - self.good)

    @property
    def burn_rate(self) -> Fraction | None:
        """How many times faster than allowed it fails; 1 uses the budget up exactly."""
        return None if self.ratio is None else (1 - self.ratio) / (1 - self.objective)

    def burns_faster_than(self, threshold: Number) -> bool | None:
        """Whether the burn rate exceeds a threshold, before any rounding; None: no data."""
        return None if self.burn_rate is None else self.burn_rate > exact(threshold, "threshold")


def error_budget(good: int, total: int, objective: Number) -> ErrorBudget:
    """The error budget of a ratio objective.

    Args:
        good: How many were good, 0 <= good <= total.
        total: How many were valid.
        objective: The share that must be good, strictly between 0 and 1: `"0.999"`.

    Raises:
        DefinitionError: counts that are no whole numbers or do not fit, or no such share.
    """
    for name, count in (("good", good), ("total", total)):
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise DefinitionError(f"expected a count, got {count!r}", where=name)
    if good > total:
        raise DefinitionError(f"{good} good of {total}: more than there are", where="good")
    return ErrorBudget(good=good, total=total, objective=_objective(objective))


def _objective(value: Number) -> Fraction:
    share = exact(value, "objective")
    if not 0 < share < 1:
        raise DefinitionError(
            f"{value} is not strictly between 0 and 1; 99.9 % is '0.999', and 100 % leaves no"
            " budget to measure against",
            where="objective",
        )
    return share


# -- percentiles -----------------------------------------------------------------------------------


def percentile(
    values: Iterable[int | float | Decimal | Fraction],
    percent: Number,
    method: Literal["linear", "nearest_rank"] = "linear",
) -> int | float | Decimal | Fraction | None:
    """The value below which `percent` of the values lie, by a named method; None: no data.

    `nearest_rank` is always one of the values; `linear` interpolates between two of them.

    Args:
        values: Finite numbers of one kind.
        percent: 0 < percent <= 100.
        method: Part of the promise: the 95th of 1 to 20 is 19 by one and 19.05 by the other.

    Raises:
        DefinitionError: not a number, or no such percentage or method.

    Source:
        Hyndman & Fan (1996), Am. Stat. 50:361-365, types 7 (linear) and 1 (nearest rank).
    """
    checks.known_id(method, ("linear", "nearest_rank"), "method", where="method")
    share = exact(percent, "percent") / 100
    if not 0 < share <= 1:
        raise DefinitionError(f"{percent} is not above 0 and at most 100", where="percent")
    ordered: list[tuple[Fraction, int | float | Decimal | Fraction]] = sorted(
        ((exact(value, "values"), value) for value in rows_of(values, "values")),
        key=lambda row: row[0],
    )
    if not ordered:
        return None
    if method == "nearest_rank":
        return ordered[math.ceil(share * len(ordered)) - 1][1]
    rank = share * (len(ordered) - 1)
    low = math.floor(rank)
    high = min(low + 1, len(ordered) - 1)
    found = ordered[low][0] + (ordered[high][0] - ordered[low][0]) * (rank - low)
    result: int | float | Decimal | Fraction = _like(found, ordered[low][1])
    return result


def _like(value: Fraction, example: int | float | Decimal | Fraction) -> Any:
    if isinstance(example, Fraction):
        return value
    if isinstance(example, Decimal):
        return Decimal(value.numerator) / value.denominator
    return int(value) if isinstance(example, int) and value.denominator == 1 else float(value)

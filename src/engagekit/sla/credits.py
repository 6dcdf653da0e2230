"""What is owed when it was not good: service credits, in exact decimals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from engagekit.errors import DefinitionError
from engagekit.sla.availability import Number, exact

__all__ = ["credit_amount", "read_tiers", "service_credit"]


def service_credit(
    tiers: Iterable[Sequence[Number]], uptime: Number | None, *, cap: Number | None = None
) -> Decimal | None:
    """The credit owed for an uptime, in percent of the fee; None where there is no data.

    Args:
        tiers: (below, credit) each: `[("99.9", 10), ("99", 25)]`, so 99.9 owes nothing and 98.9
            owes 25; or (from, to, credit) each, half-open and without gaps between them.
        uptime: In the unit of the tiers, usually percent: `measured.percent`.
        cap: At most so much.

    Raises:
        DefinitionError: tiers that overlap, leave gaps, or owe less for worse service.
    """
    bounds = read_tiers(tiers)
    limit = None if cap is None else _decimal(cap, "cap")
    if uptime is None:
        return None
    reached = exact(uptime, "uptime")
    owed = [
        credit for low, high, credit in bounds if (low is None or low <= reached) and reached < high
    ]
    credit = owed[0] if owed else Decimal(0)
    return credit if limit is None else min(credit, limit)


def credit_amount(credit: Number, base: Number, *, cent: Number = "0.01") -> Decimal:
    """A credit in percent of a base amount, as money, halves rounded to the even cent.

    Raises:
        DefinitionError: a float as money, or a negative amount.
    """
    if isinstance(base, float):
        raise DefinitionError("money is no float; write it as a text or Decimal", where="base")
    amount, share = _decimal(base, "base"), _decimal(credit, "credit")
    return (amount * share / 100).quantize(_decimal(cent, "cent"))


def _decimal(value: Number, where: str) -> Decimal:
    number = exact(value, where)
    if number < 0:
        raise DefinitionError(f"{value} is negative", where=where)
    return Decimal(number.numerator) / number.denominator


def read_tiers(
    tiers: Iterable[Sequence[Number]],
) -> list[tuple[Fraction | None, Fraction, Decimal]]:
    """Rows of (from, to, credit), worst uptime first; None as from is whatever is below.

    Raises:
        DefinitionError: tiers that overlap, leave gaps, or owe less for worse service.
    """
    rows = [_tier(row, f"tiers[{index}]") for index, row in enumerate(tiers)]
    if not rows:
        raise DefinitionError("no tiers; write [('99.9', 10), ('99', 25)]", where="tiers")
    rows.sort(key=lambda row: row[1])
    closed: list[tuple[Fraction | None, Fraction, Decimal]] = []
    for low, high, credit in rows:
        below = closed[-1] if closed else None
        if below is not None:
            _check_follows(below, low, high, credit)
        closed.append((low if low is not None or below is None else below[1], high, credit))
    return closed


def _tier(row: Sequence[Number], where: str) -> tuple[Fraction | None, Fraction, Decimal]:
    if isinstance(row, str) or not isinstance(row, Sequence) or len(row) not in (2, 3):
        raise DefinitionError("expected (below, credit) or (from, to, credit)", where=where)
    low = exact(row[0], where) if len(row) == 3 else None
    high, credit = exact(row[-2], where), _decimal(row[-1], where)
    if low is not None and low >= high:
        raise DefinitionError(
            f"from {row[0]} to {row[1]} holds nothing; turn it round", where=where
        )
    return low, high, credit


def _check_follows(
    below: tuple[Fraction | None, Fraction, Decimal],
    low: Fraction | None,
    high: Fraction,
    credit: Decimal,
) -> None:
    shown = f"the tier up to {float(high):g}"
    if (low is not None and low != below[1]) or high == below[1]:
        raise DefinitionError(
            f"{shown} does not begin where the one below it ends, at {float(below[1]):g};"
            " tiers leave no gap and do not overlap",
            where="tiers",
        )
    if credit >= below[2]:
        raise DefinitionError(
            f"{shown} owes {credit}, no less than worse service below it ({below[2]})",
            where="tiers",
        )

"""What is owed when it was not good: service credits, in exact decimals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from engagekit.errors import DefinitionError
from engagekit.sla.availability import Availability, Number, exact, rows_of

__all__ = ["Tier", "credit_amount", "read_tiers", "service_credit"]

Tier: TypeAlias = Sequence[Number] | Mapping[str, Number]
Bounds: TypeAlias = tuple[Fraction | None, Fraction, Decimal]  # from, to, credit


def service_credit(
    tiers: Iterable[Tier], uptime: Availability | Number | None, *, cap: Number | None = None
) -> Decimal | None:
    """The credit owed for an uptime, in percent of the fee; None where there is no data.

    Args:
        tiers: (below, credit) each: `[("99.9", 10), ("99", 25)]`, so 99.9 owes nothing and 98.9
            owes 25; or (from, to, credit) each, half-open and without gaps between them; or the
            same as mappings with these keys.
        uptime: What `availability` measured, or a number in the unit of the tiers.
        cap: At most so much.

    Raises:
        DefinitionError: tiers that overlap, leave gaps, or owe less for worse service.
    """
    bounds = read_tiers(tiers)
    limit = None if cap is None else _decimal(cap, "cap")
    reached = _reached(uptime, percent=max(high for _, high, _ in bounds) > 1)
    if reached is None:
        return None
    owed = [
        credit for low, high, credit in bounds if (low is None or low <= reached) and reached < high
    ]
    credit = owed[0] if owed else Decimal(0)
    return credit if limit is None else min(credit, limit)


def _reached(uptime: Availability | Number | None, *, percent: bool) -> Fraction | None:
    if uptime is None:
        return None
    if isinstance(uptime, Availability):
        return uptime.percent if percent else uptime.ratio
    reached = exact(uptime, "uptime")
    if percent and 0 < reached <= 1:
        raise DefinitionError(
            f"{uptime} looks like a ratio and the tiers are in percent; pass the Availability"
            " itself, or its .percent",
            where="uptime",
        )
    return reached


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
    tiers: Iterable[Tier],
) -> list[Bounds]:
    """Rows of (from, to, credit), worst uptime first; None as from is whatever is below.

    Raises:
        DefinitionError: tiers that overlap, leave gaps, or owe less for worse service.
    """
    rows = [_tier(row, f"tiers[{index}]") for index, row in enumerate(rows_of(tiers, "tiers"))]
    if not rows:
        raise DefinitionError("no tiers; write [('99.9', 10), ('99', 25)]", where="tiers")
    rows.sort(key=lambda row: row[1])
    closed: list[Bounds] = []
    for low, high, credit in rows:
        below = closed[-1] if closed else None
        if below is not None:
            _check_follows(below, low, high, credit)
        closed.append((low if low is not None or below is None else below[1], high, credit))
    return closed


def _tier(row: Tier, where: str) -> Bounds:
    if isinstance(row, Mapping):
        known = [key for key in ("from", "to", "below", "credit") if key in row]
        if set(row) != set(known) or known not in (["below", "credit"], ["from", "to", "credit"]):
            raise DefinitionError(
                "expected the keys below, credit or from, to, credit", where=where
            )
        row = [row[key] for key in known]
    if isinstance(row, str) or not isinstance(row, Sequence) or len(row) not in (2, 3):
        raise DefinitionError("expected (below, credit) or (from, to, credit)", where=where)
    low = exact(row[0], where) if len(row) == 3 else None
    high, credit = exact(row[-2], where), _decimal(row[-1], where)
    if high <= 0 or (low is not None and low >= high):
        raise DefinitionError(
            f"no uptime lies in {row!r}: below what is the credit owed?", where=where
        )
    return low, high, credit


def _check_follows(
    below: Bounds,
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

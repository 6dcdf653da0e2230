"""From what people and files say to what a calendar is made of, all faults at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from engagekit import checks
from engagekit.business_time.composition import OPERATORS, Combined, Operator, Source
from engagekit.business_time.faults import Collected
from engagekit.business_time.holidays import RegionHolidays, read_holidays
from engagekit.business_time.hours import read_dates, read_week
from engagekit.business_time.opening import Opening
from engagekit.business_time.zones import known_zone
from engagekit.errors import DefinitionError

__all__ = ["SCHEMA", "described", "from_dict", "opening"]

SCHEMA = "engagekit.calendar/1"
DEEPEST = 50  # calendars combined with calendars
_FIELDS = {"zone", "week", "holidays", "special", "breaks"}


def opening(
    zone: object, week: object, holidays: object, special: object, breaks: object
) -> Opening:
    """The hours of one place.

    Raises:
        DefinitionError: all faults at once.
    """
    met = Collected()
    parts: tuple[Any, ...] = (
        met.attempt(known_zone, zone),
        met.attempt(read_week, week),
        met.attempt(read_holidays, holidays),
        met.attempt(read_dates, special, "special"),
        met.attempt(read_dates, breaks, "breaks"),
    )
    met.settle()
    return Opening(*parts)


def from_dict(data: object) -> Source:
    """What `Calendar.to_dict` wrote down.

    Raises:
        DefinitionError: fields are missing, unknown or faulty.
    """
    if not isinstance(data, Mapping):
        raise DefinitionError(f"expected a mapping, got {type(data).__name__}", where="calendar")
    checks.known_id(data.get("schema"), [SCHEMA], "schema", where="calendar")
    return _source({key: value for key, value in data.items() if key != "schema"}, 0)


def _source(data: object, depth: int) -> Source:
    if not isinstance(data, Mapping) or depth > DEEPEST:
        raise DefinitionError(
            f"expected a mapping, at most {DEEPEST} deep, got {type(data).__name__}",
            where="calendar",
        )
    if "operator" in data:
        _exactly(data, {"operator", "left", "right"})
        operator = checks.known_id(data["operator"], OPERATORS, "operator", where="calendar")
        left, right = _source(data["left"], depth + 1), _source(data["right"], depth + 1)
        return Combined(cast("Operator", operator), left, right)
    _exactly(data, _FIELDS)
    return opening(
        data["zone"], data["week"], _listed(data["holidays"]), data["special"], data["breaks"]
    )


def _listed(holidays: object) -> list[object]:
    if not isinstance(holidays, Mapping):
        raise DefinitionError("expected a mapping", where="holidays")
    _exactly(holidays, {"dates", "yearly", "regions"})
    for name, rows in holidays.items():
        if not isinstance(rows, list):
            raise DefinitionError("expected a list", where=f"holidays.{name}")
    regions = [RegionHolidays.from_dict(region) for region in holidays["regions"]]
    return [*holidays["dates"], *holidays["yearly"], *regions]


def _exactly(data: Mapping[str, object], fields: set[str]) -> None:
    if set(data) != fields:
        missing = ", ".join(sorted(fields - set(data))) or "none"
        unknown = ", ".join(sorted(map(str, set(data) - fields))) or "none"
        raise DefinitionError(f"fields missing: {missing}; unknown: {unknown}", where="calendar")


def described(data: Mapping[str, Any]) -> str:
    """One line for people."""
    if "operator" in data:
        return f"({described(data['left'])} {data['operator']} {described(data['right'])})"
    hours = "; ".join(f"{day} {', '.join(spans)}" for day, spans in data["week"].items())
    return f"{data['zone']}: {hours or 'no hours'}"

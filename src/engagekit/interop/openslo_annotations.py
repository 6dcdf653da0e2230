"""What OpenSLO has no field for: one annotation for each field of an SLA, as JSON.

`engagekit/pause_on: '{"client": "client answered"}'`. A value that JSON has no type for is written
as `{"!": its type, "value": ...}`, so that it is read back as what it was.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pendulum

from engagekit.business_time.calendar import Calendar
from engagekit.business_time.spans import BusinessDays, Elapsed, Nominal, WorkingTime
from engagekit.errors import DefinitionError, Faults
from engagekit.sla.agreement import SLA
from engagekit.sla.availability import exact
from engagekit.sla.events import ClockPolicy

__all__ = ["FIELDS", "PREFIX", "annotated", "checked", "differing"]

PREFIX = "engagekit/"
FIELDS = tuple(field.name for field in attrs.fields(SLA))
_TEXTS = (
    "metric", "unit", "kind", "service", "expression", "good", "valid", "op", "calendar_of",
    "late_events", "cancelled", "down", "no_data", "method", "aggregation", "rounding",
    "workload_limit", "outcome", "owner", "version", "review_on", "effective_from",
)  # fmt: skip
_NUMBERS = ("percentile", "credit_cap")

_WRITERS: dict[type, tuple[str, Callable[[Any], Any]]] = {
    Decimal: ("decimal", lambda value: str(_finite(value))),
    Fraction: ("fraction", str),
    dt.timedelta: ("timedelta", lambda value: value // dt.timedelta(microseconds=1)),
    WorkingTime: ("working_time", attrs.astuple),
    Elapsed: ("elapsed", attrs.astuple),
    BusinessDays: ("business_days", attrs.astuple),
    Nominal: ("nominal", attrs.astuple),
    Calendar: ("calendar", Calendar.to_dict),
    ClockPolicy: ("policy", attrs.asdict),
}
_READERS: dict[str, Callable[[Any], Any]] = {
    "decimal": lambda value: _finite(Decimal(value)),
    "fraction": lambda value: Fraction(*(int(part) for part in value.split("/"))),
    "timedelta": lambda value: dt.timedelta(microseconds=value),
    "working_time": lambda value: WorkingTime(*value),
    "elapsed": lambda value: Elapsed(*value),
    "business_days": lambda value: BusinessDays(*value),
    "nominal": lambda value: Nominal(*value),
    "calendar": Calendar.from_dict,
    "policy": lambda value: ClockPolicy(**value),
    "tuple": lambda value: tuple(_decoded(each) for each in value),
    "items": lambda value: {_decoded(key): _decoded(each) for key, each in value},
}


def differing(sla: SLA, plain: SLA) -> dict[str, str]:
    """The annotations that make the one into the other, by their names.

    Raises:
        DefinitionError: a field holds what cannot be written, all faults at once.
    """
    faults, written = Faults(), {}
    for field in FIELDS:
        value, other = getattr(sla, field), getattr(plain, field)
        if type(value) is not type(other) or value != other:
            with faults.at(field):
                written[PREFIX + field] = _json(value)
    faults.raise_any()
    return written


def annotated(field: str, text: str) -> Any:
    """The value that an annotation holds.

    Raises:
        DefinitionError: it is none that was written here.
    """
    try:
        value = _decoded(json.loads(text, parse_constant=_refused))
        checked(field, value)
    except DefinitionError:
        raise
    except (ArithmeticError, AttributeError, KeyError, RecursionError, TypeError, ValueError):
        raise DefinitionError("cannot be read back; write it with write_openslo") from None
    return value


def checked(field: str, value: object) -> None:
    """Refuse what a field of an SLA cannot be.

    Raises:
        DefinitionError: it is of another type.
    """
    if value is None and field != "name":
        return
    if field in ("name", *_TEXTS) and not isinstance(value, str):
        raise DefinitionError(f"expected a text, got {type(value).__name__}")
    if field in _NUMBERS:
        exact(value, "")  # type: ignore[arg-type]
    if field == "minimum_sample" and type(value) is not int:
        raise DefinitionError(f"expected a whole number, got {type(value).__name__}")
    if field == "policy" and not isinstance(value, ClockPolicy):
        raise DefinitionError(f"expected a ClockPolicy, got {type(value).__name__}")


def _json(value: Any) -> str:
    try:
        return json.dumps(_encoded(value), allow_nan=False)
    except ValueError:
        raise DefinitionError("no finite number; state one") from None


def _encoded(value: Any) -> Any:
    if isinstance(value, pendulum.Duration) and (value.years or value.months):
        raise DefinitionError("a duration of months or years; write it as a text, such as 'P1M'")
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        if "!" not in value and all(isinstance(key, str) for key in value):
            return {key: _encoded(each) for key, each in value.items()}
        pairs = [[_encoded(key), _encoded(each)] for key, each in value.items()]
        return {"!": "items", "value": pairs}
    if isinstance(value, list):
        return [_encoded(each) for each in value]
    if isinstance(value, tuple):
        return {"!": "tuple", "value": [_encoded(each) for each in value]}
    for kind, (name, write) in _WRITERS.items():
        if isinstance(value, kind):
            return {"!": name, "value": write(value)}
    raise DefinitionError(f"{type(value).__name__} cannot be written; use texts and numbers")


def _decoded(value: Any) -> Any:
    if isinstance(value, list):
        return [_decoded(each) for each in value]
    if isinstance(value, dict):
        if "!" in value:
            return _READERS[value["!"]](value["value"])
        return {key: _decoded(each) for key, each in value.items()}
    return value


def _finite(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise ValueError
    return value


def _refused(constant: str) -> Any:
    raise ValueError(constant)

"""An SLA as an SLO: everything that OpenSLO has a field for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal, localcontext
from fractions import Fraction
from typing import Any

from engagekit import checks
from engagekit.business_time.calendar import Calendar
from engagekit.business_time.spans import Elapsed, Nominal, Span, WorkingTime, parse_span
from engagekit.errors import DefinitionError, Faults
from engagekit.interop.openslo_annotations import FIELDS, checked
from engagekit.sla.agreement import PERCENT_UNITS, SLA
from engagekit.sla.availability import exact

__all__ = ["budgeting_text", "drafted"]

START = "2024-01-01 00:00:00"  # a Monday, and the first of a month, a quarter and a year
_HOUR_US, _MINUTE_US = 3_600_000_000, 60_000_000
_LONGEST_TEXT = 100_000  # characters; queries are longer than names
_SLICES = re.compile(
    r"Occurrences|(?:Timeslices of ([1-9][0-9]{0,5}[mhdw]), each at least"
    r" (1|0\.[0-9]{1,40}) good|RatioTimeslices of ([1-9][0-9]{0,5}[mhdw]))"
)
_THRESHOLD = re.compile(r"value (lte|gte|lt|gt) (-?[0-9]{1,18}(?:\.[0-9]{1,18})?)")
_NEGATED = re.compile(r"not \((.+)\)", re.DOTALL)
_REFERENCE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?")


def budgeting_text(method: str, window: str | None, target: Decimal | None) -> str:
    """How the whole period is judged, as an SLA states it in `aggregation`."""
    if method == "Timeslices":
        return f"Timeslices of {window}, each at least {target or 0:f} good"
    return f"RatioTimeslices of {window}" if method == "RatioTimeslices" else method


def drafted(sla: SLA, service: str | None, taken: set[str]) -> dict[str, Any]:
    """The SLO of an SLA, without annotations.

    Args:
        sla: The promise.
        service: Of whom, where it does not say.
        taken: The names of SLOs so far; that of this one is added.

    Raises:
        DefinitionError: OpenSLO cannot state it, all faults at once.
    """
    if not isinstance(sla, SLA):
        raise DefinitionError(f"expected an SLA, got {type(sla).__name__}")
    faults = Faults()
    for field in FIELDS:
        with faults.at(f"{sla.name}.{field}"):
            checked(field, getattr(sla, field))
    faults.raise_any()
    name, spec = _slug(sla.name, taken), dict[str, Any]()
    with faults.at(f"{sla.name}.service"):
        spec["service"] = _service(sla, service)
    with faults.at(sla.name):
        metric, objective = _measured(sla)
        label = _slug(sla.metric or sla.name, set())
        spec["indicator"] = {"metadata": {"name": label}, "spec": metric}
        window = _window(sla)
        if window:
            spec["timeWindow"] = [window]
        method, slices = _slices(sla)
        spec["budgetingMethod"] = method
        spec["objectives"] = [objective | slices]
    faults.raise_any()
    metadata = {"name": name}
    if name != sla.name and len(sla.name) <= 63:
        metadata["displayName"] = sla.name
    return {"apiVersion": "openslo/v1", "kind": "SLO", "metadata": metadata, "spec": spec}


def _slug(text: str, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "sla"
    number, name = 1, slug
    while name in taken:
        number += 1
        name = f"{slug}-{number}"
    taken.add(name)
    return name


def _service(sla: SLA, service: str | None) -> str:
    if sla.service is None and service is None:
        raise DefinitionError(
            "is missing, and OpenSLO needs one; SLA(..., service='web shop'), or"
            " write_openslo(..., service='web shop')"
        )
    return checks.text(service if sla.service is None else sla.service, "")


# -- what is measured, and how often it must be good -----------------------------------------------


def _measured(sla: SLA) -> tuple[dict[str, Any], dict[str, Any]]:
    """The spec of the indicator, and the objective."""
    if sla.measures == "duration":
        raise DefinitionError(
            "is kept by every single case, a share of 1, which OpenSLO excludes; promise a share:"
            " SLA(..., kind='percentile', percentile=95)",
            where="target",
        )
    if sla.measures == "percentile":
        comparison = {"op": "lte", "value": _seconds(sla)}
        share = exact(sla.percentile or 0, "percentile") / 100
        metric = {"thresholdMetric": _source(sla, sla.valid or sla.expression)}
        return metric, comparison | {"targetPercent": _share(share, 100, "percentile")}
    shown = str(sla.target).strip()
    percent = (sla.unit or "").strip().lower() in PERCENT_UNITS or shown.endswith("%")
    field, whole = ("targetPercent", 100) if percent else ("target", 1)
    objective = {field: _share(sla.share(), whole, "target")}
    threshold = _THRESHOLD.fullmatch(sla.good or "")
    if threshold and _said(sla.valid):
        comparison = {"op": threshold[1], "value": Decimal(threshold[2])}
        return {"thresholdMetric": _source(sla, sla.valid)}, comparison | objective
    return {"ratioMetric": _ratio(sla)}, objective


def _share(share: Fraction, whole: int, where: str) -> Decimal:
    if not 0 <= share < 1:
        raise DefinitionError(f"{float(share):g} is not at least 0 and below 1", where=where)
    return _decimal(share * whole)


def _decimal(number: Fraction) -> Decimal:
    """As many digits as OpenSLO may want; rounded down, so that no share becomes 1."""
    with localcontext(prec=80, rounding=ROUND_FLOOR):
        exact_or_near = Decimal(number.numerator) / number.denominator
        rounded = exact_or_near.quantize(Decimal(1).scaleb(-40)).normalize()
        return Decimal(format(rounded, "f"))


def _seconds(sla: SLA) -> Decimal:
    target: Any = sla.target
    try:
        span = parse_span(target, "target")
    except DefinitionError:
        number = exact(target, "target")
        if abs(number) < 10**18:
            return _decimal(number)
        span = None
    if isinstance(span, WorkingTime | Elapsed):
        return _decimal(Fraction(span.microseconds, 1_000_000))
    raise DefinitionError(f"{target} is no number of seconds", where="target")


def _said(text: str | None) -> bool:
    return bool(text and text.strip())


def _ratio(sla: SLA) -> dict[str, Any]:
    if _said(sla.good) and _said(sla.valid):
        negated = _NEGATED.fullmatch(sla.good or "")
        name, query = ("bad", negated[1]) if negated else ("good", sla.good)
        return {name: _source(sla, query), "total": _source(sla, sla.valid)}
    return {"rawType": "success", "raw": _source(sla, sla.expression)}


def _source(sla: SLA, query: str | None) -> dict[str, Any]:
    said = {"query": query} if _said(query) else {"metric": sla.metric or sla.name}
    for text in said.values():
        checks.text(text, "expression", limit=_LONGEST_TEXT)
    given = {"type": sla.source} if isinstance(sla.source, str) else sla.source
    source = dict(given) if isinstance(given, Mapping) else {}
    if not (
        source.keys() <= {"type", "metricSourceRef"}
        and all(isinstance(text, str) and text.strip() for text in source.values())
        and _REFERENCE.fullmatch(source.get("metricSourceRef", "none"))
    ):
        source = {}
    for text in source.values():
        checks.text(text, "source")
    return {"metricSource": source | {"spec": said}}


# -- over which period -----------------------------------------------------------------------------


def _window(sla: SLA) -> dict[str, Any] | None:
    try:
        window = sla.judged_over()
    except DefinitionError:
        return None
    duration = _shorthand(sla, window.span) if window else None
    if window is None or duration is None:
        return None
    if window.style == "rolling":
        return {"duration": duration, "isRolling": True}
    if not isinstance(sla.calendar, Calendar):
        return None
    calendar = {"startTime": START, "timeZone": sla.calendar.zone}
    return {"duration": duration, "isRolling": False, "calendar": calendar}


def _shorthand(sla: SLA, span: Span) -> str | None:
    """None where OpenSLO has no such duration."""
    if isinstance(span, Nominal):
        months, days = 12 * span.years + span.months, 7 * span.weeks + span.days
        if months:
            text = f"{months}M" if span.months else f"{span.years}Y"
            return None if days else text
        text = f"{days}d" if span.days else f"{span.weeks}w"
        return text if days else None
    if not isinstance(span, WorkingTime) or not _never_closes(sla.calendar):
        return None
    hours, rest = divmod(span.microseconds, _HOUR_US)
    if hours and not rest:
        return f"{hours}h"
    minutes, rest = divmod(span.microseconds, _MINUTE_US)
    return f"{minutes}m" if minutes and not rest else None


def _never_closes(calendar: object) -> bool:
    return calendar is None or (
        isinstance(calendar, Calendar) and calendar == Calendar.always(calendar.zone)
    )


def _slices(sla: SLA) -> tuple[str, dict[str, Any]]:
    """The budgeting method, and what an objective says of it."""
    match = _SLICES.fullmatch(sla.aggregation or "")
    if match and match[1] and Decimal(match[2]):
        return "Timeslices", {
            "timeSliceTarget": Decimal(match[2]),
            "timeSliceWindow": match[1],
        }
    if match and match[3]:
        return "RatioTimeslices", {"timeSliceWindow": match[3]}
    if sla.measures == "availability" and match is None:
        return "Timeslices", {"timeSliceTarget": 1, "timeSliceWindow": "1m"}
    return "Occurrences", {}
